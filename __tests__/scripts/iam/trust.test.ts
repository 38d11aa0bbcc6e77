import { listGrants } from "../../../scripts/lib/iam/compare";
import { getStatements, parsePolicy } from "../../../scripts/lib/iam/policy";
import { findTrustRisks, type TrustRisk } from "../../../scripts/lib/iam/trust";
import { isTrusted } from "../../support/trust-evaluator";

type Json = Readonly<Record<string, unknown>>;

const ACCOUNT = "111122223333";
const FOREIGN = "999999999999";
const GITHUB = "token.actions.githubusercontent.com";
const GITLAB = "gitlab.example.com";
const COGNITO = "cognito-identity.amazonaws.com";
const POOL = "us-west-2:00000000-0000-0000-0000-000000000000";

function findRisks(statement: Json): readonly TrustRisk[] {
  const policy = parsePolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:*", ...statement }],
    }),
  );
  const all = listGrants(getStatements(policy)).flatMap((grant) =>
    findTrustRisks(grant, {
      accounts: new Set([ACCOUNT]),
      getIssuerHost: (principal) =>
        principal.replace(/^arn:.*oidc-provider\//, ""),
      isIdentityPool: () => true,
    }),
  );
  return [...new Set(all)].sort();
}

function token(host: string, Condition?: Json): Json {
  const isCognito = host.startsWith("cognito-identity");
  return {
    Principal: {
      Federated: isCognito
        ? host
        : `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`,
    },
    ...(Condition !== undefined && { Condition }),
  };
}

const AUD = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };

/** A trust in a GitHub subject, with the usual audience. */
function github(sub: unknown, operator = "StringEquals"): Json {
  const subject = { [`${GITHUB}:sub`]: sub };
  return token(
    GITHUB,
    operator === "StringEquals"
      ? { StringEquals: { ...AUD, ...subject } }
      : { StringEquals: AUD, [operator]: subject },
  );
}

const MAIN = "repo:octo/auth:ref:refs/heads/main";

const SIGNED_IN = { [`${COGNITO}:amr`]: "authenticated" };
const OWN_POOL = { [`${COGNITO}:aud`]: POOL };

/** A statement, and its risks in alphabetic order. */
type Vector = readonly [what: string, statement: Json, risks: TrustRisk[]];

