import type { PlanJson } from "../plan/plan-json";
import { isSecret } from "../plan/shown-values";

/** What stands in for a secret. */
export const HIDDEN = "(secret)";

/** Shapes that nothing but a secret has, wherever they stand. */
const SHAPES =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[0-9A-Z]{16}\b/g;

/** Shortest secret that is looked for inside other texts; a shorter one is only known as a whole. */
const SHORTEST = 4;

/** Texts that are secret in a plan, to be kept out of everything that is written. */
export class Secrets {
  private readonly whole: ReadonlySet<string>;
  /** Secrets by how they begin, the longest first. */
  private readonly byStart: ReadonlyMap<string, readonly string[]>;

  constructor(texts: Iterable<string>) {
    this.whole = new Set([...texts].filter((text) => text !== ""));
    const spelled = new Set([...this.whole].flatMap(spellings));
    const byStart = new Map<string, string[]>();
    for (const text of spelled) {
      if (text.length < SHORTEST) continue;
      const start = text.slice(0, SHORTEST);
      byStart.set(start, [...(byStart.get(start) ?? []), text]);
    }
    for (const texts of byStart.values())
      texts.sort((one, other) => other.length - one.length);
    this.byStart = byStart;
  }

  /** A text without any secret in it. */
  hide(text: string): string {
    if (this.whole.has(text)) return HIDDEN;
    let shown = "";
    let from = 0;
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      const found = this.byStart
        .get(text.slice(at, at + SHORTEST))
        ?.find((secret) => text.startsWith(secret, at));
      if (found === undefined) continue;
      shown += text.slice(from, at) + HIDDEN;
      from = at + found.length;
      at = from - 1;
    }
    return (shown + text.slice(from)).replace(SHAPES, HIDDEN);
  }

  /** A model with every text that came from elsewhere without secrets; what the model says itself stays. */
  hideIn<T>(model: T): T {
    const hidden = (part: unknown, isForeign: boolean): unknown => {
      if (typeof part === "string") return isForeign ? this.hide(part) : part;
      if (Array.isArray(part))
        return part.map((item) => hidden(item, isForeign));
      if (typeof part !== "object" || part === null) return part;
      return Object.fromEntries(
        Object.entries(part).map(([key, item]) => [
          key,
          hidden(item, FOREIGN.has(key)),
        ]),
      );
    };
    return hidden(model, false) as T;
  }
}

/** Members of models that hold what others have named. */
const FOREIGN = new Set([
  "name",
  "address",
  "movedFrom",
  "path",
  "forcedBy",
  "reason",
  "id",
  "from",
  "to",
  "can",
  "where",
]);

/** A secret as it is, and as JSON, a URL, HTML and Base64 spell it. */
function spellings(text: string): readonly string[] {
  if (text.length < SHORTEST) return [];
  const inJson = JSON.stringify(text).slice(1, -1);
  const spelled = [
    text,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    // as Terraform's jsonencode has it
    inJson.replace(
      /[&<>]/g,
      (character) => `\\u00${(character.codePointAt(0) ?? 0).toString(16)}`,
    ),
    encodeURIComponent(toWellFormed(text)),
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
  ];
  return spelled.filter((one) => one.length >= SHORTEST);
}

function toWellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\u{fffd}");
}

/**
 * Texts of a plan that are secret: by Terraform's marks on values before and after, on outputs and in the state, and by
 * names that only secrets have.
 */
export function secretsOf(plan: PlanJson): Secrets {
  const found = new Set<string>();
  for (const { change } of [...plan.resource_changes, ...plan.resource_drift]) {
    gather("", change.before, change.before_sensitive, found);
    gather("", change.after, change.after_sensitive, found);
  }
  for (const [name, change] of Object.entries(plan.output_changes)) {
    gather(name, change.before, change.before_sensitive, found);
    gather(name, change.after, change.after_sensitive, found);
  }
  gatherMarked(plan.prior_state, found);
  gatherMarked(plan.planned_values, found);
  gatherVariables(plan.variables, plan.configuration, found);
  return new Secrets(found);
}

/** Texts that are secret in a state, or in a synthesized stack. */
export function secretsOfState(state: unknown): Secrets {
  const found = new Set<string>();
  gatherMarked(state, found);
  gather("", state, {}, found);
  return new Secrets(found);
}

/** Texts of a value that a mark or a name says are secret. */
function gather(
  name: string,
  value: unknown,
  mark: unknown,
  found: Set<string>,
): void {
  if (isSecret(name, value, mark)) {
    addAll(value, found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const marks = (mark ?? {}) as Readonly<Record<string, unknown>>;
  for (const [key, part] of Object.entries(value))
    gather(Array.isArray(value) ? "" : key, part, marks[key], found);
}

/** Adds each text of a secret value; of one that is JSON, also those that are secret in it by their names. */
function addAll(value: unknown, found: Set<string>): void {
  if (typeof value === "string") {
    found.add(value);
    for (const line of value.split(/\r?\n/))
      if (line.trim().length >= 16) found.add(line.trim());
    if (/^\s*[[{]/.test(value)) gather("", parsed(value), {}, found);
  } else if (typeof value === "number") {
    found.add(String(value));
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) addAll(part, found);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Values and outputs as a state has them, each beside its marks. */
function gatherMarked(part: unknown, found: Set<string>): void {
  if (Array.isArray(part)) {
    for (const item of part) gatherMarked(item, found);
    return;
  }
  if (typeof part !== "object" || part === null) return;
  const { values, sensitive_values, value, sensitive, ...rest } =
    part as Readonly<Record<string, unknown>>;
  if (sensitive === true) addAll(value, found);
  if (sensitive_values !== undefined)
    gather("", values, sensitive_values, found);
  else gatherMarked(values, found);
  for (const item of Object.values(rest)) gatherMarked(item, found);
}

function gatherVariables(
  variables: unknown,
  configuration: unknown,
  found: Set<string>,
): void {
  const root = (
    configuration as { root_module?: { variables?: unknown } } | undefined
  )?.root_module?.variables as
    Readonly<Record<string, { readonly sensitive?: boolean }>> | undefined;
  for (const [name, variable] of Object.entries(variables ?? {})) {
    const { value } = variable as { readonly value?: unknown };
    gather(name, value, root?.[name]?.sensitive === true, found);
  }
}
