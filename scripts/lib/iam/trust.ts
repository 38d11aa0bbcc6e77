import {
  getGitHubScope,
  type GitHubScope,
  isGitHubIssuer,
  isGitHubSubject,
  parseGitHubSubject,
} from "../../../constructs/github-claims";
import type { Grant } from "./compare";
import { isGlobMatch } from "./patterns";
import type { Condition, PatternSet, Statement } from "./policy";

export const ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
/** All actions to assume a role. */
export const ASSUME_ACTIONS = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  ASSUME_ROLE_WITH_WEB_IDENTITY,
] as const;

/** Host of the identity pool service. */
const IDENTITY_POOL_HOST =
  /^cognito-identity[a-z0-9.-]*\.amazonaws\.(?:com|com\.cn|eu)$/i;

/** Returns whether a set of actions contains an action. Actions are case-insensitive. */
export function hasAction(
  { patterns, isInverted }: PatternSet,
  action: string,
): boolean {
  const isNamed = patterns.some((pattern) =>
    isGlobMatch(pattern.toLowerCase(), action.toLowerCase()),
  );
  return isNamed !== isInverted;
}

/** Returns the hosts of identity pools in principals, in lowercase, as in the prefix of condition keys. */
export function listIdentityPoolHosts(
  principals: PatternSet | undefined,
): readonly string[] {
  if (principals === undefined || principals.isInverted) return [];
  return principals.patterns
    .filter((principal) => /^Federated:/i.test(principal))
    .map((principal) => principal.slice("Federated:".length).toLowerCase())
    .filter((host) => IDENTITY_POOL_HOST.test(host));
}

/** Returns whether a statement of a trust policy allows users of an identity pool to assume the role. */
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

/** The reason why a grant can include unintended principals. */
export type TrustRisk =
  /** Anyone at all. */
  | "public"
  /** Every principal except some. */
  | "inverted"
  /** A principal of another account. */
  | "foreign-account"
  /** Every principal of the stage's account that has a permission. */
  | "whole-account"
  /** An identity pool of any account. */
  | "any-identity-pool"
  /** An identity pool of another stage or account. */
  | "foreign-identity-pool"
  /** Users who have not signed in. */
  | "unauthenticated"
  /** A token for any audience. */
  | "any-audience"
  /** A token of any subject of the issuer. */
  | "any-subject"
  /** A token of any repository, or of any repository of an owner. */
  | "any-repository"
  /** A token of any organization, repository, branch or environment that a wildcard matches. */
  | "wildcard-subject"
  /** A service that acts for any account. */
  | "unbound-service";

/** The accounts, issuers and identity pools of a stage. */
export interface TrustContext {
  /** Accounts of the stage; if empty, every account is foreign. */
  readonly accounts: ReadonlySet<string>;
  /** Returns the issuer host of a federated principal. */
  readonly getIssuerHost: (principal: string) => string;
  /** Returns whether an id is that of an identity pool of the stage. */
  readonly isIdentityPool: (id: string) => boolean;
}

/** Returns the risks of a grant of a trust policy or a resource-based policy. */
export function findTrustRisks(
  { principals, conditions }: Pick<Grant, "principals" | "conditions">,
  context: TrustContext,
): readonly TrustRisk[] {
  if (principals === undefined) return [];
  if (principals.isInverted) return ["inverted"];
  return [
    ...new Set(
      principals.patterns.flatMap((principal) =>
        findPrincipalRisks(principal, conditions, context),
      ),
    ),
  ];
}

function findPrincipalRisks(
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
  if (kind === "Federated") return findTokenRisks(name, conditions, context);
  if (kind !== "AWS") return ["foreign-account"];
  // a reference to a resource of the same stack
  if (name.startsWith("${")) return [];
  const account = /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(name)?.[1];
  if (account === undefined || !accounts.has(account))
    return ["foreign-account"];
  return name.endsWith(":root") ? ["whole-account"] : [];
}

