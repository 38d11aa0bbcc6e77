import {
  failures,
  isGood,
  matrixTable,
  type MatrixRow,
  type Outcome,
} from "./matrix-table";

function outcome(text: string, rest: Partial<Outcome> = {}): Outcome {
  return { ok: true, text, seconds: 1, details: [], ...rest };
}

const good: MatrixRow = {
  variant: "node22",
  versions: ["Node 22.1.0"],
  outcomes: {
    install: outcome("Node 22.1.0"),
    unitTests: outcome("12 passed"),
    synth: outcome("2 files, the same bytes"),
    apply: outcome("34 resources"),
    secondPlan: outcome("empty"),
  },
};
const bad: MatrixRow = {
  variant: "other",
  versions: ["Node 22.1.0", "other 1.0.0"],
  outcomes: {
    ...good.outcomes,
    typeCheck: outcome("failed", { ok: false, details: ["a.ts: no | yes"] }),
    unitTests: outcome("11 passed, 1 failed", { ok: false, log: "/logs/unit" }),
  },
};

describe("the table of variants", () => {
  test("has a row for each, and tells what failed", () => {
    expect(matrixTable([good, bad])).toBe(
      [
        "| Variant | With | Type-check | Unit tests | Synthesized JSON | Apply | Second plan | Good |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| node22 | Node 22.1.0 |  | 12 passed | 2 files, the same bytes | 34 resources | empty | yes |",
        "| other | Node 22.1.0, other 1.0.0 | **failed** | **11 passed, 1 failed** | 2 files, the same bytes | 34 resources | empty | no |",
      ].join("\n"),
    );
  });

  test("keeps a text with a bar in its cell", () => {
    const outcomes = { ...good.outcomes, apply: outcome("a|b\nc") };
    expect(matrixTable([{ ...good, outcomes }])).toContain("| a\\|b c |");
  });

  test("is followed by what explains it, and where all of it is", () => {
    expect(failures([good, bad])).toEqual([
      "other: type-check: failed",
      "  a.ts: no | yes",
      "other: unit tests: 11 passed, 1 failed",
      "  all of it: /logs/unit",
    ]);
  });
});

describe("a variant is good", () => {
  test("when all of its steps are", () => {
    expect([isGood(good), isGood(bad)]).toEqual([true, false]);
  });

  test.each(["unitTests", "synth", "apply", "secondPlan"] as const)(
    "not when it did not come to %s",
    (step) => {
      const outcomes = { ...good.outcomes, [step]: undefined };
      expect(isGood({ ...good, outcomes })).toBe(false);
      expect(matrixTable([{ ...good, outcomes }])).toContain("| not run |");
    },
  );
});
