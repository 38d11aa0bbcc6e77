import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { setInvocation } from "../../../scripts/lib/cli/invocation";
import { formatSecretCommands } from "../../../scripts/lib/plan/placeholder-secrets";
import { buildPlan } from "../../support/plan-builder";

const TARGET = {
  stage: "dev",
  stackName: "s-dev",
  settings: {},
  awsTarget: { region: "us-west-2" },
};
const type = "aws_cognito_identity_provider";

function createValues(provider_name: string, client_secret?: string) {
  return { provider_name, provider_details: { client_secret } };
}

const PENDING = createValues("Our IdP", PLACEHOLDER_CLIENT_SECRET);
const PLAN = buildPlan([
  { type, address: `${type}.a`, after: PENDING },
  { type, address: `${type}.b`, before: PENDING, after: PENDING },
  { type, address: `${type}.c`, before: PENDING },
  { type, address: `${type}.d`, after: createValues("Set", "a-secret") },
  { type, address: `${type}.e`, after: createValues("SAML") },
  { type, address: `${type}.f`, after: { provider_name: "Unknown" } },
  { type: "aws_cognito_user_pool", after: PENDING },
]);
const COMMAND =
  "veda-auth identity-provider-secret --stage dev --provider 'Our IdP'";

test("the commands set the client secrets of providers that have the placeholder", () => {
  setInvocation({ program: "veda-auth", isNpmScript: false });
  expect(formatSecretCommands(PLAN, TARGET, "all")).toEqual([COMMAND, COMMAND]);
  expect(formatSecretCommands(PLAN, TARGET, "existing")).toEqual([COMMAND]);
});
