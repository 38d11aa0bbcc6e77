import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { TerraformStack } from "cdktf";
import { RootConstruct } from "constructs";
import { suppressFindings } from "../../constructs/scanner-findings";

describe("suppressFindings", () => {
  test("adds the finding and the reason to the metadata of the resource", () => {
    const scope = new TerraformStack(new RootConstruct("app"), "stack");
    const secret = new SecretsmanagerSecret(scope, "secret", { name: "a" });
    suppressFindings(secret, { CKV_AWS_149: "why", CKV2_AWS_57: "why not" });
    expect(secret.toTerraform()).toMatchObject({
      resource: {
        aws_secretsmanager_secret: {
          secret: {
            "//": {
              metadata: { path: "app/stack/secret", uniqueId: "secret" },
              comments: [
                "checkov:skip=CKV_AWS_149:why",
                "checkov:skip=CKV2_AWS_57:why not",
              ],
            },
            name: "a",
          },
        },
      },
    });
  });
});
