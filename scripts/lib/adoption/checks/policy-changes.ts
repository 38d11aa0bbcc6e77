import { compareAccess, type Grant } from "../../iam/compare";
import {
  parsePolicy,
  type PatternSet,
  type Policy,
  type Statement,
  toCanonicalKey,
} from "../../iam/policy";
import { PolicyTooLargeError } from "../../iam/request-space";
import { listIdentityPoolHosts } from "../../iam/trust";

/** Actions on objects: for the ARN of a bucket they permit nothing. */
const OBJECT_ACTIONS = /^s3:(Abort|DeleteObject|GetObject|PutObject)/;
const BUCKET_ARN = /^arn:[^:]*:s3:::[^/*?]+$/;
/** Actions that later versions of the CDK added to write access. */
const ADDED_WRITE_ACTIONS =
  /^s3:PutObject(LegalHold|Retention|Tagging|VersionTagging)$/;

type Statements = readonly Statement[];

const NOT_KNOWN: Policy = {
  kind: "unreadable",
  text: "",
  reason: "it is not known before the apply",
};

/** Requirements that a change violates, such as `must be "ACTIVE", got null`. */
export type Violations = readonly string[];

/**
 * Compares a live policy with the configured one, which is `undefined` if it is known only after the apply. A policy that
 * is not readable, or too large, is a violation.
 */
export function comparePolicies(
  before: unknown,
  after: unknown,
  compare: (live: Statements, configured: Statements) => Violations,
): Violations {
  const parse = (value: unknown): Policy =>
    typeof value === "string" ? parsePolicy(value) : NOT_KNOWN;
  const [live, configured] = [parse(before), parse(after)];
  if (live.kind === "unreadable" || configured.kind === "unreadable")
    return [
      ...describeProblem("live", live),
      ...describeProblem("configured", configured),
    ];
  try {
    return compare(live.statements, configured.statements);
  } catch (error) {
    if (error instanceof PolicyTooLargeError)
      return ["cannot be compared: the policies are too large"];
    throw error;
  }
}

/** Compares what the permissions policy of a role allows and denies. */
export function checkPermissions(before: unknown, after: unknown): Violations {
  return comparePolicies(before, after, (live, configured) => {
    const { lost, gained } = compareAccess(live, configured);
    const format = (grant: Grant, part: string): string =>
      `${grant.isPartial ? part : ""}${formatGrant(grant)}`;
    return [
      ...lost
        .filter((grant) => !allowsNothing(grant))
        .map((grant) => `must still allow ${format(grant, "all of ")}`),
      ...gained
        .filter((grant) => !allowsNothing(grant) && !isAddedWrite(grant))
        .map((grant) => `must not allow ${format(grant, "more of ")}`),
      ...checkDenials(live, configured),
    ];
  });
}

/** Compares whom the trust policy of a role trusts. Users of identity pools may need to sign in afterwards. */
export function checkTrust(before: unknown, after: unknown): Violations {
  return comparePolicies(before, after, (live, configured) => {
    const format = (
      { principals, actions, conditions, isPartial }: Grant,
      part: string,
    ): string =>
      `${formatPrincipals(principals)} with ${formatSet(actions)}${isPartial ? part : ""}${formatConditions(conditions)}`;
    return [
      ...compareAccess(live.map(requireSignIn), configured).lost.map(
        (grant) => `must still trust ${format(grant, " in all cases")}`,
      ),
      ...compareAccess(live, configured).gained.map(
        (grant) => `must not trust ${format(grant, " in more cases")}`,
      ),
      ...checkDenials(live, configured),
    ];
  });
}

/** Formats a statement as one line. */
export function formatStatement(statement: Statement): string {
  const principals = formatPrincipals(statement.principals);
  return [statement.effect, principals, formatGrant(statement)]
    .filter((part) => part !== "")
    .join(" ");
}

/** Returns the statements of one list that have no equal in the other, in any order and form. */
export function subtractStatements(
  statements: Statements,
  others: Statements,
): Statements {
  const keys = new Set(others.map((one) => toCanonicalKey([one])));
  return statements.filter((one) => !keys.has(toCanonicalKey([one])));
}

function describeProblem(name: string, policy: Policy): Violations {
  if (policy.kind === "readable") return [];
  const { reason } = policy;
  return [`cannot be compared: the ${name} policy is not readable: ${reason}`];
}

function checkDenials(live: Statements, configured: Statements): Violations {
  const list = (statements: Statements, others: Statements) =>
    subtractStatements(statements, others)
      .filter(({ effect }) => effect === "Deny")
      .map((statement) => formatStatement(statement).replace(/^Deny /, ""));
  return [
    ...list(live, configured).map((text) => `must still deny ${text}`),
    ...list(configured, live).map((text) => `must not deny ${text}`),
  ];
}

/** Adds the condition that users of an identity pool are signed in, if a statement trusts one. */
function requireSignIn(statement: Statement): Statement {
  const { principals, conditions } = statement;
  const [host] = listIdentityPoolHosts(principals);
  const key = `${host ?? ""}:amr`;
  if (host === undefined || conditions.some((one) => one.key === key))
    return statement;
  const condition = {
    operator: "ForAnyValue:StringLike",
    key,
    values: ["authenticated"],
  };
  return { ...statement, conditions: [...conditions, condition] };
}

function allowsNothing({ actions, resources }: Grant): boolean {
  return isEvery(actions, OBJECT_ACTIONS) && isEvery(resources, BUCKET_ARN);
}

function isAddedWrite({ actions }: Grant): boolean {
  return isEvery(actions, ADDED_WRITE_ACTIONS);
}

function isEvery({ patterns, isInverted }: PatternSet, kind: RegExp): boolean {
  return !isInverted && patterns.every((pattern) => kind.test(pattern));
}

type Permissions = Pick<Statement, "actions" | "resources" | "conditions">;

function formatGrant({ actions, resources, conditions }: Permissions): string {
  return `${formatSet(actions)} on ${formatSet(resources)}${formatConditions(conditions)}`;
}

function formatPrincipals(principals: PatternSet | undefined): string {
  if (principals === undefined) return "";
  const patterns = principals.patterns.map((name) =>
    name.replace(/^(AWS|CanonicalUser|Federated|Service):/, ""),
  );
  return formatSet({ ...principals, patterns });
}

function formatConditions(conditions: Grant["conditions"]): string {
  const texts = conditions.map(
    ({ operator, key, values }) => `${operator} ${key} ${values.join(", ")}`,
  );
  return texts.length === 0 ? "" : ` if ${texts.join(" and ")}`;
}

function formatSet({ patterns, isInverted }: PatternSet): string {
  return `${isInverted ? "all except " : ""}${patterns.join(", ")}`;
}
