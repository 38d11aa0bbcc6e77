import * as fc from "fast-check";
import { LIMITS } from "../../constructs/constraints";
import {
  encodeClaimValue,
  getGitHubScope,
  type GitHubScope,
  isEnvironmentSubject,
  isGitHubIssuer,
  isGitHubSubject,
  isPullRequestSubject,
  parseGitHubRepository,
  parseGitHubSubject,
} from "../../constructs/github-claims";

const GITHUB = "token.actions.githubusercontent.com";

function listClaims(subject: string): readonly (readonly [string, string])[] {
  return parseGitHubSubject(subject).claims.map(({ key, value }) => [
    key,
    value,
  ]);
}

describe("parseGitHubSubject", () => {
  test.each<[subject: string, claims: readonly [string, string][]]>([
    [
      "repo:o/r:workflow:x:environment:prod",
      [
        ["repo", "o/r"],
        ["workflow", "x"],
        ["environment", "prod"],
      ],
    ],
    [
      "repository_id:74:ref:refs/heads/main",
      [
        ["repository_id", "74"],
        ["ref", "refs/heads/main"],
      ],
    ],
    [
      "ref:refs/heads/main:repo:o/r",
      [
        ["ref", "refs/heads/main"],
        ["repo", "o/r"],
      ],
    ],
    [
      "workflow:x:pull_request:repo:o@1/r@2",
      [
        ["workflow", "x"],
        ["pull_request", ""],
        ["repo", "o@1/r@2"],
      ],
    ],
    [
      "repo:o/r:event_name:push:base_ref::ref:refs/heads/main",
      [
        ["repo", "o/r"],
        ["event_name", "push"],
        ["base_ref", ""],
        ["ref", "refs/heads/main"],
      ],
    ],
    [
      "repo:o/r:environment:eu%3Aprod",
      [
        ["repo", "o/r"],
        ["environment", "eu:prod"],
      ],
    ],
    [
      "repo:o/r:ref:refs/heads/environment%3Aprod",
      [
        ["repo", "o/r"],
        ["ref", "refs/heads/environment%3Aprod"],
      ],
    ],
    [
      "repo:o/r:workflow:environment:environment:workflow",
      [
        ["repo", "o/r"],
        ["workflow", "environment"],
        ["environment", "workflow"],
      ],
    ],
    [
      "repo:o/r:workflow:pull_request",
      [
        ["repo", "o/r"],
        ["workflow", "pull_request"],
      ],
    ],
  ])("parses %s", (subject, claims) => {
    expect(listClaims(subject)).toEqual(claims);
    expect(parseGitHubSubject(subject).rest).toBe("");
  });

  test.each([
    ["repo:o/r:Environment:prod", ["Environment"]],
    ["repo:o/r:new_claim:x:environment:prod", ["new_claim"]],
    ["repo:o/r:repo_property_team:x:sha:1", []],
  ])("reports the unknown keys of %s", (subject, keys) => {
    expect(
      parseGitHubSubject(subject)
        .claims.filter(({ isKnown }) => !isKnown)
        .map(({ key }) => key),
    ).toEqual(keys);
  });

  test.each([
    ["nonsense", [], "nonsense"],
    ["repo:o/r:environment", ["repo"], "environment"],
    // a value that is equal to a key, and a key without a value
    ["repo:o/r:workflow:environment:prod", ["repo", "workflow"], "prod"],
  ])("leaves the end of %s, which is no claim", (subject, keys, rest) => {
    const parsed = parseGitHubSubject(subject);
    expect(parsed.claims.map(({ key }) => key)).toEqual(keys);
    expect(parsed.rest).toBe(rest);
  });

  test.each([
    ["repo:o/r:*", ["repo"], "*"],
    ["*:repo:o/r:environment:prod", ["repo", "environment"], "*"],
    // the wildcard can end in a workflow named environment, before the context of a pull request
    [
      "repo:o/r:*:environment:pull_request",
      ["repo"],
      "*:environment:pull_request",
    ],
    ["repo:o/r:*:environment:prod", ["repo"], "*:environment:prod"],
    ["repo:o/r:ref:refs/heads/*", ["repo", "ref"], ""],
    ["repo:o/*:ref:refs/heads/main", ["repo", "ref"], ""],
    [
      "repo:o/*:ref:refs/heads/main:environment:prod",
      ["repo", "ref", "environment"],
      "",
    ],
    ["ref:*:repository_id:74", ["ref"], "repository_id:74"],
    ["ref:*:pull_request", ["ref"], "pull_request"],
    ["re?o:o/r", [], "re?o:o/r"],
  ])(
    "takes a claim of pattern %s only if it is certain",
    (pattern, keys, rest) => {
      const parsed = parseGitHubSubject(pattern);
      expect(parsed.claims.map(({ key }) => key)).toEqual(keys);
      expect(parsed.rest).toBe(rest);
    },
  );

  test("returns the claims that GitHub put into a subject, in any order of any template", () => {
    const values = {
      repo: fc.constantFrom("o/r", "o@1/r@2"),
      repository_id: fc.nat().map(String),
      ref: fc.constantFrom("refs/heads/environment", "refs/heads/a%3Ab"),
      environment: fc.string(),
      workflow: fc.oneof(
        fc.string(),
        fc.constantFrom("environment", "pull_request", "x:environment:prod"),
      ),
      actor: fc.string(),
      base_ref: fc.constant(""),
      repo_property_team: fc.string(),
    };
    const claims = fc
      .record(values, { requiredKeys: [] })
      .chain((run) =>
        fc.shuffledSubarray(
          [
            ...Object.entries(run).map(([key, value]) => [key, value] as const),
            ["pull_request", ""] as const,
          ],
          { minLength: 1 },
        ),
      );
    // GitHub encodes colons alone, so that a `%3A` in a name is read as a colon
    const isPlain = ([key, value]: readonly [string, string]) =>
      key === "ref" || !/%3A|[*?]/.test(value);
    fc.assert(
      fc.property(
        claims.filter((all) => all.every(isPlain)),
        (all) => {
          const subject = all
            .map(([key, value]) =>
              key === "pull_request"
                ? key
                : `${key}:${encodeClaimValue(value)}`,
            )
            .join(":");
          expect(listClaims(subject)).toEqual(all);
          expect(parseGitHubSubject(subject).rest).toBe("");
        },
      ),
    );
  });

  test("returns only claims that every subject of a pattern has", () => {
    const value = fc.constantFrom(
      "x",
      "environment",
      "pull_request",
      "workflow",
      "o/r",
      "74",
    );
    const claim = fc
      .tuple(
        fc.constantFrom(
          "repo",
          "workflow",
          "environment",
          "repository_id",
          "pull_request",
        ),
        value,
      )
      .map(([key, text]) => (key === "pull_request" ? key : `${key}:${text}`));
    const subjects = fc
      .array(claim, { minLength: 1, maxLength: 5 })
      .map((all) => all.join(":"));
    fc.assert(
      fc.property(
        subjects.chain((subject) =>
          fc.tuple(
            fc.constant(subject),
            fc.nat(subject.length),
            fc.nat(subject.length),
          ),
        ),
        ([subject, one, other]) => {
          const [start, end] = [Math.min(one, other), Math.max(one, other)];
          const pattern = `${subject.slice(0, start)}*${subject.slice(end)}`;
          const own = listClaims(subject).map(
            ([key, text]) => `${key}:${text}`,
          );
          for (const [key, text] of listClaims(pattern)) {
            const isFound = own.some((item) =>
              item.startsWith(`${key}:${text.split("*")[0]}`),
            );
            expect([pattern, subject, key, isFound]).toEqual([
              pattern,
              subject,
              key,
              true,
            ]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test.each<[subject: string, scope: GitHubScope]>([
  ["repo:o/r:environment:prod", "repository"],
  ["environment:prod:repo:o@1/r@2", "repository"],
  ["repository:o/r:environment:prod", "repository"],
  ["workflow:x:repository_id:74", "repository"],
  ["repository_owner:o:repository_id:74", "repository"],
  ["repo:o/r:*", "repository"],
  ["ref:refs/heads/*:repo:o/r", "repository"],
  ["repo:o/*", "owner"],
  ["repo:o/r*:environment:prod", "owner"],
  ["repository_owner:o:environment:prod", "owner"],
  ["repository_owner_id:65:environment:prod", "owner"],
  ["repository_owner:o*:environment:prod", "any"],
  ["repository_owner_id:6*", "any"],
  ["repository_id:7*", "any"],
  ["ref:*:repository_id:74", "any"],
  ["repo:o*/r", "any"],
  ["repo:o@*/r@2", "any"],
  ["repo:o", "any"],
  ["repo:o/", "any"],
  ["repo:/r", "any"],
  ["repo:", "any"],
  ["Repo:o/r", "any"],
  ["workflow:repo:o/r", "any"],
  ["environment:prod", "any"],
  ["repository_visibility:private:environment:prod", "any"],
  // any repository that can call the workflow has this subject
  ["job_workflow_ref:o/r/.github/workflows/x.yml@refs/heads/main", "any"],
  ["workflow_ref:o/r/.github/workflows/x.yml@refs/heads/main", "any"],
])("the scope of %s is %s", (subject, scope) => {
  expect(getGitHubScope(parseGitHubSubject(subject))).toBe(scope);
});

test.each([
  ["repo:o/r:pull_request", true],
  ["repo:o@1/r@2:pull_request", true],
  ["repo:o/r:pull_request:workflow:x", true],
  ["workflow:x:repo:o/r:pull_request", true],
  ["pull_request:repository_id:74", true],
  ["repo:o/r:event_name:pull_request", true],
  ["event_name:pull_request_target:repo:o/r:environment:prod", true],
  ["repo:o/r:base_ref:main", true],
  ["repo:o/r:head_ref:feature:environment:prod", true],
  ["repo:o/r:ref:refs/pull/12/merge", true],
  [
    "repo:o/r:job_workflow_ref:o/r/.github/workflows/x.yml@refs/pull/12/merge",
    true,
  ],
  [
    "repo:o/r:workflow_ref:o/r/.github/workflows/x.yml@refs/pull/12/merge",
    true,
  ],
  ["repo:o/r:new_marker:pull_request", true],
  ["repo:o/r:event_name:push:base_ref::head_ref:", false],
  ["repo:o/r:workflow:pull_request", false],
  ["repo:o/r:environment:pull_request", false],
  ["repo:o/r:ref:refs/heads/pull_request", false],
  ["repo:o/r:ref:refs/heads/refs/pull/1", false],
  ["repo:o/r:environment:prod", false],
])("whether %s is of a pull request: %s", (subject, isPullRequest) => {
  expect(isPullRequestSubject(parseGitHubSubject(subject))).toBe(isPullRequest);
  expect(LIMITS.oidcSubject.allows(subject)).toBe(!isPullRequest);
  expect(LIMITS.oidcReadOnlySubject.allows(subject)).toBe(true);
});

test.each([
  ["repo:o/r:environment:prod", true],
  ["repo:o/r:workflow:x:environment:prod", true],
  ["environment:prod:repository_id:74", true],
  ["repo:o/r:environment:eu%3Aprod", true],
  ["repo:o/r:environment:", false],
  ["repo:o/r:environment::workflow:x", false],
  ["repo:o/r:environment:*", false],
  ["repo:o/r:environment:prod?", false],
  ["repo:o/r:*:environment:prod", false],
  ["repo:o/r:Environment:prod", false],
  ["repo:o/r:environment", false],
  ["repo:o/r:workflow:environment:prod", false],
  ["repo:o/r:workflow:environment%3Aprod", false],
  ["repo:o/r:ref:refs/heads/environment%3Aprod", false],
])("whether %s is of an environment: %s", (subject, expected) => {
  expect(isEnvironmentSubject(parseGitHubSubject(subject))).toBe(expected);
});

test.each([
  [GITHUB, true],
  [`${GITHUB}/octo-enterprise`, true],
  ["token.actions.octocorp.ghe.com", true],
  ["github.example.com/_services/token", true],
  ["gitlab.com", false],
  [`evil-${GITHUB}`, false],
  [`${GITHUB}.evil.example`, false],
])("whether %s is an issuer of GitHub: %s", (issuer, expected) => {
  expect(isGitHubIssuer(issuer)).toBe(expected);
});

test.each([
  ["repo:o/r:ref:refs/heads/main", "git.example.com", true],
  ["repository_id:74:ref:refs/heads/main", GITHUB, true],
  ["new_claim:x:repository_id:74", GITHUB, true],
  ["new_claim:x:environment:prod", GITHUB, true],
  ["new_claim:x", GITHUB, true],
  ["environment:prod:project:x", "octopus.example.com", false],
  ["project_path:o/r:ref_type:branch:ref:main", GITHUB, false],
  [
    "system:serviceaccount:ns:name",
    "oidc.eks.us-west-2.amazonaws.com/id/A",
    false,
  ],
])(
  "whether %s of %s is a subject of GitHub: %s",
  (subject, issuer, expected) => {
    expect(isGitHubSubject(subject, issuer)).toBe(expected);
  },
);

test.each([
  ["o/r", { owner: "o", name: "r", ids: [] }],
  ["o@1/r@2", { owner: "o", name: "r", ids: ["1", "2"] }],
  ["o", { owner: "o", name: "", ids: [] }],
])("the repository %s is %j", (value, expected) => {
  expect(parseGitHubRepository(value)).toEqual(expected);
});
