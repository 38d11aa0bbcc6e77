import type { TerraformStack } from "cdktf";
import {
  type IOidcProvider,
  OidcProvider,
} from "../../constructs/oidc-provider";
import { OidcRole } from "../../constructs/oidc-role";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const ISSUER = "token.actions.githubusercontent.com";
const ARN = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;
const THUMBPRINT = "6938fd4d98bab03faadb97b34396831e3780aea1";

describe("an OIDC provider", () => {
  test("requires an issuer, and has the audience of AWS and no thumbprint", () => {
    const configuration = synthesizeConstructs((scope) => {
      new OidcProvider(scope, "provider", { issuer: ISSUER });
    });
    expect(
      getOnlyResource(configuration, "aws_iam_openid_connect_provider"),
    ).toEqual({
      url: `https://${ISSUER}`,
      client_id_list: ["sts.amazonaws.com"],
    });
    expect(configuration.data).toEqual({});
  });

  test("has a thumbprint", () => {
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          new OidcProvider(scope, "provider", {
            issuer: ISSUER,
            thumbprint: THUMBPRINT,
          });
        }),
        "aws_iam_openid_connect_provider",
      ).thumbprint_list,
    ).toEqual([THUMBPRINT]);
  });

  test("exposes its issuer, and its ARN as a reference", () => {
    expect(
      resolveValue((scope) => {
        const provider = new OidcProvider(scope, "provider", {
          issuer: ISSUER,
        });
        return [provider.issuer, provider.providerArn];
      }),
    ).toEqual([
      ISSUER,
      expect.stringMatching(
        /^\$\{aws_iam_openid_connect_provider\.provider_\w+\.arn\}$/,
      ),
    ]);
  });

  test("is looked up and not created by fromIssuer", () => {
    const configuration = synthesizeConstructs((scope) => {
      OidcProvider.fromIssuer(scope, "provider", ISSUER);
    });
    expect(configuration.resource).toEqual({});
    expect(configuration.data).toEqual({
      aws_iam_openid_connect_provider: {
        provider: { url: `https://${ISSUER}` },
      },
    });
  });

  test("exposes its issuer, and its ARN as a reference, after fromIssuer", () => {
    expect(
      resolveValue((scope) => {
        const provider = OidcProvider.fromIssuer(scope, "provider", ISSUER);
        return [provider.issuer, provider.providerArn];
      }),
    ).toEqual([ISSUER, "${data.aws_iam_openid_connect_provider.provider.arn}"]);
  });

  test.each(["issuer.example", "gitlab.example/path/of/issuer"])(
    "allows %s",
    (issuer) => {
      expect(
        collectErrors((scope) => {
          new OidcProvider(scope, "provider", { issuer });
          OidcProvider.fromIssuer(scope, "existing", issuer);
        }),
      ).toEqual([]);
    },
  );
});

describe("an OIDC provider fails when", () => {
  test.each([
    "",
    "issuer",
    "http://issuer.example",
    "a.example?b",
    "a.example:8443",
  ])("its issuer is %j", (issuer) => {
    const message = expect.stringMatching(
      /^OIDC provider URL must be /,
    ) as string;
    expect(
      collectErrors((scope) => {
        new OidcProvider(scope, "provider", { issuer });
      }),
    ).toEqual([message]);
    expect(
      collectErrors((scope) => {
        OidcProvider.fromIssuer(scope, "provider", issuer);
      }),
    ).toEqual([message]);
  });

  test("its thumbprint is too short", () => {
    expect(
      collectErrors((scope) => {
        new OidcProvider(scope, "provider", {
          issuer: ISSUER,
          thumbprint: "abc",
        });
      }),
    ).toEqual(['thumbprint must be 40 hex digits, got "abc"']);
  });
});

