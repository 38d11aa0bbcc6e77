import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateOpenIDConnectProviderCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import {
  CreateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  prepareAccount,
} from "../../scripts/lib/demo/account";
import { DemoStage } from "../../scripts/lib/demo/stage";
import { describeLocal, useResource } from "../support/deployment";
import { startLocalAws } from "../../scripts/lib/local-aws/local-aws";

jest.setTimeout(240_000);

const start = () => startLocalAws({ log: () => undefined });

function createStage(aws: ReturnType<typeof getShared>): DemoStage {
  return new DemoStage(aws, () => undefined);
}

const getShared = useResource(start);
const getOther = useResource(start);

describeLocal("the demo in a local AWS with other stages", () => {
  test("deploys its own stage, and again", async () => {
    const aws = getShared();
    await prepareAccount(aws);
    const config = createClientConfig(aws);
    for (const stack of ["veda-auth-stack-dev", "veda-auth-stack-demo-2"]) {
      await new CognitoIdentityProviderClient(config).send(
        new CreateUserPoolCommand({ PoolName: stack }),
      );
      await new SecretsManagerClient(config).send(
        new CreateSecretCommand({ Name: `${stack}/workflows-client` }),
      );
    }
    await new IAMClient(config).send(
      new CreateOpenIDConnectProviderCommand({
        Url: "https://token.actions.githubusercontent.com",
      }),
    );
    for (const run of ["first", "second"]) {
      const stage = createStage(aws);
      await stage.requireOwn();
      expect([run, Object.keys(await stage.deploy())]).toEqual([
        run,
        expect.arrayContaining(["userpool_id"]),
      ]);
    }
  });

  test("fails before it deploys if the stage is of another deployment", async () => {
    const aws = getOther();
    await prepareAccount(aws);
    await new CognitoIdentityProviderClient(createClientConfig(aws)).send(
      new CreateUserPoolCommand({ PoolName: "veda-auth-stack-demo" }),
    );
    await expect(createStage(aws).requireOwn()).rejects.toMatchObject({
      message: `stage demo must not exist in the local AWS at ${aws.endpoint}, got the user pool veda-auth-stack-demo of another deployment`,
      hint: expect.stringContaining("veda-auth local down") as string,
    });
  });
});
