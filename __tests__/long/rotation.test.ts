import {
  describeLocal,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { destroysMovedLabels } from "../../scripts/lib/plan/moved-labels";
import { parsePlanJson } from "../../scripts/lib/plan/plan-json";
import { TerraformError } from "../../scripts/lib/terraform/terraform-error";
import { ADDRESSES, RotatedStage, SECRET_NAME } from "../support/rotated-stage";

jest.setTimeout(240_000);

const getAws = useResource(startLocalAccount);

const CREATED = "will be created";
const REPLACED = "must be replaced";
const UPDATED = "will be updated in-place";
const READ = "registry-server/read";
const BOTH = "registry-server/read registry-server/write";

/** Address of the first version of the web client's secret. */
const WEB_FIRST =
  "aws_secretsmanager_secret_version.secrets_grafana_first_C550FC1E";

/** Returns which of the stored texts contain one of these secrets. */
async function findStored(
  stage: RotatedStage,
  ...values: readonly string[]
): Promise<string[]> {
  const stored = await stage.readStored();
  // a text that each of them has
  const { client_id: canary = "" } = await stage.readFields();
  for (const text of Object.values(stored)) expect(text).toContain(canary);
  return Object.entries(stored)
    .filter(([, text]) => values.some((value) => text.includes(value)))
    .map(([name]) => name);
}

async function expectNoClientSecret(stage: RotatedStage): Promise<void> {
  const result = await stage.tryPlan();
  expect(new TerraformError("plan", result, "dev")).toMatchObject({
    message: `the secret ${SECRET_NAME} contains no secret of its client, and Cognito no longer returns one`,
    hint: expect.stringContaining("rotate-secret --stage dev") as string,
  });
}

describeLocal("a new stage", () => {
  let stage: RotatedStage;

  beforeAll(async () => {
    stage = new RotatedStage(getAws());
    await stage.deployment.startProvider();
    stage.synthesize(["read"]);
    await stage.init();
  });

  test("is complete after a first deployment that was interrupted", async () => {
    await stage.apply(`-target=${ADDRESSES.secret}`);
    await stage.apply(`-target=${ADDRESSES.first}`);
    expect(await stage.readFields()).toEqual({});
    await stage.apply();
    expect(await stage.requestScopes()).toBe(READ);
    expect(await stage.plan()).toEqual({});
  });

  test("removes a client once Terraform has read the labels of its secret, as deploy does", async () => {
    const planRemoval = async () =>
      destroysMovedLabels(parsePlanJson((await stage.readStored()).json));
    stage.synthesize(["read", "write"]);
    await stage.apply();
    stage.synthesize([]);
    expect(await planRemoval()).toBe(true);
    await stage.apply("-refresh-only");
    expect(await planRemoval()).toBe(false);
    await stage.apply();
    await expect(stage.readFields()).rejects.toThrow(/can't find/);
    stage.synthesize(["read"]);
    await stage.apply();
  });

  test("recovers from an apply of a plan from before the end of a rotation", async () => {
    const live = await stage.startRotation();
    stage.synthesize(["read", "write"]);
    await stage.readStored();
    await stage.finishRotation();
    const result = await stage.tryApplyStored();
    expect(new TerraformError("apply", result, "dev").hint).toMatch(
      /^a rotation deleted the first secret of the client after the plan /,
    );
    expect(await stage.readClientSecret()).toBe(live);
    expect(await stage.requestScopes()).toBe(READ);
    await stage.apply();
    expect(await stage.requestScopes()).toBe(BOTH);
    expect(await stage.plan()).toEqual({});
  });

  test("is not planned while its secret has no client secret, until that is repaired", async () => {
    const fields = await stage.readFields();
    await stage.writeSecret(JSON.stringify({ ...fields, client_secret: "" }));
    await expectNoClientSecret(stage);
    await stage.rotate("--back");
    expect(await stage.plan()).toEqual({});
    expect(await stage.readFields()).toEqual(fields);
  });

  test("is destroyed even if its secret is no JSON, so that it is not planned", async () => {
    await stage.writeSecret("no JSON");
    await expectNoClientSecret(stage);
    await stage.destroy();
    expect(await stage.terraform("state", "list")).toBe("");
    await expect(stage.readFields()).rejects.toThrow(/can't find/);
  });
});

describeLocal("a stage that an earlier version deployed", () => {
  let stage: RotatedStage;
  let first: string;

  beforeAll(async () => {
    stage = new RotatedStage(getAws());
    await stage.deployment.startProvider();
    stage.synthesize(["read"], { isPrevious: true });
    await stage.init();
    await stage.apply();
    first = await stage.readClientSecret();
  });

  test("adds one version for each client secret, and changes nothing else", async () => {
    stage.synthesize(["read"]);
    expect(await stage.plan()).toEqual({
      [ADDRESSES.first]: CREATED,
      [WEB_FIRST]: CREATED,
    });
    await stage.apply();
    expect(await stage.plan()).toEqual({});
    expect(await stage.readClientSecret()).toBe(first);
    expect(await stage.requestScopes()).toBe(READ);
  });

  test("preserves its client secret when a scope is added during a rotation", async () => {
    // the search finds a secret that Terraform stores
    expect(await findStored(stage, first)).toEqual(["plan", "json", "state"]);
    const second = await stage.startRotation();
    expect(await stage.plan()).toEqual({});
    stage.synthesize(["read", "write"]);
    expect(await stage.plan()).toEqual({
      [ADDRESSES.client]: UPDATED,
      [ADDRESSES.version]: REPLACED,
    });
    await stage.apply();
    expect(await stage.readClientSecret()).toBe(second);
    expect(await stage.requestScopes()).toBe(BOTH);
  });

  test("does not store the secret in use after a rotation", async () => {
    await stage.finishRotation();
    expect(await stage.plan()).toEqual({});
    await stage.apply();
    const second = await stage.readClientSecret();
    expect(await findStored(stage, first, second)).toEqual([]);
    stage.synthesize(["read"]);
    expect(await findStored(stage, second)).toEqual([]);
    await stage.apply();
    expect(await stage.readClientSecret()).toBe(second);
    expect(await stage.requestScopes()).toBe(READ);
  });

  test("is the same in Terraform's native syntax", async () => {
    stage.synthesize(["read"], { syntax: "hcl" });
    expect(await stage.plan()).toEqual({});
    const third = await stage.startRotation();
    expect(await stage.plan()).toEqual({});
    stage.synthesize(["read", "write"], { syntax: "hcl" });
    await stage.apply();
    expect(await stage.readClientSecret()).toBe(third);
  });

  test("has the secret of a new client that replaces one during a rotation", async () => {
    const replaced = await stage.readFields();
    await stage.apply(`-replace=${ADDRESSES.client}`);
    const fields = await stage.readFields();
    expect(fields.client_id).not.toBe(replaced.client_id);
    expect(fields.client_secret).not.toBe(replaced.client_secret);
    expect(await stage.requestScopes()).toBe(BOTH);
    const fourth = await stage.startRotation();
    await stage.finishRotation();
    expect(await stage.plan()).toEqual({});
    expect(await stage.readClientSecret()).toBe(fourth);
  });

  test("preserves its client secret when its version is lost from the state", async () => {
    const live = await stage.readClientSecret();
    await stage.terraform("state", "rm", ADDRESSES.version);
    await stage.apply();
    expect(await stage.readClientSecret()).toBe(live);
    expect(await stage.requestScopes()).toBe(BOTH);
  });
});
