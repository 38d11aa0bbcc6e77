import fc from "fast-check";
import type { PlanReview } from "../../../../scripts/lib/review/review-model";
import { renderSarif } from "../../../../scripts/lib/review/render/sarif";
import { RULES } from "../../../../scripts/lib/review/rules/registry";
import {
  access,
  ANY_NAME,
  finding,
  FULL,
  redacted,
  review,
  arbitraryReview,
  reviewWithoutStage,
  sentence,
} from "../../../support/plan-reviews";

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

function renderRun(of: PlanReview): Run {
  const log = JSON.parse(renderSarif(of)) as {
    readonly version: string;
    readonly runs: readonly Run[];
  };
  const [run] = log.runs;
  if (run === undefined || log.runs.length > 1 || log.version !== "2.1.0")
    throw new Error("the log must have one run");
  return run;
}

function listFingerprints(of: PlanReview): readonly string[] {
  return renderRun(of).results.map(
    ({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash,
  );
}

test("findings and access gained are results of one run, the most severe first", () => {
  const { tool, results, automationDetails } = renderRun(FULL);
  expect(tool.driver.name).toBe("review-plan");
  expect(automationDetails).toEqual({ id: "review-plan/dev/" });
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["user-pool-replaced", "error"],
    ["callback-url-removed", "error"],
    ["password-policy-weakened", "warning"],
    ["plan-partial", "warning"],
    ["access-gained", "note"],
  ]);
  expect(results.map(({ message }) => message.text)).toEqual([
    "all users of veda are lost; client web is destroyed; at aws_cognito_user_pool.pool; forced by schema; rule user-pool-replaced",
    'client web loses a callback URL; at aws_cognito_user_pool_client.client["web"]; rule callback-url-removed; allowed until 2027-01-31: no one uses it',
    "user pool veda allows passwords of 8 characters; at aws_cognito_user_pool.pool; rule password-policy-weakened",
    "not reviewed: changes outside it are not part of this plan; at plan; rule plan-partial",
    "group readers can now write data-store",
  ]);
});

test("every result has a location in the repository, and the address in Terraform", () => {
  const physicalLocation = {
    artifactLocation: { uri: "main.ts", uriBaseId: "%SRCROOT%" },
    region: { startLine: 1 },
  };
  const { results } = renderRun(FULL);
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

test("only allowed findings are suppressed, with their reasons", () => {
  expect(
    renderRun(FULL).results.map(({ suppressions }) => suppressions),
  ).toEqual([
    undefined,
    [
      {
        kind: "external",
        status: "accepted",
        justification: "no one uses it (until 2027-01-31)",
      },
    ],
    undefined,
    undefined,
    undefined,
  ]);
});

test("every rule is described once, at the index that its results have", () => {
  const { tool, results } = renderRun(
    review({
      findings: [
        finding(),
        finding({ address: redacted("x") }),
        ...FULL.findings,
      ],
      access: FULL.access,
    }),
  );
  const { rules } = tool.driver;
  expect(rules[0]).toEqual({
    id: "user-pool-replaced",
    shortDescription: { text: "User pool replaced" },
    fullDescription: {
      text: `User pool replaced. ${RULES["user-pool-replaced"].description}`,
    },
    help: {
      text: `${RULES["user-pool-replaced"].description} To permit it, add an entry with the address, the rule, a reason and a last day to the allow-list.`,
    },
    defaultConfiguration: { level: "error" },
  });
  expect(rules).toHaveLength(5);
  // access that is gained is no finding, which an entry could permit
  expect(rules.at(-1)).toMatchObject({
    id: "access-gained",
    help: { text: expect.not.stringContaining("allow-list") as string },
  });
  for (const { ruleId, ruleIndex } of results)
    expect(rules[ruleIndex]?.id).toBe(ruleId);
});

describe("a fingerprint", () => {
  test("does not depend on other findings or the message", () => {
    const [first] = listFingerprints(review({ findings: [finding()] }));
    const later = listFingerprints(
      review({
        findings: [
          finding({ address: redacted("x") }),
          finding({ message: sentence`x` }),
        ],
      }),
    );
    expect(later[1]).toBe(first);
  });

  test("differs by rule, address, stage and sentence", () => {
    const found = [
      review({ findings: [finding()] }),
      review({ stage: redacted("staging"), findings: [finding()] }),
      review({ findings: [finding({ rule: "user-pool-destroyed" })] }),
      review({ findings: [finding({ address: redacted("x") })] }),
      review({ access: access({ gained: [sentence`x`, sentence`y`] }) }),
      review({ findings: [finding(), finding()] }),
    ].flatMap(listFingerprints);
    // the first and that of the two alike are the same
    expect(new Set(found).size).toBe(found.length - 1);
  });
});

test("a plan of no stage without findings is a run without results", () => {
  const run = renderRun(reviewWithoutStage());
  expect(run).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
  expect(run).not.toHaveProperty("automationDetails");
});

test("results beyond GitHub's limit are counted", () => {
  const run = renderRun(arbitraryReview("a", { findings: 25_001, changes: 0 }));
  expect(run.results).toHaveLength(25_000);
  expect(run.invocations).toEqual([
    {
      executionSuccessful: true,
      toolExecutionNotifications: [
        {
          level: "warning",
          message: { text: "2 more results are left out." },
        },
      ],
    },
  ]);
});

test("no name creates a link or ends a line", () => {
  const linking = review({
    findings: [finding({ message: sentence`${"[a](https://example.org)"}` })],
  });
  expect(renderRun(linking).results[0]?.message.text).toContain(
    "[a] (https://example.org); ",
  );
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      for (const { message } of renderRun(arbitraryReview(name)).results) {
        expect(message.text).not.toMatch(/\]\(/);
        expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});
