import { Testing } from "cdktf";
import { AccountStack } from "../../stacks/account-stack";
import { readAppConfig } from "../../stacks/config/app-config";
import type { GitHubSubject } from "../../constructs/github-subject";
import {
  createApp,
  removeTemporaryDirectories,
  synthesize,
  createTemporaryDirectory,
  type Synthesized,
} from "../support/stage";
import { isTrusted, type WebIdentity } from "../support/trust-evaluator";

afterAll(removeTemporaryDirectories);

const GITHUB = "token.actions.githubusercontent.com";
const COGNITO = "cognito-identity.amazonaws.com";
const GOV_COGNITO = "cognito-identity-us-gov.amazonaws.com";
const POOL = "us-west-2:pool";

/** Trust policies by the names of roles, with the provider and the identity pool that they name as tokens have them. */
function trusts({ resource }: Synthesized): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.values(resource.aws_iam_role ?? {}).map((role) => [
      String(role.name).replace("veda-auth-stack-", ""),
      String(role.assume_role_policy)
        .replace(/\$\{aws_cognito_identity_pool\.[^}]+\}/g, POOL)
        .replace(/\$\{aws_iam_openid_connect_provider\.[^}]+\}/g, GITHUB),
    ]),
  );
}

function ofGithub(...subjects: readonly (GitHubSubject | string)[]): string {
  const [trust] = Object.values(
    trusts(
      synthesize({}, (auth) => {
        auth.addOidcProvider({ issuer: GITHUB, origin: "created" });
        auth.addOidcRole("deploy", { subjects });
      }),
    ),
  );
  return trust ?? "";
}

