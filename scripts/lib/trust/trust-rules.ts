import { LIMITS, problemWith } from "../../../constructs/limits";
import type { AnyStatement } from "./trust-document";

/** Identity pools as a principal, in every partition; it is also the prefix of their condition keys. */
const IDENTITY_POOLS = "cognito-identity[a-z0-9.-]*\\.amazonaws\\.com(\\.cn)?";
const PRINCIPAL = new RegExp(`^${IDENTITY_POOLS}$`, "i");
const ACTION = "sts:AssumeRoleWithWebIdentity";
/** What `amr` holds of a user who never signed in; any other value is of one who did. */
const GUEST = "unauthenticated";

/**
 * What is wrong with statements that let identity pools take the role: without `aud` a pool of anybody's account can,
 * and without `amr` so can users who never signed in.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function trustProblems(statements: readonly AnyStatement[]): string[] {
  return statements.flatMap((statement, index) => {
    if (!letsIdentityPoolsIn(statement)) return [];
    const name = nameOf(statement, index);
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

function letsIdentityPoolsIn(statement: AnyStatement): boolean {
  const { Effect, Principal, NotPrincipal, Action, NotAction } = statement;
  const isForPools =
    NotPrincipal !== undefined ||
    principals(Principal).some((name) => name === "*" || PRINCIPAL.test(name));
  const isTaking =
    NotAction === undefined
      ? list(Action).some(coversAction)
      : !list(NotAction).some(coversAction);
  return Effect === "Allow" && isForPools && isTaking;
}

function principals(principal: unknown): readonly string[] {
  if (typeof principal !== "object" || principal === null)
    return list(principal);
  return Object.entries(principal).flatMap(([kind, names]) =>
    kind === "Federated" ? list(names) : list(names).filter(isEverybody),
  );
}

function isEverybody(name: string): boolean {
  return name === "*";
}

function coversAction(pattern: string): boolean {
  return matches(pattern.toLowerCase(), ACTION.toLowerCase());
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
