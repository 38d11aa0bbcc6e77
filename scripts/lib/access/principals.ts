import type { Grant } from "../iam/compare";
import type { Condition } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import { shortName } from "../plan/resource-names";
import {
  list,
  listSome,
  literal,
  plain,
  text,
  type RichText,
} from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import { formatConditions } from "./condition-words";
import { described, entity, type Entity } from "./entity";

/** A principal that a policy allows, and from where. */
export interface Principal {
  readonly who: Entity;
  /** Narrows who it is, such as ` on branch main`. */
  readonly where: RichText;
}

const GITHUB = "token.actions.githubusercontent.com";
const COGNITO = /^cognito-identity(-us-gov)?\.amazonaws\.com$/;

type Conditions = readonly Condition<Redacted>[];

/** Returns whom a grant of a trust policy, or of the policy of a resource, is for. */
export function principalsOf(
  { principals, conditions }: Grant<Redacted>,
  snapshot: Snapshot,
): readonly Principal[] {
  if (principals === undefined) return [];
  const { patterns, isInverted } = principals;
  if (isInverted)
    return [
      {
        who: described("principal", literal("anyone except some principals")),
        where: text` (${listSome(patterns)})${formatConditions(conditions)}`,
      },
    ];
  return patterns.map((principal) =>
    principalOf(principal, conditions, snapshot),
  );
}

/** Returns grants of a resource's policy by whom they are for, without the conditions that say who that is. */
export function grantsByPrincipal(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
): readonly (Principal & { readonly grants: readonly Grant<Redacted>[] })[] {
  const all = new Map<string, Principal & { grants: Grant<Redacted>[] }>();
  for (const grant of grants)
    for (const principal of principalsOf(grant, snapshot)) {
      const key = plain([...principal.who.text, ...principal.where]);
      const entry = all.get(key) ?? { ...principal, grants: [] };
      entry.grants.push({ ...grant, conditions: [] });
      all.set(key, entry);
    }
  return [...all.values()];
}

function principalOf(
  principal: Redacted,
  conditions: Conditions,
  snapshot: Snapshot,
): Principal {
  const where = formatConditions(conditions);
  if (principal === "*")
    return { who: described("principal", literal("anyone")), where };
  const colon = principal.indexOf(":");
  const kind = principal.slice(0, colon);
  const name = principal.slice(colon + 1) as Redacted;
  if (kind === "Service")
    return { who: named(literal("AWS service"), name), where };
  if (kind === "Federated") return federated(name, conditions, snapshot);
  const account = /^arn:[^:]+:iam::([^:]*):root$/.exec(name)?.[1];
  if (account !== undefined)
    return {
      who: named(literal("AWS account"), account as Redacted),
      where,
    };
  const role = snapshot.find("aws_iam_role", name);
  return {
    who:
      role === undefined
        ? named(literal("principal"), name)
        : entity("role", shortName(role)),
    where,
  };
}

function named(words: RichText, name: Redacted): Entity {
  return { kind: "principal", name, text: text`${words} ${name}` };
}

function federated(
  name: Redacted,
  conditions: Conditions,
  snapshot: Snapshot,
): Principal {
  const host = issuerHost(name, snapshot);
  const claim = (
    short: string,
    operators: RegExp,
  ): Condition<Redacted> | undefined =>
    conditions.find(
      ({ key, operator }) =>
        key === `${host.toLowerCase()}:${short}` && operators.test(operator),
    );
  const others = (
    known: readonly (Condition<Redacted> | undefined)[],
  ): RichText =>
    formatConditions(
      conditions.filter((condition) => !known.includes(condition)),
    );
  const aud = claim("aud", /^StringEquals$/);
  if (COGNITO.test(host)) {
    const amr = claim("amr", /^ForAnyValue:String(Equals|Like)$/);
    return {
      who: identityPoolUsers(aud, amr, snapshot),
      where: others([aud, amr]),
    };
  }
  const sub = claim("sub", /^String(Equals|Like)$/);
  const audience = aud === undefined ? literal(", for any audience") : [];
  const isUsual = aud?.values.join() === "sts.amazonaws.com";
  const rest = others([sub, isUsual ? aud : undefined]);
  const [subject] = sub?.values ?? [];
  if (host === GITHUB && sub?.values.length === 1 && subject !== undefined) {
    const { who, where } = githubPrincipal(subject);
    return { who, where: [...where, ...audience, ...rest] };
  }
  return {
    who: {
      kind: "principal",
      name: host,
      text: text`anyone with a token of ${host}`,
    },
    where: [
      ...formatConditions(sub === undefined ? [] : [sub]),
      ...audience,
      ...rest,
    ],
  };
}

