import { ownEnvironment } from "../../../scripts/lib/terraform/own-environment";
import { environment } from "../../../stacks/config";

const PLACE = { region: "us-west-2" };

describe("the environment of a Terraform child", () => {
  const kept = { ...environment() };

  afterEach(() => {
    for (const name of Object.keys(environment()))
      if (!(name in kept)) Reflect.deleteProperty(environment(), name);
    Object.assign(environment(), kept);
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
    environment()[name] = "DEBUG";
    expect(ownEnvironment(PLACE)).not.toHaveProperty([name]);
  });

  test("has the person's credentials, or those of a named profile alone", () => {
    environment().AWS_ACCESS_KEY_ID = "a";
    environment().AWS_SECRET_ACCESS_KEY = "b";
    expect(ownEnvironment(PLACE)).toMatchObject({ AWS_ACCESS_KEY_ID: "a" });
    const named = ownEnvironment({ ...PLACE, profile: "other" });
    expect(named.AWS_PROFILE).toBe("other");
    expect(named).not.toHaveProperty("AWS_ACCESS_KEY_ID");
    expect(named).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });
});
