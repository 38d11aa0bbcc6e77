import { getTerraformEnvironment } from "../../../scripts/lib/terraform/environment";
import { getEnvironment } from "../../../stacks/config/environment";

const TARGET = { region: "us-west-2" };

describe("the environment of a Terraform process", () => {
  const original = { ...getEnvironment() };

  afterEach(() => {
    for (const name of Object.keys(getEnvironment()))
      if (!(name in original)) Reflect.deleteProperty(getEnvironment(), name);
    Object.assign(getEnvironment(), original);
  });

  test.each([
    "TF_LOG",
    "TF_LOG_PROVIDER",
    "TF_CLI_ARGS_plan",
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "GITHUB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  ])("does not have %s", (name) => {
    getEnvironment()[name] = "DEBUG";
    expect(getTerraformEnvironment(TARGET)).not.toHaveProperty([name]);
  });

  test("has the credentials of the environment, or only those of a profile", () => {
    getEnvironment().AWS_ACCESS_KEY_ID = "a";
    getEnvironment().AWS_SECRET_ACCESS_KEY = "b";
    expect(getTerraformEnvironment(TARGET)).toMatchObject({
      AWS_ACCESS_KEY_ID: "a",
    });
    const environment = getTerraformEnvironment({
      ...TARGET,
      profile: "other",
    });
    expect(environment.AWS_PROFILE).toBe("other");
    expect(environment).not.toHaveProperty("AWS_ACCESS_KEY_ID");
    expect(environment).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });
});
