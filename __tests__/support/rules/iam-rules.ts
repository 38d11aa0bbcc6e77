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
  listCases,
  long,
  type Rule,
  setting,
  several,
  type StageInput,
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
): StageInput => ({
  settings: { OIDC_PROVIDER_URL: ISSUER, ...settings },
  build: (auth) => auth.addOidcRole(name, { subjects: [MAIN], ...props }),
});
const subject = (text: string): StageInput => role({ subjects: [text] });
const repository = (part: Partial<GitHubRepository>): StageInput =>
  role({ subjects: [{ ...MAIN, ...part }] });
const reading = (Resource: string): IdentityStatement => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource,
});
const characters = (...statements: readonly IdentityStatement[]): number =>
  countPolicyCharacters(createPolicyDocument(...statements)) ?? 0;

/** A subject that makes a trust policy so long. */
function createSubject(policyLength: number): string {
  const providerArn = `arn:aws:iam::000000000000:oidc-provider/${ISSUER}`;
  const rest = countPolicyCharacters(
    createOidcTrustPolicy({ issuer: ISSUER, providerArn }, [SUBJECT]),
  );
  return long(policyLength - (rest ?? 0) + SUBJECT.length);
}

/** Buckets that make a boundary so long. */
function createBuckets(policyLength: number): string {
  const buckets = several(33, (index) => `${10 + index}${long(61)}`);
  const left = (): number =>
    policyLength -
    characters(
      ...createBoundaryStatements({
        region: "us-west-2",
        buckets,
        stateBucket: "our-state",
        stateEncryptionKeyArn: null,
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
    input: subject,
    accepted: [SUBJECT],
    refused: ["*", ""],
    subject: "OIDC subject",
  },
  {
    row: "github/wildcard-run",
    input: subject,
    accepted: [SUBJECT, "repo:octo@1/auth@2:environment:dev"],
    refused: [
      "repo:octo/auth:*",
      "repo:octo/*",
      "repo:octo/aut?:environment:dev",
    ],
    subject: "OIDC subject",
  },
  {
    row: "github/pull-request",
    input: subject,
    accepted: [
      "repo:octo/auth:environment:pull_request",
      "repository_id:2:event_name:push:base_ref:",
    ],
    refused: [
      "repo:octo/auth:pull_request",
      "repo:octo@1/auth@2:pull_request",
      "pull_request:repo:octo/auth",
      "repo:octo/auth:pull_request:workflow:x",
      "repository_id:2:event_name:pull_request_target",
      "repo:octo/auth:ref:refs/pull/1/merge",
    ],
    subject: "OIDC subject",
  },
  {
    row: "github/wildcard-branch",
    input: (branch) => role({ subjects: [{ ...REPOSITORY, branch }] }),
    accepted: ["main", "release/1", long(255)],
    refused: ["", "*", "release/*", "mai?", long(256)],
    subject: "GitHub branch, environment or tag",
  },
  {
    row: "github/colon",
    input: (environment) =>
      role({ subjects: [{ ...REPOSITORY, environment }] }),
    accepted: ["eu:prod"],
    refused: ["eu\nprod"],
    subject: "GitHub branch, environment or tag",
  },
  {
    row: "github/production",
    input: (text) => role({ subjects: [text] }, "ci", { STAGE: "prod" }),
    accepted: [
      "repo:octo/auth:environment:prod",
      "repo:octo/auth:workflow:x:environment:prod",
      "environment:prod:repository_id:2",
      "project_path:octo/auth:ref:main",
    ],
    refused: [
      SUBJECT,
      "repo:octo@1/auth@2:ref:refs/tags/environment:prod",
      "repository_id:2:ref:refs/heads/main",
      "ref:refs/heads/main:repo:octo/auth",
      "repo:octo/auth:workflow:environment:prod",
      "repo:octo/auth:Environment:prod",
    ],
    subject: 'OIDC subject of stage "prod"',
  },
  {
    row: "github/production",
    input: (stage) => role({}, "ci", { STAGE: stage }),
    accepted: ["dev", "product", "reproduction"],
    refused: ["prod", "production", "eu-prod", "prod-2"],
    subject: "OIDC subject of stage",
    got: () => `got "${SUBJECT}"`,
  },
  {
    row: "github/one-repository",
    input: subject,
    accepted: [
      "environment:dev:repo:octo/auth",
      "repository:octo/auth:environment:dev",
      "repository_id:2:environment:dev",
    ],
    refused: [
      "repository_owner:octo:environment:dev",
      "environment:dev",
      "job_workflow_ref:octo/auth/.github/workflows/x.yml@refs/heads/main",
      "repo:octo",
    ],
    subject: "OIDC subject",
  },
  {
    row: "github/wildcard-names",
    input: (owner) => repository({ owner }),
    accepted: ["octo"],
    refused: ["*", "octo?"],
    subject: "GitHub owner",
  },
  {
    row: "github/wildcard-names",
    input: (repo) => repository({ repo }),
    accepted: ["auth"],
    refused: ["*", "aut?"],
    subject: "GitHub repository",
  },
  {
    row: "github/names",
    input: (owner) => repository({ owner }),
    accepted: ["a-1"],
    refused: ["a:b", "a\nb", "a\0"],
    subject: "GitHub owner",
  },
  {
    row: "github/owner",
    input: (owner) => repository({ owner }),
    accepted: ["a", "company_short", long(39)],
    refused: ["", long(40), "-a", "a.b"],
    subject: "GitHub owner",
  },
  {
    row: "github/repository",
    input: (repo) => repository({ repo }),
    accepted: [".github", long(100)],
    refused: ["", long(101), "a/b"],
    subject: "GitHub repository",
  },
  {
    row: "github/repository",
    input: setting("GITHUB_REPOSITORY", { ...ACCOUNT, ACCOUNT_STAGES: "dev" }),
    accepted: ["octo/auth", `${long(39)}/${long(100)}`],
    refused: [
      "octo",
      "octo/auth/x",
      "o:o/auth",
      `${long(40)}/a`,
      `a/${long(101)}`,
    ],
    subject: "GITHUB_REPOSITORY",
  },
  {
    row: "github/ids",
    input: (ownerId) => repository({ ownerId, repoId: "2" }),
    accepted: ["1", "1".repeat(20)],
    refused: ["", "a", "1 ", "*", "1".repeat(21)],
    subject: "GitHub owner id",
  },
  {
    row: "github/ids",
    input: (repoId) => repository({ ownerId: "1", repoId }),
    accepted: ["2"],
    refused: ["", "a"],
    subject: "GitHub repository id",
  },
  ...["GITHUB_OWNER_ID", "GITHUB_REPOSITORY_ID"].map((name): Rule<string> => ({
    row: "github/ids",
    input: setting(name, {
      ...ACCOUNT,
      ACCOUNT_STAGES: "dev",
      GITHUB_REPOSITORY: "octo/auth",
      GITHUB_OWNER_ID: "1",
      GITHUB_REPOSITORY_ID: "2",
    }),
    accepted: ["1", "1".repeat(20)],
    refused: ["a", "*", "1".repeat(21)],
    subject: name,
  })),
  {
    row: "iam/role-name",
    input: (name) => role({}, name),
    accepted: ["a", "a_+=,.@-", long(64 - PREFIX)],
    refused: ["a b", "a/b", "é", long(65 - PREFIX)],
    subject: "role name",
    got: (name) => `got "veda-auth-stack-dev-${name}"`,
  },
  {
    row: "iam/role-name",
    input: (name) => ({
      build: (auth) =>
        auth.addGroup(name, { description: "", precedence: 1, buckets: {} }),
    }),
    accepted: [long(64 - PREFIX)],
    refused: [long(65 - PREFIX)],
    subject: "role name",
    got: (name) => `got "veda-auth-stack-dev-${name}"`,
  },
  {
    row: "iam/role-name-case",
    input: (name) => ({
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
    subject: "role name",
    got: () => 'got "veda-auth-stack-dev-readers"',
  },
  {
    row: "iam/role-path",
    input: (path) => role({ path }),
    accepted: ["/", "/a/b/", long(512, (filling) => `/${filling}/`)],
    refused: ["", "/a", "a/", "/a b/", long(513, (filling) => `/${filling}/`)],
    subject: "role path",
  },
  {
    row: "iam/role-description",
    input: (description) => role({ description }),
    accepted: ["", "\té\n", long(1000)],
    refused: ["日", "a\0b", "\u0085", long(1001)],
    subject: "role description",
  },
  {
    row: "iam/provider-url",
    input: setting("OIDC_PROVIDER_URL"),
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
    subject: "OIDC_PROVIDER_URL",
  },
  {
    row: "iam/provider-url",
    input: (issuer) => ({
      build: (auth) => auth.addOidcProvider({ issuer, origin: "existing" }),
    }),
    accepted: ["a.example/b"],
    refused: ["https://a.example", "A.example"],
    subject: "OIDC provider URL",
  },
  {
    row: "iam/provider-url",
    input: (issuer) => ({
      build: (auth) => auth.addOidcProvider({ issuer, origin: "created" }),
    }),
    accepted: ["a.example/b"],
    refused: ["https://a.example", "A.example"],
    subject: "OIDC provider URL",
  },
  {
    row: "iam/thumbprint",
    input: setting("OIDC_THUMBPRINT", { OIDC_PROVIDER_URL: ISSUER }),
    accepted: [long(40), "0123456789ABCDEFabcdef0123456789abcdef01"],
    refused: [long(39), long(41), "g".repeat(40)],
    subject: "OIDC_THUMBPRINT",
  },
  {
    row: "iam/thumbprint",
    input: (thumbprint) => ({
      build: (auth) =>
        auth.addOidcProvider({ issuer: ISSUER, origin: "created", thumbprint }),
    }),
    accepted: [long(40)],
    refused: [long(39), long(41), "g".repeat(40)],
    subject: "thumbprint",
  },
  ...["OWNER", "PROJECT"].map((name): Rule<string> => ({
    row: "iam/tag-value",
    input: setting(name),
    accepted: ["a", "VEDA team_.:/=+-@ é", long(256)],
    refused: ["a;b", "a&b", long(257)],
    subject: name,
  })),
];

const counts: readonly Rule<number>[] = [
  {
    row: "github/immutable",
    input: (numbers) =>
      repository({ ownerId: "1", ...(numbers === 2 && { repoId: "2" }) }),
    accepted: [2],
    refused: [1],
    subject: "GitHub owner id and repository id",
    got: () => "got only the owner id",
  },
  {
    row: "github/immutable",
    input: (numbers) =>
      repository({
        alsoClassic: true,
        ...(numbers === 2 && { ownerId: "1", repoId: "2" }),
      }),
    accepted: [2],
    refused: [0],
    subject: "alsoClassic",
    got: () => "requires the GitHub ids",
  },
  {
    row: "github/immutable",
    input: (numbers) => ({
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
    subject: "GITHUB_REPOSITORY_ID",
    got: () => "requires GITHUB_OWNER_ID",
  },
  {
    row: "github/sub-of-all",
    input: (count) => role({ subjects: several(count, () => SUBJECT) }),
    accepted: [1],
    refused: [0],
    subject: "subjects of an OIDC role",
    got: () => "got none",
  },
  {
    row: "iam/trust-policy",
    input: (length) => subject(createSubject(length)),
    accepted: [2048],
    refused: [2049],
    subject: "number of characters of a trust policy",
  },
  {
    row: "iam/managed-policy",
    input: (length) => ({
      settings: { ...ACCOUNT, BOUNDARY_BUCKETS: createBuckets(length) },
    }),
    accepted: [6144],
    refused: [6145],
    subject: "number of characters of a managed policy",
  },
  {
    row: "iam/managed-per-role",
    input: (count) =>
      role({
        managedPolicyArns: several(
          count,
          (index) => `arn:aws:iam::aws:policy/policy-${index}`,
        ),
      }),
    accepted: [10],
    refused: [11],
    subject: "number of managed policies of a role",
  },
  {
    row: "iam/inline",
    input: (length) =>
      role({ statements: [reading(long(length - characters(reading(""))))] }),
    accepted: [10_240],
    refused: [10_241],
    subject: "number of characters of a role's inline policies",
  },
];

/** Of OIDC providers, roles, policies and tags. */
export const IAM_CASES = [
  ...texts.flatMap((rule) => listCases(rule)),
  ...counts.flatMap((rule) => listCases(rule)),
];
