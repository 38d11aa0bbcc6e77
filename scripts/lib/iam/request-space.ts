import {
  combineConditions,
  isAtLeastAsStrict,
  splitConditions,
} from "./conditions";
import { isGlobMatch, sampleTexts } from "./patterns";
import type { Condition, PatternSet, Statement } from "./policy";

/** Policies that are too large to be compared in the time that somebody waits. */
export class PolicyTooLargeError extends Error {}

/** Most patterns of all statements; IAM's own limits allow fewer. */
const MOST_PATTERNS = 3_000;
/** Most patterns with wild cards; each two of them are looked at. */
const MOST_WILD = 600;
/** Longest pattern, in characters; AWS's own names are shorter. */
const LONGEST_PATTERN = 1_200;
/** Most times that a statement is looked at for a request: a few seconds. */
const MOST_DECISIONS = 5_000_000;

/** Whom no policy names. */
const SOMEBODY_ELSE = "somebody else";
/** In a policy of an identity, whose own it is. */
const ITSELF = "itself";

/** How much of what the one policies let through the others do not. */
export type Coverage = "all" | "some" | "none";

/** What a statement is about, as the requests that it can be told apart by. */
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

/** One request of each kind that some policies can tell apart. */
export class RequestSpace {
  private readonly principals: readonly string[];
  private readonly actions: readonly string[];
  private readonly resources: readonly string[];
  private readonly matches = new Map<Statement, StatementMatch>();
  private readonly fitting = new Map<string, readonly string[]>();
  private decisionsLeft = MOST_DECISIONS;

  /** @throws TooLargeError when there are too many patterns to tell apart */
  constructor(statements: readonly Statement[]) {
    const patterns = (of: (statement: Statement) => PatternSet | undefined) => [
      ...new Set(statements.flatMap((one) => of(one)?.patterns ?? [])),
    ];
    const actions = patterns((one) => one.actions);
    const resources = patterns((one) => one.resources);
    for (const all of [actions, resources]) {
      const wild = all.filter((one) => /[*?]/.test(one)).length;
      const longest = Math.max(0, ...all.map((one) => one.length));
      if (
        all.length > MOST_PATTERNS ||
        wild > MOST_WILD ||
        longest > LONGEST_PATTERN
      )
        throw new PolicyTooLargeError();
    }
    this.principals = [
      ITSELF,
      SOMEBODY_ELSE,
      ...patterns((one) => one.principals),
    ];
    // IAM takes actions in any case
    this.actions = sampleTexts(["*", ...actions.map(lowered)]);
    this.resources = sampleTexts(["*", ...resources]);
  }

  /**
   * How much the others lack of what the one policies let through by a statement of theirs.
   *
   * @throws TooLargeError when that is too much to try
   */
  findUncovered(
    grant: Statement,
    one: readonly Statement[],
    other: readonly Statement[],
  ): Coverage {
    const own = this.matchOf(grant);
    const [near, others] = [one, other].map((statements) =>
      statements
        .map((statement) => this.matchOf(statement))
        .filter((match) => meet(match, own)),
    );
    if (near === undefined || others === undefined) throw new Error("no lists");
    let [granted, lacking] = [0, 0];
    const contexts = contextsOf(grant, [...near, ...others]);
    this.decisionsLeft -=
      own.principals.size *
      own.actions.size *
      own.resources.size *
      contexts.length *
      (near.length + others.length);
    if (this.decisionsLeft < 0) throw new PolicyTooLargeError();
    for (const who of own.principals)
      for (const what of own.actions)
        for (const where of own.resources)
          for (const conditions of contexts) {
            const request = {
              principal: who,
              action: what,
              resource: where,
              conditions,
            };
            if (!isAllowed(near, request)) continue;
            granted += 1;
            if (!isAllowed(others, request)) lacking += 1;
          }
    if (lacking === 0) return "none";
    return lacking === granted ? "all" : "some";
  }

  private matchOf(statement: Statement): StatementMatch {
    const known = this.matches.get(statement);
    if (known !== undefined) return known;
    const { principals, actions, resources } = statement;
    const match = {
      statement,
      principals: new Set(
        this.principals.filter((name) => isPrincipal(principals, name)),
      ),
      actions: this.fits(
        { ...actions, patterns: actions.patterns.map(lowered) },
        this.actions,
      ),
      resources: this.fits(resources, this.resources),
    };
    this.matches.set(statement, match);
    return match;
  }

  private fits(
    { patterns, isInverted }: PatternSet,
    texts: readonly string[],
  ): ReadonlySet<string> {
    const fitting = new Set(
      patterns.flatMap((pattern) => this.fittingOf(pattern, texts)),
    );
    return isInverted
      ? new Set(texts.filter((text) => !fitting.has(text)))
      : fitting;
  }

  private fittingOf(
    pattern: string,
    texts: readonly string[],
  ): readonly string[] {
    const key = `${texts === this.actions ? "action" : "resource"} ${pattern}`;
    const known = this.fitting.get(key);
    if (known !== undefined) return known;
    const fitting = texts.filter((text) => isGlobMatch(pattern, text));
    this.fitting.set(key, fitting);
    return fitting;
  }
}

function lowered(action: string): string {
  return action.toLowerCase();
}

/** Whether two statements are about some request both. */
function meet(one: StatementMatch, other: StatementMatch): boolean {
  return (["principals", "actions", "resources"] as const).every((part) => {
    const [few, many] =
      one[part].size < other[part].size
        ? [one[part], other[part]]
        : [other[part], one[part]];
    for (const text of few) if (many.has(text)) return true;
    return false;
  });
}

/** Requests that pass a statement's tests alone, and those that pass other statements' too. */
function contextsOf(
  { conditions }: Statement,
  near: readonly StatementMatch[],
): readonly (readonly Condition[])[] {
  const merged = near
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

/** Whether statements let a request through: one allows it, and none denies it. */
function isAllowed(near: readonly StatementMatch[], request: Request): boolean {
  let isGranted = false;
  for (const {
    statement,
    principals: who,
    actions: what,
    resources: where,
  } of near) {
    const isAbout =
      who.has(request.principal) &&
      what.has(request.action) &&
      where.has(request.resource) &&
      isAtLeastAsStrict(request.conditions, statement.conditions);
    if (!isAbout) continue;
    if (statement.effect === "Deny") return false;
    isGranted = true;
  }
  return isGranted;
}

function isPrincipal(
  principals: PatternSet | undefined,
  name: string,
): boolean {
  if (principals === undefined) return name === ITSELF;
  const { patterns, isInverted } = principals;
  return (
    name !== ITSELF &&
    (patterns.includes("*") || patterns.includes(name)) !== isInverted
  );
}