describe("audiences of an OIDC provider", () => {
  const provider = (audiences?: readonly string[]) =>
    OidcProvider.fromArn(ARN, audiences);
  const readAudience = (create: (scope: TerraformStack) => IOidcProvider) => {
    const resources = synthesizeConstructs((scope) => {
      new OidcRole(scope, "role", {
        provider: create(scope),
        roleName: "role",
        subjects: ["subject"],
      });
    });
    const { Statement } = parsePolicy(
      getOnlyResource(resources, "aws_iam_role"),
      "assume_role_policy",
    ) as {
      Statement: [{ Condition: { StringEquals: Record<string, unknown> } }];
    };
    return Statement[0].Condition.StringEquals[`${ISSUER}:aud`];
  };

  test("are those of its roles", () => {
    const audiences = ["sts.amazonaws.com", "https://a.example"];
    const resources = synthesizeConstructs((scope) => {
      new OidcProvider(scope, "provider", { issuer: ISSUER, audiences });
    });
    expect(
      getOnlyResource(resources, "aws_iam_openid_connect_provider")
        .client_id_list,
    ).toEqual(audiences);
    expect(
      readAudience(
        (scope) =>
          new OidcProvider(scope, "provider", { issuer: ISSUER, audiences }),
      ),
    ).toEqual(audiences);
    expect(
      readAudience((scope) =>
        OidcProvider.fromIssuer(scope, "provider", ISSUER, ["a"]),
      ),
    ).toBe("a");
    expect(readAudience(() => provider(["a", "b"]))).toEqual(["a", "b"]);
  });

  test.each<(scope: TerraformStack) => IOidcProvider>([
    (scope) => new OidcProvider(scope, "provider", { issuer: ISSUER }),
    (scope) => OidcProvider.fromIssuer(scope, "provider", ISSUER),
    () => OidcProvider.fromArn(ARN),
    () => ({ issuer: ISSUER, providerArn: ARN }),
  ])("are that of AWS by default", (create) => {
    expect(readAudience(create)).toBe("sts.amazonaws.com");
  });

  test.each<[readonly string[], RegExp]>([
    [[], /^audiences of an OIDC provider must have at least one item/],
    [["a", "a"], /^audience of an OIDC provider must be unique, got "a" twice/],
    [["*"], /^audience of an OIDC provider must be 1-255 characters/],
    [
      Array.from({ length: 101 }, (_, index) => `a${index}`),
      /^number of audiences of an OIDC provider must be at most 100, got 101/,
    ],
  ])("fails with %j", (audiences, message) => {
    const list = (build: (scope: TerraformStack) => void) =>
      collectErrors(build);
    expect(
      list((scope) => {
        new OidcProvider(scope, "provider", { issuer: ISSUER, audiences });
      }),
    ).toEqual([expect.stringMatching(message)]);
    expect(
      list((scope) => {
        OidcProvider.fromIssuer(scope, "provider", ISSUER, audiences);
      }),
    ).toEqual([expect.stringMatching(message)]);
    expect(() => provider(audiences)).toThrow(message);
  });
});

describe("an OIDC provider that is imported by its ARN", () => {
  test("has its issuer, and creates nothing", () => {
    expect(OidcProvider.fromArn(`${ARN}/realms/a`)).toEqual({
      providerArn: `${ARN}/realms/a`,
      issuer: `${ISSUER}/realms/a`,
      audiences: ["sts.amazonaws.com"],
    });
  });

  test("has the issuer of an ARN of which only Terraform knows the account", () => {
    const provider = OidcProvider.fromArn(
      `arn:aws:iam::${createUnknownText()}:oidc-provider/${ISSUER}`,
    );
    expect(provider.issuer).toBe(ISSUER);
    const errors = collectErrors((scope) => {
      new OidcRole(scope, "role", {
        provider,
        roleName: "deploy",
        subjects: ["repository_owner:an-organization"],
      });
    });
    expect(errors).toEqual([
      expect.stringMatching(/^OIDC subject must include repo, repository/),
    ]);
  });

  test("can have an ARN that only Terraform knows", () => {
    expect(
      resolveValue(() => OidcProvider.fromArn(createUnknownText()).issuer),
    ).toMatch(/^\$\{element\(split\(":oidc-provider\/", .*\), 1\)\}$/);
  });

  test.each([
    ["a", /^ARN of an IAM provider must be the ARN of an OIDC or SAML/],
    [
      "arn:aws:iam::123456789012:saml-provider/a",
      /^ARN of an OIDC provider must contain :oidc-provider\/, got "/,
    ],
    [
      "arn:aws:iam::123456789012:oidc-provider/localhost",
      /^OIDC provider URL must be /,
    ],
  ])("fails when its ARN is %j", (arn, message) => {
    expect(() => OidcProvider.fromArn(arn)).toThrow(message);
  });
});
