import { both, implies, singleTests } from "./conditions";
import { globMatches, witnesses } from "./globs";
import type { Condition, Matched, Statement } from "./policy";

/** Requests that policies can be told apart by, part by part. */
export interface Universe {
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Tests that some statement has, one value to each. */
  readonly tests: readonly (readonly Condition[])[];
}

export interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly Condition[];
}

/** In a policy of an identity, whose own it is. */
const ITSELF = "itself";

export function universeOf(statements: readonly Statement[]): Universe {
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

/** One request of each kind that can be told apart. */
export function requestsOf(
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

/** Whether policies let a request through: one allows it, and none denies it. */
export function isAllowed(
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
