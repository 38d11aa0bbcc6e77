import { party, somebody, type Party } from "./party";
import { list, plain, say, type Phrase } from "./phrase";
import type { Condition } from "./policy";
import type { Grant } from "./policy-sets";
import { whenTold } from "./condition-words";
import { textOf, type Snapshot } from "./snapshot";

/** Somebody whom a policy lets in, and where from. */
export interface TrustedParty {
  readonly who: Party;
  /** Narrows who it is, such as ` on branch main`. */
  readonly where: Phrase;
}

const GITHUB = "token.actions.githubusercontent.com";
const COGNITO = /^cognito-identity(-us-gov)?\.amazonaws\.com$/;

/** Whom a grant of a trust policy, or of a resource's policy, is for. */
export function trustedParties(
  { principals, conditions }: Grant,
  snapshot: Snapshot,
): readonly TrustedParty[] {
  if (principals === undefined) return [];
  const { patterns, isInverted } = principals;
  if (isInverted)
    return [
      {
        who: somebody("principal", "everybody but some"),
        where: say` (${patterns.join(", ")})${whenTold(conditions)}`,
      },
    ];
  return patterns.map((principal) =>
    trustedParty(principal, conditions, snapshot),
  );
}

/** Grants of a resource's policy by whom they are for, without the tests that say who that is. */
export function grantsByParty(
  grants: readonly Grant[],
  snapshot: Snapshot,
): readonly (TrustedParty & { readonly grants: readonly Grant[] })[] {
  const all = new Map<string, TrustedParty & { grants: Grant[] }>();
  for (const grant of grants)
    for (const party of trustedParties(grant, snapshot)) {
      const key = plain([...party.who.told, ...party.where]);
      const entry = all.get(key) ?? { ...party, grants: [] };
      entry.grants.push({ ...grant, conditions: [] });
      all.set(key, entry);
    }
  return [...all.values()];
}

function trustedParty(
  principal: string,
  conditions: readonly Condition[],
  snapshot: Snapshot,
): TrustedParty {
  const where = whenTold(conditions);
  if (principal === "*")
    return { who: somebody("principal", "anybody at all"), where };
  const colon = principal.indexOf(":");
  const [kind, name] = [principal.slice(0, colon), principal.slice(colon + 1)];
  if (kind === "Service") return { who: named("AWS service", name), where };
  if (kind === "Federated") return federated(name, conditions, snapshot);
  const account = /^arn:[^:]+:iam::([^:]*):root$/.exec(name)?.[1];
  if (account !== undefined)
    return { who: named("AWS account", account), where };
  const role = snapshot.find("aws_iam_role", name);
  const own = role?.values.name;
  return {
    who:
      typeof own === "string" ? party("role", own) : named("principal", name),
    where,
  };
}

function named(words: string, name: string): Party {
  return { kind: "principal", name, told: say`${[`${words} `]}${name}` };
}

function federated(
  name: string,
  conditions: readonly Condition[],
  snapshot: Snapshot,
): TrustedParty {
  const provider = snapshot.find("aws_iam_openid_connect_provider", name);
  const url = provider?.values.url ?? /oidc-provider\/(.+)$/.exec(name)?.[1];
  const host = (typeof url === "string" ? url : name).replace(
    /^https:\/\//,
    "",
  );
  const claim = (short: string, operators: RegExp): Condition | undefined =>
    conditions.find(
      ({ key, operator }) =>
        key === `${host.toLowerCase()}:${short}` && operators.test(operator),
    );
  const sub = claim("sub", /^String(Equals|Like)$/);
  const aud = claim("aud", /^StringEquals$/);
  const others = (known: readonly (Condition | undefined)[]): Phrase =>
    whenTold(conditions.filter((condition) => !known.includes(condition)));
  if (COGNITO.test(host)) {
    const amr = claim("amr", /^ForAnyValue:String(Equals|Like)$/);
    return {
      who: identityPoolUsers(aud, amr, snapshot),
      where: others([aud, amr]),
    };
  }
  const audience: Phrase = aud === undefined ? [", for any audience"] : [];
  const isUsual = aud?.values.join() === "sts.amazonaws.com";
  const rest = others([sub, isUsual ? aud : undefined]);
  const [subject] = sub?.values ?? [];
  const isKnown = sub?.values.length === 1;
  if (host === GITHUB && isKnown && subject !== undefined) {
    const { who, where } = githubParty(subject);
    return { who, where: [...where, ...audience, ...rest] };
  }
  return {
    who: {
      kind: "principal",
      name: host,
      told: say`anybody with a token of ${host}`,
    },
    where: [...whenTold(sub === undefined ? [] : [sub]), ...audience, ...rest],
  };
}

function identityPoolUsers(
  aud: Condition | undefined,
  amr: Condition | undefined,
  snapshot: Snapshot,
): Party {
  const [way] = amr?.values ?? [];
  const how =
    way === "authenticated"
      ? "signed-in users"
      : way === "unauthenticated"
        ? "users who are not signed in"
        : "all users, signed in or not,";
  if (aud === undefined)
    return somebody("users", `${how} of any identity pool of anybody`);
  const [pool] = aud.values;
  const found = snapshot.find("aws_cognito_identity_pool", pool);
  const name = textOf(
    found,
    "identity_pool_name",
    found?.address ?? String(pool),
  );
  return {
    kind: "users",
    name: `${how} of ${name}`,
    told: say`${[`${how} of identity pool `]}${name}`,
  };
}

const PLACES: readonly (readonly [RegExp, (name: string) => Phrase])[] = [
  [/^ref:refs\/heads\/\*$/, () => [" on any branch"]],
  [/^ref:refs\/heads\/(.+)$/, (name) => say` on branch ${name}`],
  [/^ref:refs\/tags\/\*$/, () => [" on any tag"]],
  [/^ref:refs\/tags\/(.+)$/, (name) => say` on tag ${name}`],
  [/^environment:\*$/, () => [" in any environment"]],
  [/^environment:(.+)$/, (name) => say` in environment ${name}`],
  [/^pull_request$/, () => [" in any pull request"]],
  [/^\*$/, () => [" on any branch, tag, environment or pull request"]],
];

/** The repository, and the part of it, that a GitHub subject is for. */
function githubParty(subject: string): TrustedParty {
  const [, owner = "", repository = "", place = ""] =
    /^repo:([^/:]+)\/([^:]+):(.+)$/.exec(subject) ?? [];
  const short = [owner, repository].map((name) => name.replace(/@.*$/, ""));
  const [ownerName = "", repositoryName = ""] = short;
  if (ownerName === "" || /[*?]/.test(ownerName))
    return {
      who: somebody("repository", "any repository of GitHub"),
      where: say` with subject ${subject}`,
    };
  const name = `${ownerName}/${repositoryName}`;
  const who: Party =
    repositoryName === "*"
      ? {
          kind: "repository",
          name,
          told: say`any repository of GitHub ${ownerName}`,
        }
      : { kind: "repository", name, told: say`GitHub ${name}` };
  const numbers = [owner, repository].flatMap(
    (part) => /@(.*)$/.exec(part)?.[1] ?? [],
  );
  const numbered: Phrase =
    numbers.length === 0 ? [] : say` (${["numbers "]}${list(numbers)})`;
  for (const [pattern, told] of PLACES) {
    const found = pattern.exec(place);
    if (found) return { who, where: [...told(found[1] ?? ""), ...numbered] };
  }
  return { who, where: say` with subject ${subject}` };
}
