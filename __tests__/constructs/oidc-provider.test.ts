import { OidcProvider } from "../../constructs/oidc-provider";
import {
  collectErrors,
  getOnlyResource,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const ISSUER = "token.actions.githubusercontent.com";
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
