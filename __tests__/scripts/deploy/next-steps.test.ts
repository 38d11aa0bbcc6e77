import { setInvocation } from "../../../scripts/lib/cli/invocation";
import { formatNextSteps } from "../../../scripts/lib/deploy/next-steps";

test("the next steps create a user, get a token of each service, and print the outputs", () => {
  setInvocation({ program: "veda-auth", isNpmScript: false });
  const outputs = {
    client_id: "1",
    identity_provider_secret_id: "s-dev/identity-provider",
    programmatic_client_secret_id: "s-dev/programmatic-client",
    workflows_client_secret_id: "s-dev/workflows-client",
    workflows_client_secret_arn: "arn:aws:secretsmanager:…",
  };
  expect(formatNextSteps("dev", outputs)).toEqual([
    "Next steps:",
    "  veda-auth create-user --stage dev --user-name <name> --email <address>",
    "  veda-auth token --stage dev --service-id workflows-client",
    "  veda-auth outputs --stage dev --format env",
  ]);
});
