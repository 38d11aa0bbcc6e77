import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { setInvocation } from "../../../scripts/lib/cli/invocation";
import { formatNextSteps } from "../../../scripts/lib/deploy/next-steps";
import { getBrowserCallbackUrl } from "../../../stacks/naming";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

const TARGET = {
  stage: "dev",
  stackName: "s-dev",
  settings: { APP_NAME: "s" },
  origins: { APP_NAME: ".env" },
  awsTarget: { region: "us-west-2" },
};
const POOL = { type: "aws_cognito_user_pool", after: { name: "s-dev" } };
const IDENTITY_POOL = { type: "aws_cognito_identity_pool", after: {} };

function client(name: string, values: object): PlanResource {
  const type = "aws_cognito_user_pool_client";
  return { type, address: `${type}.${name}`, after: { name, ...values } };
}

const SERVICE = client("workflows-client Service Access", {
  allowed_oauth_flows: ["client_credentials"],
});
const PROGRAMMATIC = client("programmatic-client", {
  callback_urls: [getBrowserCallbackUrl(18_631)],
  supported_identity_providers: ["COGNITO", "Our IdP", "SAML"],
});
const WEB = client("grafana", {
  allowed_oauth_flows: ["code"],
  callback_urls: ["https://grafana.example.org/"],
  supported_identity_providers: ["Another"],
});
const PROVIDER = {
  type: "aws_cognito_identity_provider",
  after: {
    provider_name: "Our IdP",
    provider_details: { client_secret: PLACEHOLDER_CLIENT_SECRET },
  },
};
const SECRET_STEP =
  "  veda-auth identity-provider-secret --stage dev --provider 'Our IdP'";

const format = (resources: readonly PlanResource[], target = TARGET) =>
  formatNextSteps(target, buildPlan(resources));

beforeEach(() => {
  setInvocation({ program: "veda-auth", isNpmScript: false });
});

test("the first steps create a user, get a token of each service client, and print the outputs", () => {
  const plan = [POOL, SERVICE, WEB, client("scripts", {}), IDENTITY_POOL];
  expect(format(plan)).toEqual([
    "Next steps:",
    "  veda-auth create-user --stage dev --user-name <name> --email <address>",
    "  veda-auth token --stage dev --service-id workflows-client",
    "  veda-auth outputs --stage dev --format env",
  ]);
  const target = {
    ...TARGET,
    settings: { APP_NAME: "s", AWS_REGION: "eu-west-1" },
    awsTarget: { region: "eu-west-1", profile: "our ops" },
  };
  expect(format(plan, target)).toContain(
    "  veda-auth outputs --stage dev --region eu-west-1 --profile 'our ops' --format env",
  );
});

test("the first steps set client secrets, then sign in with each identity provider", () => {
  const plan = [POOL, IDENTITY_POOL, PROVIDER, PROGRAMMATIC];
  expect(format(plan).slice(0, -1)).toEqual([
    "Next steps:",
    SECRET_STEP,
    "  veda-auth credentials --stage dev --identity-provider 'Our IdP'",
    "  veda-auth credentials --stage dev --identity-provider SAML",
    expect.stringMatching(/^ {2}veda-auth create-user /),
  ]);
  expect(format([POOL, PROVIDER, PROGRAMMATIC]).join()).not.toContain(
    "credentials",
  );
});

test("later steps only set client secrets", () => {
  const pool = { ...POOL, before: POOL.after };
  expect(format([pool, IDENTITY_POOL, PROVIDER, PROGRAMMATIC])).toEqual([
    "Next steps:",
    SECRET_STEP,
  ]);
  expect(format([pool, PROGRAMMATIC])).toEqual([]);
});
