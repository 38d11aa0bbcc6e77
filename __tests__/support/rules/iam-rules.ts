import { createBoundaryStatements } from "../../../constructs/deployment/permissions-boundary";
import type { GitHubRepository } from "../../../constructs/github-subject";
import {
  createOidcTrustPolicy,
  type OidcRoleProps,
} from "../../../constructs/oidc-role";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
} from "../../../constructs/policy-document";
import type { Environment } from "../../../stacks/config/environment";
import {
  casesOf,
  long,
  setting,
  several,
  type Rule,
  type Way,
} from "./rule-case";

const ISSUER = "token.actions.githubusercontent.com";
const REPOSITORY = { owner: "octo", repo: "auth" };
const MAIN = { ...REPOSITORY, branch: "main" };
const SUBJECT = "repo:octo/auth:ref:refs/heads/main";
/** A name's part before what a caller names: `veda-auth-stack-dev-`. */
const PREFIX = 20;
const ACCOUNT: Environment = {
  STAGE: "account",
  AWS_ACCOUNT_ID: "123456789012",
  STATE_BUCKET_NAME: "our-state",
};

const role = (
  props: Partial<OidcRoleProps>,
  name = "ci",
  settings: Environment = {},
): Way => ({
  settings: { OIDC_PROVIDER_URL: ISSUER, ...settings },
  build: (auth) => auth.addOidcRole(name, { subjects: [MAIN], ...props }),
});
const subject = (text: string): Way => role({ subjects: [text] });
const repository = (part: Partial<GitHubRepository>): Way =>
  role({ subjects: [{ ...MAIN, ...part }] });
const reading = (Resource: string): IdentityStatement => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource,
});
const characters = (...statements: readonly IdentityStatement[]): number =>
  countPolicyCharacters(createPolicyDocument(...statements)) ?? 0;

/** A subject that makes a trust policy so long. */
function subjectOf(policyLength: number): string {
  const providerArn = `arn:aws:iam::000000000000:oidc-provider/${ISSUER}`;
  const rest = countPolicyCharacters(
    createOidcTrustPolicy({ issuer: ISSUER, providerArn }, [SUBJECT]),
  );
  return long(policyLength - (rest ?? 0) + SUBJECT.length);
}

/** Buckets that make a boundary so long. */
function bucketsOf(policyLength: number): string {
  const buckets = several(33, (index) => `${10 + index}${long(61)}`);
  const left = (): number =>
    policyLength -
    characters(
      ...createBoundaryStatements({
        region: "us-west-2",
        buckets,
        stateBucket: "our-state",
      }),
    );
  // each adds its length, and 16 characters around it
  while (left() > 79) buckets.push(`${10 + buckets.length}${long(37)}*`);
  buckets.push(`${long(left() - 17)}*`);
  return buckets.join(",");
}

