import {
  combineConditions,
  isAtLeastAsStrict,
  splitConditions,
} from "./conditions";
import { isGlobMatch, sampleTexts } from "./patterns";
import type { Condition, PatternSet, Statement } from "./policy";

/** Thrown when policies are too large to compare in a few seconds. */
export class PolicyTooLargeError extends Error {}

/** Maximum number of patterns; IAM allows fewer. */
const MAX_PATTERNS = 3_000;
/** Maximum number of patterns with wildcards, of which all pairs are compared. */
const MAX_WILDCARD_PATTERNS = 600;
/** Maximum length of a pattern in characters; names in AWS are shorter. */
const MAX_PATTERN_LENGTH = 1_200;
/** Maximum number of evaluations of a statement, which take a few seconds. */
const MAX_EVALUATIONS = 5_000_000;

/** A principal that no policy names. */
const OTHER_PRINCIPAL = "other";
/** The identity of an identity-based policy. */
const OWN_IDENTITY = "own";

/** How much of a set of requests other policies do not allow. */
export type Coverage = "all" | "some" | "none";

/** The samples of principals, actions and resources that a statement matches. */
interface StatementMatch {
  readonly statement: Statement;
  readonly principals: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
}

interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly conditions: readonly Condition[];
}

/** Sample requests that represent all requests that some policies distinguish. */
export class RequestSpace {
  private readonly principals: readonly string[];
  private readonly actions: readonly string[];
  private readonly resources: readonly string[];
  private readonly matches = new Map<Statement, StatementMatch>();
  private readonly patternMatches = new Map<string, readonly string[]>();
  private remainingEvaluations = MAX_EVALUATIONS;

  /** @throws PolicyTooLargeError if there are too many patterns, or too long ones */
  constructor(statements: readonly Statement[]) {
    const list = (part: "principals" | "actions" | "resources") => [
      ...new Set(statements.flatMap((one) => one[part]?.patterns ?? [])),
    ];
    const [actions, resources] = [list("actions"), list("resources")];
    for (const all of [actions, resources]) {
      const wild = all.filter((one) => /[*?]/.test(one)).length;
      const longest = Math.max(0, ...all.map((one) => one.length));
      if (
        all.length > MAX_PATTERNS ||
        wild > MAX_WILDCARD_PATTERNS ||
        longest > MAX_PATTERN_LENGTH
      )
        throw new PolicyTooLargeError();
    }
    this.principals = [OWN_IDENTITY, OTHER_PRINCIPAL, ...list("principals")];
    // actions are case-insensitive
    this.actions = sampleTexts(["*", ...actions.map(toLowerCase)]);
    this.resources = sampleTexts(["*", ...resources]);
  }

  /**
   * Returns how much of a grant that the first policies allow the others do not allow.
   *
   * @throws PolicyTooLargeError if there are too many requests
   */
  findUncovered(
    grant: Statement,
    one: readonly Statement[],
    other: readonly Statement[],
  ): Coverage {
    const { principals, actions, resources } = this.matchStatement(grant);
    const findOverlapping = (statements: readonly Statement[]) =>
      statements
        .map((statement) => this.matchStatement(statement))
        .filter((match) => overlaps(match, this.matchStatement(grant)));
    const [matches, otherMatches] = [
      findOverlapping(one),
      findOverlapping(other),
    ];
    const contexts = listContexts(grant, [...matches, ...otherMatches]);
    this.remainingEvaluations -=
      principals.size *
      actions.size *
      resources.size *
      contexts.length *
      (matches.length + otherMatches.length);
    if (this.remainingEvaluations < 0) throw new PolicyTooLargeError();
    let [granted, uncovered] = [0, 0];
    for (const principal of principals)
      for (const action of actions)
        for (const resource of resources)
          for (const conditions of contexts) {
            const request = { principal, action, resource, conditions };
            if (!isAllowed(matches, request)) continue;
            granted += 1;
            if (!isAllowed(otherMatches, request)) uncovered += 1;
          }
    if (uncovered === 0) return "none";
    return uncovered === granted ? "all" : "some";
  }

  private matchStatement(statement: Statement): StatementMatch {
    const known = this.matches.get(statement);
    if (known !== undefined) return known;
    const { principals, actions, resources } = statement;
    const match = {
      statement,
      principals: new Set(
        this.principals.filter((name) => matchesPrincipal(principals, name)),
      ),
      actions: this.matchPatterns(
        { ...actions, patterns: actions.patterns.map(toLowerCase) },
        this.actions,
      ),
      resources: this.matchPatterns(resources, this.resources),
    };
    this.matches.set(statement, match);
    return match;
  }

  private matchPatterns(
    { patterns, isInverted }: PatternSet,
    texts: readonly string[],
  ): ReadonlySet<string> {
    const matching = new Set(
      patterns.flatMap((pattern) => this.findMatches(pattern, texts)),
    );
    return isInverted
      ? new Set(texts.filter((text) => !matching.has(text)))
      : matching;
  }

  private findMatches(
    pattern: string,
    texts: readonly string[],
  ): readonly string[] {
    const key = `${texts === this.actions ? "action" : "resource"} ${pattern}`;
    const known = this.patternMatches.get(key);
    if (known !== undefined) return known;
    const matching = texts.filter((text) => isGlobMatch(pattern, text));
    this.patternMatches.set(key, matching);
    return matching;
  }
}

function toLowerCase(action: string): string {
  return action.toLowerCase();
}

/** Returns whether a request can match two statements. */
function overlaps(one: StatementMatch, other: StatementMatch): boolean {
  return (["principals", "actions", "resources"] as const).every((part) => {
    const [few, many] =
      one[part].size < other[part].size
        ? [one[part], other[part]]
        : [other[part], one[part]];
    for (const text of few) if (many.has(text)) return true;
    return false;
  });
}

/** Returns the conditions of a statement, alone and combined with those of overlapping statements. */
function listContexts(
  { conditions }: Statement,
  matches: readonly StatementMatch[],
): readonly (readonly Condition[])[] {
  const merged = matches
    .filter(({ statement }) => statement.conditions.length > 0)
    .flatMap(({ statement }) => splitConditions(statement.conditions))
    .flatMap((tests) => {
      const all = combineConditions(conditions, tests);
      return all === undefined ? [] : [all];
    });
  const contexts = new Map(
    [conditions, ...merged].map((one) => [JSON.stringify(one), one]),
  );
  return [...contexts.values()];
}

/** Returns whether a statement allows a request and none denies it. */
function isAllowed(
  matches: readonly StatementMatch[],
  { principal, action, resource, conditions }: Request,
): boolean {
  let isGranted = false;
  for (const match of matches) {
    const { effect, conditions: required } = match.statement;
    const isMatch =
      match.principals.has(principal) &&
      match.actions.has(action) &&
      match.resources.has(resource) &&
      isAtLeastAsStrict(conditions, required);
    if (!isMatch) continue;
    if (effect === "Deny") return false;
    isGranted = true;
  }
  return isGranted;
}

function matchesPrincipal(
  principals: PatternSet | undefined,
  name: string,
): boolean {
  if (principals === undefined) return name === OWN_IDENTITY;
  const { patterns, isInverted } = principals;
  return (
    name !== OWN_IDENTITY &&
    (patterns.includes("*") || patterns.includes(name)) !== isInverted
  );
}
