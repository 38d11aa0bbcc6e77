import { Testing } from "cdktf";
import type { GitHubSubject } from "../../constructs/github-subject";
import { AccountStack } from "../../stacks/account-stack";
import { readAppConfig } from "../../stacks/config/app-config";
import {
  createApp,
  createTemporaryDirectory,
  removeTemporaryDirectories,
  synthesize,
  type Synthesized,
} from "../support/stage";
import { isTrusted, type WebIdentity } from "../support/trust-evaluator";

afterAll(removeTemporaryDirectories);

const GITHUB = "token.actions.githubusercontent.com";
const COGNITO = "cognito-identity.amazonaws.com";
const GOV_COGNITO = "cognito-identity-us-gov.amazonaws.com";
const POOL = "us-west-2:pool";

/** Returns the trust policies by role name, with the provider and the identity pool as in tokens. */
function listTrustPolicies({
  resource,
}: Synthesized): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.values(resource.aws_iam_role ?? {}).map((role) => [
      String(role.name).replace("veda-auth-stack-", ""),
      String(role.assume_role_policy)
        .replace(/\$\{aws_cognito_identity_pool\.[^}]+\}/g, POOL)
        .replace(/\$\{aws_iam_openid_connect_provider\.[^}]+\}/g, GITHUB),
    ]),
  );
}

function createGitHubTrust(
  ...subjects: readonly (GitHubSubject | string)[]
): string {
  const [trust] = Object.values(
    listTrustPolicies(
      synthesize({}, (auth) => {
        auth.addOidcProvider({ issuer: GITHUB, origin: "created" });
        auth.addOidcRole("deploy", { subjects });
      }),
    ),
  );
  return trust ?? "";
}

function createStageTrusts(region: string): Readonly<Record<string, string>> {
  return listTrustPolicies(
    synthesize({ AWS_REGION: region }, (auth) => {
      auth.addProgrammaticClient("programmatic-client");
      auth.addGroup("readers", {
        description: "Readers",
        precedence: 1,
        buckets: { data: "read" },
      });
    }),
  );
}

function createAccountTrusts(
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { account } = readAppConfig(
    {
      STAGE: "account",
      AWS_ACCOUNT_ID: "123456789012",
      STATE_BUCKET_NAME: "our-state",
      OWNER: "operator",
      GITHUB_REPOSITORY: "octo/auth",
      ACCOUNT_STAGES: "dev,prod",
      ...settings,
    },
    createTemporaryDirectory(),
  );
  if (account === undefined) throw new Error("no account");
  const stack = new AccountStack(createApp(), account);
  for (const stage of account.stages) stack.addDeployRoles(stage);
  return listTrustPolicies(
    JSON.parse(Testing.synth(stack, true)) as Synthesized,
  );
}

/** Creates a token of a GitHub workflow. */
function createGitHubToken(
  sub: string,
  more: WebIdentity["claims"] = {},
): WebIdentity {
  return {
    federated: GITHUB,
    claims: {
      [`${GITHUB}:aud`]: "sts.amazonaws.com",
      [`${GITHUB}:sub`]: sub,
      ...more,
    },
  };
}

/** Removes a claim from a token. */
function removeClaim(claim: string, identity: WebIdentity): WebIdentity {
  const claims = Object.entries(identity.claims).filter(
    ([key]) => key !== claim,
  );
  return { ...identity, claims: Object.fromEntries(claims) };
}

/** Creates a token of an identity pool for a user. */
function createCognitoToken(
  aud: string,
  amr: readonly string[],
  host = COGNITO,
): WebIdentity {
  return {
    federated: host,
    claims: { [`${host}:aud`]: aud, [`${host}:amr`]: amr },
  };
}

const REPOSITORY = { owner: "octo", repo: "auth" };
const REPOSITORY_WITH_IDS = { ...REPOSITORY, ownerId: "1", repoId: "2" };
const IDS = { GITHUB_OWNER_ID: "1", GITHUB_REPOSITORY_ID: "2" };

