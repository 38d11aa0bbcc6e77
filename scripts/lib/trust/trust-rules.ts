import { LIMITS, validate } from "../../../constructs/constraints";
import {
  ASSUME_ACTIONS,
  ASSUME_ROLE_WITH_WEB_IDENTITY,
  canIdentityPoolAssume,
  findTrustRisks,
  hasAction,
  type TrustContext,
} from "../iam/trust";
import { getStatements, type Statement } from "../iam/policy";
import { type AnyStatement, parseStatement } from "./trust-document";

/** Only identity pools are judged by what the conditions name, and they are their own issuer. */
const CONTEXT: TrustContext = {
  accounts: new Set(),
  getIssuerHost: (principal) => principal,
  isIdentityPool: () => true,
};

/**
 * Returns what is wrong with statements that let anyone assume the role, whatever their conditions are, and with those that
 * let identity pools: without `aud` a pool of any account can, and without `amr` so can users who never signed in. A
 * statement that is not readable may say anything.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function findTrustProblems(
  statements: readonly AnyStatement[],
): string[] {
  return statements.flatMap((value, index) => {
    const name = nameOf(value, index);
    const policy = parseStatement(value);
    return policy.kind === "unreadable"
      ? [`${name} is not readable: ${policy.reason}`]
      : policy.statements
          .flatMap(statementProblems)
          .map((problem) => `${name} ${problem}`);
  });
}

/** Returns the names of the statements by which users of an identity pool can assume the role. */
export function findTrustingStatements(
  identityPoolId: string,
  statements: readonly AnyStatement[],
): string[] {
  return statements.flatMap((value, index) =>
    getStatements(parseStatement(value)).some((statement) =>
      canIdentityPoolAssume(statement, identityPoolId),
    )
      ? [nameOf(value, index)]
      : [],
  );
}

/**
 * What is wrong with a policy's size, whitespace not counted, as IAM does not.
 *
 * @param quota the account's, where it is known
 */
export function validatePolicySize(
  text: string,
  quota: number | undefined,
): string | undefined {
  const count = text.replace(/\s/g, "").length;
  const limit = LIMITS.trustPolicyCharacters;
  if (quota === undefined) return validate(limit, count);
  return count <= quota
    ? undefined
    : `${limit.subject} must be at most ${quota}, got ${count}`;
}

function nameOf({ Sid }: AnyStatement, index: number): string {
  return typeof Sid === "string" && Sid !== ""
    ? `statement "${Sid}"`
    : `statement ${index + 1}`;
}

function statementProblems({
  effect,
  actions,
  principals,
  conditions,
}: Statement): readonly string[] {
  const isAssuming = ASSUME_ACTIONS.some((action) =>
    hasAction(actions, action),
  );
  if (effect === "Deny" || !isAssuming) return [];
  const risks = findTrustRisks({ principals, conditions }, CONTEXT);
  const isOpen =
    risks.some((risk) => risk === "public" || risk === "inverted") ||
    principals?.patterns.some((name) => /[*?]/.test(name)) === true;
  if (isOpen)
    return [
      "must name the principals that it trusts, without wildcards and NotPrincipal, or anyone can assume the role",
    ];
  if (!hasAction(actions, ASSUME_ROLE_WITH_WEB_IDENTITY)) return [];
  return [
    ...(risks.includes("any-identity-pool")
      ? [
          "must name the identity pools that it trusts, by StringEquals with cognito-identity.amazonaws.com:aud, or any pool of any account can take the role",
        ]
      : []),
    ...(risks.includes("unauthenticated")
      ? [
          'must be for users who have signed in, by ForAnyValue:StringLike with cognito-identity.amazonaws.com:amr "authenticated", or guests of the pool can take the role',
        ]
      : []),
  ];
}
