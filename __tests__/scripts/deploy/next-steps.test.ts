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
  const target = {
    stage: "dev",
    stackName: "s-dev",
    settings: { APP_NAME: "s" },
    origins: { APP_NAME: ".env" },
    awsTarget: { region: "us-west-2" },
  };
  expect(formatNextSteps(target, outputs, [], true)).toEqual([
    "Next steps:",
    "  veda-auth create-user --stage dev --user-name <name> --email <address>",
    "  veda-auth token --stage dev --service-id workflows-client",
    "  veda-auth outputs --stage dev --format env",
  ]);
  const options = {
    ...target,
    settings: { APP_NAME: "s", AWS_REGION: "eu-west-1" },
    awsTarget: { region: "eu-west-1", profile: "our ops" },
  };
  expect(formatNextSteps(options, outputs, [], true)).toContain(
    "  veda-auth outputs --stage dev --region eu-west-1 --profile 'our ops' --format env",
  );
});

test("the next steps set client secrets first, also after a later deployment", () => {
  const target = {
    stage: "dev",
    stackName: "s-dev",
    settings: {},
    awsTarget: { region: "us-west-2" },
  };
  const secret = "veda-auth identity-provider-secret --stage dev --provider a";
  expect(formatNextSteps(target, {}, [secret], true).slice(0, 3)).toEqual([
    "Next steps:",
    `  ${secret}`,
    expect.stringMatching(/^ {2}veda-auth create-user /),
  ]);
  expect(formatNextSteps(target, {}, [secret], false)).toEqual([
    "Next steps:",
    `  ${secret}`,
  ]);
  expect(formatNextSteps(target, {}, [], false)).toEqual([]);
});
