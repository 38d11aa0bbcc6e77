import { singleTests } from "./conditions";
import {
  isAllowed,
  requestsOf,
  universeOf,
  type Universe,
} from "./policy-requests";
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
 */
export function compareAccess(
  before: readonly Statement[],
  after: readonly Statement[],
): AccessDifference {
  if (spelled(before) === spelled(after)) return { gained: [], lost: [] };
  const universe = universeOf([...before, ...after]);
  return {
    gained: grantedOnly(after, before, universe),
    lost: grantedOnly(before, after, universe),
  };
}

/** All that policies let somebody do, statement by statement. */
export function grants(statements: readonly Statement[]): readonly Grant[] {
  return compareAccess([], statements).gained;
}

/** Grants of the one that the other lacks, wholly or in part. */
function grantedOnly(
  one: readonly Statement[],
  other: readonly Statement[],
  universe: Universe,
): readonly Grant[] {
  const deny = [one, other].map((statements) =>
    spelled(statements.filter(({ effect }) => effect === "Deny")),
  );
  const alike =
    deny[0] === deny[1] ? new Set(other.map((same) => spelled([same]))) : null;
  return one
    .filter(
      (statement) =>
        statement.effect === "Allow" &&
        alike?.has(spelled([statement])) !== true,
    )
    .flatMap(singles)
    .flatMap((grant) => {
      const requests = requestsOf(grant, universe).filter((request) =>
        isAllowed(one, request),
      );
      const only = requests.filter((request) => !isAllowed(other, request));
      if (only.length === 0) return [];
      const { principals, actions, resources, conditions } = grant;
      const isPartial = only.length < requests.length;
      return [{ principals, actions, resources, conditions, isPartial }];
    });
}

/** A statement as those that let one principal do one action with one resource under one test. */
function singles(statement: Statement): readonly Statement[] {
  const { principals } = statement;
  const who = principals === undefined ? [undefined] : single(principals);
  return who.flatMap((principal) =>
    single(statement.actions).flatMap((actions) =>
      single(statement.resources).flatMap((resources) =>
        singleTests(statement.conditions).map((conditions) => ({
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
