import { Testing } from "cdktf";
import { AuthStack, type AuthStackOptions } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createStageConfig,
  listAddresses,
  removeTemporaryDirectories,
  type Synthesized,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/a";
const SETTINGS: Environment = {
  CUSTOM_DOMAIN: "auth.example.org",
  CUSTOM_DOMAIN_CERTIFICATE_ARN: CERTIFICATE,
};
const PREFIX_URL =
  "https://veda-auth-stack-dev.auth.us-west-2.amazoncognito.com";

function synthesize(
  settings: Environment,
  options: AuthStackOptions = {},
): Synthesized {
  const stack = new AuthStack(
    createApp(),
    createStageConfig(settings),
    options,
  );
  stack.addProgrammaticClient("scripts");
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

function getSecretUrl({ resource }: Synthesized): string | undefined {
  const [block] = Object.values(
    resource.aws_secretsmanager_secret_version ?? {},
  );
  return /cognito_domain" = "([^"]*)"/.exec(
    String(block?.secret_string_wo ?? block?.secret_string),
  )?.[1];
}

describe("a stage with a custom domain", () => {
  test("has the prefix domain too, and its URL in secrets", () => {
    const configuration = synthesize(SETTINGS);
    expect(
      listAddresses(configuration).filter((address) =>
        /domain|route53/.test(address),
      ),
    ).toMatchInlineSnapshot(`
[
  "aws_cognito_user_pool_domain.custom-domain_81FC3C39",
  "aws_cognito_user_pool_domain.domain_FBFFA2F6",
]
`);
    const { output } = configuration;
    expect(output.userpool_domain_base_url?.value).toBe(PREFIX_URL);
    expect(output.userpool_custom_domain_base_url?.value).toBe(
      "https://auth.example.org",
    );
    expect(output.userpool_custom_domain_target?.value).toMatch(
      /^\$\{aws_cognito_user_pool_domain\..*\.cloudfront_distribution\}$/,
    );
    expect(getSecretUrl(configuration)).toBe(PREFIX_URL);
  });

  test("has its record and its URL in secrets if they are requested", () => {
    const configuration = synthesize({
      ...SETTINGS,
      CUSTOM_DOMAIN_ZONE_ID: "Z1",
      CUSTOM_DOMAIN_IN_SECRETS: "true",
    });
    expect(
      Object.values(configuration.resource.aws_route53_record ?? {}),
    ).toEqual([expect.objectContaining({ zone_id: "Z1" })]);
    expect(getSecretUrl(configuration)).toBe("https://auth.example.org");
    expect(configuration.output.userpool_domain_base_url?.value).toBe(
      PREFIX_URL,
    );
  });

  test("has that of the options, not that of the settings", () => {
    const { output } = synthesize(SETTINGS, {
      customDomain: {
        domain: "sign-in.example.org",
        certificateArn: CERTIFICATE,
      },
    });
    expect(output.userpool_custom_domain_base_url?.value).toBe(
      "https://sign-in.example.org",
    );
  });

  test("can have the prefix domain of an existing user pool", () => {
    const configuration = synthesize({
      ...SETTINGS,
      USER_POOL_ID: "us-west-2_Abc",
      USER_POOL_DOMAIN: "ours",
    });
    expect(
      Object.values(configuration.resource.aws_cognito_user_pool_domain ?? {}),
    ).toEqual([
      expect.objectContaining({
        domain: "auth.example.org",
        user_pool_id: "us-west-2_Abc",
      }),
    ]);
  });
});
