import * as fc from "fast-check";
import {
  getIdentityPoolName,
  getOutputName,
  getResourceServerIdentifier,
  getRoleName,
  getSecretName,
  getServiceClientName,
  getStackName,
  IDENTITY_PROVIDER_CLIENT,
  PROGRAMMATIC_CLIENT,
} from "../../stacks/naming";

const STACK = "veda-auth-stack-dev";

describe("names", () => {
  test.each([
    ["a stack", getStackName("veda-auth-stack", "dev"), STACK],
    [
      "a secret",
      getSecretName(STACK, "workflows-client"),
      "veda-auth-stack-dev/workflows-client",
    ],
    [
      "a resource server",
      getResourceServerIdentifier("veda-stac-ingestion-registry"),
      "veda-stac-ingestion-registry-server",
    ],
    [
      "a service's client",
      getServiceClientName("workflows-client"),
      "workflows-client Service Access",
    ],
    ["a role", getRoleName(STACK, "veda-readers"), `${STACK}-veda-readers`],
    ["an identity pool", getIdentityPoolName(STACK), `${STACK} IdentityPool`],
    [
      "an output of a secret's name",
      getOutputName("workflows-client", "secret_id"),
      "workflows_client_secret_id",
    ],
    [
      "an output of a secret's ARN",
      getOutputName("a-b-c", "secret_arn"),
      "a_b_c_secret_arn",
    ],
    ["the exported client", PROGRAMMATIC_CLIENT, "programmatic-client"],
    [
      "the identity pool's client",
      IDENTITY_PROVIDER_CLIENT,
      "identity-provider",
    ],
  ])("of %s", (_, name, expected) => {
    expect(name).toBe(expected);
  });

  test("of outputs have no hyphens", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]*$/), (id) => {
        expect(getOutputName(id, "client_id")).toMatch(/^[a-z_]+$/);
      }),
    );
  });
});
