import { LIMITS, validate } from "../../../constructs/constraints";
import { getStatements, type Statement } from "../iam/policy";
import {
  ASSUME_ACTIONS,
  ASSUME_ROLE_WITH_WEB_IDENTITY,
  canIdentityPoolAssume,
  findTrustRisks,
  hasAction,
  type TrustContext,
} from "../iam/trust";
import { type AnyStatement, parseStatement } from "./trust-document";

/** Only the trust in identity pools is checked by its conditions, and any pool is acceptable. */
const CONTEXT: TrustContext = {
  accounts: new Set(),
  getIssuerHost: (principal) => principal,
  isIdentityPool: () => true,
};

/**
 * Returns the errors in statements that let anyone assume the role, or that trust identity pools without the conditions
 * `aud` and `amr`. Without `aud`, pools of any account can assume the role; without `amr`, unauthenticated identities can.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function findTrustProblems(
  statements: readonly AnyStatement[],
): string[] {
  return statements.flatMap((value, index) => {
    const name = formatStatementName(value, index);
    const policy = parseStatement(value);
    return policy.kind === "unreadable"
      ? [`${name} is not readable: ${policy.reason}`]
      : policy.statements
          .flatMap(findStatementProblems)
          .map((problem) => `${name} ${problem}`);
  });
}

/** Returns the names of the statements that let users of an identity pool assume the role. */
export function findTrustingStatements(
  identityPoolId: string,
  statements: readonly AnyStatement[],
): string[] {
  return statements.flatMap((value, index) =>
    getStatements(parseStatement(value)).some((statement) =>
      canIdentityPoolAssume(statement, identityPoolId),
    )
      ? [formatStatementName(value, index)]
      : [],
  );
}

/**
 * Checks the size of a trust policy. IAM does not count whitespace.
 *
 * @param quota quota of the account; AWS's default if it is unknown
 */
export function validatePolicySize(
  policy: string,
  quota: number | undefined,
): string | undefined {
  const count = policy.replace(/\s/g, "").length;
  const limit = LIMITS.trustPolicyCharacters;
  if (quota === undefined) return validate(limit, count);
  return count <= quota
    ? undefined
    : `${limit.subject} must be at most ${quota}, got ${count}`;
}

function formatStatementName({ Sid }: AnyStatement, index: number): string {
  return typeof Sid === "string" && Sid !== ""
    ? `statement "${Sid}"`
    : `statement ${index + 1}`;
}

function findStatementProblems({
  effect,
  actions,
  principals,
  conditions,
}: Statement): readonly string[] {
  const canAssume = ASSUME_ACTIONS.some((action) => hasAction(actions, action));
  if (effect === "Deny" || !canAssume) return [];
  const risks = findTrustRisks({ principals, conditions }, CONTEXT);
  const isOpen =
    risks.some((risk) => risk === "public" || risk === "inverted") ||
    principals?.patterns.some((name) => /[*?]/.test(name)) === true;
  if (isOpen)
    return [
      "must name its principals without wildcards and NotPrincipal; anyone can assume the role",
    ];
  if (!hasAction(actions, ASSUME_ROLE_WITH_WEB_IDENTITY)) return [];
  return [
    ...(risks.includes("any-identity-pool")
      ? [
          "must name its identity pools with StringEquals on cognito-identity.amazonaws.com:aud; any identity pool of any account can assume the role",
        ]
      : []),
    ...(risks.includes("unauthenticated")
      ? [
          'must require authenticated identities with ForAnyValue:StringLike on cognito-identity.amazonaws.com:amr "authenticated"; unauthenticated identities can assume the role',
        ]
      : []),
  ];
}
