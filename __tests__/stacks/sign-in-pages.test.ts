import { Fn, Testing } from "cdktf";
import { AuthStack, type AuthStackOptions } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";
import {
  createApp,
  createStageConfig,
  getOnlyBlock,
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

/** Returns the errors of a stage with these options, and with a client that has sign-in pages. */
function listErrors(
  options: AuthStackOptions,
  settings: Environment = {},
  build: (auth: AuthStack) => void = () => undefined,
): string[] {
  const app = createApp();
  const stack = new AuthStack(app, createStageConfig(settings), options);
  build(stack);
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message
      .split("\n  - ")
      .slice(1)
      .map((line) => line.replace(/ \([^()]*\)$/, ""));
  }
  return [];
}

const addPage = (auth: AuthStack) =>
  auth.addFrontendClient("page", { callbackUrls: ["https://a.example/"] });
const RULE = ".label-customizable { color: #123456; }";

function getProviderVersions({ terraform }: Synthesized): unknown {
  const { aws } = terraform.required_providers as {
    readonly aws: { readonly version: string };
  };
  return aws.version;
}

describe("a stage with managed login", () => {
  test("has it on both domains, with every version of the provider", () => {
    const configuration = synthesize(SETTINGS, { managedLoginVersion: 2 });
    expect(
      Object.values(
        configuration.resource.aws_cognito_user_pool_domain ?? {},
      ).map(({ managed_login_version: version }) => version),
    ).toEqual([2, 2]);
    expect(getProviderVersions(configuration)).toBe(">= 5.100.0, < 7.0.0");
  });

  /** Returns what a function prints on standard error. */
  function collectNotices(run: () => void): string[] {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      run();
      return write.mock.calls.map(([text]) => String(text));
    } finally {
      write.mockRestore();
    }
  }

  test("prints the clients with pages that have no branding", () => {
    const build = (auth: AuthStack) => {
      auth.addProgrammaticClient("scripts");
      auth.addProgrammaticClient("programmatic-client", {
        callbackUrls: ["https://a.example/"],
      });
      auth.addFrontendClient("other", { callbackUrls: ["https://a.example/"] });
      auth.addBranding(addPage(auth), null);
    };
    expect(
      collectNotices(() => {
        expect(listErrors({ managedLoginVersion: 2 }, {}, build)).toEqual([]);
      }),
    ).toEqual([
      "managed login has no style for clients without a branding, got programmatic-client, other: call addBranding for them\n",
    ]);
  });

  test("prints nothing if each client with pages has a branding, or the pages are classic", () => {
    expect(
      collectNotices(() => {
        listErrors({ managedLoginVersion: 2 }, {}, (auth) => {
          auth.addBranding(addPage(auth), null);
        });
        listErrors({ managedLoginVersion: 1 }, {}, addPage);
        listErrors({}, {}, addPage);
      }),
    ).toEqual([]);
  });
});

