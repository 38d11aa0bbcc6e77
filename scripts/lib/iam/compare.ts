import { splitConditions } from "./conditions";
import { RequestSpace, PolicyTooLargeError } from "./request-space";
import {
  toCanonicalKey,
  type Condition,
  type PatternSet,
  type Statement,
} from "./policy";

/** What one statement lets somebody do, as far as it came or went. */
export interface Grant<T extends string = string> {
  readonly principals: PatternSet<T> | undefined;
  readonly actions: PatternSet<T>;
  readonly resources: PatternSet<T>;
  /** One value to each test. */
  readonly conditions: readonly Condition<T>[];
  /** Whether some of it was so before, or is so still. */
  readonly isPartial: boolean;
  /** Address of the resource whose statement it is. */
  readonly origin?: T;
}

export interface AccessDifference<T extends string = string> {
  readonly gained: readonly Grant<T>[];
  readonly lost: readonly Grant<T>[];
}

/**
 * What the second policies let somebody do that the first do not, and the other way round. Compared as the sets of
 * requests that they let through: order, spelling and what another statement covers make no difference, and a denial
 * counts.
 *
 * @throws TooLargeError when that would take too long
 */
export function compareAccess<T extends string>(
  before: readonly Statement<T>[],
  after: readonly Statement<T>[],
): AccessDifference<T> {
  if (toCanonicalKey(before) === toCanonicalKey(after))
    return { gained: [], lost: [] };
  const space = new RequestSpace([...before, ...after]);
  return {
    gained: grantedOnly(after, before, space),
    lost: grantedOnly(before, after, space),
  };
}

/** All that policies let somebody do, statement by statement, whatever denies a part of it. */
export function listGrants<T extends string>(
  statements: readonly Statement<T>[],
): readonly Grant<T>[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(singles)
    .map((statement) => grantOf(statement, false));
}

/** Grants of the one that the other lacks, wholly or in part. */
function grantedOnly<T extends string>(
  one: readonly Statement<T>[],
  other: readonly Statement<T>[],
  space: RequestSpace,
): readonly Grant<T>[] {
  const deny = [one, other].map((statements) =>
    toCanonicalKey(statements.filter(({ effect }) => effect === "Deny")),
  );
  const alike =
    deny[0] === deny[1]
      ? new Set(other.map((same) => toCanonicalKey([same])))
      : null;
  const differing = one.filter(
    (statement) =>
      statement.effect === "Allow" &&
      alike?.has(toCanonicalKey([statement])) !== true,
  );
  if (differing.reduce((sum, each) => sum + countOf(each), 0) > MOST_GRANTS)
    throw new PolicyTooLargeError();
  return differing.flatMap(singles).flatMap((grant) => {
    const lacking = space.findUncovered(grant, one, other);
    if (lacking === "none") return [];
    return [grantOf(grant, lacking === "some")];
  });
}

function grantOf<T extends string>(
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

/** Most single grants that are looked at. */
const MOST_GRANTS = 20_000;

/** How many single grants a statement makes, at most. */
function countOf({
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

/** A statement as those that let one principal do one action with one resource under one test. */
function singles<T extends string>(
  statement: Statement<T>,
): readonly Statement<T>[] {
  const { principals } = statement;
  const who = principals === undefined ? [undefined] : single(principals);
  const [what, where] = [
    single(statement.actions),
    single(statement.resources),
  ];
  const tests = splitConditions(statement.conditions);
  return who.flatMap((principal) =>
    what.flatMap((actions) =>
      where.flatMap((resources) =>
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

/** Each pattern by itself; what is left out belongs together. */
function single<T extends string>(
  matched: PatternSet<T>,
): readonly PatternSet<T>[] {
  return matched.isInverted
    ? [matched]
    : matched.patterns.map((pattern) => ({
        patterns: [pattern],
        isInverted: false,
      }));
}