const branch = createGitHubTrust({ ...REPOSITORY, branch: "main" });
const immutable = createGitHubTrust({ ...REPOSITORY_WITH_IDS, branch: "main" });
const migration = createGitHubTrust({
  ...REPOSITORY_WITH_IDS,
  environment: "prod",
  alsoClassic: true,
});
const tag = createGitHubTrust({ ...REPOSITORY, tag: "v1" });
const two = createGitHubTrust(
  { ...REPOSITORY, environment: "dev" },
  { ...REPOSITORY, branch: "main" },
);
const literalSubject = createGitHubTrust("repo:octo/auth:environment:dev");
const stage = createStageTrusts("us-west-2");
const gov = createStageTrusts("us-gov-west-1");
const account = createAccountTrusts(IDS);
const named = createAccountTrusts({});

/** Accounts whose repository has a customized subject. */
const byEnvironment = createAccountTrusts({
  ...IDS,
  GITHUB_SUBJECT_CLAIMS: "repo,environment",
});
const byId = createAccountTrusts({
  ...IDS,
  GITHUB_SUBJECT_CLAIMS: "context,repository_id",
});
const customized = createGitHubTrust(
  "repo:octo/auth:workflow:x:environment:prod",
);

const MAIN = "repo:octo/auth:ref:refs/heads/main";
const MAIN_WITH_IDS = "repo:octo@1/auth@2:ref:refs/heads/main";

type Vector = readonly [
  description: string,
  policy: string | undefined,
  identity: WebIdentity,
  isExpected: boolean,
];

