import { UserPoolDomain } from "../../constructs/user-pool-domain";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const USER_POOL = createUserPool();

function validatePrefix(prefix: string): string[] {
  return collectErrors((scope) => {
    new UserPoolDomain(scope, "domain", {
      userPool: USER_POOL,
      prefix,
    });
  });
}

describe("a user pool's domain", () => {
  test("has the prefix of its user pool, and no certificate", () => {
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          const domain = new UserPoolDomain(scope, "domain", {
            userPool: USER_POOL,
            prefix: "veda-auth-stack-dev",
          });
          expect(domain.baseUrl).toBe(
            "https://veda-auth-stack-dev.auth.us-west-2.amazoncognito.com",
          );
        }),
        "aws_cognito_user_pool_domain",
      ),
    ).toEqual({
      domain: "veda-auth-stack-dev",
      user_pool_id: "us-west-2_Example",
    });
    expect(validatePrefix("veda-auth-stack-dev")).toEqual([]);
  });

  test("has another host in GovCloud", () => {
    synthesizeConstructs((scope) => {
      expect(
        new UserPoolDomain(scope, "domain", {
          userPool: USER_POOL,
          prefix: "veda",
        }).baseUrl,
      ).toBe("https://veda.auth-fips.us-gov-west-1.amazoncognito.com");
    }, "us-gov-west-1");
  });

  test("is imported by its prefix", () => {
    synthesizeConstructs((scope) => {
      expect(UserPoolDomain.fromPrefix(scope, "veda").baseUrl).toBe(
        "https://veda.auth.eu-west-1.amazoncognito.com",
      );
    }, "eu-west-1");
  });

  test("allows a prefix that only Terraform knows", () => {
    expect(validatePrefix(createUnknownText())).toEqual([]);
  });
});

describe("a user pool's domain fails when", () => {
  test.each([
    "my-aws-cognito",
    "My_App",
    "-veda",
    "veda-",
    "a.b",
    "a".repeat(64),
    "",
  ])("its prefix is %j", (prefix) => {
    expect(validatePrefix(prefix)).toEqual([
      expect.stringMatching(
        /^domain prefix must be 1-63 lowercase letters, digits or hyphens.*without aws, amazon, cognito, got /,
      ),
    ]);
  });

  test("an imported prefix is invalid", () => {
    synthesizeConstructs((scope) => {
      expect(() => UserPoolDomain.fromPrefix(scope, "My_App")).toThrow(
        /^domain prefix must .*got "My_App"/,
      );
    });
  });
});
