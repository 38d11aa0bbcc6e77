import { both, implies, singleTests } from "./conditions";
import { globMatches, witnesses } from "./globs";
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

interface Universe {
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Tests that some statement has, one value to each. */
  readonly tests: readonly (readonly Condition[])[];
}

interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly Condition[];
}

/** In a policy of an identity, whose own it is. */
const ITSELF = "itself";

function universeOf(statements: readonly Statement[]): Universe {
  const patterns = (of: (statement: Statement) => Matched | undefined) =>
    statements.flatMap((statement) => of(statement)?.patterns ?? []);
  return {
    principals: [ITSELF, ...new Set(patterns(({ principals }) => principals))],
    actions: witnesses([
      "*",
      ...patterns(({ actions }) => actions).map((action) =>
        action.toLowerCase(),
      ),
    ]),
    resources: witnesses(["*", ...patterns(({ resources }) => resources)]),
    tests: statements
      .filter(({ conditions }) => conditions.length > 0)
      .flatMap(({ conditions }) => singleTests(conditions)),
  };
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

/** One request of each kind that can be told apart. */
function requestsOf(
  grant: Pick<Statement, "principals" | "actions" | "resources" | "conditions">,
  { principals, actions, resources, tests }: Universe,
): readonly Request[] {
  const contexts = contextsOf(grant, tests);
  const who = principals.filter((principal) =>
    isPrincipal(grant.principals, principal),
  );
  const what = actions.filter((action) => isAction(grant.actions, action));
  const where = resources.filter((resource) => fits(grant.resources, resource));
  return who.flatMap((principal) =>
    what.flatMap((action) =>
      where.flatMap((resource) =>
        contexts.map((conditions) => ({
          principal,
          action,
          resource,
          conditions,
        })),
      ),
    ),
  );
}

/** Requests that pass a grant's tests alone, and those that pass others too. */
function contextsOf(
  { conditions }: Pick<Statement, "conditions">,
  tests: Universe["tests"],
): readonly (readonly Condition[])[] {
  const merged = tests.flatMap((others) => {
    const all = both(conditions, others);
    return all === undefined ? [] : [all];
  });
  const contexts = new Map(
    [conditions, ...merged].map((one) => [JSON.stringify(one), one]),
  );
  return [...contexts.values()];
}

function isAllowed(
  statements: readonly Statement[],
  request: Request,
): boolean {
  let isGranted = false;
  for (const statement of statements) {
    if (!isAbout(statement, request)) continue;
    if (statement.effect === "Deny") return false;
    isGranted = true;
  }
  return isGranted;
}

function isAbout(
  { principals, actions, resources, conditions }: Statement,
  request: Request,
): boolean {
  return (
    isPrincipal(principals, request.principal) &&
    isAction(actions, request.action) &&
    fits(resources, request.resource) &&
    implies(request.conditions, conditions)
  );
}

function isPrincipal(principals: Matched | undefined, name: string): boolean {
  if (principals === undefined) return name === ITSELF;
  const { patterns, isInverted } = principals;
  return (
    name !== ITSELF &&
    (patterns.includes("*") || patterns.includes(name)) !== isInverted
  );
}

/** IAM takes actions in any case. */
function isAction({ patterns, isInverted }: Matched, action: string): boolean {
  return (
    patterns.some((pattern) => globMatches(pattern.toLowerCase(), action)) !==
    isInverted
  );
}

function fits({ patterns, isInverted }: Matched, text: string): boolean {
  return patterns.some((pattern) => globMatches(pattern, text)) !== isInverted;
}