function findTokenRisks(
  provider: string,
  conditions: readonly Condition[],
  { getIssuerHost: issuerHost, isIdentityPool }: TrustContext,
): readonly TrustRisk[] {
  const host = issuerHost(provider);
  const claims = (name: string) =>
    conditions.filter(({ key }) => key === `${host.toLowerCase()}:${name}`);
  if (IDENTITY_POOL_HOST.test(host)) {
    const isSignedIn = claims("amr").some(
      ({ operator, values }) =>
        /^ForAnyValue:String(Equals|EqualsIgnoreCase|Like)$/.test(operator) &&
        values.length > 0 &&
        !values.some((value) => allowsUnauthenticated(operator, value)),
    );
    return [
      ...findPoolRisks(claims("aud").filter(isExact), isIdentityPool),
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
        one.values.every((value) => !isAnySubject(value, host))),
  );
  const exact = subjects.filter(isExact);
  const namesRepository =
    exact.some((one) => namesOneRepository(one, host)) ||
    [...claims("repository"), ...claims("repository_id")].some(isExact);
  return [
    ...(claims("aud").some(isExact) ? [] : (["any-audience"] as const)),
    ...(exact.length === 0
      ? [isNamed ? ("wildcard-subject" as const) : ("any-subject" as const)]
      : namesRepository
        ? []
        : (["any-repository"] as const)),
  ];
}

/** Returns whether each GitHub subject of a condition names one repository. Subjects of other issuers have none. */
function namesOneRepository(
  { operator, values }: Condition,
  host: string,
): boolean {
  const ignoresCase = operator.endsWith("IgnoreCase");
  return values
    .map((value) => (ignoresCase ? value.toLowerCase() : value))
    .every(
      (value) =>
        !isGitHubSubject(value, host) || getScope(value) === "repository",
    );
}

function getScope(subject: string): GitHubScope {
  return getGitHubScope(parseGitHubSubject(subject));
}

function findPoolRisks(
  audiences: readonly Condition[],
  isIdentityPool: TrustContext["isIdentityPool"],
): readonly TrustRisk[] {
  if (audiences.length === 0) return ["any-identity-pool"];
  return audiences.some(({ values }) => values.every(isIdentityPool))
    ? []
    : ["foreign-identity-pool"];
}

/** The `amr` of unauthenticated identities; that of other users names their provider. */
const UNAUTHENTICATED = "unauthenticated";

function allowsUnauthenticated(operator: string, value: string): boolean {
  if (value.includes("${")) return true;
  return operator.endsWith("Like")
    ? isGlobMatch(value, UNAUTHENTICATED)
    : value.toLowerCase() === UNAUTHENTICATED;
}

/** A policy variable of IAM; references of Terraform have no colon. */
const POLICY_VARIABLE = /\$\{[a-z0-9.-]+:/i;

/** Returns whether a condition allows exact values only: no `IfExists`, wildcard, policy variable or redacted value. */
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
        !POLICY_VARIABLE.test(value) &&
        !value.includes("(redacted"),
    )
  );
}

/** Returns whether a pattern matches subjects of several owners, or all subjects of an issuer. */
function isAnySubject(pattern: string, host: string): boolean {
  return isGitHubIssuer(host) || isGitHubSubject(pattern, host)
    ? getScope(pattern) === "any"
    : /^[^:]*[*?]/.test(pattern) || !pattern.includes(":");
}

/** Returns whether a service can act only for an account, organization or resource of the stage. */
function isBound(
  conditions: readonly Condition[],
  { accounts }: TrustContext,
): boolean {
  const isBoundValue: Readonly<Record<string, (value: string) => boolean>> = {
    "aws:sourceaccount": (value) => accounts.has(value),
    "aws:sourcearn": (value) => isOwnArn(value, accounts),
    "aws:sourceorgid": (value) => !/[*?]/.test(value),
    "sts:externalid": (value) => !/[*?]/.test(value),
  };
  return conditions.some(({ key, operator, values }) => {
    const isValue = Object.hasOwn(isBoundValue, key)
      ? isBoundValue[key]
      : undefined;
    return (
      isValue !== undefined &&
      /^(String|Arn)(Equals|Like)$/.test(operator) &&
      values.length > 0 &&
      values.every(isValue)
    );
  });
}

/** Returns whether an ARN is of an account of the stage, a reference, or that of a bucket. */
function isOwnArn(arn: string, accounts: ReadonlySet<string>): boolean {
  if (arn.startsWith("${")) return true;
  const [, service = "", account = "", name = ""] =
    /^arn:[^:]*:([^:]*):[^:]*:([^:]*):(.*)$/.exec(arn) ?? [];
  return (
    accounts.has(account) ||
    (service === "s3" && account === "" && /^[^*?/]+$/.test(name))
  );
}
