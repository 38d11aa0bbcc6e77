import {
  createOidcTrustPolicy,
  OidcRole,
  type OidcRoleProps,
} from "../../constructs/oidc-role";
import type { IdentityStatement } from "../../constructs/policy-document";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const ISSUER = "token.actions.githubusercontent.com";
const PROVIDER_ARN = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;
const MAIN = { owner: "octo", repo: "auth", branch: "main" };
const READ: IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::store/*",
};
const MINIMAL_PROPS: OidcRoleProps = {
  provider: { issuer: ISSUER, providerArn: PROVIDER_ARN },
  roleName: "auth-dev-deploy",
  subjects: [MAIN],
};

function synthesizeRole(props: Partial<OidcRoleProps> = {}) {
  return synthesizeConstructs((scope) => {
    new OidcRole(scope, "role", { ...MINIMAL_PROPS, ...props });
  });
}

function validateProps(props: Partial<OidcRoleProps>): string[] {
  return collectErrors((scope) => {
    new OidcRole(scope, "role", { ...MINIMAL_PROPS, ...props });
  });
}

function getTrustedSubjects(props: Partial<OidcRoleProps>): unknown {
  const trust = parsePolicy(
    getOnlyResource(synthesizeRole(props), "aws_iam_role"),
    "assume_role_policy",
  ) as {
    Statement: [{ Condition: { StringEquals: Record<string, unknown> } }];
  };
  return trust.Statement[0].Condition.StringEquals[`${ISSUER}:sub`];
}

test("an OIDC role trusts customized subjects, as a string or with claim keys", () => {
  const subject = "repository_id:74:ref:refs/heads/main";
  expect(getTrustedSubjects({ subjects: [subject] })).toBe(subject);
  expect(
    getTrustedSubjects({ subjects: [{ ...MAIN, claimKeys: ["ref", "repo"] }] }),
  ).toBe("ref:refs/heads/main:repo:octo/auth");
});

/** Creates a subject whose trust policy has `count` characters in the longest partition. */
function createSubject(count: number): string {
  const around = JSON.stringify(
    createOidcTrustPolicy(
      {
        issuer: ISSUER,
        providerArn: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`,
      },
      [""],
    ),
  ).length;
  return "a".repeat(count - around);
}

describe("an OIDC role", () => {
  test("requires a provider, a name and a subject, and has no permissions", () => {
    const configuration = synthesizeRole();
    expect(getOnlyResource(configuration, "aws_iam_role").name).toBe(
      "auth-dev-deploy",
    );
    expect(Object.keys(configuration.resource)).toEqual(["aws_iam_role"]);
    expect(validateProps({})).toEqual([]);
  });

  test("compares audience and subject with StringEquals", () => {
    expect(
      parsePolicy(
        getOnlyResource(synthesizeRole(), "aws_iam_role"),
        "assume_role_policy",
      ),
    ).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: PROVIDER_ARN },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: "sts.amazonaws.com",
              [`${ISSUER}:sub`]: "repo:octo/auth:ref:refs/heads/main",
            },
          },
        },
      ],
    });
  });

  test("trusts only the subject with ids, if there are ids", () => {
    const numbered = { ...MAIN, ownerId: "1", repoId: "2" };
    expect(getTrustedSubjects({ subjects: [numbered] })).toBe(
      "repo:octo@1/auth@2:ref:refs/heads/main",
    );
    expect(
      getTrustedSubjects({ subjects: [{ ...numbered, alsoClassic: true }] }),
    ).toEqual([
      "repo:octo@1/auth@2:ref:refs/heads/main",
      "repo:octo/auth:ref:refs/heads/main",
    ]);
  });

  test("trusts several subjects, of GitHub or another issuer", () => {
    expect(getTrustedSubjects({ subjects: [MAIN, "project:one"] })).toEqual([
      "repo:octo/auth:ref:refs/heads/main",
      "project:one",
    ]);
  });

  test("trusts a provider that only Terraform knows", () => {
    const trust = parsePolicy(
      getOnlyResource(
        synthesizeRole({
          provider: { issuer: ISSUER, providerArn: createUnknownText() },
        }),
        "aws_iam_role",
      ),
      "assume_role_policy",
    );
    expect(trust).toMatchObject({
      Statement: [
        {
          Principal: {
            Federated: expect.stringContaining("timestamp()") as string,
          },
        },
      ],
    });
  });

  test("has its statements in one inline policy", () => {
    const policy = getOnlyResource(
      synthesizeRole({ statements: [READ] }),
      "aws_iam_role_policy",
    );
    expect(policy.name).toBe("auth-dev-deploy");
    expect(policy.role).toMatch(/^\$\{aws_iam_role\.role_\w+\.id\}$/);
    expect(parsePolicy(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [READ],
    });
  });

  test("has managed policies with their ARNs as ids", () => {
    const arns = ["ReadOnlyAccess", "job-function/Billing"].map(
      (name) => `arn:aws:iam::aws:policy/${name}`,
    );
    const attachments = (order: readonly string[]) =>
      synthesizeRole({ managedPolicyArns: order }).resource
        .aws_iam_role_policy_attachment;
    expect(Object.values(attachments(arns) ?? {})).toEqual(
      arns.map((arn) => ({
        policy_arn: arn,
        role: expect.stringMatching(
          /^\$\{aws_iam_role\.role_\w+\.name\}$/,
        ) as string,
      })),
    );
    expect(attachments([...arns].reverse())).toEqual(attachments(arns));
  });

  test("allows a managed policy that only Terraform knows", () => {
    const { resource } = synthesizeRole({
      managedPolicyArns: [createUnknownText()],
    });
    expect(
      Object.values(resource.aws_iam_role_policy_attachment ?? {}),
    ).toMatchObject([{ policy_arn: "${timestamp()}" }]);
  });

  test.each(["Prod EU", "pull_request"])(
    "trusts the environment %s by its complete name",
    (environment) => {
      expect(
        validateProps({ subjects: [{ owner: "o", repo: "r", environment }] }),
      ).toEqual([]);
    },
  );

  test("allows ten managed policies", () => {
    expect(
      validateProps({
        managedPolicyArns: Array.from(
          { length: 10 },
          (_, index) => `arn:aws:iam::aws:policy/policy-${index}`,
        ),
      }),
    ).toEqual([]);
  });

  test("allows a trust policy of 2,048 characters", () => {
    expect(validateProps({ subjects: [createSubject(2048)] })).toEqual([]);
  });

  test("allows statements that only Terraform knows", () => {
    expect(
      validateProps({
        statements: [{ ...READ, Resource: createUnknownText() }],
      }),
    ).toEqual([]);
  });

  test("has a path and a description", () => {
    expect(
      getOnlyResource(
        synthesizeRole({ path: "/ci/", description: "Deploys" }),
        "aws_iam_role",
      ),
    ).toMatchObject({ path: "/ci/", description: "Deploys" });
    expect(
      getOnlyResource(synthesizeRole(), "aws_iam_role"),
    ).not.toHaveProperty("path");
  });

  test("exposes its ARN as a reference", () => {
    expect(
      resolveValue(
        (scope) => new OidcRole(scope, "role", MINIMAL_PROPS).roleArn,
      ),
    ).toMatch(/^\$\{aws_iam_role\.role_\w+\.arn\}$/);
  });
});

describe("an OIDC role fails when", () => {
  test("its path or its description is invalid", () => {
    expect(validateProps({ path: "ci", description: "\u2713" })).toEqual([
      expect.stringMatching(/^role path must be /),
      expect.stringMatching(/^role description must be /),
    ]);
  });

  test.each<[string, Partial<OidcRoleProps>, RegExp]>([
    [
      "its name is too long",
      { roleName: "a".repeat(65) },
      /^role name must be 1-64 /,
    ],
    [
      "it has no subject",
      { subjects: [] },
      /^subjects of an OIDC role must have at least one item, got none$/,
    ],
    [
      "its subject matches every token",
      { subjects: ["*"] },
      /^OIDC subject must be .*got "\*"$/,
    ],
    [
      "its subject matches every run of a repository",
      { subjects: ["repo:octo/auth:*"] },
      /^OIDC subject must be/,
    ],
    [
      "its subject matches every repository of an owner",
      { subjects: ["repo:octo/*"] },
      /^OIDC subject must be/,
    ],
    [
      "its subject has a single-character pattern",
      { subjects: ["repo:octo/auth:ref:refs/heads/mai?"] },
      /^OIDC subject must be/,
    ],
    [
      "its subject is a pull request",
      { subjects: ["repo:octo/auth:pull_request"] },
      /^OIDC subject must be .*got "repo:octo\/auth:pull_request"$/,
    ],
    [
      "its customized subject is one of pull requests",
      { subjects: ["workflow:x:repo:octo/auth:pull_request"] },
      /^OIDC subject must be .*not of a pull request, got/,
    ],
    [
      "its customized subject names no repository",
      { subjects: ["repository_owner:octo:environment:prod"] },
      /^OIDC subject must include repo, repository or repository_id with one repository, got "repository_owner:octo:environment:prod"$/,
    ],
    [
      "its claim keys name no repository",
      { subjects: [{ ...MAIN, claimKeys: ["ref"] }] },
      /^GitHub claim keys must include repo, repository or repository_id, got "ref"$/,
    ],
    [
      "its subject is empty",
      { subjects: [""] },
      /^OIDC subject must be .*got ""$/,
    ],
    [
      "its subject is repeated",
      { subjects: ["one", "one"] },
      /^OIDC subject must be unique, got "one" twice$/,
    ],
    [
      "its GitHub subject is repeated",
      { subjects: [MAIN, MAIN] },
      /^OIDC subject must be unique/,
    ],
    [
      "a repository id is missing",
      { subjects: [{ ...MAIN, ownerId: "1" }] },
      /^GitHub owner id and repository id must be set together/,
    ],
    [
      "an owner has a colon",
      { subjects: [{ ...MAIN, owner: "a:b" }] },
      /^GitHub owner must be/,
    ],
    [
      "a managed policy is a name",
      { managedPolicyArns: ["ReadOnlyAccess"] },
      /^managed policy ARN must be .*got "ReadOnlyAccess"$/,
    ],
    [
      "a managed policy is repeated",
      {
        managedPolicyArns: [
          "arn:aws:iam::aws:policy/A",
          "arn:aws:iam::aws:policy/A",
        ],
      },
      /^managed policy ARN must be unique/,
    ],
    [
      "it has more than ten managed policies",
      {
        managedPolicyArns: Array.from(
          { length: 11 },
          (_, index) => `arn:aws:iam::aws:policy/policy-${index}`,
        ),
      },
      /^number of managed policies of a role must be at most 10, got 11$/,
    ],
    [
      "its inline policy is too long",
      { statements: [{ ...READ, Resource: "a".repeat(10_240) }] },
      /^number of characters of a role's inline policies must be at most 10240, got \d+$/,
    ],
    [
      "its statement has an invalid action",
      { statements: [{ ...READ, Action: "nonsense" }] },
      /^policy action must be service:Action, got "nonsense"$/,
    ],
    [
      "its statement has no resource",
      { statements: [{ ...READ, Resource: [] }] },
      /^policy statement must have an action and a resource, got none$/,
    ],
    [
      "a managed policy is of another partition",
      { managedPolicyArns: ["arn:aws-us-gov:iam::aws:policy/a"] },
      /^managed policy ARN must be in partition "aws" /,
    ],
    [
      "its trust policy is too long",
      { subjects: [createSubject(2049)] },
      /^number of characters of a trust policy must be at most 2048, got 2049$/,
    ],
  ])("%s", (_, props, message) => {
    expect(validateProps(props)).toEqual([expect.stringMatching(message)]);
  });

  test("its branch is a pattern, and reports the branch and the subject", () => {
    expect(validateProps({ subjects: [{ ...MAIN, branch: "*" }] })).toEqual([
      expect.stringMatching(/^GitHub branch, environment or tag must be/),
      expect.stringMatching(/^OIDC subject must be/),
    ]);
  });
});