function ofStage(region: string): Readonly<Record<string, string>> {
  return trusts(
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

function ofAccount(
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { account } = readAppConfig(
    {
      STAGE: "account",
      AWS_ACCOUNT_ID: "123456789012",
      STATE_BUCKET_NAME: "our-state",
      OWNER: "somebody",
      GITHUB_REPOSITORY: "octo/auth",
      ACCOUNT_STAGES: "dev,prod",
      ...settings,
    },
    createTemporaryDirectory(),
  );
  if (account === undefined) throw new Error("no account");
  const stack = new AccountStack(createApp(), account);
  for (const stage of account.stages) stack.addDeployRoles(stage);
  return trusts(JSON.parse(Testing.synth(stack, true)) as Synthesized);
}

/** A token of a GitHub workflow. */
function github(sub: string, more: WebIdentity["claims"] = {}): WebIdentity {
  return {
    federated: GITHUB,
    claims: {
      [`${GITHUB}:aud`]: "sts.amazonaws.com",
      [`${GITHUB}:sub`]: sub,
      ...more,
    },
  };
}

/** The same without one of its claims. */
function without(claim: string, identity: WebIdentity): WebIdentity {
  const claims = Object.entries(identity.claims).filter(
    ([key]) => key !== claim,
  );
  return { ...identity, claims: Object.fromEntries(claims) };
}

/** What Cognito gives a user of an identity pool. */
function cognito(
  aud: string,
  amr: readonly string[],
  host = COGNITO,
): WebIdentity {
  return {
    federated: host,
    claims: { [`${host}:aud`]: aud, [`${host}:amr`]: amr },
  };
}

const BY_NAME = { owner: "octo", repo: "auth" };
const BY_NUMBER = { ...BY_NAME, ownerId: "1", repoId: "2" };
const NUMBERS = { GITHUB_OWNER_ID: "1", GITHUB_REPOSITORY_ID: "2" };

const branch = ofGithub({ ...BY_NAME, branch: "main" });
const immutable = ofGithub({ ...BY_NUMBER, branch: "main" });
const moving = ofGithub({
  ...BY_NUMBER,
  environment: "prod",
  alsoClassic: true,
});
const tag = ofGithub({ ...BY_NAME, tag: "v1" });
const two = ofGithub(
  { ...BY_NAME, environment: "dev" },
  { ...BY_NAME, branch: "main" },
);
const written = ofGithub("repo:octo/auth:environment:dev");
const stage = ofStage("us-west-2");
const gov = ofStage("us-gov-west-1");
const account = ofAccount(NUMBERS);
const named = ofAccount({});

const MAIN = "repo:octo/auth:ref:refs/heads/main";
const MAIN_BY_NUMBER = "repo:octo@1/auth@2:ref:refs/heads/main";

type Vector = readonly [
  what: string,
  policy: string | undefined,
  identity: WebIdentity,
  isIn: boolean,
];

const VECTORS: readonly Vector[] = [
  ["branch: its branch", branch, github(MAIN), true],
  [
    "branch: another branch",
    branch,
    github("repo:octo/auth:ref:refs/heads/dev"),
    false,
  ],
  ["branch: one whose name begins so", branch, github(`${MAIN}-2`), false],
  [
    "branch: one whose name it ends",
    branch,
    github("repo:octo/auth:ref:refs/heads/x/main"),
    false,
  ],
  [
    "branch: a tag of its name",
    branch,
    github("repo:octo/auth:ref:refs/tags/main"),
    false,
  ],
  [
    "branch: a pull request",
    branch,
    github("repo:octo/auth:pull_request"),
    false,
  ],
  [
    "branch: an environment",
    branch,
    github("repo:octo/auth:environment:main"),
    false,
  ],
  [
    "branch: another repository",
    branch,
    github("repo:octo/other:ref:refs/heads/main"),
    false,
  ],
  [
    "branch: a repository whose name begins so",
    branch,
    github("repo:octo/auth2:ref:refs/heads/main"),
    false,
  ],
  [
    "branch: another owner",
    branch,
    github("repo:evil/auth:ref:refs/heads/main"),
    false,
  ],
  ["branch: a fork", branch, github("repo:evil/auth:pull_request"), false],
  [
    "branch: in another case",
    branch,
    github("repo:Octo/auth:ref:refs/heads/main"),
    false,
  ],
  ["branch: a star", branch, github("repo:octo/auth:*"), false],
  ["branch: nothing", branch, github(""), false],
  [
    "branch: another audience",
    branch,
    github(MAIN, { [`${GITHUB}:aud`]: "https://github.com/octo" }),
    false,
  ],
  [
    "branch: no audience",
    branch,
    without(`${GITHUB}:aud`, github(MAIN)),
    false,
  ],
  ["branch: no subject", branch, without(`${GITHUB}:sub`, github(MAIN)), false],
  ["branch: no claim at all", branch, { federated: GITHUB, claims: {} }, false],
  [
    "branch: another issuer",
    branch,
    { ...github(MAIN), federated: "evil.example.com" },
    false,
  ],
  [
    "branch: the spelling with numbers, which it does not know",
    branch,
    github(MAIN_BY_NUMBER),
    false,
  ],

  ["numbers: its branch", immutable, github(MAIN_BY_NUMBER), true],
  ["numbers: the spelling without", immutable, github(MAIN), false],
  [
    "numbers: a name that another owner took",
    immutable,
    github("repo:octo@9/auth@2:ref:refs/heads/main"),
    false,
  ],
  [
    "numbers: a repository made anew",
    immutable,
    github("repo:octo@1/auth@9:ref:refs/heads/main"),
    false,
  ],
  [
    "numbers: names exchanged",
    immutable,
    github("repo:other@1/other@2:ref:refs/heads/main"),
    false,
  ],
  [
    "numbers: numbers exchanged",
    immutable,
    github("repo:octo@2/auth@1:ref:refs/heads/main"),
    false,
  ],
  [
    "numbers: a longer number",
    immutable,
    github("repo:octo@11/auth@2:ref:refs/heads/main"),
    false,
  ],
  [
    "numbers: an environment",
    immutable,
    github("repo:octo@1/auth@2:environment:main"),
    false,
  ],

  [
    "moving: with numbers",
    moving,
    github("repo:octo@1/auth@2:environment:prod"),
    true,
  ],
  ["moving: without", moving, github("repo:octo/auth:environment:prod"), true],
  [
    "moving: another environment",
    moving,
    github("repo:octo@1/auth@2:environment:dev"),
    false,
  ],
  [
    "moving: a branch of the environment's name",
    moving,
    github("repo:octo/auth:ref:refs/heads/prod"),
    false,
  ],
  [
    "moving: another owner's number",
    moving,
    github("repo:octo@9/auth@2:environment:prod"),
    false,
  ],
  [
    "moving: no audience",
    moving,
    without(`${GITHUB}:aud`, github("repo:octo/auth:environment:prod")),
    false,
  ],

  ["tag: itself", tag, github("repo:octo/auth:ref:refs/tags/v1"), true],
  [
    "tag: one that begins so",
    tag,
    github("repo:octo/auth:ref:refs/tags/v1.1"),
    false,
  ],
  [
    "tag: a branch of its name",
    tag,
    github("repo:octo/auth:ref:refs/heads/v1"),
    false,
  ],

  [
    "two subjects: the one",
    two,
    github("repo:octo/auth:environment:dev"),
    true,
  ],
  ["two subjects: the other", two, github(MAIN), true],
  [
    "two subjects: neither",
    two,
    github("repo:octo/auth:environment:main"),
    false,
  ],

  [
    "written out: itself",
    written,
    github("repo:octo/auth:environment:dev"),
    true,
  ],
  [
    "written out: another",
    written,
    github("repo:octo/auth:environment:prod"),
    false,
  ],

  [
    "group: a signed-in user of the pool",
    stage["dev-readers"],
    cognito(POOL, ["authenticated"]),
    true,
  ],
  [
    "group: one of more ways to sign in",
    stage["dev-readers"],
    cognito(POOL, [
      "authenticated",
      "cognito-idp.us-west-2.amazonaws.com/us-west-2_x",
    ]),
    true,
  ],
  [
    "group: a guest",
    stage["dev-readers"],
    cognito(POOL, ["unauthenticated"]),
    false,
  ],
  [
    "group: a user of another pool",
    stage["dev-readers"],
    cognito("us-west-2:other", ["authenticated"]),
    false,
  ],
  [
    "group: no pool",
    stage["dev-readers"],
    without(`${COGNITO}:aud`, cognito(POOL, ["authenticated"])),
    false,
  ],
  [
    "group: no way to sign in",
    stage["dev-readers"],
    without(`${COGNITO}:amr`, cognito(POOL, [])),
    false,
  ],
  [
    "group: a way to sign in that begins so",
    stage["dev-readers"],
    cognito(POOL, ["authenticated2"]),
    false,
  ],
  [
    "group: an empty way to sign in",
    stage["dev-readers"],
    cognito(POOL, [""]),
    false,
  ],
  ["group: a token of GitHub's", stage["dev-readers"], github(MAIN), false],
  [
    "group: GovCloud's Cognito",
    stage["dev-readers"],
    cognito(POOL, ["authenticated"], GOV_COGNITO),
    false,
  ],
  [
    "everybody: a signed-in user",
    stage["dev-authenticated"],
    cognito(POOL, ["authenticated"]),
    true,
  ],
  [
    "everybody: a guest",
    stage["dev-authenticated"],
    cognito(POOL, ["unauthenticated"]),
    false,
  ],
  [
    "everybody: a user of another pool",
    stage["dev-authenticated"],
    cognito("us-west-2:other", ["authenticated"]),
    false,
  ],
  [
    "GovCloud's group: a signed-in user",
    gov["dev-readers"],
    cognito(POOL, ["authenticated"], GOV_COGNITO),
    true,
  ],
  [
    "GovCloud's group: a guest",
    gov["dev-readers"],
    cognito(POOL, ["unauthenticated"], GOV_COGNITO),
    false,
  ],
  [
    "GovCloud's group: the other Cognito",
    gov["dev-readers"],
    cognito(POOL, ["authenticated"]),
    false,
  ],

  [
    "apply: its environment",
    account["dev-apply"],
    github("repo:octo@1/auth@2:environment:dev"),
    true,
  ],
  [
    "apply: another stage's environment",
    account["dev-apply"],
    github("repo:octo@1/auth@2:environment:prod"),
    false,
  ],
  [
    "apply: a pull request",
    account["dev-apply"],
    github("repo:octo@1/auth@2:pull_request"),
    false,
  ],
  [
    "apply: the branch that deploys",
    account["dev-apply"],
    github("repo:octo@1/auth@2:ref:refs/heads/dev"),
    false,
  ],
  [
    "apply: the spelling without numbers",
    account["dev-apply"],
    github("repo:octo/auth:environment:dev"),
    false,
  ],
  [
    "apply: an owner who took the name",
    account["dev-apply"],
    github("repo:octo@9/auth@2:environment:dev"),
    false,
  ],
  [
    "plan: a pull request",
    account["dev-plan"],
    github("repo:octo@1/auth@2:pull_request"),
    true,
  ],
  [
    "plan: the branch that deploys",
    account["dev-plan"],
    github("repo:octo@1/auth@2:ref:refs/heads/dev"),
    true,
  ],
  [
    "plan: another branch",
    account["dev-plan"],
    github("repo:octo@1/auth@2:ref:refs/heads/feature"),
    false,
  ],
  [
    "plan: an environment",
    account["dev-plan"],
    github("repo:octo@1/auth@2:environment:dev"),
    false,
  ],
  [
    "plan: a pull request of another repository",
    account["dev-plan"],
    github("repo:octo@1/other@3:pull_request"),
    false,
  ],
  [
    "plan: a fork's own workflow",
    account["dev-plan"],
    github("repo:evil@9/auth@8:pull_request"),
    false,
  ],
  [
    "plan: no audience",
    account["dev-plan"],
    without(`${GITHUB}:aud`, github("repo:octo@1/auth@2:pull_request")),
    false,
  ],
  [
    "apply without numbers: its environment",
    named["prod-apply"],
    github("repo:octo/auth:environment:prod"),
    true,
  ],
  [
    "apply without numbers: another owner",
    named["prod-apply"],
    github("repo:evil/auth:environment:prod"),
    false,
  ],
  [
    "apply without numbers: the spelling with them",
    named["prod-apply"],
    github("repo:octo@1/auth@2:environment:prod"),
    false,
  ],
];

/** Whoever gets in does so by each claim: without any one of them nobody does. */
const LACKING: readonly Vector[] = VECTORS.filter(
  ([, , , isIn]) => isIn,
).flatMap(([what, policy, identity]) =>
  Object.keys(identity.claims).map((claim) => {
    const told = `${what}, without ${claim.replace(/.*:/, "")}`;
    return [told, policy, without(claim, identity), false] as const;
  }),
);
const ALL = [...VECTORS, ...LACKING];

test.each(ALL)("%s", (_, policy, identity, isIn) => {
  expect(isTrusted(policy ?? "", identity)).toBe(isIn);
});

test("there are sixty vectors and more, each policy with some that must and some that must not get in", () => {
  expect(VECTORS.length).toBeGreaterThanOrEqual(60);
  const kinds = new Map<string, Set<boolean>>();
  for (const [what, , , isIn] of VECTORS) {
    const kind = what.replace(/:.*/, "");
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(isIn));
  }
  for (const [kind, decisions] of kinds)
    expect([kind, decisions.size]).toEqual([kind, 2]);
});

test("every condition of a trust policy keeps somebody out: one taken out lets in who must not be", () => {
  const policies = [...new Set(VECTORS.map(([, policy]) => policy ?? ""))];
  for (const policy of policies) {
    const own = ALL.filter(([, other]) => other === policy);
    for (const weakened of weaker(policy)) {
      const wrong = own.filter(
        ([, , identity, isIn]) => !isIn && isTrusted(weakened, identity),
      );
      expect([weakened, wrong.length]).not.toEqual([weakened, 0]);
    }
  }
});

/** The policy without one test of its condition, for each. */
function weaker(policy: string): readonly string[] {
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
      const kept = Object.entries(tests).filter(([other]) => other !== key);
      const Condition = {
        ...statement.Condition,
        [operator]: Object.fromEntries(kept),
      };
      return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ ...statement, Condition }],
      });
    }),
  );
}
