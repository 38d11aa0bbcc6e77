import { singleTests } from "./conditions";
import { RequestSpace, TooLargeError } from "./policy-requests";
import {
  spelled,
  type Condition,
  type Matched,
  type Statement,
} from "./policy";

/** What one statement lets somebody do, as far as it came or went. */
export interface Grant {
  readonly principals: Matched | undefined;
  readonly actions: Matched;
  readonly resources: Matched;
  /** One value to each test. */
  readonly conditions: readonly Condition[];
  /** Whether some of it was so before, or is so still. */
  readonly isPartial: boolean;
}

export interface AccessDifference {
  readonly gained: readonly Grant[];
  readonly lost: readonly Grant[];
}

/**
 * What the second policies let somebody do that the first do not, and the other way round. Compared as the sets of
 * requests that they let through: order, spelling and what another statement covers make no difference, and a denial
 * counts.
 *
 * @throws TooLargeError when that would take too long
 */
export function compareAccess(
  before: readonly Statement[],
  after: readonly Statement[],
): AccessDifference {
  if (spelled(before) === spelled(after)) return { gained: [], lost: [] };
  const space = new RequestSpace([...before, ...after]);
  return {
    gained: grantedOnly(after, before, space),
    lost: grantedOnly(before, after, space),
  };
}

/** All that policies let somebody do, statement by statement, whatever denies a part of it. */
export function grants(statements: readonly Statement[]): readonly Grant[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(singles)
    .map(({ principals, actions, resources, conditions }) => ({
      principals,
      actions,
      resources,
      conditions,
      isPartial: false,
    }));
}

/** Grants of the one that the other lacks, wholly or in part. */
function grantedOnly(
  one: readonly Statement[],
  other: readonly Statement[],
  space: RequestSpace,
): readonly Grant[] {
  const deny = [one, other].map((statements) =>
    spelled(statements.filter(({ effect }) => effect === "Deny")),
  );
  const alike =
    deny[0] === deny[1] ? new Set(other.map((same) => spelled([same]))) : null;
  const differing = one.filter(
    (statement) =>
      statement.effect === "Allow" && alike?.has(spelled([statement])) !== true,
  );
  if (differing.reduce((sum, each) => sum + countOf(each), 0) > MOST_GRANTS)
    throw new TooLargeError();
  return differing.flatMap(singles).flatMap((grant) => {
    const lacking = space.lacking(grant, one, other);
    if (lacking === "none") return [];
    const { principals, actions, resources, conditions } = grant;
    const isPartial = lacking === "some";
    return [{ principals, actions, resources, conditions, isPartial }];
  });
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
function singles(statement: Statement): readonly Statement[] {
  const { principals } = statement;
  const who = principals === undefined ? [undefined] : single(principals);
  const [what, where] = [
    single(statement.actions),
    single(statement.resources),
  ];
  const tests = singleTests(statement.conditions);
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
function single(matched: Matched): readonly Matched[] {
  return matched.isInverted
    ? [matched]
    : matched.patterns.map((pattern) => ({
        patterns: [pattern],
        isInverted: false,
      }));
}