const texts: readonly Rule<string>[] = [
  {
    row: "github/sub-of-all",
    way: subject,
    accepted: [SUBJECT],
    refused: ["*", ""],
    says: "OIDC subject must be the whole subject of a token, without * or ?",
  },
  {
    row: "github/wildcard-run",
    way: subject,
    accepted: [SUBJECT, "repo:octo@1/auth@2:environment:dev"],
    refused: [
      "repo:octo/auth:*",
      "repo:octo/*",
      "repo:octo/aut?:environment:dev",
    ],
    says: "OIDC subject must be the whole subject of a token, without * or ?",
  },
  {
    row: "github/pull-request",
    way: subject,
    accepted: ["repo:octo/auth:environment:pull_request"],
    refused: ["repo:octo/auth:pull_request", "repo:octo@1/auth@2:pull_request"],
    says: "OIDC subject must be the whole subject of a token, without * or ?, and not a pull request's",
  },
  {
    row: "github/wildcard-branch",
    way: (branch) => role({ subjects: [{ ...REPOSITORY, branch }] }),
    accepted: ["main", "release/1", long(255)],
    refused: ["", "*", "release/*", "mai?", long(256)],
    says: "GitHub branch, environment or tag must be 1-255 characters without * or ?",
  },
  {
    row: "github/colon",
    way: (environment) => role({ subjects: [{ ...REPOSITORY, environment }] }),
    accepted: ["eu:prod"],
    refused: ["eu\nprod"],
    says: "GitHub branch, environment or tag must be 1-255 characters",
  },
  {
    row: "github/production",
    way: (text) => role({ subjects: [text] }, "ci", { STAGE: "prod" }),
    accepted: [
      "repo:octo/auth:environment:prod",
      "project_path:octo/auth:ref:main",
    ],
    refused: [SUBJECT, "repo:octo@1/auth@2:ref:refs/tags/environment:prod"],
    says: 'OIDC subject of stage "prod" must be of a GitHub environment',
  },
  {
    row: "github/production",
    way: (stage) => role({}, "ci", { STAGE: stage }),
    accepted: ["dev", "product", "reproduction"],
    refused: ["prod", "production", "eu-prod", "prod-2"],
    says: "must be of a GitHub environment",
    got: () => `got "${SUBJECT}"`,
  },
  {
    row: "github/wildcard-names",
    way: (owner) => repository({ owner }),
    accepted: ["octo"],
    refused: ["*", "octo?"],
    says: "GitHub owner must be 1-39 letters, digits, hyphens or underscores",
  },
  {
    row: "github/wildcard-names",
    way: (repo) => repository({ repo }),
    accepted: ["auth"],
    refused: ["*", "aut?"],
    says: "GitHub repository must be 1-100 letters, digits or any of . _ -",
  },
  {
    row: "github/names",
    way: (owner) => repository({ owner }),
    accepted: ["a-1"],
    refused: ["a:b", "a\nb", "a\0"],
    says: "GitHub owner must be 1-39 letters, digits, hyphens or underscores",
  },
  {
    row: "github/owner",
    way: (owner) => repository({ owner }),
    accepted: ["a", "company_short", long(39)],
    refused: ["", long(40), "-a", "a.b"],
    says: "GitHub owner must be 1-39 letters",
  },
  {
    row: "github/repository",
    way: (repo) => repository({ repo }),
    accepted: [".github", long(100)],
    refused: ["", long(101), "a/b"],
    says: "GitHub repository must be 1-100 letters",
  },
  {
    row: "github/repository",
    way: setting("GITHUB_REPOSITORY", { ...ACCOUNT, ACCOUNT_STAGES: "dev" }),
    accepted: ["octo/auth", `${long(39)}/${long(100)}`],
    refused: [
      "octo",
      "octo/auth/x",
      "o:o/auth",
      `${long(40)}/a`,
      `a/${long(101)}`,
    ],
    says: "GITHUB_REPOSITORY must be owner/name, as GitHub writes it",
  },
  {
    row: "github/ids",
    way: (ownerId) => repository({ ownerId, repoId: "2" }),
    accepted: ["1", "1".repeat(20)],
    refused: ["", "a", "1 ", "*", "1".repeat(21)],
    says: "GitHub owner id must be 1-20 digits",
  },
  {
    row: "github/ids",
    way: (repoId) => repository({ ownerId: "1", repoId }),
    accepted: ["2"],
    refused: ["", "a"],
    says: "GitHub repository id must be 1-20 digits",
  },
  ...["GITHUB_OWNER_ID", "GITHUB_REPOSITORY_ID"].map((name): Rule<string> => ({
    row: "github/ids",
    way: setting(name, {
      ...ACCOUNT,
      ACCOUNT_STAGES: "dev",
      GITHUB_REPOSITORY: "octo/auth",
      GITHUB_OWNER_ID: "1",
      GITHUB_REPOSITORY_ID: "2",
    }),
    accepted: ["1", "1".repeat(20)],
    refused: ["a", "*", "1".repeat(21)],
    says: `${name} must be 1-20 digits`,
  })),
  {
    row: "iam/role-name",
    way: (name) => role({}, name),
    accepted: ["a", "a_+=,.@-", long(64 - PREFIX)],
    refused: ["a b", "a/b", "é", long(65 - PREFIX)],
    says: "role name must be 1-64 letters, digits or any of _ + = , . @ -",
    got: (name) => `got "veda-auth-stack-dev-${name}"`,
  },
  {
    row: "iam/role-name",
    way: (name) => ({
      build: (auth) =>
        auth.addGroup(name, { description: "", precedence: 1, buckets: {} }),
    }),
    accepted: [long(64 - PREFIX)],
    refused: [long(65 - PREFIX)],
    says: "role name must be 1-64 letters, digits or any of _ + = , . @ -",
    got: (name) => `got "veda-auth-stack-dev-${name}"`,
  },
  {
    row: "iam/role-name-case",
    way: (name) => ({
      ...role({}, name),
      build: (auth) => {
        auth.addGroup("readers", {
          description: "",
          precedence: 1,
          buckets: {},
        });
        auth.addOidcRole(name, { subjects: [MAIN] });
      },
    }),
    accepted: ["Reader"],
    refused: ["Readers", "readers"],
    says: "role name must be another than that of veda-auth-stack-dev/oidc-roles/",
    got: () => 'got "veda-auth-stack-dev-readers"',
  },
  {
    row: "iam/role-path",
    way: (path) => role({ path }),
    accepted: ["/", "/a/b/", long(512, (filling) => `/${filling}/`)],
    refused: ["", "/a", "a/", "/a b/", long(513, (filling) => `/${filling}/`)],
    says: "role path must be 1-512 characters, / first and last",
  },
  {
    row: "iam/role-description",
    way: (description) => role({ description }),
    accepted: ["", "\té\n", long(1000)],
    refused: ["日", "a\0b", "\u0085", long(1001)],
    says: "role description must be 0-1000 characters of Latin-1",
  },
  {
    row: "iam/provider-url",
    way: setting("OIDC_PROVIDER_URL"),
    accepted: [
      ISSUER,
      `https://${ISSUER}`,
      long(247, (filling) => `a.example/${filling}`),
    ],
    refused: [
      "http://a.example",
      "localhost",
      "a.example:8443",
      "a.example?b=c",
      "a.example#b",
      long(248, (filling) => `a.example/${filling}`),
    ],
    says: "OIDC_PROVIDER_URL must be a lower-case host with an optional path, no port, query or fragment, at most 255 characters",
  },
  {
    row: "iam/provider-url",
    way: (issuer) => ({
      build: (auth) => auth.addOidcProvider({ issuer, exists: true }),
    }),
    accepted: ["a.example/b"],
    refused: ["https://a.example", "A.example"],
    says: "OIDC provider URL must be a lower-case host with an optional path",
  },
  {
    row: "iam/provider-url",
    way: (issuer) => ({
      build: (auth) => auth.addOidcProvider({ issuer, exists: false }),
    }),
    accepted: ["a.example/b"],
    refused: ["https://a.example", "A.example"],
    says: "OIDC provider URL must be a lower-case host with an optional path",
  },
  {
    row: "iam/thumbprint",
    way: setting("OIDC_THUMBPRINT", { OIDC_PROVIDER_URL: ISSUER }),
    accepted: [long(40), "0123456789ABCDEFabcdef0123456789abcdef01"],
    refused: [long(39), long(41), "g".repeat(40)],
    says: "OIDC_THUMBPRINT must be 40 hex digits",
  },
  {
    row: "iam/thumbprint",
    way: (thumbprint) => ({
      build: (auth) =>
        auth.addOidcProvider({ issuer: ISSUER, exists: false, thumbprint }),
    }),
    accepted: [long(40)],
    refused: [long(39), long(41), "g".repeat(40)],
    says: "thumbprint must be 40 hex digits",
  },
  ...["OWNER", "PROJECT"].map((name): Rule<string> => ({
    row: "iam/tag-value",
    way: setting(name),
    accepted: ["a", "VEDA team_.:/=+-@ é", long(256)],
    refused: ["a;b", "a&b", long(257)],
    says: `${name} must be 0-256 letters, digits, spaces or any of _ . : / = + - @`,
  })),
];

