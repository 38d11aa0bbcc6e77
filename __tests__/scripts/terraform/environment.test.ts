import { getTerraformEnvironment } from "../../../scripts/lib/terraform/environment";
import { getEnvironment } from "../../../stacks/config/environment";

const PLACE = { region: "us-west-2" };

describe("the environment of a Terraform child", () => {
  const kept = { ...getEnvironment() };

  afterEach(() => {
    for (const name of Object.keys(getEnvironment()))
      if (!(name in kept)) Reflect.deleteProperty(getEnvironment(), name);
    Object.assign(getEnvironment(), kept);
  });

  test.each([
    "TF_LOG",
    "TF_LOG_PROVIDER",
    "TF_CLI_ARGS_plan",
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "GITHUB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  ])("is without %s", (name) => {
    getEnvironment()[name] = "DEBUG";
    expect(getTerraformEnvironment(PLACE)).not.toHaveProperty([name]);
  });

  test("has the person's credentials, or those of a named profile alone", () => {
    getEnvironment().AWS_ACCESS_KEY_ID = "a";
    getEnvironment().AWS_SECRET_ACCESS_KEY = "b";
    expect(getTerraformEnvironment(PLACE)).toMatchObject({
      AWS_ACCESS_KEY_ID: "a",
    });
    const named = getTerraformEnvironment({ ...PLACE, profile: "other" });
    expect(named.AWS_PROFILE).toBe("other");
    expect(named).not.toHaveProperty("AWS_ACCESS_KEY_ID");
    expect(named).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });
});
