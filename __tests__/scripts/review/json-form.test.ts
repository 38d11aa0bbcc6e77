import Ajv from "ajv/dist/2020";
import fc from "fast-check";
import { reviewJson } from "../../../scripts/lib/review/json-form";
import { say } from "../../../scripts/lib/access/phrase";
import {
  GATE_POLICIES,
  REVIEW_VERSION,
} from "../../../scripts/lib/review/plan-review";
import schema from "../../../scripts/plan-review.schema.json";
import {
  ANY_NAME,
  FULL,
  loss,
  review,
  reviewOf,
  reviewWithoutStage,
} from "../../support/plan-reviews";

const validate = new Ajv({ allErrors: true }).compile(schema);

function problemsOf(document: unknown): readonly string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath} ${message ?? ""}`,
      );
}

function documentOf(of = FULL): Record<string, unknown> {
  return JSON.parse(reviewJson(of)) as Record<string, unknown>;
}

test.each([
  ["with everything", FULL],
  ["of nothing", review()],
  ["of no stage", reviewWithoutStage()],
  ["of many of everything", reviewOf("`", { losses: 100, changes: 100 })],
])("a review %s is as the schema describes it", (_, of) => {
  expect(problemsOf(documentOf(of))).toEqual([]);
});

test("a review is as the schema describes it whatever its names are, and has them as they came", () => {
  fc.assert(
    fc.property(ANY_NAME, (name) => {
      const text = reviewJson(reviewOf(name));
      expect(text.replaceAll("\n", "")).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
      );
      const document: unknown = JSON.parse(text);
      expect(problemsOf(document)).toEqual([]);
      expect(document).toMatchObject({
        stage: name,
        drift: [`a ${name}${name}, ${name}`],
      });
    }),
  );
});

test.each([
  ["has no hash", { hash: undefined }, " must have required property 'hash'"],
  [
    "is of another version",
    { version: 2 },
    "/version must be equal to constant",
  ],
  [
    "has a key too many",
    { secret: "x" },
    " must NOT have additional properties",
  ],
  [
    "has a gravity of its own",
    { losses: [{ ...loss(), told: "x", gravity: "x" }] },
    "/losses/0/gravity must be equal to one of the allowed values",
  ],
  [
    "has a sentence in parts",
    { drift: [say`tag ${"owner"}`] },
    "/drift/0 must be string",
  ],
  [
    "counts less than none",
    { verdict: { add: -1 } },
    "/verdict/add must be >= 0",
  ],
])("the schema fails when a document %s", (_, changes, problem) => {
  const document: unknown = JSON.parse(
    JSON.stringify({ ...documentOf(), ...changes }),
  );
  expect(problemsOf(document)).toContain(problem);
});

test("the keys are in one order, whatever order they came in", () => {
  const turned = Object.fromEntries(
    Object.entries(FULL).reverse(),
  ) as unknown as typeof FULL;
  expect(reviewJson(turned)).toBe(reviewJson(FULL));
  expect(Object.keys(documentOf())).toEqual(Object.keys(schema.properties));
});

test("every key is in the schema, described, and nothing else is allowed beside them", () => {
  const found: string[] = [];
  const look = (part: unknown, place: string): void => {
    if (typeof part !== "object" || part === null) return;
    const { type, properties, additionalProperties } = part as Record<
      string,
      unknown
    >;
    if (type === "object" && additionalProperties !== false) found.push(place);
    for (const [key, property] of Object.entries(properties ?? {}))
      if ((property as { description?: string }).description === undefined)
        found.push(`${place}/${key}`);
    for (const [key, value] of Object.entries(part))
      look(value, `${place}/${key}`);
  };
  look(schema, "");
  expect(found).toEqual([]);
});

test("the schema knows the model's version and the gate's policies", () => {
  expect(schema.properties.version.const).toBe(REVIEW_VERSION);
  expect(schema.properties.gate.properties.policy.enum).toEqual([
    ...GATE_POLICIES,
  ]);
  expect(schema.$id).toBe("plan-review.schema.json");
});
