import type { PolicyStatement } from "../../constructs/policy-document";

type Texts = string | readonly string[];

/** A request that statements are evaluated for. */
export interface EvaluatedRequest {
  /** Values of the element `Principal` that match the sender. */
  readonly principals: readonly string[];
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys. A list is the value of a key with multiple values. */
  readonly context: Readonly<Record<string, Texts>>;
}

/** Elements of statements. Those that the evaluation would ignore are refused. */
const ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "Action",
  "Resource",
  "Condition",
];

/**
 * Returns the effect of statements on a request, as IAM evaluates them. The tests compare the project with it, so it shares no
 * code with the project.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function evaluateStatements(
  statements: readonly PolicyStatement[],
  request: EvaluatedRequest,
): "Allow" | "Deny" | undefined {
  // a statement that denies overrides those that allow
  const effects = statements
    .filter((statement) => matchesStatement(statement, request))
    .map(({ Effect }) => Effect);
  return effects.includes("Deny") ? "Deny" : effects[0];
}

function matchesStatement(
  statement: PolicyStatement,
  { principals, action, resource, context }: EvaluatedRequest,
): boolean {
  const unknown = Object.keys(statement).filter(
    (element) => !ELEMENTS.includes(element),
  );
  if (unknown.length > 0 || JSON.stringify(statement).includes("${"))
    throw new Error(`cannot evaluate ${JSON.stringify(statement)}`);
  const { Principal, Action, Resource = "*", Condition = {} } = statement;
  return (
    (Principal === undefined ||
      Object.values(Principal)
        .flat()
        .some((principal) => principals.includes(principal))) &&
    [Action].flat().some((pattern) => matchesAction(action, pattern)) &&
    [Resource].flat().some((pattern) => matchesArn(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) =>
        matchesCondition(operator, findValue(context, key), [expected].flat()),
      ),
    )
  );
}

function matchesAction(action: string, pattern: string): boolean {
  return matchesPattern(action.toLowerCase(), pattern.toLowerCase());
}

/** Condition keys are not case-sensitive. */
function findValue(
  context: EvaluatedRequest["context"],
  key: string,
): Texts | undefined {
  return Object.entries(context).find(
    ([name]) => name.toLowerCase() === key.toLowerCase(),
  )?.[1];
}

const COMPARISONS: Readonly<
  Record<string, (value: string, expected: string) => boolean>
> = {
  StringEquals: (value, expected) => value === expected,
  StringEqualsIgnoreCase: (value, expected) =>
    value.toLowerCase() === expected.toLowerCase(),
  StringLike: matchesPattern,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
};

function matchesCondition(
  operator: string,
  value: Texts | undefined,
  expected: readonly string[],
): boolean {
  if (operator === "Null")
    return expected.includes(String(value === undefined));
  const [, quantifier, name = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = /^(String|Arn)Not/.test(name);
  const { [name.replace("Not", "")]: compare } = COMPARISONS;
  if (compare === undefined) throw new Error(`unknown operator ${operator}`);
  const matches = (one: string): boolean =>
    expected.some((other) => compare(one, other)) !== isNegated;
  if (value === undefined)
    return (
      ifExists !== undefined ||
      (quantifier === undefined ? isNegated : quantifier === "ForAllValues")
    );
  switch (quantifier) {
    case "ForAllValues":
      return [value].flat().every(matches);
    case "ForAnyValue":
      return [value].flat().some(matches);
    default:
      // AWS evaluates only a key with one value without a quantifier
      return typeof value === "string" && matches(value);
  }
}

/** Compares the six parts of ARNs, each with its own wildcards. */
function matchesArn(arn: string, pattern: string): boolean {
  if (pattern === "*") return true;
  const parts = splitArn(arn);
  const patterns = splitArn(pattern);
  return (
    parts.length === patterns.length &&
    parts.every((part, index) => matchesPattern(part, patterns[index] ?? ""))
  );
}

function splitArn(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function matchesPattern(text: string, pattern: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
