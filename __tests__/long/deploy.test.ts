import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";

const TURNS = 10;
const STAGES = ["dev", "prod"] as const;

const aws = useResource(startLocalAccount);

async function listUserPools(): Promise<readonly string[]> {
  const client = new idp.CognitoIdentityProviderClient(
    createClientConfig(aws()),
  );
  const { UserPools = [] } = await client.send(
    new idp.ListUserPoolsCommand({ MaxResults: 60 }),
  );
  return UserPools.map(({ Name = "" }) => Name).sort();
}

describeLocal("two stages of one directory", () => {
  test(
    "are synthesized, planned, deployed and destroyed in turn",
    async () => {
      const deployment = new Deployment(aws().endpoint, {
        ".env": {
          STATE_BACKEND: "local",
          DELETION_PROTECTION: "false",
          SECRET_RECOVERY_DAYS: "0",
        },
      });
      await deployment.startProvider();
      const run = async (...args: readonly [string, ...string[]]) => {
        const result = await deployment.runCommand(...args);
        expectSuccess(result);
        return result;
      };
      const deployed = new Set<string>();
      for (let turn = 0; turn < TURNS; turn += 1) {
        const stage = STAGES[turn % 2] ?? "";
        const stack = `veda-auth-stack-${stage}`;
        deployment.variables = { STAGE: stage };
        await run("synth");
        const { stdout } = await run("plan");
        expect(stdout).toMatch(
          deployed.has(stack)
            ? `Stage ${stage}: no changes`
            : /^Stage \w+: \d+ to add, 0 to change, 0 to destroy$/m,
        );
        if (deployed.delete(stack)) await run("destroy", "--auto-approve");
        else {
          const { stdout: outputs } = await run("deploy", "--auto-approve");
          expect(outputs).toContain(`${stack}/workflows-client`);
          deployed.add(stack);
        }
        expect(await listUserPools()).toEqual([...deployed].sort());
      }
    },
    TURNS * 60_000,
  );
});
