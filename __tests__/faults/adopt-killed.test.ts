import { existsSync } from "node:fs";
import path from "node:path";
import { ALL_GROUPS } from "../support/cdk-template";
import { describeLocal } from "../support/deployment";
import {
  CdkDeployment,
  S3_STATE,
  type LiveUser,
  STAGE,
} from "../support/cdk-deployment";
import type { Call } from "../support/fault-proxy";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

function stateObject(suffix = ""): (call: Call) => boolean {
  const pattern = new RegExp(`/dev/terraform\\.tfstate${suffix}(\\?|$)`);
  return ({ method, url }) => method === "PUT" && pattern.test(url);
}

const never = (): boolean => false;
const operation = (name: string) => (call: Call) => call.operation === name;

describeLocal("an interrupted adoption, in this order,", () => {
  let app: CdkDeployment;
  let ids: Record<string, string>;
  let user: LiveUser;

  beforeAll(async () => {
    const settings = { ...S3_STATE, COGNITO_GROUPS: "true" };
    app = await CdkDeployment.start({ ".env.dev": settings }, true);
    await app.deploy({ groups: ALL_GROUPS });
    ids = await app.readPhysicalIds();
    user = await app.createUser(ids, "veda-writers");
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    removeTemporaryDirectories();
  });

  test.each<[string, string, (call: Call) => boolean]>([
    ["during the update of the stack", "retain", operation("UpdateStack")],
    ["", "retain", never],
    ["after the state was locked", "import", stateObject("\\.tflock")],
    ["after the imports were written", "import", stateObject()],
    ["", "import", never],
    ["after a client was updated", "apply", operation("UpdateUserPoolClient")],
    ["after a secret was written", "apply", operation("PutSecretValue")],
    ["after the state was written", "apply", stateObject()],
    ["", "apply", never],
    ["during the deletion of the stack", "finish", operation("DeleteStack")],
    ["", "finish", never],
  ])("%s continues: %s", async (when, step, killAfter) => {
    const run = await app.adopt([step, ...STAGE], killAfter);
    if (when === "") expect(run.code).toBe(0);
    else expect([when, run.code, run.stdout]).toEqual([when, null, ""]);
  });

  test("has the same result as an uninterrupted one", async () => {
    expect(await app.readTemplate()).toBeUndefined();
    const { deployment } = app;
    await app.expectEmptyPlan();
    const client = ids.userpoolprogrammaticclientEB48A369 ?? "";
    expect((await app.signIn(client, user)).AccessToken).toMatch(/^ey/);
    expect((await app.refresh(client, user)).AccessToken).toMatch(/^ey/);
    expect(await app.readIdentityId(ids, user)).toBe(user.identityId);
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
