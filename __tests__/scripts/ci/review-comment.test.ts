import {
  type Account,
  GithubClient,
  WORKFLOW_ACCOUNT,
} from "../../../scripts/lib/ci/github-client";
import { upsertComment } from "../../../scripts/lib/ci/review-comment";
import { FakeGithub, JOB_TOKEN, REPOSITORY } from "../../support/fake-github";

const MARKER = "<!-- veda-auth-plan-review:dev -->";
const BODY = `${MARKER}\n### Stage \`dev\`: no changes\n`;
const OLD = `${MARKER}\nold`;

describe("the comment on a pull request", () => {
  let github: FakeGithub;

  beforeEach(async () => {
    github = await FakeGithub.start();
  });

  afterEach(async () => {
    await github.stop();
  });

  const upsert = async (body = BODY, marker = MARKER) =>
    upsertComment(
      new GithubClient(
        {
          GITHUB_API_URL: github.endpoint,
          GITHUB_REPOSITORY: REPOSITORY,
          GITHUB_TOKEN: JOB_TOKEN,
        },
        { log: () => undefined, pause: () => Promise.resolve() },
      ),
      { pullRequest: 7, marker, body },
    );
  const bodies = () => (github.comments.get(7) ?? []).map(({ body }) => body);
  const calls = () =>
    github.received.map(({ method, url }) => `${method} ${url}`);

  test("is added if there is none", async () => {
    github.addComment(8, OLD, WORKFLOW_ACCOUNT);
    expect(await upsert()).toBe("created");
    expect(bodies()).toEqual([BODY]);
    expect(github.comments.get(8)?.[0]?.body).toBe(OLD);
    expect(calls()).toEqual([
      `GET /repos/${REPOSITORY}/issues/7/comments?per_page=100&page=1`,
      `POST /repos/${REPOSITORY}/issues/7/comments`,
    ]);
  });

  test("is updated after more than a page of others", async () => {
    for (let count = 0; count < 150; count += 1)
      github.addComment(7, "x", { login: "another", type: "User" });
    github.addComment(7, OLD, WORKFLOW_ACCOUNT);
    expect(await upsert()).toBe("updated");
    expect(bodies()).toHaveLength(151);
    expect(bodies().at(-1)).toBe(BODY);
    expect(calls().at(-1)).toBe(
      `PATCH /repos/${REPOSITORY}/issues/comments/151`,
    );
  });

  test.each([
    ["unchanged", BODY],
    ["with other line ends", BODY.replaceAll("\n", "\r\n")],
    ["without its last line end", BODY.trimEnd()],
  ])("is not updated if its text is the same, %s", async (_, body) => {
    github.addComment(7, body, WORKFLOW_ACCOUNT);
    expect(await upsert()).toBe("unchanged");
    expect(bodies()).toEqual([body]);
    expect(calls()).toHaveLength(1);
  });

  test("is the oldest of several, and the others do not change", async () => {
    github.addComment(7, OLD, WORKFLOW_ACCOUNT);
    github.addComment(7, BODY, WORKFLOW_ACCOUNT);
    expect(await upsert()).toBe("updated");
    expect(bodies()).toEqual([BODY, BODY]);
  });

  test("is separate for each stage", async () => {
    const other = MARKER.replace("dev", "staging");
    github.addComment(7, `${other}\nold`, WORKFLOW_ACCOUNT);
    expect(await upsert()).toBe("created");
    expect(await upsert(`${other}\nnew`, other)).toBe("updated");
    expect(bodies()).toEqual([`${other}\nnew`, BODY]);
  });

  test.each<[string, string, Account | null]>([
    ["of a user", OLD, { login: "another", type: "User" }],
    ["of a user with that name", OLD, { ...WORKFLOW_ACCOUNT, type: "User" }],
    ["of another app", OLD, { login: "other-app[bot]", type: "Bot" }],
    ["of a deleted account", OLD, null],
    ["about something else", `x\n${MARKER}`, WORKFLOW_ACCOUNT],
  ])("is never one %s", async (_, body, user) => {
    github.addComment(7, body, user);
    expect(await upsert()).toBe("created");
    expect(bodies()).toEqual([body, BODY]);
  });

  test("fails when GitHub denies the request, naming the permission", async () => {
    github.addComment(7, OLD, WORKFLOW_ACCOUNT);
    await expect(upsert(`${MARKER}${"a".repeat(65_536)}`)).rejects.toThrow(
      'GitHub request PATCH issues/comments/1 failed: HTTP 422, "body is too long"',
    );
    await expect(
      upsertComment(
        new GithubClient(
          {
            GITHUB_API_URL: github.endpoint,
            GITHUB_REPOSITORY: REPOSITORY,
            GITHUB_TOKEN: "another",
          },
          { log: () => undefined },
        ),
        { pullRequest: 7, marker: MARKER, body: BODY },
      ),
    ).rejects.toMatchObject({
      hint: expect.stringContaining("pull-requests: write") as string,
    });
  });
});
