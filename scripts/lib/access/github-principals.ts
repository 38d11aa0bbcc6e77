import {
  type GitHubClaim,
  getGitHubScope,
  parseGitHubRepository,
  parseGitHubSubject,
} from "../../../constructs/github-claims";
import type { Redacted } from "../plan/redactor";
import {
  joinTexts,
  listNames,
  literal,
  type RichText,
  text,
} from "../plan/rich-text";
import { createEntity, describeEntity, type Entity } from "./access-graph";

/** Words for a claim with any value, and words before a value. */
type ClaimWords = readonly [any: RichText, named: RichText];

/** The claims of a run, which come first in a sentence. */
const RUN_KEYS = ["environment", "ref", "pull_request"];

const CLAIM_WORDS: Readonly<Record<string, ClaimWords>> = {
  environment: [literal(" in any environment"), literal(" in environment ")],
  workflow: [literal(" in any workflow"), literal(" in workflow ")],
  event_name: [literal(" on any event"), literal(" on event ")],
};

/** Patterns of refs, with the words for each. */
const REF_WORDS: readonly (readonly [RegExp, ...ClaimWords])[] = [
  [/^refs\/heads\/(.+)$/, literal(" on any branch"), literal(" on branch ")],
  [/^refs\/tags\/(.+)$/, literal(" on any tag"), literal(" on tag ")],
  [
    /^refs\/pull\/(.+?)(?:\/merge|\/head)?$/,
    literal(" in any pull request"),
    literal(" in pull request "),
  ],
  [/^(.*)$/, literal(" on any branch or tag"), literal(" on ref ")],
];

/** A repository, and what narrows its runs: an environment, a branch, a workflow or other claims. */
interface GitHubRuns {
  readonly entity: Entity;
  readonly condition: RichText;
}

/** Describes the runs on GitHub whose tokens have a subject, or a subject that matches a pattern. */
export function describeGitHubSubject(subject: Redacted): GitHubRuns {
  const parsed = parseGitHubSubject(subject);
  const { claims, rest } = parsed;
  const owner = claims.find((claim) => getScope(claim) !== "any");
  const pin = claims.find((claim) => getScope(claim) === "repository") ?? owner;
  const entity = describeRepository(pin);
  const isNamed = pin !== undefined || !claims.some(isRepository);
  if (!isNamed || (rest !== "" && rest !== "*") || claims.length === 0)
    return { entity, condition: text` with subject ${subject}` };
  const others = claims.filter((claim) => claim !== pin);
  const isRun = ({ key }: GitHubClaim) => RUN_KEYS.includes(key);
  const parts = [
    ...others.filter(isRun),
    ...others.filter((claim) => !isRun(claim)),
  ].map(describeClaim);
  const ids = isRepository(pin) ? parseGitHubRepository(pin.value).ids : [];
  return {
    entity,
    condition: [
      ...joinTexts(parts, []),
      ...(rest === "*"
        ? literal(" on any branch, tag, environment or pull request")
        : parts.length === 0
          ? literal(" in any run")
          : []),
      ...(ids.length === 0 ? [] : text` (IDs ${listNames(ids as Redacted[])})`),
    ],
  };
}

function getScope(claim: GitHubClaim) {
  return getGitHubScope({ claims: [claim], rest: "" });
}

function isRepository(
  claim: GitHubClaim | undefined,
): claim is GitHubClaim & { readonly key: "repo" | "repository" } {
  return claim?.key === "repo" || claim?.key === "repository";
}

function describeRepository(pin: GitHubClaim | undefined): Entity {
  if (pin === undefined)
    return describeEntity("repository", literal("any GitHub repository"));
  const value = pin.value as Redacted;
  if (isRepository(pin)) {
    const { owner, name } = parseGitHubRepository(value);
    const words =
      getScope(pin) === "repository"
        ? literal("GitHub ")
        : literal("any GitHub repository like ");
    return createEntity("repository", `${owner}/${name}` as Redacted, words);
  }
  const words =
    pin.key === "repository_id"
      ? text`GitHub repository with ID ${value}`
      : pin.key === "repository_owner"
        ? text`any GitHub repository of ${value}`
        : text`any GitHub repository of the owner with ID ${value}`;
  return describeEntity("repository", words);
}

function describeClaim({ key, value, isKnown }: GitHubClaim): RichText {
  if (key === "pull_request") return literal(" in any pull request");
  if (key === "ref") return describeRef(value);
  const words = Object.hasOwn(CLAIM_WORDS, key) ? CLAIM_WORDS[key] : undefined;
  if (words !== undefined && value !== "") {
    const [any, named] = words;
    return value === "*" ? any : text`${named}${value as Redacted}`;
  }
  const noun = isKnown ? literal("") : literal("unknown claim ");
  const shown = value === "" ? literal("empty") : text`${value as Redacted}`;
  return text` with ${noun}${key as Redacted} ${shown}`;
}

function describeRef(ref: string): RichText {
  for (const [pattern, any, named] of REF_WORDS) {
    const name = pattern.exec(ref)?.[1];
    if (name !== undefined)
      return name === "*" ? any : text`${named}${name as Redacted}`;
  }
  return [];
}