/** Returns the host of the issuer that a federated principal stands for; it is also the prefix of its condition keys. */
export function issuerHost(principal: Redacted, snapshot: Snapshot): Redacted {
  const provider = snapshot.find("aws_iam_openid_connect_provider", principal);
  const url =
    provider?.values.url ?? /oidc-provider\/(.+)$/.exec(principal)?.[1];
  return (typeof url === "string" ? url : principal).replace(
    /^https:\/\//,
    "",
  ) as Redacted;
}

function identityPoolUsers(
  aud: Condition<Redacted> | undefined,
  amr: Condition<Redacted> | undefined,
  snapshot: Snapshot,
): Entity {
  const [way] = amr?.values ?? [];
  const how =
    way === "authenticated"
      ? literal("signed-in users")
      : way === "unauthenticated"
        ? literal("users who are not signed in")
        : literal("all users, signed in or not,");
  if (aud === undefined)
    return described("users", text`${how} of any identity pool of any account`);
  const [pool] = aud.values;
  const found = snapshot.find("aws_cognito_identity_pool", pool);
  const name =
    found === undefined ? (pool ?? ("(none)" as Redacted)) : shortName(found);
  return {
    kind: "users",
    name: plain(text`${how} of ${name}`),
    text: text`${how} of identity pool ${name}`,
  };
}

const PLACES: readonly (readonly [RegExp, (name: Redacted) => RichText])[] = [
  [/^ref:refs\/heads\/\*$/, () => literal(" on any branch")],
  [/^ref:refs\/heads\/(.+)$/, (name) => text` on branch ${name}`],
  [/^ref:refs\/tags\/\*$/, () => literal(" on any tag")],
  [/^ref:refs\/tags\/(.+)$/, (name) => text` on tag ${name}`],
  [/^environment:\*$/, () => literal(" in any environment")],
  [/^environment:(.+)$/, (name) => text` in environment ${name}`],
  [/^pull_request$/, () => literal(" in any pull request")],
  [/^\*$/, () => literal(" on any branch, tag, environment or pull request")],
];

/** Returns the repository, and the part of it, that a GitHub subject is for. */
function githubPrincipal(subject: Redacted): Principal {
  const [, owner = "", repository = "", place = ""] =
    /^repo:([^/:]+)\/([^:]+):(.+)$/.exec(subject) ?? [];
  const [ownerName = "", repositoryName = ""] = [owner, repository].map(
    (name) => name.replace(/@.*$/, ""),
  );
  if (ownerName === "" || /[*?]/.test(ownerName))
    return {
      who: described("repository", literal("any repository of GitHub")),
      where: text` with subject ${subject}`,
    };
  const name = `${ownerName}/${repositoryName}` as Redacted;
  const isAny = /[*?]/.test(repositoryName);
  const who: Entity = {
    kind: "repository",
    name,
    text: isAny
      ? text`any repository of GitHub like ${name}`
      : text`GitHub ${name}`,
  };
  const numbers = [owner, repository].flatMap(
    (part) => /@(.*)$/.exec(part)?.[1] ?? [],
  ) as Redacted[];
  const numbered =
    numbers.length === 0 ? [] : text` (numbers ${list(numbers)})`;
  for (const [pattern, formatPlace] of PLACES) {
    const found = pattern.exec(place);
    if (found)
      return {
        who,
        where: [...formatPlace((found[1] ?? "") as Redacted), ...numbered],
      };
  }
  return { who, where: text` with subject ${subject}` };
}
