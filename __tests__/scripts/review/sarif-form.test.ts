import fc from "fast-check";
import { say } from "../../../scripts/lib/access/phrase";
import type { PlanReview } from "../../../scripts/lib/review/plan-review";
import { reviewSarif } from "../../../scripts/lib/review/sarif-form";
import {
  ANY_NAME,
  FULL,
  loss,
  review,
  reviewOf,
  reviewWithoutStage,
} from "../../support/plan-reviews";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly unknown[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly unknown[];
}
interface Text {
  readonly text: string;
}
interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly rules: readonly {
        readonly id: string;
        readonly shortDescription: Text;
        readonly fullDescription: Text;
        readonly help: Text;
      }[];
    };
  };
  readonly automationDetails?: { readonly id: string };
  readonly invocations: readonly unknown[];
  readonly results: readonly Result[];
}

function runOf(of: PlanReview): Run {
  const log = JSON.parse(reviewSarif(of)) as {
    readonly version: string;
    readonly runs: readonly Run[];
  };
  const [run] = log.runs;
  if (run === undefined || log.runs.length > 1 || log.version !== "2.1.0")
    throw new Error("a log of one run must come");
  return run;
}

function fingerprintsOf(of: PlanReview): readonly string[] {
  return runOf(of).results.map(
    ({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash,
  );
}

test("losses and access gained are results of one run, by how grave they are", () => {
  const { tool, results, automationDetails } = runOf(FULL);
  expect(tool.driver.name).toBe("review-plan");
  expect(automationDetails).toEqual({ id: "review-plan/dev/" });
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["user-pool-replaced", "error"],
    ["client-deleted", "error"],
    ["password-weaker", "warning"],
    ["access-gained", "note"],
  ]);
  expect(results.map(({ message }) => message.text)).toEqual([
    "everyone in veda has to sign up again; at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced",
    'nobody can sign in by web; at aws_cognito_user_pool_client.client["web"]; rule client-deleted; allowed until 2027-01-31: nobody uses it',
    "a password of 8 characters is enough; at aws_cognito_user_pool.pool; rule password-weaker",
    "group readers may now write data-store",
  ]);
});

test("every result has a place that GitHub takes, and the address in Terraform", () => {
  const physicalLocation = {
    artifactLocation: { uri: "main.ts", uriBaseId: "%SRCROOT%" },
    region: { startLine: 1 },
  };
  const { results } = runOf(FULL);
  expect(results[0]?.locations).toEqual([
    {
      physicalLocation,
      logicalLocations: [
        { fullyQualifiedName: "aws_cognito_user_pool.pool", kind: "resource" },
      ],
    },
  ]);
  expect(results.at(-1)?.locations).toEqual([{ physicalLocation }]);
});

test("what is allowed is suppressed with its reason, and nothing else is", () => {
  expect(runOf(FULL).results.map(({ suppressions }) => suppressions)).toEqual([
    undefined,
    [
      {
        kind: "external",
        status: "accepted",
        justification: "nobody uses it (until 2027-01-31)",
      },
    ],
    undefined,
    undefined,
  ]);
});

test("every rule is there once, described, where its results look for it", () => {
  const { tool, results } = runOf(
    review({ losses: [loss(), loss({ address: "x" }), ...FULL.losses] }),
  );
  const { rules } = tool.driver;
  expect(rules[0]).toEqual({
    id: "user-pool-replaced",
    shortDescription: { text: "User pool replaced" },
    fullDescription: {
      text: "User pool replaced. People or programs lose what cannot be given back.",
    },
    help: {
      text: "People or programs lose what cannot be given back. What is meant to happen is allowed by an entry with a reason and the day on which it expires.",
    },
    defaultConfiguration: { level: "error" },
  });
  expect(rules).toHaveLength(3);
  for (const { ruleId, ruleIndex } of results)
    expect(rules[ruleIndex]?.id).toBe(ruleId);
});

describe("a fingerprint", () => {
  test("stays when something else is found before it, or it is told otherwise", () => {
    const [first] = fingerprintsOf(review({ losses: [loss()] }));
    const later = fingerprintsOf(
      review({ losses: [loss({ address: "x" }), loss({ told: ["x"] })] }),
    );
    expect(later[1]).toBe(first);
  });

  test("is another one for another rule, address, stage or sentence", () => {
    const found = [
      review({ losses: [loss()] }),
      review({ stage: "staging", losses: [loss()] }),
      review({ losses: [loss({ rule: "x" })] }),
      review({ losses: [loss({ address: "x" })] }),
      review({ access: { gained: [["x"], ["y"]], lost: [], unknown: [] } }),
      review({ losses: [loss(), loss()] }),
    ].flatMap(fingerprintsOf);
    // the first and that of the two alike are the same
    expect(new Set(found).size).toBe(found.length - 1);
  });
});

test("a plan of no stage that loses nothing is a run without results", () => {
  const run = runOf(reviewWithoutStage());
  expect(run).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
  expect(run).not.toHaveProperty("automationDetails");
});

test("more results than GitHub takes are counted", () => {
  const run = runOf(reviewOf("a", { losses: 25_010, changes: 0 }));
  expect(run.results).toHaveLength(25_000);
  expect(run.invocations).toEqual([
    {
      executionSuccessful: true,
      toolExecutionNotifications: [
        {
          level: "warning",
          message: { text: "11 results more are left out." },
        },
      ],
    },
  ]);
});

test("a name makes no link and ends no line, whatever it is", () => {
  const linking = review({
    losses: [loss({ told: say`${"[a](https://example.org)"}` })],
  });
  expect(runOf(linking).results[0]?.message.text).toContain(
    "[a] (https://example.org); ",
  );
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      for (const { message } of runOf(reviewOf(name)).results) {
        expect(message.text).not.toMatch(/\]\(/);
        expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});
