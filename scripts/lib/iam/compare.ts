import { splitConditions } from "./conditions";
import { RequestSpace, PolicyTooLargeError } from "./request-space";
import {
  toCanonicalKey,
  type Condition,
  type PatternSet,
  type Statement,
} from "./policy";

/** One principal, action, resource and set of conditions that a statement allows. */
export interface Grant<T extends string = string> {
  readonly principals: PatternSet<T> | undefined;
  readonly actions: PatternSet<T>;
  readonly resources: PatternSet<T>;
  /** Conditions with one value each. */
  readonly conditions: readonly Condition<T>[];
  /** Whether the other policies allow a part of it. */
  readonly isPartial: boolean;
  /** Address of the resource with the statement. */
  readonly origin?: T;
}

export interface AccessDifference<T extends string = string> {
  readonly gained: readonly Grant<T>[];
  readonly lost: readonly Grant<T>[];
}

/**
 * Compares policies by the requests that they allow. Order, format and redundant statements make no difference; denials
 * apply.
 *
 * @throws PolicyTooLargeError if the comparison would take too long
 */
export function compareAccess<T extends string>(
  before: readonly Statement<T>[],
  after: readonly Statement<T>[],
): AccessDifference<T> {
  if (toCanonicalKey(before) === toCanonicalKey(after))
    return { gained: [], lost: [] };
  const space = new RequestSpace([...before, ...after]);
  return {
    gained: listUncoveredGrants(after, before, space),
    lost: listUncoveredGrants(before, after, space),
  };
}

/** Returns the grants of all `Allow` statements, without applying denials. */
export function listGrants<T extends string>(
  statements: readonly Statement<T>[],
): readonly Grant<T>[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(splitStatement)
    .map((statement) => toGrant(statement, false));
}

/** Returns the grants of the first policies that the others do not fully allow. */
function listUncoveredGrants<T extends string>(
  one: readonly Statement<T>[],
  other: readonly Statement<T>[],
  space: RequestSpace,
): readonly Grant<T>[] {
  const [denied, otherDenied] = [one, other].map((statements) =>
    toCanonicalKey(statements.filter(({ effect }) => effect === "Deny")),
  );
  // with equal denials, equal statements allow the same
  const equal = new Set(
    denied === otherDenied ? other.map((same) => toCanonicalKey([same])) : [],
  );
  const differing = one.filter(
    (statement) =>
      statement.effect === "Allow" && !equal.has(toCanonicalKey([statement])),
  );
  if (differing.reduce((sum, each) => sum + countGrants(each), 0) > MAX_GRANTS)
    throw new PolicyTooLargeError();
  return differing.flatMap(splitStatement).flatMap((grant) => {
    const uncovered = space.findUncovered(grant, one, other);
    return uncovered === "none" ? [] : [toGrant(grant, uncovered === "some")];
  });
}

function toGrant<T extends string>(
  { principals, actions, resources, conditions, origin }: Statement<T>,
  isPartial: boolean,
): Grant<T> {
  return {
    principals,
    actions,
    resources,
    conditions,
    isPartial,
    ...(origin !== undefined && { origin }),
  };
}

/** Maximum number of grants to compare. */
const MAX_GRANTS = 20_000;

/** Returns the maximum number of grants of a statement. */
function countGrants({
  principals,
  actions,
  resources,
  conditions,
}: Statement): number {
  const counts = [
    principals?.patterns.length ?? 1,
    actions.patterns.length,
    resources.patterns.length,
    ...conditions.map(({ values }) => values.length),
  ];
  return counts.reduce((product, count) => product * Math.max(count, 1), 1);
}

/** Splits a statement into statements with one principal, action, resource and value of each condition. */
function splitStatement<T extends string>(
  statement: Statement<T>,
): readonly Statement<T>[] {
  const { principals } = statement;
  const principalSets =
    principals === undefined ? [undefined] : splitPatterns(principals);
  const actionSets = splitPatterns(statement.actions);
  const resourceSets = splitPatterns(statement.resources);
  const tests = splitConditions(statement.conditions);
  return principalSets.flatMap((principal) =>
    actionSets.flatMap((actions) =>
      resourceSets.flatMap((resources) =>
        tests.map((conditions) => ({
          ...statement,
          ...(principal !== undefined && { principals: principal }),
          actions,
          resources,
          conditions,
        })),
      ),
    ),
  );
}

/** Splits a set into its patterns. An inverted set cannot be split. */
function splitPatterns<T extends string>(
  set: PatternSet<T>,
): readonly PatternSet<T>[] {
  return set.isInverted
    ? [set]
    : set.patterns.map((pattern) => ({
        patterns: [pattern],
        isInverted: false,
      }));
}