const GITHUB_VECTORS: readonly Vector[] = [
  ["a branch", github(MAIN), []],
  [
    "a branch with numbers",
    github("repo:octo@1/auth@2:ref:refs/heads/main"),
    [],
  ],
  ["an environment", github("repo:octo/auth:environment:prod"), []],
  ["a tag", github("repo:octo/auth:ref:refs/tags/v1"), []],
  ["two subjects", github([MAIN, "repo:octo/auth:environment:prod"]), []],
  ["a pattern without wildcards", github(MAIN, "StringLike"), []],
  ["a subject in any case", github(MAIN, "StringEqualsIgnoreCase"), []],
  [
    "any branch",
    github("repo:octo/auth:ref:refs/heads/*", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "a branch by one character",
    github(`${MAIN}?`, "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "any environment",
    github("repo:octo/auth:environment:*", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "anything of a repository",
    github("repo:octo/auth:*", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "repositories by their start",
    github("repo:octo/auth*:ref:refs/heads/main", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "an organization",
    github("repo:octo/*", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "one subject and one pattern",
    github([MAIN, "repo:octo/auth:*"], "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "any organization",
    github("repo:*/auth:ref:refs/heads/main", "StringLike"),
    ["any-subject"],
  ],
  [
    "organizations by their start",
    github("repo:octo*/auth:*", "StringLike"),
    ["any-subject"],
  ],
  [
    "organizations by their number",
    github("repo:octo@*/auth@2:*", "StringLike"),
    ["any-subject"],
  ],
  ["any repository", github("repo:*", "StringLike"), ["any-subject"]],
  [
    "any repository in three parts",
    github("repo:*:*", "StringLike"),
    ["any-subject"],
  ],
  [
    "the start of an organization alone",
    github("repo:octo*", "StringLike"),
    ["any-subject"],
  ],
  ["any subject", github("*", "StringLike"), ["any-subject"]],
  ["any subject with a colon", github("*:*", "StringLike"), ["any-subject"]],
  [
    "subjects by their end",
    github("*:ref:refs/heads/main", "StringLike"),
    ["any-subject"],
  ],
  ["one subject, and any", github([MAIN, "*"], "StringLike"), ["any-subject"]],
  ["an empty subject", github("", "StringLike"), ["any-subject"]],
  ["no value of a subject", github([], "StringLike"), ["any-subject"]],
  [
    "a subject that may be missing",
    github(MAIN, "StringEqualsIfExists"),
    ["any-subject"],
  ],
  [
    "all of no subjects",
    github(MAIN, "ForAllValues:StringEquals"),
    ["any-subject"],
  ],
  ["every other subject", github(MAIN, "StringNotEquals"), ["any-subject"]],
  ["a subject that is there", github("false", "Null"), ["any-subject"]],
  ["no subject", token(GITHUB, { StringEquals: AUD }), ["any-subject"]],
  [
    "no audience",
    token(GITHUB, { StringEquals: { [`${GITHUB}:sub`]: MAIN } }),
    ["any-audience"],
  ],
  [
    "an audience that may be missing",
    token(GITHUB, {
      StringEquals: { [`${GITHUB}:sub`]: MAIN },
      "ForAllValues:StringEquals": AUD,
    }),
    ["any-audience"],
  ],
  [
    "every other audience",
    token(GITHUB, {
      StringEquals: { [`${GITHUB}:sub`]: MAIN },
      StringNotEquals: AUD,
    }),
    ["any-audience"],
  ],
  [
    "any audience by a pattern",
    token(GITHUB, {
      StringEquals: { [`${GITHUB}:sub`]: MAIN },
      StringLike: { [`${GITHUB}:aud`]: "*" },
    }),
    ["any-audience"],
  ],
  ["no condition", token(GITHUB), ["any-audience", "any-subject"]],
  [
    "claims of another issuer",
    token(GITHUB, {
      StringEquals: { "evil.example:aud": "a", "evil.example:sub": MAIN },
    }),
    ["any-audience", "any-subject"],
  ],
  [
    "claims in upper case, which IAM ignores",
    token(GITHUB, {
      StringEquals: {
        [`${GITHUB}:AUD`]: "sts.amazonaws.com",
        [`${GITHUB.toUpperCase()}:sub`]: MAIN,
      },
    }),
    [],
  ],
];

/** Subjects of customized templates. */
const CUSTOMIZED_VECTORS: readonly Vector[] = [
  [
    "a branch before its repository",
    github("ref:refs/heads/main:repo:octo/auth"),
    [],
  ],
  ["the ID of a repository", github("repository_id:74:environment:prod"), []],
  ["a workflow", github("repo:octo/auth:workflow:x:environment:prod"), []],
  [
    "a subject in any case",
    github("REPO:octo/auth:environment:prod", "StringEqualsIgnoreCase"),
    [],
  ],
  [
    "an owner",
    github("repository_owner:octo:environment:prod"),
    ["any-repository"],
  ],
  ["an environment alone", github("environment:prod"), ["any-repository"]],
  [
    "a workflow that any repository can call",
    github(
      "job_workflow_ref:octo/auth/.github/workflows/x.yml@refs/heads/main",
    ),
    ["any-repository"],
  ],
  [
    "a workflow, with a condition on the repository",
    token(GITHUB, {
      StringEquals: {
        ...AUD,
        [`${GITHUB}:sub`]:
          "job_workflow_ref:octo/shared/.github/workflows/x.yml@refs/heads/main",
        [`${GITHUB}:repository`]: "octo/auth",
      },
    }),
    [],
  ],
  [
    "one subject with a repository and one without",
    github([MAIN, "environment:prod"]),
    ["any-repository"],
  ],
  [
    "any branch before its repository",
    github("ref:refs/heads/*:repo:octo/auth", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "anything of a repository's ID",
    github("repository_id:74:*", "StringLike"),
    ["wildcard-subject"],
  ],
  [
    "any repository of an owner",
    github("repository_owner:octo:*", "StringLike"),
    ["wildcard-subject"],
  ],
  ["any ID", github("repository_id:7*", "StringLike"), ["any-subject"]],
  [
    "any ref of a workflow",
    github(
      "job_workflow_ref:octo/auth/.github/workflows/x.yml@*",
      "StringLike",
    ),
    ["any-subject"],
  ],
  [
    "any repository with an environment",
    github("environment:prod:*", "StringLike"),
    ["any-subject"],
  ],
  [
    "the ID of a repository after a wildcard",
    github("ref:*:repository_id:74", "StringLike"),
    ["any-subject"],
  ],
];

const OTHER_VECTORS: readonly Vector[] = [
  [
    "a service account of Kubernetes",
    token(GITLAB, {
      StringEquals: {
        [`${GITLAB}:aud`]: "sts.amazonaws.com",
        [`${GITLAB}:sub`]: "system:serviceaccount:ns:name",
      },
    }),
    [],
  ],
  [
    "any service account of a namespace",
    token(GITLAB, {
      StringEquals: { [`${GITLAB}:aud`]: "sts.amazonaws.com" },
      StringLike: { [`${GITLAB}:sub`]: "system:serviceaccount:ns:*" },
    }),
    ["wildcard-subject"],
  ],
  [
    "users by the start of their name",
    token(GITLAB, {
      StringEquals: { [`${GITLAB}:aud`]: "sts.amazonaws.com" },
      StringLike: { [`${GITLAB}:sub`]: "user-*" },
    }),
    ["any-subject"],
  ],
  [
    "signed-in users of a pool",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAnyValue:StringLike": SIGNED_IN,
    }),
    [],
  ],
  [
    "signed-in users of a pool, by equality",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAnyValue:StringEquals": SIGNED_IN,
    }),
    [],
  ],
  [
    "signed-in users of any pool",
    token(COGNITO, { "ForAnyValue:StringLike": SIGNED_IN }),
    ["any-identity-pool"],
  ],
  [
    "signed-in users of every pool of a Region",
    token(COGNITO, {
      StringLike: { [`${COGNITO}:aud`]: "us-west-2:*" },
      "ForAnyValue:StringLike": SIGNED_IN,
    }),
    ["any-identity-pool"],
  ],
  [
    "all users of a pool",
    token(COGNITO, { StringEquals: OWN_POOL }),
    ["unauthenticated"],
  ],
  [
    "users of a pool who are not signed in",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: "unauthenticated" },
    }),
    ["unauthenticated"],
  ],
  [
    "users of a pool by a pattern",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: "*authenticated" },
    }),
    ["unauthenticated"],
  ],
  [
    "users of a pool, signed in or not",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAnyValue:StringLike": {
        [`${COGNITO}:amr`]: ["authenticated", "unauthenticated"],
      },
    }),
    ["unauthenticated"],
  ],
  [
    "users of a pool all of whose methods are a sign-in, which none are as well",
    token(COGNITO, {
      StringEquals: OWN_POOL,
      "ForAllValues:StringLike": SIGNED_IN,
    }),
    ["unauthenticated"],
  ],
  [
    "all users of all pools",
    token(COGNITO),
    ["any-identity-pool", "unauthenticated"],
  ],
  [
    "all users of all pools in GovCloud",
    token("cognito-identity-us-gov.amazonaws.com"),
    ["any-identity-pool", "unauthenticated"],
  ],
  ["anyone", { Principal: "*" }, ["public"]],
  ["anyone, as an account", { Principal: { AWS: "*" } }, ["public"]],
  ["any service", { Principal: { Service: "*" } }, ["public"]],
  ["any issuer", { Principal: { Federated: "*" } }, ["public"]],
  [
    "any role of an account",
    { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/*` } },
    ["public"],
  ],
  ["any account", { Principal: { AWS: "arn:aws:iam::*:root" } }, ["public"]],
  [
    "everyone but one",
    { NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:role/a` } },
    ["inverted"],
  ],
  [
    "a role of the account",
    { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/a` } },
    [],
  ],
  [
    "a session of the account",
    { Principal: { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b` } },
    [],
  ],
  ["a role of the stack", { Principal: { AWS: "${aws_iam_role.a.arn}" } }, []],
  ["the account", { Principal: { AWS: ACCOUNT } }, ["whole-account"]],
  [
    "the account in another partition",
    { Principal: { AWS: `arn:aws-us-gov:iam::${ACCOUNT}:root` } },
    ["whole-account"],
  ],
  ["a foreign account", { Principal: { AWS: FOREIGN } }, ["foreign-account"]],
  [
    "a foreign role",
    { Principal: { AWS: `arn:aws:iam::${FOREIGN}:role/a` } },
    ["foreign-account"],
  ],
  [
    "a foreign role next to an own one",
    {
      Principal: {
        AWS: [
          `arn:aws:iam::${ACCOUNT}:role/a`,
          `arn:aws:iam::${FOREIGN}:user/b`,
        ],
      },
    },
    ["foreign-account"],
  ],
  [
    "a role that was deleted",
    { Principal: { AWS: "AROAIOSFODNN7EXAMPLE" } },
    ["foreign-account"],
  ],
  [
    "a canonical user",
    { Principal: { CanonicalUser: "79a59d" } },
    ["foreign-account"],
  ],
  [
    "a service",
    { Principal: { Service: "sns.amazonaws.com" } },
    ["unbound-service"],
  ],
  ...(
    [
      ["StringEquals", "aws:SourceAccount", ACCOUNT, true],
      ["StringLike", "aws:SourceAccount", "*", false],
      ["StringLike", "aws:SourceAccount", "1111*", false],
      ["StringEqualsIfExists", "aws:SourceAccount", ACCOUNT, false],
      ["StringNotEquals", "aws:SourceAccount", ACCOUNT, false],
      [
        "ArnEquals",
        "aws:SourceArn",
        `arn:aws:sns:us-west-2:${ACCOUNT}:t`,
        true,
      ],
      ["ArnLike", "aws:SourceArn", `arn:aws:sns:*:${ACCOUNT}:*`, true],
      ["ArnLike", "aws:SourceArn", "arn:aws:sns:us-west-2:*:t", false],
      ["ArnLike", "aws:SourceArn", "arn:aws:*", false],
      ["ArnLike", "aws:SourceArn", "*", false],
      ["ArnLike", "aws:SourceArn", "arn:aws:s3:::data", true],
      ["ArnLike", "aws:SourceArn", "arn:aws:s3:::*", false],
      ["ArnLike", "aws:SourceArn", "arn:aws:s3:::data*", false],
      ["StringEquals", "aws:SourceOrgID", "o-1", true],
      ["StringEquals", "sts:ExternalId", "veda", true],
      ["StringEquals", "aws:PrincipalTag/x", "y", false],
    ] as const
  ).map(([operator, key, value, isBound]): Vector => [
    `a service with ${operator} ${key} ${value}`,
    {
      Principal: { Service: "sns.amazonaws.com" },
      Condition: { [operator]: { [key]: value } },
    },
    isBound ? [] : ["unbound-service"],
  ]),
];

test.each(GITHUB_VECTORS)("a trust in %s of GitHub", (_, statement, risks) => {
  expect(findRisks(statement)).toEqual(risks);
});

test.each(CUSTOMIZED_VECTORS)(
  "a trust in %s of GitHub",
  (_, statement, risks) => {
    expect(findRisks(statement)).toEqual(risks);
  },
);

test.each(OTHER_VECTORS)("a trust in %s", (_, statement, risks) => {
  expect(findRisks(statement)).toEqual(risks);
});

test("a grant without principals, as in an identity-based policy, has no risk", () => {
  expect(findRisks({ Resource: "*" })).toEqual([]);
});

test("every principal is foreign if no account is known", () => {
  const principals = {
    patterns: [`AWS:arn:aws:iam::${ACCOUNT}:role/a`],
    isInverted: false,
  };
  expect(
    findTrustRisks(
      { principals, conditions: [] },
      {
        accounts: new Set(),
        getIssuerHost: (principal) => principal,
        isIdentityPool: () => true,
      },
    ),
  ).toEqual(["foreign-account"]);
});

describe("compared with an evaluator of IAM conditions", () => {
  /** Tokens that no trust in one branch of octo/auth may accept. */
  const STRANGERS: readonly Readonly<Record<string, string>>[] = [
    { ...AUD, [`${GITHUB}:sub`]: "repo:evil/auth:ref:refs/heads/main" },
    { ...AUD, [`${GITHUB}:sub`]: "repo:octo/auth:pull_request" },
    { ...AUD, [`${GITHUB}:sub`]: "repo:octo/other:ref:refs/heads/main" },
    { ...AUD, [`${GITHUB}:sub`]: `${MAIN}2` },
    AUD,
    { [`${GITHUB}:aud`]: "other", [`${GITHUB}:sub`]: MAIN },
    { [`${GITHUB}:sub`]: MAIN },
    {},
  ];

  test.each(GITHUB_VECTORS.filter(([, , risks]) => risks.length === 0))(
    "a trust in %s of GitHub without risks allows no other subject",
    (_, statement) => {
      const { Principal } = statement as {
        readonly Principal: { readonly Federated: string };
      };
      const policy = JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRoleWithWebIdentity",
            ...statement,
          },
        ],
      });
      const accepted = STRANGERS.filter((claims) =>
        isTrusted(policy, { federated: Principal.Federated, claims }),
      );
      expect(accepted).toEqual([]);
    },
  );
});
