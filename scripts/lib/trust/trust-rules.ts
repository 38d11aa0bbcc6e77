import { LIMITS, problemWith } from "../../../constructs/limits";
import type { AnyStatement } from "./trust-document";

/** Identity pools as a principal, in every partition; it is also the prefix of their condition keys. */
const IDENTITY_POOLS = "cognito-identity[a-z0-9.-]*\\.amazonaws\\.com(\\.cn)?";
const PRINCIPAL = new RegExp(`^${IDENTITY_POOLS}$`, "i");
const ACTION = "sts:AssumeRoleWithWebIdentity";
/** Actions that let a principal assume the role, or act in its session. */
const ASSUME_ACTIONS = [ACTION, "sts:AssumeRole", "sts:AssumeRoleWithSAML"];
/** What `amr` holds of a user who never signed in; any other value is of one who did. */
const GUEST = "unauthenticated";

/**
 * What is wrong with statements that let anyone assume the role, whatever their conditions are, and with those that let
 * identity pools: without `aud` a pool of any account can, and without `amr` so can users who never signed in.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function trustProblems(statements: readonly AnyStatement[]): string[] {
  return statements.flatMap((statement, index) => {
    const name = nameOf(statement, index);
    if (letsAnyoneIn(statement))
      return [
        `${name} must name the principals that it trusts, without wildcards and NotPrincipal, or anyone can assume the role`,
      ];
    if (!letsIdentityPoolsIn(statement)) return [];
    return [
      ...(audiences(statement).length > 0
        ? []
        : [
            `${name} must name the identity pools that it trusts, by StringEquals with cognito-identity.amazonaws.com:aud, or any pool of any account can take the role`,
          ]),
      ...(isForSignedIn(statement)
        ? []
        : [
            `${name} must be for users who have signed in, by ForAnyValue:StringLike with cognito-identity.amazonaws.com:amr "authenticated", or guests of the pool can take the role`,
          ]),
    ];
  });
}

/** Names of the statements by which users of an identity pool can take the role. */
export function statementsTrusting(
  identityPoolId: string,
  statements: readonly AnyStatement[],
): string[] {
  return statements.flatMap((statement, index) =>
    letsIdentityPoolsIn(statement) &&
    audiences(statement).includes(identityPoolId)
      ? [nameOf(statement, index)]
      : [],
  );
}

/**
 * What is wrong with a policy's size, whitespace not counted, as IAM does not.
 *
 * @param quota the account's, where it is known
 */
export function sizeProblem(
  text: string,
  quota: number | undefined,
): string | undefined {
  const count = text.replace(/\s/g, "").length;
  const limit = LIMITS.trustPolicyCharacters;
  if (quota === undefined) return problemWith(limit, count);
  return count <= quota
    ? undefined
    : `${limit.subject} must be at most ${quota}, got ${count}`;
}

function nameOf({ Sid }: AnyStatement, index: number): string {
  return typeof Sid === "string" && Sid !== ""
    ? `statement "${Sid}"`
    : `statement ${index + 1}`;
}

/** A condition does not count: one that truly restricts looks like one that does not. */
function letsAnyoneIn(statement: AnyStatement): boolean {
  const { Effect, Principal, NotPrincipal } = statement;
  const isOpen =
    NotPrincipal !== undefined ||
    principals(Principal).some((principal) => /[*?]/.test(principal.join()));
  return (
    Effect === "Allow" &&
    isOpen &&
    ASSUME_ACTIONS.some((action) => allows(statement, action))
  );
}

function letsIdentityPoolsIn(statement: AnyStatement): boolean {
  const isForPools = principals(statement.Principal).some(
    ([kind, name]) => kind === "Federated" && PRINCIPAL.test(name),
  );
  return (
    statement.Effect === "Allow" && isForPools && allows(statement, ACTION)
  );
}

/** Principals by their kind; one without a kind is everyone. */
function principals(principal: unknown): readonly [string, string][] {
  const kinds: readonly [string, unknown][] =
    typeof principal === "object" &&
    principal !== null &&
    !Array.isArray(principal)
      ? Object.entries(principal)
      : [["", principal]];
  return kinds.flatMap(([kind, names]) =>
    list(names).map((name): [string, string] => [kind, name]),
  );
}

/** Whether a statement is for an action; IAM reads actions without regard to case. */
function allows({ Action, NotAction }: AnyStatement, action: string): boolean {
  const isCovered = (pattern: string): boolean =>
    matches(pattern.toLowerCase(), action.toLowerCase());
  return NotAction === undefined
    ? list(Action).some(isCovered)
    : !list(NotAction).some(isCovered);
}

/** Identity pools that a statement is for alone; none when it is for more than it names. */
function audiences(statement: AnyStatement): readonly string[] {
  const named = conditions(statement, "aud")
    .filter(({ operator }) =>
      /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/.test(operator),
    )
    .find(({ values }) => values.every((value) => !/[*?]|\$\{/.test(value)));
  return named?.values ?? [];
}

function isForSignedIn(statement: AnyStatement): boolean {
  return conditions(statement, "amr").some(({ operator, values }) => {
    const [, kind] =
      /^ForAnyValue:String(Equals|EqualsIgnoreCase|Like)$/.exec(operator) ?? [];
    return (
      kind !== undefined &&
      values.length > 0 &&
      values.every((value) =>
        kind === "Like"
          ? !matches(value, GUEST) && !value.includes("${")
          : value.toLowerCase() !== GUEST && !value.includes("${"),
      )
    );
  });
}

interface Condition {
  readonly operator: string;
  readonly values: readonly string[];
}

/** Conditions on a key of identity pools; IAM reads keys without regard to case. */
function conditions(
  { Condition: all }: AnyStatement,
  key: string,
): Condition[] {
  const pattern = new RegExp(`^${IDENTITY_POOLS}:${key}$`, "i");
  return entries(all).flatMap(([operator, keys]) =>
    entries(keys)
      .filter(([name]) => pattern.test(name))
      .map(([, values]) => ({ operator, values: list(values) })),
  );
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value)
    : [];
}

function list(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return [value].flat().map(String);
}

/** Whether a text is one that a pattern of IAM's stands for: `*` any characters, `?` one. */
function matches(pattern: string, text: string): boolean {
  let [at, seen, star, resumed] = [0, 0, -1, 0];
  // a regular expression of many stars would take for ever
  while (seen < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      resumed = seen;
    } else if (pattern[at] === "?" || pattern[at] === text[seen]) {
      at++;
      seen++;
    } else if (star >= 0) {
      at = star + 1;
      seen = ++resumed;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
