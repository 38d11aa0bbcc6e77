import { isGlobMatch } from "./patterns";
import type { Condition, PatternSet, Statement } from "./policy";
import type { Grant } from "./compare";

/** Action by which users of an identity provider assume a role. */
export const ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
/** Every action by which a principal assumes a role. */
export const ASSUME_ACTIONS = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  ASSUME_ROLE_WITH_WEB_IDENTITY,
] as const;

const IDENTITY_POOLS =
  /^Federated:(cognito-identity[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?)$/i;

/** Whether a set of actions contains an action. IAM ignores the case of actions. */
export function hasAction(
  { patterns, isInverted }: PatternSet,
  action: string,
): boolean {
  const isNamed = patterns.some((pattern) =>
    isGlobMatch(pattern.toLowerCase(), action.toLowerCase()),
  );
  return isNamed !== isInverted;
}

/** Returns the services of identity pools among principals, in lower case, since they begin the keys of conditions. */
export function listIdentityPoolHosts(
  principals: PatternSet | undefined,
): readonly string[] {
  return principals === undefined || principals.isInverted
    ? []
    : principals.patterns.flatMap(
        (principal) => IDENTITY_POOLS.exec(principal)?.[1]?.toLowerCase() ?? [],
      );
}

/** Whether a statement of a trust policy lets users of an identity pool, which it names, assume the role. */
export function canIdentityPoolAssume(
  { effect, principals, actions, conditions }: Statement,
  identityPoolId: string,
): boolean {
  return (
    effect === "Allow" &&
    hasAction(actions, ASSUME_ROLE_WITH_WEB_IDENTITY) &&
    listIdentityPoolHosts(principals).some((host) =>
      conditions.some(
        ({ operator, key, values }) =>
          key === `${host}:aud` &&
          !operator.includes("Not") &&
          values.includes(identityPoolId),
      ),
    )
  );
}

/** Why a grant lets in more than principals that were meant. */
export type TrustRisk =
  /** Anyone at all. */
  | "public"
  /** Every principal except some. */
  | "inverted"
  /** A principal of another account. */
  | "foreign-account"
  /** Every principal of the own account that has a permission for it. */
  | "whole-account"
  /** An identity pool of any account. */
  | "any-identity-pool"
  /** An identity pool that is none of one's own. */
  | "foreign-identity-pool"
  /** Users who have not signed in. */
  | "unauthenticated"
  /** A token that was issued for any audience. */
  | "any-audience"
  /** A token of any subject of the issuer. */
  | "any-subject"
  /** A token of an organization, repository, branch or environment that a wildcard stands for. */
  | "wildcard-subject"
  /** A service that acts for any account. */
  | "unbound-service";

/** What is known about principals. */
export interface TrustContext {
  /** Accounts that are one's own; every account is foreign if there is none. */
  readonly accounts: ReadonlySet<string>;
  /** Returns the host of the issuer that a federated principal stands for. */
  readonly getIssuerHost: (principal: string) => string;
  /** Whether an id is that of an identity pool of one's own. */
  readonly isIdentityPool: (id: string) => boolean;
}

const COGNITO = /^cognito-identity[a-z0-9.-]*\.amazonaws\.com(\.cn)?$/i;

/** Returns the risks of one grant of a trust policy, or of the policy of a resource. */
export function findTrustRisks(
  { principals, conditions }: Pick<Grant, "principals" | "conditions">,
  context: TrustContext,
): readonly TrustRisk[] {
  if (principals === undefined) return [];
  if (principals.isInverted) return ["inverted"];
  return [
    ...new Set(
      principals.patterns.flatMap((principal) =>
        principalRisks(principal, conditions, context),
      ),
    ),
  ];
}

function principalRisks(
  principal: string,
  conditions: readonly Condition[],
  context: TrustContext,
): readonly TrustRisk[] {
  const { accounts } = context;
  if (principal === "*") return ["public"];
  const colon = principal.indexOf(":");
  const kind = principal.slice(0, colon);
  const name = principal.slice(colon + 1);
  if (name === "*" || (kind === "AWS" && /[*?]/.test(name))) return ["public"];
  if (kind === "Service")
    return isBound(conditions, context) ? [] : ["unbound-service"];
  if (kind === "Federated") return tokenRisks(name, conditions, context);
  if (kind !== "AWS") return ["foreign-account"];
  // a reference to a resource of the same stack
  if (name.startsWith("${")) return [];
  const account = /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(name)?.[1];
  if (account === undefined || !accounts.has(account))
    return ["foreign-account"];
  return name.endsWith(":root") ? ["whole-account"] : [];
}

function tokenRisks(
  provider: string,
  conditions: readonly Condition[],
  { getIssuerHost: issuerHost, isIdentityPool }: TrustContext,
): readonly TrustRisk[] {
  const host = issuerHost(provider);
  const claims = (name: string) =>
    conditions.filter(({ key }) => key === `${host.toLowerCase()}:${name}`);
  if (COGNITO.test(host)) {
    const isSignedIn = claims("amr").some(
      ({ operator, values }) =>
        /^ForAnyValue:String(Equals|EqualsIgnoreCase|Like)$/.test(operator) &&
        values.length > 0 &&
        !values.some((value) => acceptsGuests(operator, value)),
    );
    return [
      ...poolRisks(claims("aud").filter(isExact), isIdentityPool),
      ...(isSignedIn ? [] : (["unauthenticated"] as const)),
    ];
  }
  const subjects = claims("sub").filter(({ operator }) =>
    /^String(Equals|Like|EqualsIgnoreCase)$/.test(operator),
  );
  const isNamed = subjects.some(
    (one) =>
      isExact(one) ||
      (one.values.length > 0 &&
        one.values.every((value) => !isAnySubject(value))),
  );
  return [
    ...(claims("aud").some(isExact) ? [] : (["any-audience"] as const)),
    ...(subjects.some(isExact)
      ? []
      : [isNamed ? ("wildcard-subject" as const) : ("any-subject" as const)]),
  ];
}

function poolRisks(
  audiences: readonly Condition[],
  isIdentityPool: TrustContext["isIdentityPool"],
): readonly TrustRisk[] {
  if (audiences.length === 0) return ["any-identity-pool"];
  return audiences.some(({ values }) => values.every(isIdentityPool))
    ? []
    : ["foreign-identity-pool"];
}

/** A token of a user who has signed in names the provider in its `amr`, and never this. */
const GUEST = "unauthenticated";

function acceptsGuests(operator: string, value: string): boolean {
  if (value.includes("${")) return true;
  return operator.endsWith("Like")
    ? isGlobMatch(value, GUEST)
    : value.toLowerCase() === GUEST;
}

/** A variable of IAM, whose value the request decides; a reference of Terraform has no colon there. */
const VARIABLE = /\$\{[a-z0-9.-]+:/i;

/** Whether a condition names what it accepts: an operator that always tests, no wildcard, no variable, nothing redacted. */
function isExact({ operator, values }: Condition): boolean {
  const [, kind] =
    /^(?:ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/.exec(operator) ??
    [];
  const wildcard = kind === "Like" ? /[*?]/ : /^\*$/;
  return (
    kind !== undefined &&
    values.length > 0 &&
    values.every(
      (value) =>
        value !== "" &&
        !wildcard.test(value) &&
        !VARIABLE.test(value) &&
        !value.includes("(redacted"),
    )
  );
}

/** Whether a pattern accepts subjects of more than one owner, or all of an issuer. */
function isAnySubject(pattern: string): boolean {
  const owner = /^repo:([^/:]*)/.exec(pattern)?.[1];
  return owner === undefined
    ? /^[^:]*[*?]/.test(pattern) || !pattern.includes(":")
    : /[*?]/.test(owner);
}

/** Whether a service may act only for one's own account, organization or resource. */
function isBound(
  conditions: readonly Condition[],
  { accounts }: TrustContext,
): boolean {
  const isOwn: Readonly<Record<string, (value: string) => boolean>> = {
    "aws:sourceaccount": (value) => accounts.has(value),
    "aws:sourcearn": (value) => isOwnArn(value, accounts),
    "aws:sourceorgid": (value) => !/[*?]/.test(value),
    "sts:externalid": (value) => !/[*?]/.test(value),
  };
  return conditions.some(({ key, operator, values }) => {
    const accepts = Object.hasOwn(isOwn, key) ? isOwn[key] : undefined;
    return (
      accepts !== undefined &&
      /^(String|Arn)(Equals|Like)$/.test(operator) &&
      values.length > 0 &&
      values.every(accepts)
    );
  });
}

/** Whether an ARN is of one's own account, is a reference, or is of a bucket by its name. */
function isOwnArn(arn: string, accounts: ReadonlySet<string>): boolean {
  if (arn.startsWith("${")) return true;
  const [, service = "", account = "", name = ""] =
    /^arn:[^:]*:([^:]*):[^:]*:([^:]*):(.*)$/.exec(arn) ?? [];
  return (
    accounts.has(account) ||
    (service === "s3" && account === "" && /^[^*?/]+$/.test(name))
  );
}
