import path from "node:path";
import { getTerraformEnvironment } from "../../../scripts/lib/terraform/environment";
import { getEnvironment } from "../../../stacks/config/environment";
import { restoreEnvironment } from "../../support/environment";

describe("the environment of a Terraform process", () => {
  afterEach(restoreEnvironment);

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
    expect(getTerraformEnvironment()).not.toHaveProperty([name]);
  });

  test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "NO_PROXY"])(
    "has %s, which Terraform reads",
    (name) => {
      getEnvironment()[name] = "proxy.example.com";
      expect(getTerraformEnvironment()).toHaveProperty(
        [name],
        "proxy.example.com",
      );
    },
  );

  test("has an absolute AWS_CA_BUNDLE: Terraform runs in another directory", () => {
    getEnvironment().AWS_CA_BUNDLE = "authorities.pem";
    expect(getTerraformEnvironment().AWS_CA_BUNDLE).toBe(
      path.resolve("authorities.pem"),
    );
  });
});