const VECTORS: readonly Vector[] = [
  ["branch: its branch", branch, createGitHubToken(MAIN), true],
  [
    "branch: another branch",
    branch,
    createGitHubToken("repo:octo/auth:ref:refs/heads/dev"),
    false,
  ],
  ["branch: a longer name", branch, createGitHubToken(`${MAIN}-2`), false],
  [
    "branch: a name with a prefix",
    branch,
    createGitHubToken("repo:octo/auth:ref:refs/heads/x/main"),
    false,
  ],
  [
    "branch: a tag of its name",
    branch,
    createGitHubToken("repo:octo/auth:ref:refs/tags/main"),
    false,
  ],
  [
    "branch: a pull request",
    branch,
    createGitHubToken("repo:octo/auth:pull_request"),
    false,
  ],
  [
    "branch: an environment",
    branch,
    createGitHubToken("repo:octo/auth:environment:main"),
    false,
  ],
  [
    "branch: another repository",
    branch,
    createGitHubToken("repo:octo/other:ref:refs/heads/main"),
    false,
  ],
  [
    "branch: a repository whose name begins so",
    branch,
    createGitHubToken("repo:octo/auth2:ref:refs/heads/main"),
    false,
  ],
  [
    "branch: another owner",
    branch,
    createGitHubToken("repo:evil/auth:ref:refs/heads/main"),
    false,
  ],
  [
    "branch: a fork",
    branch,
    createGitHubToken("repo:evil/auth:pull_request"),
    false,
  ],
  [
    "branch: in another case",
    branch,
    createGitHubToken("repo:Octo/auth:ref:refs/heads/main"),
    false,
  ],
  ["branch: a star", branch, createGitHubToken("repo:octo/auth:*"), false],
  ["branch: nothing", branch, createGitHubToken(""), false],
  [
    "branch: another audience",
    branch,
    createGitHubToken(MAIN, { [`${GITHUB}:aud`]: "https://github.com/octo" }),
    false,
  ],
  [
    "branch: no audience",
    branch,
    removeClaim(`${GITHUB}:aud`, createGitHubToken(MAIN)),
    false,
  ],
  [
    "branch: no subject",
    branch,
    removeClaim(`${GITHUB}:sub`, createGitHubToken(MAIN)),
    false,
  ],
  ["branch: no claim at all", branch, { federated: GITHUB, claims: {} }, false],
  [
    "branch: another issuer",
    branch,
    { ...createGitHubToken(MAIN), federated: "evil.example.com" },
    false,
  ],
  [
    "branch: the subject with ids",
    branch,
    createGitHubToken(MAIN_WITH_IDS),
    false,
  ],

  ["ids: its branch", immutable, createGitHubToken(MAIN_WITH_IDS), true],
  ["ids: the subject without ids", immutable, createGitHubToken(MAIN), false],
  [
    "ids: another owner with the same name",
    immutable,
    createGitHubToken("repo:octo@9/auth@2:ref:refs/heads/main"),
    false,
  ],
  [
    "ids: another repository with the same name",
    immutable,
    createGitHubToken("repo:octo@1/auth@9:ref:refs/heads/main"),
    false,
  ],
  [
    "ids: other names",
    immutable,
    createGitHubToken("repo:other@1/other@2:ref:refs/heads/main"),
    false,
  ],
  [
    "ids: swapped ids",
    immutable,
    createGitHubToken("repo:octo@2/auth@1:ref:refs/heads/main"),
    false,
  ],
  [
    "ids: a longer id",
    immutable,
    createGitHubToken("repo:octo@11/auth@2:ref:refs/heads/main"),
    false,
  ],
  [
    "ids: an environment",
    immutable,
    createGitHubToken("repo:octo@1/auth@2:environment:main"),
    false,
  ],

  [
    "migration: with ids",
    migration,
    createGitHubToken("repo:octo@1/auth@2:environment:prod"),
    true,
  ],
  [
    "migration: without ids",
    migration,
    createGitHubToken("repo:octo/auth:environment:prod"),
    true,
  ],
  [
    "migration: another environment",
    migration,
    createGitHubToken("repo:octo@1/auth@2:environment:dev"),
    false,
  ],
  [
    "migration: a branch of the environment's name",
    migration,
    createGitHubToken("repo:octo/auth:ref:refs/heads/prod"),
    false,
  ],
  [
    "migration: another owner id",
    migration,
    createGitHubToken("repo:octo@9/auth@2:environment:prod"),
    false,
  ],
  [
    "migration: no audience",
    migration,
    removeClaim(
      `${GITHUB}:aud`,
      createGitHubToken("repo:octo/auth:environment:prod"),
    ),
    false,
  ],

  [
    "tag: itself",
    tag,
    createGitHubToken("repo:octo/auth:ref:refs/tags/v1"),
    true,
  ],
  [
    "tag: a longer name",
    tag,
    createGitHubToken("repo:octo/auth:ref:refs/tags/v1.1"),
    false,
  ],
  [
    "tag: a branch of its name",
    tag,
    createGitHubToken("repo:octo/auth:ref:refs/heads/v1"),
    false,
  ],

  [
    "two subjects: the first",
    two,
    createGitHubToken("repo:octo/auth:environment:dev"),
    true,
  ],
  ["two subjects: the second", two, createGitHubToken(MAIN), true],
  [
    "two subjects: neither",
    two,
    createGitHubToken("repo:octo/auth:environment:main"),
    false,
  ],

  [
    "string: itself",
    literalSubject,
    createGitHubToken("repo:octo/auth:environment:dev"),
    true,
  ],
  [
    "string: another",
    literalSubject,
    createGitHubToken("repo:octo/auth:environment:prod"),
    false,
  ],

  [
    "group: an authenticated user of the pool",
    stage["dev-readers"],
    createCognitoToken(POOL, ["authenticated"]),
    true,
  ],
  [
    "group: with several amr values",
    stage["dev-readers"],
    createCognitoToken(POOL, [
      "authenticated",
      "cognito-idp.us-west-2.amazonaws.com/us-west-2_x",
    ]),
    true,
  ],
  [
    "group: an unauthenticated identity",
    stage["dev-readers"],
    createCognitoToken(POOL, ["unauthenticated"]),
    false,
  ],
  [
    "group: a user of another pool",
    stage["dev-readers"],
    createCognitoToken("us-west-2:other", ["authenticated"]),
    false,
  ],
  [
    "group: no pool",
    stage["dev-readers"],
    removeClaim(`${COGNITO}:aud`, createCognitoToken(POOL, ["authenticated"])),
    false,
  ],
  [
    "group: no amr",
    stage["dev-readers"],
    removeClaim(`${COGNITO}:amr`, createCognitoToken(POOL, [])),
    false,
  ],
  [
    "group: a longer amr value",
    stage["dev-readers"],
    createCognitoToken(POOL, ["authenticated2"]),
    false,
  ],
  [
    "group: an empty amr value",
    stage["dev-readers"],
    createCognitoToken(POOL, [""]),
    false,
  ],
  [
    "group: a token of GitHub's",
    stage["dev-readers"],
    createGitHubToken(MAIN),
    false,
  ],
  [
    "group: GovCloud's Cognito",
    stage["dev-readers"],
    createCognitoToken(POOL, ["authenticated"], GOV_COGNITO),
    false,
  ],
  [
    "authenticated: an authenticated user",
    stage["dev-authenticated"],
    createCognitoToken(POOL, ["authenticated"]),
    true,
  ],
  [
    "authenticated: an unauthenticated identity",
    stage["dev-authenticated"],
    createCognitoToken(POOL, ["unauthenticated"]),
    false,
  ],
  [
    "authenticated: a user of another pool",
    stage["dev-authenticated"],
    createCognitoToken("us-west-2:other", ["authenticated"]),
    false,
  ],
  [
    "GovCloud's group: an authenticated user",
    gov["dev-readers"],
    createCognitoToken(POOL, ["authenticated"], GOV_COGNITO),
    true,
  ],
  [
    "GovCloud's group: an unauthenticated identity",
    gov["dev-readers"],
    createCognitoToken(POOL, ["unauthenticated"], GOV_COGNITO),
    false,
  ],
  [
    "GovCloud's group: the other Cognito",
    gov["dev-readers"],
    createCognitoToken(POOL, ["authenticated"]),
    false,
  ],

  [
    "apply: its environment",
    account["dev-apply"],
    createGitHubToken("repo:octo@1/auth@2:environment:dev"),
    true,
  ],
  [
    "apply: another stage's environment",
    account["dev-apply"],
    createGitHubToken("repo:octo@1/auth@2:environment:prod"),
    false,
  ],
  [
    "apply: a pull request",
    account["dev-apply"],
    createGitHubToken("repo:octo@1/auth@2:pull_request"),
    false,
  ],
  [
    "apply: the branch that deploys",
    account["dev-apply"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/dev"),
    false,
  ],
  [
    "apply: the subject without ids",
    account["dev-apply"],
    createGitHubToken("repo:octo/auth:environment:dev"),
    false,
  ],
  [
    "apply: another owner with the same name",
    account["dev-apply"],
    createGitHubToken("repo:octo@9/auth@2:environment:dev"),
    false,
  ],
  [
    "plan: a pull request",
    account["dev-plan"],
    createGitHubToken("repo:octo@1/auth@2:pull_request"),
    true,
  ],
  [
    "plan: the branch that deploys",
    account["dev-plan"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/dev"),
    true,
  ],
  [
    "plan: another branch",
    account["dev-plan"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/feature"),
    false,
  ],
  [
    "plan: an environment",
    account["dev-plan"],
    createGitHubToken("repo:octo@1/auth@2:environment:dev"),
    false,
  ],
  [
    "plan: a pull request of another repository",
    account["dev-plan"],
    createGitHubToken("repo:octo@1/other@3:pull_request"),
    false,
  ],
  [
    "plan: a fork's own workflow",
    account["dev-plan"],
    createGitHubToken("repo:evil@9/auth@8:pull_request"),
    false,
  ],
  [
    "plan: no audience",
    account["dev-plan"],
    removeClaim(
      `${GITHUB}:aud`,
      createGitHubToken("repo:octo@1/auth@2:pull_request"),
    ),
    false,
  ],
  [
    "rotate: a scheduled run, on the default branch",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/main"),
    true,
  ],
  [
    "rotate: a run of the other branch that deploys",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/dev"),
    true,
  ],
  [
    "rotate: a pull request",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:pull_request"),
    false,
  ],
  [
    "rotate: another branch",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/feature"),
    false,
  ],
  [
    "rotate: a branch with a longer name",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/heads/main/x"),
    false,
  ],
  [
    "rotate: the environment of a stage",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:environment:dev"),
    false,
  ],
  [
    "rotate: a tag of the same name",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/auth@2:ref:refs/tags/main"),
    false,
  ],
  [
    "rotate: the branch of another repository",
    account["dev-rotate"],
    createGitHubToken("repo:octo@1/other@3:ref:refs/heads/main"),
    false,
  ],
  [
    "apply without ids: its environment",
    named["prod-apply"],
    createGitHubToken("repo:octo/auth:environment:prod"),
    true,
  ],
  [
    "apply without ids: another owner",
    named["prod-apply"],
    createGitHubToken("repo:evil/auth:environment:prod"),
    false,
  ],
  [
    "apply without ids: the subject with ids",
    named["prod-apply"],
    createGitHubToken("repo:octo@1/auth@2:environment:prod"),
    false,
  ],
];

/** Tokens of customized subjects, for roles of the account and for a role of a stage. */
const CUSTOMIZED: readonly Vector[] = (
  [
    [
      "repo,environment: apply",
      byEnvironment["dev-apply"],
      "repo:octo@1/auth@2:environment:dev",
      true,
    ],
    [
      "repo,environment: apply of another stage",
      byEnvironment["dev-apply"],
      "repo:octo@1/auth@2:environment:prod",
      false,
    ],
    [
      "repo,environment: apply by a plan",
      byEnvironment["dev-apply"],
      "repo:octo@1/auth@2:environment:plan",
      false,
    ],
    [
      "repo,environment: apply without an environment",
      byEnvironment["dev-apply"],
      "repo:octo@1/auth@2:environment:",
      false,
    ],
    [
      "repo,environment: apply by a pull request",
      byEnvironment["dev-apply"],
      "repo:octo@1/auth@2:pull_request",
      false,
    ],
    [
      "repo,environment: apply of another owner",
      byEnvironment["dev-apply"],
      "repo:octo@9/auth@2:environment:dev",
      false,
    ],
    [
      "repo,environment: rotate",
      byEnvironment["dev-rotate"],
      "repo:octo@1/auth@2:environment:rotate",
      true,
    ],
    [
      "repo,environment: rotate by a plan",
      byEnvironment["dev-rotate"],
      "repo:octo@1/auth@2:environment:plan",
      false,
    ],
    [
      "repo,environment: rotate in the environment of the stage",
      byEnvironment["dev-rotate"],
      "repo:octo@1/auth@2:environment:dev",
      false,
    ],
    [
      "repo,environment: rotate by a pull request",
      byEnvironment["dev-rotate"],
      "repo:octo@1/auth@2:pull_request",
      false,
    ],
    [
      "repo,environment: rotate by a branch",
      byEnvironment["dev-rotate"],
      "repo:octo@1/auth@2:ref:refs/heads/main",
      false,
    ],
    [
      "repo,environment: plan",
      byEnvironment["dev-plan"],
      "repo:octo@1/auth@2:environment:plan",
      true,
    ],
    [
      "repo,environment: plan in the environment of the stage",
      byEnvironment["dev-plan"],
      "repo:octo@1/auth@2:environment:dev",
      false,
    ],
    [
      "repo,environment: plan of another repository",
      byEnvironment["dev-plan"],
      "repo:octo@1/other@3:environment:plan",
      false,
    ],
    [
      "repo,environment: plan without an environment",
      byEnvironment["dev-plan"],
      "repo:octo@1/auth@2:environment:",
      false,
    ],
    [
      "context,repository_id: apply",
      byId["prod-apply"],
      "environment:prod:repository_id:2",
      true,
    ],
    [
      "context,repository_id: apply by a pull request",
      byId["prod-apply"],
      "pull_request:repository_id:2",
      false,
    ],
    [
      "context,repository_id: apply by a branch",
      byId["prod-apply"],
      "ref:refs/heads/main:repository_id:2",
      false,
    ],
    [
      "context,repository_id: apply of a longer id",
      byId["prod-apply"],
      "environment:prod:repository_id:22",
      false,
    ],
    [
      "context,repository_id: apply by the default subject",
      byId["prod-apply"],
      "repo:octo@1/auth@2:environment:prod",
      false,
    ],
    [
      "context,repository_id: plan of a pull request",
      byId["prod-plan"],
      "pull_request:repository_id:2",
      true,
    ],
    [
      "context,repository_id: plan of a branch",
      byId["prod-plan"],
      "ref:refs/heads/main:repository_id:2",
      true,
    ],
    [
      "context,repository_id: plan of another branch",
      byId["prod-plan"],
      "ref:refs/heads/feature:repository_id:2",
      false,
    ],
    [
      "context,repository_id: plan in an environment",
      byId["prod-plan"],
      "environment:prod:repository_id:2",
      false,
    ],
    [
      "context,repository_id: plan of another repository",
      byId["prod-plan"],
      "pull_request:repository_id:3",
      false,
    ],
    [
      "workflow: itself",
      customized,
      "repo:octo/auth:workflow:x:environment:prod",
      true,
    ],
    [
      "workflow: another workflow",
      customized,
      "repo:octo/auth:workflow:y:environment:prod",
      false,
    ],
    [
      "workflow: another environment",
      customized,
      "repo:octo/auth:workflow:x:environment:dev",
      false,
    ],
    [
      "workflow: a workflow whose name contains the claims",
      customized,
      "repo:octo/auth:workflow:x%3Aenvironment%3Aprod",
      false,
    ],
    [
      "workflow: another repository",
      customized,
      "repo:evil/auth:workflow:x:environment:prod",
      false,
    ],
  ] as const
).map(([description, policy, subject, isExpected]) => [
  description,
  policy,
  createGitHubToken(subject),
  isExpected,
]);

/** Every claim is required: a token without one of them is not trusted. */
const INCOMPLETE: readonly Vector[] = [...VECTORS, ...CUSTOMIZED]
  .filter(([, , , isExpected]) => isExpected)
  .flatMap(([description, policy, identity]) =>
    Object.keys(identity.claims).map((claim) => {
      const incomplete = `${description}, without ${claim.replace(/.*:/, "")}`;
      return [incomplete, policy, removeClaim(claim, identity), false] as const;
    }),
  );
const ALL = [...VECTORS, ...CUSTOMIZED, ...INCOMPLETE];

test.each(ALL)("%s", (_, policy, identity, isExpected) => {
  expect(isTrusted(policy ?? "", identity)).toBe(isExpected);
});

test("there are at least sixty vectors, with trusted and untrusted tokens for each policy", () => {
  expect(VECTORS.length).toBeGreaterThanOrEqual(60);
  const kinds = new Map<string, Set<boolean>>();
  for (const [description, , , isExpected] of [...VECTORS, ...CUSTOMIZED]) {
    const kind = description.replace(/:.*/, "");
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(isExpected));
  }
  for (const [kind, decisions] of kinds)
    expect([kind, decisions.size]).toEqual([kind, 2]);
});

test("every condition of a trust policy is required: without it, a token is trusted that must not be", () => {
  const policies = [
    ...new Set([...VECTORS, ...CUSTOMIZED].map(([, policy]) => policy ?? "")),
  ];
  for (const policy of policies) {
    const own = ALL.filter(([, other]) => other === policy);
    for (const weakened of listWeakerPolicies(policy)) {
      const wrong = own.filter(
        ([, , identity, isExpected]) =>
          !isExpected && isTrusted(weakened, identity),
      );
      expect([weakened, wrong.length]).not.toEqual([weakened, 0]);
    }
  }
});

/** Returns the policy without one of its condition keys, for each key. */
function listWeakerPolicies(policy: string): readonly string[] {
  const { Statement } = JSON.parse(policy) as {
    Statement: readonly [
      {
        Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      },
    ];
  };
  const [statement] = Statement;
  return Object.entries(statement.Condition).flatMap(([operator, tests]) =>
    Object.keys(tests).map((key) => {
      const remaining = Object.entries(tests).filter(
        ([other]) => other !== key,
      );
      const Condition = {
        ...statement.Condition,
        [operator]: Object.fromEntries(remaining),
      };
      return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ ...statement, Condition }],
      });
    }),
  );
}
