import { existsSync } from "node:fs";
import path from "node:path";
import { ALL_GROUPS } from "../support/cdk-template";
import { describeLocal, expectSuccess } from "../support/deployment";
import {
  CdkDeployment,
  S3_STATE,
  type LiveUser,
} from "../support/cdk-deployment";
import type { Call } from "../support/fault-proxy";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const STAGE = ["--stage", "dev", "--yes"];

function stateObject(suffix = ""): (call: Call) => boolean {
  const pattern = new RegExp(`/dev/terraform\\.tfstate${suffix}(\\?|$)`);
  return ({ method, url }) => method === "PUT" && pattern.test(url);
}

const never = (): boolean => false;
const operation = (name: string) => (call: Call) => call.operation === name;

describeLocal("an adoption that is killed, in this order,", () => {
  let app: CdkDeployment;
  let ids: Record<string, string>;
  let user: LiveUser;

  beforeAll(async () => {
    app = await CdkDeployment.start({
      ".env.dev": { ...S3_STATE, COGNITO_GROUPS: "true" },
    });
    await app.deploy({ groups: ALL_GROUPS });
    ids = await app.physicalIds();
    user = await app.makeUser(ids, "veda-writers");
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    removeTemporaryDirectories();
  });

  test.each<[string, string, (call: Call) => boolean]>([
    ["as the stack is updated", "retain", operation("UpdateStack")],
    ["", "retain", never],
    ["as the state is locked", "import", stateObject("\\.tflock")],
    ["when the state has its imports", "import", stateObject()],
    ["", "import", never],
    ["when a client was updated", "apply", operation("UpdateUserPoolClient")],
    ["when a secret was written", "apply", operation("PutSecretValue")],
    ["when the state was written", "apply", stateObject()],
    ["", "apply", never],
    ["as the stack is deleted", "finish", operation("DeleteStack")],
    ["", "finish", never],
  ])("%s goes on: %s", async (when, step, killAfter) => {
    const run = await app.adopt([step, ...STAGE], killAfter);
    if (when === "") expectSuccess({ ...run, code: run.code ?? -1 });
    else expect([when, run.code, run.stdout]).toEqual([when, null, ""]);
  });

  test("comes to the same end", async () => {
    expect(await app.stack()).toBeUndefined();
    const { deployment } = app;
    expectSuccess(
      await deployment.runCommand(
        "plan",
        "--stage",
        "dev",
        "--detailed-exitcode",
      ),
    );
    const client = ids.userpoolprogrammaticclientEB48A369 ?? "";
    expect((await app.signIn(client, user)).AccessToken).toMatch(/^ey/);
    expect((await app.refresh(client, user)).AccessToken).toMatch(/^ey/);
    expect(await app.identityOf(ids, user)).toBe(user.identityId);
    const outputs = await deployment.createCommands("dev").readOutputs();
    expect(outputs).toMatchObject({
      client_id: client,
      userpool_id: ids.userpool0AC4AA96,
      identitypool_id: ids.identitypool8F957095,
    });
    expect(existsSync(path.join(deployment.directory, ".adoption"))).toBe(
      false,
    );
  });
});