describe("a stage with a branding", () => {
  test("has the branding of the client, and requires a later version of the provider", () => {
    const app = createApp();
    const stack = new AuthStack(app, createStageConfig(), {
      managedLoginVersion: 2,
    });
    stack.addBranding(addPage(stack), { settings: { a: 1 } });
    const configuration = JSON.parse(Testing.synth(stack, true)) as Synthesized;
    expect(
      getOnlyBlock(configuration, "aws_cognito_managed_login_branding"),
    ).toMatchObject({
      client_id: expect.stringMatching(
        /^\$\{aws_cognito_user_pool_client\.clients_page_\w+\.id\}$/,
      ) as unknown,
      settings: '{"a":1}',
    });
    expect(getProviderVersions(configuration)).toBe(">= 6.13.0, < 7.0.0");
    const other = new AuthStack(app, createStageConfig({ STAGE: "other" }));
    expect(
      getProviderVersions(
        JSON.parse(Testing.synth(other, true)) as Synthesized,
      ),
    ).toBe(">= 5.100.0, < 7.0.0");
  });

  test("has one of each client", () => {
    expect(
      listErrors({ managedLoginVersion: 2 }, {}, (auth) => {
        const client = addPage(auth);
        auth.addBranding(client, null);
        auth.addBranding(client, null);
      }),
    ).toEqual(['id must be unique, got "page" twice']);
  });

  test.each<[AuthStackOptions, string[]]>([
    [{}, ["branding requires managedLoginVersion 2, got 1"]],
    [
      { managedLoginVersion: 1 },
      ["branding requires managedLoginVersion 2, got 1"],
    ],
    [{ managedLoginVersion: 2 }, []],
  ])("and the options %j has these errors: %j", (options, errors) => {
    expect(
      listErrors(options, {}, (auth) => {
        auth.addBranding(addPage(auth), null);
      }),
    ).toEqual(errors);
  });

  test("can have an existing domain, whose version only AWS knows", () => {
    expect(
      listErrors(
        {},
        { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
        (auth) => {
          auth.addBranding(addPage(auth), null);
        },
      ),
    ).toEqual([]);
  });
});

describe("a stage with a style of the classic pages", () => {
  test("creates its domain first", () => {
    const configuration = synthesize({}, { classicPages: { css: RULE } });
    const [domain] = listAddresses(configuration).filter((address) =>
      address.startsWith("aws_cognito_user_pool_domain."),
    );
    expect(
      getOnlyBlock(configuration, "aws_cognito_user_pool_ui_customization"),
    ).toMatchObject({ css: RULE, depends_on: [domain] });
    expect(getProviderVersions(configuration)).toBe(">= 5.100.0, < 7.0.0");
  });

  test("depends on nothing of an existing domain", () => {
    expect(
      getOnlyBlock(
        synthesize(
          { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
          { classicPages: { css: RULE } },
        ),
        "aws_cognito_user_pool_ui_customization",
      ),
    ).not.toHaveProperty("depends_on");
  });
});

describe("a stage with log delivery", () => {
  const logGroupArn = "arn:aws:logs:us-west-2:123456789012:log-group:auth";

  test("requires a later version of the provider", () => {
    const configuration = synthesize(
      {},
      { logDelivery: { events: "userNotification", logGroupArn } },
    );
    expect(
      getOnlyBlock(configuration, "aws_cognito_log_delivery_configuration"),
    ).toMatchObject({ log_configurations: [{ log_level: "ERROR" }] });
    expect(getProviderVersions(configuration)).toBe(">= 6.5.0, < 7.0.0");
  });

  test.each<[string, AuthStackOptions, string[]]>([
    [
      "the plan is not PLUS",
      { logDelivery: { events: "userAuthEvents", logGroupArn } },
      ["log delivery of userAuthEvents requires plan PLUS, got ESSENTIALS"],
    ],
    [
      "threat protection is off",
      {
        logDelivery: { events: "userAuthEvents", logGroupArn },
        userPool: { plan: "PLUS" },
      },
      ["log delivery of userAuthEvents requires threat protection, got OFF"],
    ],
    [
      "threat protection is on",
      {
        logDelivery: { events: "userAuthEvents", logGroupArn },
        userPool: { plan: "PLUS", threatProtection: "AUDIT" },
      },
      [],
    ],
    [
      "the plan is unknown",
      {
        logDelivery: { events: "userAuthEvents", logGroupArn },
        userPool: {
          plan: Fn.timestamp() as "PLUS",
          threatProtection: "AUDIT",
        },
      },
      [],
    ],
  ])("has these errors if %s", (_, options, errors) => {
    expect(listErrors(options)).toEqual(errors);
  });

  test("of an existing user pool is not checked against its plan", () => {
    expect(
      listErrors(
        { logDelivery: { events: "userAuthEvents", logGroupArn } },
        { USER_POOL_ID: "us-west-2_Abc" },
      ),
    ).toEqual([]);
  });

  test.each<[AuthStackOptions["logDelivery"] & object, string]>([
    [
      {
        events: "userNotification",
        logGroupArn: logGroupArn.replace("123456789012", "111122223333"),
      },
      'log group ARN must be in account "123456789012"',
    ],
    [
      {
        events: "userAuthEvents",
        streamArn:
          "arn:aws:firehose:us-west-2:111122223333:deliverystream/auth",
      },
      'delivery stream ARN must be in account "123456789012"',
    ],
    [
      { events: "userAuthEvents", bucketArn: "arn:aws-us-gov:s3:::our-logs" },
      'log bucket ARN must be in partition "aws"',
    ],
  ])("fails for a target elsewhere: %j", (logDelivery, message) => {
    expect(
      listErrors(
        {
          logDelivery,
          userPool: { plan: "PLUS", threatProtection: "ENFORCED" },
        },
        { AWS_ACCOUNT_ID: "123456789012" },
      ),
    ).toEqual([expect.stringContaining(message)]);
  });
});

test("two stages fail if they have the same custom domain", () => {
  const app = createApp();
  const customDomain = {
    domain: "auth.example.org",
    certificateArn: CERTIFICATE,
  };
  for (const [STAGE, options] of Object.entries({
    a: { customDomain },
    b: { customDomain },
    c: { customDomain: { ...customDomain, domain: "c.auth.example.org" } },
  }))
    new AuthStack(app, createStageConfig({ STAGE }), options);
  expect(() => {
    app.synth();
  }).toThrow(
    /^stack: 1 problem\n {2}- custom domain must be unique, got "auth.example.org" also in veda-auth-stack-a\/custom-domain\/Resource \(veda-auth-stack-b\/custom-domain\/Resource\)$/,
  );
});

describe("the sign-in pages of a stage fail when", () => {
  const customDomain = {
    domain: "auth.example.org",
    certificateArn: CERTIFICATE,
  };

  test.each<[string, AuthStackOptions, Environment, string]>([
    [
      "managed login has a style of the classic pages",
      { managedLoginVersion: 2, classicPages: { css: RULE } },
      {},
      "classicPages requires managedLoginVersion 1, got 2",
    ],
    [
      "managed login has the plan LITE",
      { managedLoginVersion: 2, userPool: { plan: "LITE" } },
      {},
      "managedLoginVersion 2 requires plan ESSENTIALS or PLUS, got LITE",
    ],
    [
      "the version is of an existing domain",
      { managedLoginVersion: 1 },
      { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
      "managedLoginVersion requires a domain that the stage creates, got USER_POOL_DOMAIN",
    ],
    [
      "passkeys have another domain than the custom domain",
      {
        customDomain,
        userPool: {
          firstFactors: ["PASSWORD", "WEB_AUTHN"],
          passkeys: { relyingPartyId: "example.org" },
        },
      },
      {},
      'relying party id of passkeys must be the custom domain "auth.example.org", got "example.org"',
    ],
  ])("%s", (_, options, settings, message) => {
    expect(listErrors(options, settings)).toEqual([message]);
  });

  test.each<[string, AuthStackOptions, Environment]>([
    [
      "classic pages have a style",
      { managedLoginVersion: 1, classicPages: { css: RULE } },
      {},
    ],
    [
      "the plan LITE has classic pages",
      { managedLoginVersion: 1, userPool: { plan: "LITE" } },
      {},
    ],
    [
      "the plan PLUS has managed login",
      { managedLoginVersion: 2, userPool: { plan: "PLUS" } },
      {},
    ],
    [
      "the custom domain of an existing domain has a version",
      { managedLoginVersion: 2, customDomain },
      { USER_POOL_ID: "us-west-2_Abc", USER_POOL_DOMAIN: "ours" },
    ],
    [
      "passkeys have the custom domain",
      {
        customDomain,
        userPool: {
          firstFactors: ["PASSWORD", "WEB_AUTHN"],
          passkeys: { relyingPartyId: "auth.example.org" },
        },
      },
      {},
    ],
    [
      "passkeys have the domain that Terraform knows",
      {
        customDomain: { ...customDomain, domain: Fn.timestamp() },
        userPool: {
          firstFactors: ["PASSWORD", "WEB_AUTHN"],
          passkeys: { relyingPartyId: "a.example.org" },
        },
      },
      {},
    ],
  ])("not when %s", (_, options, settings) => {
    expect(listErrors(options, settings)).toEqual([]);
  });
});
