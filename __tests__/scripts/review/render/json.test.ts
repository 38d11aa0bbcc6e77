import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import {
  GATE_POLICIES,
  REVIEW_VERSION,
} from "../../../../scripts/lib/review/review-model";
import { renderJson } from "../../../../scripts/lib/review/render/json";
import { RULE_IDS } from "../../../../scripts/lib/review/rules/registry";
import { SEVERITIES } from "../../../../scripts/lib/review/rules/rule";
import schema from "../../../../scripts/plan-review.schema.json";
import {
  ANY_NAME,
  ENTRY,
  FULL,
  review,
  arbitraryReview,
  reviewWithoutStage,
  sentence,
} from "../../../support/plan-reviews";

const validate = new Ajv({ allErrors: true }).compile(schema);

function listProblems(document: unknown): readonly string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath} ${message ?? ""}`,
      );
}

function renderDocument(of = FULL): Record<string, unknown> {
  return JSON.parse(renderJson(of)) as Record<string, unknown>;
}

test.each([
  ["with everything", FULL],
  ["of nothing", review()],
  ["of no stage", reviewWithoutStage()],
  [
    "of many of everything",
    arbitraryReview("`", { findings: 100, changes: 100 }),
  ],
])("a review %s matches the schema", (_, of) => {
  expect(listProblems(renderDocument(of))).toEqual([]);
});

test("a review matches the schema with any names, and has them unchanged", () => {
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      const text = renderJson(arbitraryReview(name));
      expect(text.replaceAll("\n", "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
      const document: unknown = JSON.parse(text);
      expect(listProblems(document)).toEqual([]);
      expect(document).toMatchObject({
        stage: name,
        drift: [`a ${name}${name}, ${name}`],
        gate: { allowList: [{ address: name }] },
      });
    }),
  );
});

test("a finding has its consequences, and states whether its part of the plan is reviewed", () => {
  const { findings } = renderDocument();
  expect(findings).toMatchObject([
    {
      message: "all users of veda are lost",
      consequences: [
        { rule: "client-destroyed", message: "client web is destroyed" },
      ],
    },
    { allowed: { reason: "no one uses it", expires: "2027-01-31" } },
    { rule: "password-policy-weakened" },
    {
      rule: "plan-partial",
      message: "not reviewed: changes outside it are not part of this plan",
    },
  ]);
});

test.each([
  ["has no hash", { hash: undefined }, " must have required property 'hash'"],
  [
    "is of another version",
    { version: 1 },
    "/version must be equal to constant",
  ],
  [
    "has one member too many",
    { secret: "x" },
    " must NOT have additional properties",
  ],
  [
    "has an unknown severity",
    { findings: [{ ...FULL.findings[0], message: "x", severity: "loss" }] },
    "/findings/0/severity must be equal to one of the allowed values",
  ],
  [
    "has an unknown rule",
    {
      findings: [{ ...FULL.findings[0], message: "x", rule: "user-pool-lost" }],
    },
    "/findings/0/rule must be equal to one of the allowed values",
  ],
  [
    "has a consequence with consequences",
    {
      findings: [
        { ...FULL.findings[0], message: "x", consequences: FULL.findings },
      ],
    },
    "/findings/0/consequences/0 must NOT have additional properties",
  ],
  [
    "has a sentence in parts",
    { drift: [sentence`tag ${"owner"}`] },
    "/drift/0 must be string",
  ],
  [
    "counts less than none",
    { verdict: { add: -1 } },
    "/verdict/add must be >= 0",
  ],
  [
    "permits an unknown rule",
    {
      gate: {
        policy: "off",
        passes: true,
        stoppedBy: [],
        notices: [],
        allowList: [{ ...ENTRY, rule: ["user-pool-replaced", "x"] }],
      },
    },
    "/gate/allowList/0/rule/1 must be equal to one of the allowed values",
  ],
])("the schema fails when a document %s", (_, changes, problem) => {
  const document: unknown = JSON.parse(
    JSON.stringify({ ...renderDocument(), ...changes }),
  );
  expect(listProblems(document)).toContain(problem);
});

test("the members have a fixed order", () => {
  const turned = Object.fromEntries(
    Object.entries(FULL).reverse(),
  ) as unknown as typeof FULL;
  expect(renderJson(turned)).toBe(renderJson(FULL));
  expect(Object.keys(renderDocument())).toEqual(Object.keys(schema.properties));
});

test("every member is in the schema, described, and no other is allowed", () => {
  const found: string[] = [];
  const look = (part: unknown, path: string): void => {
    if (typeof part !== "object" || part === null) return;
    const { type, properties, additionalProperties } = part as Record<
      string,
      unknown
    >;
    if (type === "object" && additionalProperties !== false) found.push(path);
    for (const [key, property] of Object.entries(properties ?? {}))
      if ((property as { description?: string }).description === undefined)
        found.push(`${path}/${key}`);
    for (const [key, value] of Object.entries(part))
      look(value, `${path}/${key}`);
  };
  look(schema, "");
  expect(found).toEqual([]);
});

test("the schema knows the model's version, policies, severities and rules", () => {
  expect(schema.properties.version.const).toBe(REVIEW_VERSION);
  expect(schema.properties.gate.properties.policy.enum).toEqual([
    ...GATE_POLICIES,
  ]);
  expect(schema.$defs.severity.enum).toEqual([...SEVERITIES]);
  expect(schema.$defs.rule.enum).toEqual([...RULE_IDS]);
  expect(schema.$id).toBe("plan-review.schema.json");
});
