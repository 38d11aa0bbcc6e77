import { existsSync, readFileSync } from "node:fs";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { UserCredentials } from "../../scripts/lib/client/renewed-credentials";
import {
  ACCOUNT_ID,
  createClientConfig,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import {
  type AttachedLocalAws,
  createLocalAwsEnvironment,
} from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config/environment";
import { runClientSample } from "../support/client-samples";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
} from "../support/deployment";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../support/environment";
import { signInOnPages } from "../support/hosted-pages";
import { waitUntil } from "../support/script-process";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const STACK = "veda-auth-stack-dev";
const PROJECT = process.cwd();

let aws: AttachedLocalAws;
let outputs: Environment;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  const deployment = new Deployment(aws.endpoint, {
    ".env": { STATE_BACKEND: "local" },
    ".env.dev": { COGNITO_GROUPS: "true", BROWSER_SIGN_IN: "true" },
  });
  await deployment.createStage(STACK);
  outputs = await deployment.readOutputs(STACK);
}, 120_000);

afterEach(() => {
  process.chdir(PROJECT);
  jest.restoreAllMocks();
  restoreEnvironment();
});

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

/** Environment of an application without AWS credentials of its own. */
function setApplicationEnvironment(): void {
  setEnvironment({
    ...withoutAwsVariables(),
    ...createLocalAwsEnvironment(aws.endpoint),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
  });
}

describeLocal("a client of the AWS SDK with userCredentials", () => {
  test("calls AWS as the role of the user's group, which is renewed without another sign-in", async () => {
    setApplicationEnvironment();
    const pool = { UserPoolId: outputs.userpool_id };
    const users = new idp.CognitoIdentityProviderClient(
      createClientConfig(aws),
    );
    const user = await createDemoUser(aws, outputs.userpool_id ?? "", [
      "veda-readers",
    ]);
    const directory = createTemporaryDirectory({
      "outputs.json": JSON.stringify(outputs),
      "browser.sh": 'printf "%s\\n" "$1" >>urls\n',
    });
    process.env.BROWSER = "sh browser.sh";
    process.chdir(directory);
    const written = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const { credentials } = runClientSample("## User credentials") as {
      readonly credentials: UserCredentials;
    };
    const sts = new STSClient({ region: "us-west-2", credentials });
    const call = async (): Promise<string> =>
      (await sts.send(new GetCallerIdentityCommand())).Arn ?? "";
    const readUrls = (): readonly string[] =>
      existsSync("urls") ? readFileSync("urls", "utf8").trim().split("\n") : [];

    const calls = [call(), call(), call()];
    await waitUntil(() => readUrls().length > 0);
    const [url = ""] = readUrls();
    const page = await fetch(await signInOnPages(url, user));
    expect(page.status).toBe(200);
    // the local AWS does not evaluate role mappings
    const caller = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${STACK}-authenticated/CognitoIdentityCredentials`;
    expect(await Promise.all(calls)).toEqual([caller, caller, caller]);
    expect(written.mock.calls.flat().join("")).toContain(url);

    const first = await credentials();
    const now = Date.now();
    jest.spyOn(Date, "now").mockImplementation(() => now + 3_600_000);
    await call();
    const second = await credentials();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect(readUrls()).toHaveLength(1);

    await users.send(
      new idp.AdminDisableUserCommand({ ...pool, Username: user.userName }),
    );
    jest.spyOn(Date, "now").mockImplementation(() => now + 2 * 3_600_000);
    await expect(call()).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in cannot be renewed: the user is disabled",
    });
    expect(readUrls()).toHaveLength(1);
  }, 60_000);
});
