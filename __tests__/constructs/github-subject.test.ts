import * as fc from "fast-check";
import { parseGitHubSubject } from "../../constructs/github-claims";
import {
  GITHUB_CLAIM_KEYS,
  type GitHubClaimKey,
  findUngatedSubjects,
  formatGitHubSubjects,
  formatPullRequestSubjects,
  type GitHubSubject,
  validateGitHubSubject,
} from "../../constructs/github-subject";

const GITHUB = "token.actions.githubusercontent.com";
const REPOSITORY = { owner: "octo", repo: "auth" };
const IDS = { ownerId: "123", repoId: "456" };
const BRANCH: GitHubSubject = { ...REPOSITORY, branch: "main" };

function validateSubject(subject: GitHubSubject): string[] {
  return validateGitHubSubject(subject).filter(
    (problem) => problem !== undefined,
  );
}

describe("formatPullRequestSubjects", () => {
  test("returns one subject, with ids if the repository has them", () => {
    expect(formatPullRequestSubjects(REPOSITORY)).toEqual([
      "repo:octo/auth:pull_request",
    ]);
    expect(
      formatPullRequestSubjects({ ...REPOSITORY, ...IDS, alsoClassic: true }),
    ).toEqual([
      "repo:octo@123/auth@456:pull_request",
      "repo:octo/auth:pull_request",
    ]);
  });
});

describe("formatGitHubSubjects", () => {
  test("returns names only, if there are no ids", () => {
    expect(formatGitHubSubjects(BRANCH)).toEqual([
      "repo:octo/auth:ref:refs/heads/main",
    ]);
    expect(validateSubject(BRANCH)).toEqual([]);
  });

  test.each<[GitHubSubject, string[]]>([
    [{ ...REPOSITORY, tag: "v1" }, ["repo:octo/auth:ref:refs/tags/v1"]],
    [
      { ...REPOSITORY, environment: "production" },
      ["repo:octo/auth:environment:production"],
    ],
    [
      { ...BRANCH, branch: "feature/a" },
      ["repo:octo/auth:ref:refs/heads/feature/a"],
    ],
    [{ ...BRANCH, ...IDS }, ["repo:octo@123/auth@456:ref:refs/heads/main"]],
    [
      { ...REPOSITORY, ...IDS, tag: "v1" },
      ["repo:octo@123/auth@456:ref:refs/tags/v1"],
    ],
    [
      { ...REPOSITORY, ...IDS, environment: "production" },
      ["repo:octo@123/auth@456:environment:production"],
    ],
    [
      { ...BRANCH, ...IDS, alsoClassic: false },
      ["repo:octo@123/auth@456:ref:refs/heads/main"],
    ],
    [
      { ...BRANCH, ...IDS, alsoClassic: true },
      [
        "repo:octo@123/auth@456:ref:refs/heads/main",
        "repo:octo/auth:ref:refs/heads/main",
      ],
    ],
    [
      { ...REPOSITORY, environment: "eu:prod" },
      ["repo:octo/auth:environment:eu%3Aprod"],
    ],
    [
      { ...REPOSITORY, environment: "a:b:c" },
      ["repo:octo/auth:environment:a%3Ab%3Ac"],
    ],
  ])("%j is written %j", (subject, written) => {
    expect(formatGitHubSubjects(subject)).toEqual(written);
    expect(validateSubject(subject)).toEqual([]);
  });

  test.each([{ ownerId: "123" }, { repoId: "456" }])(
    "returns names only for %j alone",
    (id) => {
      expect(formatGitHubSubjects({ ...BRANCH, ...id })).toEqual(
        formatGitHubSubjects(BRANCH),
      );
    },
  );

  test("encodes colons, so that a value cannot add a field", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        for (const subject of [
          { ...REPOSITORY, branch: value },
          { ...REPOSITORY, tag: value },
          { ...REPOSITORY, environment: value },
        ]) {
          const [written = ""] = formatGitHubSubjects(subject);
          expect(written.split(":")).toHaveLength(4);
        }
      }),
    );
  });

  test("returns no pattern for a valid subject", () => {
    const value = fc.string({
      unit: fc.constantFrom("a", "-", "*", "?", "/", ":", ".", "\n", "@"),
      maxLength: 6,
    });
    fc.assert(
      fc.property(value, value, value, (owner, repo, branch) => {
        const subject = { owner, repo, branch };
        if (validateSubject(subject).length > 0) return;
        expect(formatGitHubSubjects(subject)).toEqual([
          expect.stringMatching(
            /^repo:[^*?:/@\n]+\/[^*?:/@\n]+:ref:refs\/heads\/[^*?:\n]+$/,
          ),
        ]);
      }),
    );
  });
});

