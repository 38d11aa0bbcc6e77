import { isGitHubIssuer } from "../../../constructs/github-claims";
import type { Grant } from "../iam/compare";
import type { Condition } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import {
  listSomeNames,
  literal,
  type RichText,
  text,
  toPlainText,
} from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import { groupBy } from "../system/group-by";
import {
  createEntity,
  describeEntity,
  type Entity,
  resolveName,
} from "./access-graph";
import { describeGitHubSubject } from "./github-principals";
import { IDENTITY_POOL_HOST } from "./identity-pool-access";

/** A principal that a policy allows. */
export interface Principal {
  readonly entity: Entity;
  /** Narrows the principal, such as ` on branch main`. */
  readonly condition: RichText;
}

type Conditions = readonly Condition<Redacted>[];

/** Formats conditions as a clause that begins with " when". Returns nothing if there are none. */
export function formatConditions(conditions: Conditions): RichText {
  return conditions.flatMap(({ operator, key, values }, index) => {
    const start = index === 0 ? literal(" when ") : literal(" and ");
    return text`${start}${key} ${formatOperator(operator)} ${listSomeNames(values)}`;
  });
}

function formatOperator(operator: Redacted): RichText {
  const [, not, test] =
    /^(?:String|Arn)(Not)?(Equals|Like)$/.exec(operator) ?? [];
  const is = not === undefined ? literal("is") : literal("is not");
  if (test !== undefined) return test === "Like" ? text`${is} like` : is;
  switch (operator as string) {
    case "Bool":
      return literal("is");
    case "Null":
      return literal("is missing:");
    case "IpAddress":
      return literal("is in");
    case "NotIpAddress":
      return literal("is not in");
    case "StringEqualsIgnoreCase":
      return literal("is, ignoring case,");
    default:
      return text`${operator}`;
  }
}

/** Returns the principals of a grant of a trust policy or a resource policy. */
export function describePrincipals(
  { principals, conditions }: Grant<Redacted>,
  snapshot: Snapshot,
): readonly Principal[] {
  if (principals === undefined) return [];
  const { patterns, isInverted } = principals;
  if (!isInverted)
    return patterns.map((principal) =>
      describePrincipal(principal, conditions, snapshot),
    );
  const anyone = literal("anyone except some principals");
  const condition = text` (${listSomeNames(patterns)})${formatConditions(conditions)}`;
  return [{ entity: describeEntity("principal", anyone), condition }];
}

/** Groups grants of a resource policy by principal. The grants lose their conditions, which narrow the principal. */
export function groupByPrincipal(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
): readonly (Principal & { readonly grants: readonly Grant<Redacted>[] })[] {
  const pairs = grants.flatMap((grant) =>
    describePrincipals(grant, snapshot).map((principal) => ({
      principal,
      grant: { ...grant, conditions: [] },
    })),
  );
  const groups = groupBy(pairs, ({ principal: { entity, condition } }) =>
    toPlainText([...entity.text, ...condition]),
  );
  return [...groups.values()].map((group) => ({
    ...group[0].principal,
    grants: group.map(({ grant }) => grant),
  }));
}

function describePrincipal(
  principal: Redacted,
  conditions: Conditions,
  snapshot: Snapshot,
): Principal {
  const colon = principal.indexOf(":");
  const kind = principal.slice(0, colon);
  const name = principal.slice(colon + 1) as Redacted;
  if (kind === "Federated")
    return describeFederated(name, conditions, snapshot);
  const entity = describeAwsPrincipal(kind, name, snapshot);
  return { entity, condition: formatConditions(conditions) };
}

function describeAwsPrincipal(
  kind: string,
  name: Redacted,
  snapshot: Snapshot,
): Entity {
  if (name === "*" && kind === "")
    return describeEntity("principal", literal("anyone"));
  if (kind === "Service")
    return createEntity("principal", name, literal("AWS service "));
  const [, account] = /^arn:[^:]*:iam::([^:]*):root$/.exec(name) ?? [];
  const accountId = account as Redacted | undefined;
  if (accountId !== undefined)
    return createEntity("principal", accountId, literal("AWS account "));
  const role = snapshot.find("aws_iam_role", name);
  return role === undefined
    ? createEntity("principal", name)
    : createEntity("role", getShortName(role));
}

function describeFederated(
  name: Redacted,
  conditions: Conditions,
  snapshot: Snapshot,
): Principal {
  const host = getIssuerHost(name, snapshot);
  const findClaim = (claim: string, operators: RegExp) =>
    conditions.find(
      ({ key, operator }) =>
        key === `${host.toLowerCase()}:${claim}` && operators.test(operator),
    );
  const formatOthers = (
    ...known: readonly (Condition<Redacted> | undefined)[]
  ): RichText =>
    formatConditions(conditions.filter((one) => !known.includes(one)));
  const aud = findClaim("aud", /^StringEquals$/);
  if (IDENTITY_POOL_HOST.test(host)) {
    const amr = findClaim("amr", /^ForAnyValue:String(Equals|Like)$/);
    return {
      entity: describeIdentityPoolUsers(aud, amr, snapshot),
      condition: formatOthers(aud, amr),
    };
  }
  const sub = findClaim("sub", /^String(Equals|Like)$/);
  const audience = aud === undefined ? literal(", for any audience") : [];
  const isStsAudience = aud?.values.join() === "sts.amazonaws.com";
  const others = formatOthers(sub, isStsAudience ? aud : undefined);
  const [subject] = sub?.values ?? [];
  if (
    isGitHubIssuer(host) &&
    sub?.values.length === 1 &&
    subject !== undefined
  ) {
    const { entity, condition } = describeGitHubSubject(subject);
    return { entity, condition: [...condition, ...audience, ...others] };
  }
  return {
    entity: createEntity("principal", host, literal("anyone with a token of ")),
    condition: [
      ...formatConditions(sub === undefined ? [] : [sub]),
      ...audience,
      ...others,
    ],
  };
}

/** Returns the issuer host of a federated principal, which is also the prefix of its condition keys. */
export function getIssuerHost(
  principal: Redacted,
  snapshot: Snapshot,
): Redacted {
  const provider = snapshot.find("aws_iam_openid_connect_provider", principal);
  const url =
    provider?.values.url ?? /oidc-provider\/(.+)$/.exec(principal)?.[1];
  return (typeof url === "string" ? url : principal).replace(
    /^https:\/\//,
    "",
  ) as Redacted;
}

function describeIdentityPoolUsers(
  aud: Condition<Redacted> | undefined,
  amr: Condition<Redacted> | undefined,
  snapshot: Snapshot,
): Entity {
  const [authentication] = amr?.values ?? [];
  const users =
    authentication === "authenticated"
      ? literal("signed-in users")
      : authentication === "unauthenticated"
        ? literal("users who are not signed in")
        : literal("all users, signed in or not,");
  if (aud === undefined)
    return describeEntity(
      "users",
      text`${users} of any identity pool of any account`,
    );
  const [id = "(none)" as Redacted] = aud.values;
  const name = resolveName(snapshot, "aws_cognito_identity_pool", id, id);
  return {
    kind: "users",
    name: toPlainText(text`${users} of ${name}`),
    text: text`${users} of identity pool ${name}`,
  };
}
