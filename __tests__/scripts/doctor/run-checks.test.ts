import { UserError } from "../../../constructs/errors";
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  MissingPermission,
} from "../../../scripts/lib/doctor/check";
import { renderMarkdown } from "../../../scripts/lib/doctor/render/markdown";
import {
  renderProblems,
  renderText,
} from "../../../scripts/lib/doctor/render/text";
import { runChecks } from "../../../scripts/lib/doctor/run-checks";
import type { StateReading } from "../../../scripts/lib/doctor/parse-state";

const READ: StateReading = {
  kind: "read",
  state: {
    terraformVersion: "1.11.4",
    serial: 1,
    outputs: {},
    resources: [],
    tainted: [],
    deposed: [],
  },
};

function createContext(state: StateReading = READ): DoctorContext {
  return {
    state: Promise.resolve(state),
    target: { stage: "dev" },
  } as DoctorContext;
}

function createCheck(
  id: string,
  result: CheckResult | Error,
  more: Partial<Check> = {},
): Check {
  return {
    id,
    section: "User pool",
    run: () =>
      result instanceof Error
        ? Promise.reject(result)
        : Promise.resolve(result),
    ...more,
  };
}

const OK = createCheck("good", { status: "ok", message: "all is well" });
const WARNING = createCheck("odd", {
  status: "warning",
  message: "it should be even",
  details: ["one", "two\u001b[31m"],
  fix: "make it even",
});
const FAILED = createCheck(
  "bad",
  { status: "failed", message: "it must be | good", fix: "improve it" },
  { section: "Tools and account" },
);

test("all checks run at the same time", async () => {
  let running = 0;
  let most = 0;
  const run = async (): Promise<CheckResult> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return { status: "ok", message: "" };
  };
  await runChecks(
    ["a", "b", "c"].map((id) => ({ id, section: "User pool", run })),
    createContext(),
  );
  expect(most).toBe(3);
});

test.each([
  ["ok", [OK, WARNING], "ok"],
  ["failed", [OK, FAILED], "failed"],
  ["error", [OK, createCheck("x", new UserError("no network"))], "error"],
  ["failed", [FAILED, createCheck("x", new UserError("no network"))], "failed"],
  ["ok", [createCheck("x", new MissingPermission("s3:GetObject"))], "ok"],
] as const)("the verdict is %s", async (_name, checks, verdict) => {
  expect((await runChecks(checks, createContext())).verdict).toBe(verdict);
});

test("an error is the result of its check only", async () => {
  const { report } = await runChecks(
    [
      createCheck("user", new UserError("first\nsecond", "do this")),
      createCheck("denied", new MissingPermission("kms:Decrypt")),
      createCheck("unknown", new TypeError("the password is hunter2")),
      OK,
    ],
    createContext(),
  );
  expect(report.checks).toMatchObject([
    { status: "failed", message: "first", details: ["second"], fix: "do this" },
    { status: "skipped", message: "missing permission kms:Decrypt" },
    {
      status: "failed",
      message: "the check has an internal error: TypeError",
      details: [expect.stringMatching(/^at /)],
    },
    { status: "ok" },
  ]);
  expect(JSON.stringify(report)).not.toContain("hunter2");
  expect(report.counts).toEqual({ ok: 1, warning: 0, failed: 2, skipped: 1 });
});

test("an error of several checks is reported once", async () => {
  const error = new UserError("cannot load AWS credentials");
  const { report, verdict } = await runChecks(
    [createCheck("one", error), createCheck("two", error)],
    createContext(),
  );
  expect(report.checks[1]).toMatchObject({
    status: "skipped",
    message: "the same error as one",
  });
  expect(verdict).toBe("error");
});

test.each([
  [{ kind: "absent", isEmpty: true }, "the stage has no state"],
  [{ kind: "unreadable", error: new Error() }, "the state cannot be read"],
] as const)("without a state, %j, other checks run", async (state, message) => {
  const { report } = await runChecks(
    [OK, { ...OK, id: "free", runsWithoutState: true }],
    createContext(state),
  );
  expect(report.checks).toMatchObject([
    { id: "good", status: "skipped", message },
    { id: "free", status: "ok" },
  ]);
});

describe("a report", () => {
  const run = async () =>
    (
      await runChecks(
        [
          OK,
          WARNING,
          FAILED,
          createCheck("x", new MissingPermission("s3:GetObject")),
        ],
        createContext(),
      )
    ).report;
  const COUNTS = "Stage dev: 4 checks, 1 ok, 1 warning, 1 failed, 1 skipped";

  test("is text by section, with the counts last", async () => {
    expect(renderText(await run(), { hasColors: false })).toBe(
      [
        "Tools and account",
        "  ✗ bad: it must be | good",
        "      → improve it",
        "",
        "User pool",
        "  ✓ all is well",
        "  ! odd: it should be even",
        "      one",
        "      two\\u001b[31m",
        "      → make it even",
        "  - x: skipped: missing permission s3:GetObject",
        "",
        COUNTS,
      ].join("\n"),
    );
  });

  test("has colors on a terminal only", async () => {
    expect(renderText(await run(), { hasColors: true })).toContain(
      "\u001b[31m✗\u001b[0m bad",
    );
  });

  test("can have the problems alone", async () => {
    const text = renderProblems(await run(), { hasColors: false });
    expect(text).not.toContain("all is well");
    expect(text.split("\n").at(-1)).toBe(COUNTS);
  });

  test("is a Markdown table of all checks that are not ok", async () => {
    const lines = renderMarkdown(await run()).split("\n");
    expect(lines).toEqual([
      `### ${COUNTS}`,
      "",
      "|  | Check | Finding |",
      "| --- | --- | --- |",
      "| ❌ failed | bad | it must be \\| good<br>→ `improve it` |",
      "| ⚠️ warning | odd | it should be even<br>• one<br>• two\\\\u001b\\[31m<br>→ `make it even` |",
      "| ➖ skipped | x | missing permission s3:GetObject |",
    ]);
  });

  test("is data in the documented format", async () => {
    const { version, stage, checks } = await run();
    expect({ version, stage, last: checks.at(-1) }).toEqual({
      version: 1,
      stage: "dev",
      last: {
        id: "x",
        section: "User pool",
        status: "skipped",
        message: "missing permission s3:GetObject",
      },
    });
  });
});
