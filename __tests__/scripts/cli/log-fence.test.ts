import { fenceText, withLogFence } from "../../../scripts/lib/cli/log-fence";

const IN_ACTIONS = { GITHUB_ACTIONS: "true" };

describe("a text for the log of a job", () => {
  test("has a fence with a random token, so that no line of it is a command", () => {
    const text = "::add-mask::a\n::stop-commands::b\n::b::";
    const [open = "", ...rest] = fenceText(text, IN_ACTIONS).split("\n");
    const token = /^::stop-commands::([0-9a-f]{32})$/.exec(open)?.[1];
    expect(token).toBeDefined();
    expect(rest.join("\n")).toBe(`${text}\n::${token ?? ""}::`);
    expect(fenceText(text, IN_ACTIONS)).not.toContain(token);
  });

  test.each([{}, { GITHUB_ACTIONS: "" }, { GITHUB_ACTIONS: "false" }])(
    "is unchanged with %j",
    (env) => {
      expect(fenceText("a", env)).toBe("a");
    },
  );

  test("is enclosed in a fence, even if the job fails", async () => {
    const before = process.env.GITHUB_ACTIONS;
    process.env.GITHUB_ACTIONS = "true";
    const lines: string[] = [];
    try {
      await expect(
        withLogFence(
          (line) => lines.push(line),
          () => {
            lines.push("between");
            return Promise.reject(new Error("failed"));
          },
        ),
      ).rejects.toThrow("failed");
    } finally {
      if (before === undefined) delete process.env.GITHUB_ACTIONS;
      else process.env.GITHUB_ACTIONS = before;
    }
    expect(lines).toEqual([
      expect.stringMatching(/^::stop-commands::[0-9a-f]+$/),
      "between",
      expect.stringMatching(/^::[0-9a-f]+::$/),
    ]);
  });
});
