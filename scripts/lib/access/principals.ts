import type { Condition } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import {
  listNames,
  listSomeNames,
  literal,
  type RichText,
  text,
  toPlainText,
} from "../plan/rich-text";
import type { Grant } from "../iam/compare";
import { getShortName } from "../plan/resource-names";
import type { Snapshot } from "../plan/snapshot";
import { createEntity, describeEntity, type Entity } from "./access-graph";

const WORDS: Readonly<Record<string, RichText>> = {
  StringEquals: literal("is"),
  StringLike: literal("is like"),
  StringNotEquals: literal("is not"),
  StringNotLike: literal("is not like"),
  StringEqualsIgnoreCase: literal("is, in any case,"),
  ArnEquals: literal("is"),
  ArnLike: literal("is like"),
  ArnNotEquals: literal("is not"),
  ArnNotLike: literal("is not like"),
  Bool: literal("is"),
  Null: literal("is missing:"),
  IpAddress: literal("is in"),
  NotIpAddress: literal("is not in"),
};

/** Returns when something is allowed; nothing if it always is. */
export function formatConditions(
  conditions: readonly Condition<Redacted>[],
): RichText {
  return conditions.flatMap(({ operator, key, values }, index) => {
    const test = Object.hasOwn(WORDS, operator)
      ? (WORDS[operator] ?? [])
      : text`${operator}`;
    const start = index === 0 ? literal(" when ") : literal(" and ");
    return text`${start}${key} ${test} ${listSomeNames(values)}`;
  });
}

/** A principal that a policy allows, and from where. */
export interface Principal {
  readonly entity: Entity;
  /** Narrows who it is, such as ` on branch main`. */
  readonly condition: RichText;
}

const GITHUB = "token.actions.githubusercontent.com";
const COGNITO = /^cognito-identity(-us-gov)?\.amazonaws\.com$/;

type Conditions = readonly Condition<Redacted>[];

/** Returns whom a grant of a trust policy, or of the policy of a resource, is for. */
export function describePrincipals(
  { principals, conditions }: Grant<Redacted>,
  snapshot: Snapshot,
): readonly Principal[] {
  if (principals === undefined) return [];
  const { patterns, isInverted } = principals;
  if (isInverted)
    return [
      {
        entity: describeEntity(
          "principal",
          literal("anyone except some principals"),
        ),
        condition: text` (${listSomeNames(patterns)})${formatConditions(conditions)}`,
      },
    ];
  return patterns.map((principal) =>
    principalOf(principal, conditions, snapshot),
  );
}

/** Returns grants of a resource's policy by whom they are for, without the conditions that say who that is. */
export function groupByPrincipal(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
): readonly (Principal & { readonly grants: readonly Grant<Redacted>[] })[] {
  const all = new Map<string, Principal & { grants: Grant<Redacted>[] }>();
  for (const grant of grants)
    for (const principal of describePrincipals(grant, snapshot)) {
      const key = toPlainText([
        ...principal.entity.text,
        ...principal.condition,
      ]);
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
    return {
      entity: describeEntity("principal", literal("anyone")),
      condition: where,
    };
  const colon = principal.indexOf(":");
  const kind = principal.slice(0, colon);
  const name = principal.slice(colon + 1) as Redacted;
  if (kind === "Service")
    return { entity: named(literal("AWS service"), name), condition: where };
  if (kind === "Federated") return federated(name, conditions, snapshot);
  const account = /^arn:[^:]+:iam::([^:]*):root$/.exec(name)?.[1];
  if (account !== undefined)
    return {
      entity: named(literal("AWS account"), account as Redacted),
      condition: where,
    };
  const role = snapshot.find("aws_iam_role", name);
  return {
    entity:
      role === undefined
        ? named(literal("principal"), name)
        : createEntity("role", getShortName(role)),
    condition: where,
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
  const host = getIssuerHost(name, snapshot);
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
      entity: identityPoolUsers(aud, amr, snapshot),
      condition: others([aud, amr]),
    };
  }
  const sub = claim("sub", /^String(Equals|Like)$/);
  const audience = aud === undefined ? literal(", for any audience") : [];
  const isUsual = aud?.values.join() === "sts.amazonaws.com";
  const rest = others([sub, isUsual ? aud : undefined]);
  const [subject] = sub?.values ?? [];
  if (host === GITHUB && sub?.values.length === 1 && subject !== undefined) {
    const { entity: who, condition: where } = githubPrincipal(subject);
    return { entity: who, condition: [...where, ...audience, ...rest] };
  }
  return {
    entity: {
      kind: "principal",
      name: host,
      text: text`anyone with a token of ${host}`,
    },
    condition: [
      ...formatConditions(sub === undefined ? [] : [sub]),
      ...audience,
      ...rest,
    ],
  };
}

/** Returns the host of the issuer that a federated principal stands for; it is also the prefix of its condition keys. */
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
    return describeEntity(
      "users",
      text`${how} of any identity pool of any account`,
    );
  const [pool] = aud.values;
  const found = snapshot.find("aws_cognito_identity_pool", pool);
  const name =
    found === undefined
      ? (pool ?? ("(none)" as Redacted))
      : getShortName(found);
  return {
    kind: "users",
    name: toPlainText(text`${how} of ${name}`),
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
      entity: describeEntity("repository", literal("any repository of GitHub")),
      condition: text` with subject ${subject}`,
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
    numbers.length === 0 ? [] : text` (numbers ${listNames(numbers)})`;
  for (const [pattern, formatPlace] of PLACES) {
    const found = pattern.exec(place);
    if (found)
      return {
        entity: who,
        condition: [...formatPlace((found[1] ?? "") as Redacted), ...numbered],
      };
  }
  return { entity: who, condition: text` with subject ${subject}` };
}