describe("with the claim keys of a template", () => {
  test.each<[readonly GitHubClaimKey[], GitHubSubject, string[]]>([
    [
      ["repo", "environment"],
      { ...REPOSITORY, ...IDS, environment: "eu:prod" },
      ["repo:octo@123/auth@456:environment:eu%3Aprod"],
    ],
    [
      ["repository_id", "ref"],
      { ...BRANCH, ...IDS },
      ["repository_id:456:ref:refs/heads/main"],
    ],
    [
      ["ref", "repo"],
      { ...REPOSITORY, tag: "v1" },
      ["ref:refs/tags/v1:repo:octo/auth"],
    ],
    // only the claim repo has two spellings
    [
      ["repository_owner_id", "context", "repository", "repository_owner"],
      { ...BRANCH, ...IDS, alsoClassic: true },
      [
        "repository_owner_id:123:ref:refs/heads/main:repository:octo/auth:repository_owner:octo",
      ],
    ],
    [
      ["context", "repo"],
      { ...BRANCH, ...IDS, alsoClassic: true },
      [
        "ref:refs/heads/main:repo:octo@123/auth@456",
        "ref:refs/heads/main:repo:octo/auth",
      ],
    ],
  ])("%j is the order of the claims", (claimKeys, subject, expected) => {
    const customized = { ...subject, claimKeys };
    expect(formatGitHubSubjects(customized)).toEqual(expected);
    expect(validateSubject(customized)).toEqual([]);
  });

  test("returns the context of pull requests", () => {
    expect(
      formatPullRequestSubjects({
        ...REPOSITORY,
        claimKeys: ["context", "repository"],
      }),
    ).toEqual(["pull_request:repository:octo/auth"]);
  });

  test("returns the default subject with the keys of GitHub's template", () => {
    expect(
      formatGitHubSubjects({ ...BRANCH, claimKeys: ["repo", "context"] }),
    ).toEqual(formatGitHubSubjects(BRANCH));
  });

  test("writes a subject whose claims are those of the run, in any order", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
    const ref = fc.stringMatching(/^[a-z:/]{1,9}$/);
    const run = fc.oneof(
      fc.record({ branch: fc.stringMatching(/^[a-z/]{1,9}$/) }),
      fc.record({ environment: ref }),
    );
    const keys = fc.shuffledSubarray([...GITHUB_CLAIM_KEYS], { minLength: 2 });
    fc.assert(
      fc.property(name, name, run, keys, (owner, repo, own, claimKeys) => {
        const subject = { owner, repo, ...IDS, ...own, claimKeys };
        if (validateSubject(subject).length > 0) return;
        const [written = ""] = formatGitHubSubjects(subject);
        const context =
          "branch" in own
            ? ["ref", `refs/heads/${own.branch}`]
            : ["environment", own.environment];
        const claims: Readonly<Record<GitHubClaimKey, readonly string[]>> = {
          repo: ["repo", `${owner}@123/${repo}@456`],
          repository: ["repository", `${owner}/${repo}`],
          repository_id: ["repository_id", "456"],
          repository_owner: ["repository_owner", owner],
          repository_owner_id: ["repository_owner_id", "123"],
          context,
          environment: context,
          ref: context,
        };
        const parsed = parseGitHubSubject(written);
        expect(parsed.rest).toBe("");
        expect(parsed.claims.map(({ key, value }) => [key, value])).toEqual(
          claimKeys.map((key) => claims[key]),
        );
      }),
    );
  });
});