const counts: readonly Rule<number>[] = [
  {
    row: "github/immutable",
    way: (numbers) =>
      repository({ ownerId: "1", ...(numbers === 2 && { repoId: "2" }) }),
    accepted: [2],
    refused: [1],
    says: "GitHub owner id and repository id must be given together",
    got: () => "got the owner's alone",
  },
  {
    row: "github/immutable",
    way: (numbers) =>
      repository({
        alsoClassic: true,
        ...(numbers === 2 && { ownerId: "1", repoId: "2" }),
      }),
    accepted: [2],
    refused: [0],
    says: "alsoClassic must come with GitHub's ids",
    got: () => "got it alone",
  },
  {
    row: "github/immutable",
    way: (numbers) => ({
      settings: {
        ...ACCOUNT,
        ACCOUNT_STAGES: "dev",
        GITHUB_REPOSITORY: "octo/auth",
        ...(numbers > 0 && { GITHUB_REPOSITORY_ID: "2" }),
        ...(numbers > 1 && { GITHUB_OWNER_ID: "1" }),
      },
    }),
    accepted: [0, 2],
    refused: [1],
    says: "GITHUB_OWNER_ID and GITHUB_REPOSITORY_ID must be given together",
    got: () => "got the repository's alone",
  },
  {
    row: "github/sub-of-all",
    way: (count) => role({ subjects: several(count, () => SUBJECT) }),
    accepted: [1],
    refused: [0],
    says: "subjects of an OIDC role must be at least one",
    got: () => "got none",
  },
  {
    row: "iam/trust-policy",
    way: (length) => subject(subjectOf(length)),
    accepted: [2048],
    refused: [2049],
    says: "number of characters of a trust policy must be at most 2048",
  },
  {
    row: "iam/managed-policy",
    way: (length) => ({
      settings: { ...ACCOUNT, BOUNDARY_BUCKETS: bucketsOf(length) },
    }),
    accepted: [6144],
    refused: [6145],
    says: "number of characters of a managed policy must be at most 6144",
  },
  {
    row: "iam/managed-per-role",
    way: (count) =>
      role({
        managedPolicyArns: several(
          count,
          (index) => `arn:aws:iam::aws:policy/policy-${index}`,
        ),
      }),
    accepted: [10],
    refused: [11],
    says: "number of managed policies of a role must be at most 10",
  },
  {
    row: "iam/inline",
    way: (length) =>
      role({ statements: [reading(long(length - characters(reading(""))))] }),
    accepted: [10_240],
    refused: [10_241],
    says: "number of characters of a role's inline policies must be at most 10240",
  },
];

/** Of OIDC providers, roles, policies and tags. */
export const IAM_CASES = [
  ...texts.flatMap((rule) => casesOf(rule)),
  ...counts.flatMap((rule) => casesOf(rule)),
];
