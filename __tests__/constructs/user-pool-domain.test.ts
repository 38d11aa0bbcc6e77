import { UserPoolDomain } from "../../constructs/user-pool-domain";
import {
  getOnlyResource,
  collectProblems,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const USER_POOL = { userPoolId: "us-west-2_Example" };

function problems(prefix: string): string[] {
  return collectProblems((scope) => {
    new UserPoolDomain(scope, "domain", {
      userPool: USER_POOL,
      prefix,
      region: "us-west-2",
    });
  });
}

describe("a user pool's domain", () => {
  test("is a prefix of its user pool, and has no certificate", () => {
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          const domain = new UserPoolDomain(scope, "domain", {
            userPool: USER_POOL,
            prefix: "veda-auth-stack-dev",
            region: "us-west-2",
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
    expect(problems("veda-auth-stack-dev")).toEqual([]);
  });

  test("lies under another host in GovCloud", () => {
    synthesizeConstructs((scope) => {
      expect(
        new UserPoolDomain(scope, "domain", {
          userPool: USER_POOL,
          prefix: "veda",
          region: "us-gov-west-1",
        }).baseUrl,
      ).toBe("https://veda.auth-fips.us-gov-west-1.amazoncognito.com");
    });
  });

  test("that exists is known by its prefix", () => {
    expect(UserPoolDomain.fromPrefix("veda", "eu-west-1")).toEqual({
      baseUrl: "https://veda.auth.eu-west-1.amazoncognito.com",
    });
  });

  test("may be one that Terraform alone will know", () => {
    expect(problems(createUnknownText())).toEqual([]);
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
    expect(problems(prefix)).toEqual([
      expect.stringMatching(
        /^domain prefix must be 1-63 lowercase letters, digits or hyphens.*without aws, amazon, cognito, got /,
      ),
    ]);
  });
});