describe("a GitHub subject fails when", () => {
  test.each<[string, GitHubSubject, RegExp]>([
    [
      "alsoClassic is set without ids",
      { ...BRANCH, alsoClassic: true },
      /^alsoClassic requires the GitHub ids/,
    ],
    [
      "its owner is a pattern",
      { ...BRANCH, owner: "*" },
      /^GitHub owner must be .*got "\*"$/,
    ],
    [
      "its owner has a pattern in it",
      { ...BRANCH, owner: "oct?" },
      /^GitHub owner must be .*got "oct\?"$/,
    ],
    [
      "its owner is empty",
      { ...BRANCH, owner: "" },
      /^GitHub owner must be .*got ""$/,
    ],
    [
      "its owner has a colon",
      { ...BRANCH, owner: "octo:x" },
      /^GitHub owner must be/,
    ],
    [
      "its owner names a repository",
      { ...BRANCH, owner: "octo/x" },
      /^GitHub owner must be/,
    ],
    [
      "its owner contains an id",
      { ...BRANCH, owner: "octo@123" },
      /^GitHub owner must be/,
    ],
    [
      "its repository is a pattern",
      { ...BRANCH, repo: "*" },
      /^GitHub repository must be .*got "\*"$/,
    ],
    [
      "its repository has a pattern in it",
      { ...BRANCH, repo: "auth-?" },
      /^GitHub repository must be/,
    ],
    [
      "its repository has a colon",
      { ...BRANCH, repo: "auth:ref" },
      /^GitHub repository must be/,
    ],
    [
      "its repository contains an id",
      { ...BRANCH, repo: "auth@4" },
      /^GitHub repository must be/,
    ],
    [
      "its branch is a pattern",
      { ...BRANCH, branch: "*" },
      /^GitHub branch, environment or tag must be .*got "\*"$/,
    ],
    [
      "its branch has a pattern in it",
      { ...BRANCH, branch: "release/?" },
      /^GitHub branch, environment or tag must be/,
    ],
    [
      "its branch is empty",
      { ...BRANCH, branch: "" },
      /^GitHub branch, environment or tag must be .*got ""$/,
    ],
    [
      "its tag is a pattern",
      { ...REPOSITORY, tag: "v*" },
      /^GitHub branch, environment or tag must be .*got "v\*"$/,
    ],
    [
      "its environment is a pattern",
      { ...REPOSITORY, environment: "prod*" },
      /^GitHub branch, environment or tag must be .*got "prod\*"$/,
    ],
    [
      "its environment has a line break",
      { ...REPOSITORY, environment: "a\nb" },
      /^GitHub branch, environment or tag must be .*got "a\\nb"$/,
    ],
    [
      "its owner id is a name",
      { ...BRANCH, ...IDS, ownerId: "octo" },
      /^GitHub owner id must be .*got "octo"$/,
    ],
    [
      "its repository id is a pattern",
      { ...BRANCH, ...IDS, repoId: "*" },
      /^GitHub repository id must be .*got "\*"$/,
    ],
    [
      "its repository id is missing",
      { ...BRANCH, ownerId: "123" },
      /^GitHub owner id and repository id must be set together, got only the owner id$/,
    ],
    [
      "its owner id is missing",
      { ...BRANCH, repoId: "456" },
      /^GitHub owner id and repository id must be set together, got only the repository id$/,
    ],
    [
      "its claim keys have no repository",
      { ...BRANCH, claimKeys: ["repository_owner", "context"] },
      /^GitHub claim keys must include repo, repository or repository_id, got "repository_owner,context"$/,
    ],
    [
      "its claim keys are not supported",
      {
        ...BRANCH,
        claimKeys: ["repo", "workflow" as GitHubClaimKey, "context"],
      },
      /^GitHub claim keys must be among repo, repository, .*, ref, got "repo,workflow,context"$/,
    ],
    [
      "it has no branch, environment or tag",
      REPOSITORY as GitHubSubject,
      /^GitHub branch, environment or tag must be .*got ""$/,
    ],
    [
      "its claim keys have a key twice",
      { ...BRANCH, claimKeys: ["repo", "context", "repo"] },
      /^GitHub claim keys must not repeat a key, got "repo,context,repo"$/,
    ],
    [
      "its claim keys have no branch",
      { ...BRANCH, claimKeys: ["repo"] },
      /^GitHub claim keys must include context or ref, got "repo"$/,
    ],
    [
      "its claim keys have no environment",
      { ...REPOSITORY, environment: "prod", claimKeys: ["repo"] },
      /^GitHub claim keys must include context or environment, got "repo"$/,
    ],
    [
      "its claim keys have an environment, which a branch has not",
      { ...BRANCH, claimKeys: ["repo", "context", "environment"] },
      /^GitHub claim keys must not include environment with a branch or tag, got/,
    ],
    [
      "its claim keys have a branch, which an environment has not",
      {
        ...REPOSITORY,
        environment: "prod",
        claimKeys: ["repo", "context", "ref"],
      },
      /^GitHub claim keys must not include ref with an environment, got/,
    ],
    [
      "its claim keys have an id that is not set",
      { ...BRANCH, claimKeys: ["repository_id", "ref"] },
      /^GitHub claim keys must not include an id without the ids of the GitHub owner and repository, got/,
    ],
    [
      "its claim keys have the id of an owner that is not set",
      { ...BRANCH, claimKeys: ["repo", "ref", "repository_owner_id"] },
      /^GitHub claim keys must not include an id without the ids of the GitHub owner and repository, got/,
    ],
  ])("%s", (_, subject, message) => {
    expect(validateSubject(subject)).toEqual([expect.stringMatching(message)]);
  });
});

describe("findUngatedSubjects", () => {
  const REPOSITORY = { owner: "octo", repo: "auth" };

  test("returns subjects of branches, tags and pull requests, with and without ids", () => {
    expect(
      findUngatedSubjects(
        [
          { ...REPOSITORY, branch: "main" },
          { ...REPOSITORY, ownerId: "1", repoId: "2", tag: "environment:a" },
          "repo:octo/auth:pull_request",
        ],
        GITHUB,
      ),
    ).toEqual([
      "repo:octo/auth:ref:refs/heads/main",
      "repo:octo@1/auth@2:ref:refs/tags/environment%3Aa",
      "repo:octo/auth:pull_request",
    ]);
  });

  test("excludes subjects of environments and of other issuers", () => {
    expect(
      findUngatedSubjects(
        [
          { ...REPOSITORY, environment: "prod" },
          "repo:octo@1/auth@2:environment:prod",
          "project_path:group/project:ref_type:branch:ref:main",
        ],
        "gitlab.com",
      ),
    ).toEqual([]);
  });
});
