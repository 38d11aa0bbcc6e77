import { formatMatrix, isSame, type MatrixResult } from "./report";
import type { StepResult } from "./steps";

const ok: StepResult = { step: "apply", status: "ok", reasons: [] };
const failed: StepResult = {
  step: "apply",
  status: "failed",
  reasons: ["creating a pool: NotImplemented"],
};

function createResult(values: Partial<MatrixResult> = {}): MatrixResult {
  return {
    target: "LOCAL_AWS_ENDPOINT",
    account: "000000000000",
    prefix: "veda-matrix-1",
    configurations: [{ name: "minimal", steps: [ok] }],
    remaining: [],
    ...values,
  };
}

test("a run is the same if all steps are ok and nothing remains", () => {
  expect(isSame(createResult())).toBe(true);
  expect(formatMatrix(createResult())).toMatch(
    /^configuration .*\nminimal +- +- +- +ok( +-){5}\n\nLOCAL_AWS_ENDPOINT: 1 ok, as with the local AWS/,
  );
});

test.each(["differs", "failed", "skipped"] as const)(
  "a step that is %s is a difference",
  (status) => {
    const steps = [ok, { ...failed, status }];
    const configurations = [{ name: "minimal", steps }];
    expect(isSame(createResult({ configurations }))).toBe(false);
  },
);

test("a resource that remains is a difference, and is listed", () => {
  const result = createResult({ remaining: ["bucket x"] });
  expect(isSame(result)).toBe(false);
  expect(formatMatrix(result)).toContain("Not deleted:\n  bucket x");
});

test("shows the reasons of each step, without control characters", () => {
  const reasons = ["first\u001b[31m", "second"];
  const configurations = [
    { name: "minimal", steps: [ok, { ...failed, reasons }] },
    { name: "managers", steps: [ok] },
  ];
  const text = formatMatrix(createResult({ configurations }));
  expect(text).toContain("minimal: apply failed\n  first\\u001b[31m\n  second");
  expect(text).toContain("2 ok, 1 failed; 0 resources remain");
});
