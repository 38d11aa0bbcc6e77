/** One statement of a policy, in one spelling: lists where IAM also takes one value. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Absent in a policy of an identity. */
  readonly principals?: Matched;
  readonly actions: Matched;
  readonly resources: Matched;
  readonly conditions: readonly Condition[];
}

/** Patterns, one of which has to fit, or none where they are what is left out. */
export interface Matched {
  readonly patterns: readonly string[];
  readonly isInverted: boolean;
}

/** One test of a request: one of the values has to fit. */
export interface Condition {
  /** IAM's operator, such as `StringEquals` or `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** In lower case, as IAM takes it. */
  readonly key: string;
  readonly values: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * What a policy says, from its text or from the template that will be its text; `undefined` where that cannot be told
 * before it is applied.
 */
export function parsePolicy(text: unknown): readonly Statement[] | undefined {
  if (typeof text !== "string") return undefined;
  let policy: unknown;
  try {
    policy = JSON.parse(text.replaceAll("$${", "${"));
  } catch {
    return undefined;
  }
  if (typeof policy !== "object" || policy === null || !("Statement" in policy))
    return undefined;
  return listOf(policy.Statement).flatMap((statement) =>
    typeof statement === "object" && statement !== null
      ? [statementOf(statement as Json)]
      : [],
  );
}

/** The same for statements that say the same. */
export function spelled(statements: readonly Statement[]): string {
  return JSON.stringify(statements.map((one) => JSON.stringify(one)).sort());
}

function statementOf(statement: Json): Statement {
  const principals = statement.NotPrincipal ?? statement.Principal;
  const isPrincipalInverted = statement.NotPrincipal !== undefined;
  return {
    effect: statement.Effect === "Deny" ? "Deny" : "Allow",
    ...(principals !== undefined && {
      principals: matched(principalsOf(principals), isPrincipalInverted),
    }),
    actions: matched(
      textsOf(statement.NotAction ?? statement.Action),
      statement.NotAction !== undefined,
    ),
    resources: matched(
      // a trust policy is about its own role
      textsOf(statement.NotResource ?? statement.Resource ?? "*"),
      statement.NotResource !== undefined,
    ),
    conditions: conditionsOf(statement.Condition),
  };
}

function matched(patterns: readonly string[], isInverted: boolean): Matched {
  return { patterns: [...new Set(patterns)].sort(), isInverted };
}

/** Principals as `AWS:arn:…`, `Federated:…`, `Service:…`, or `*` for everybody. */
function principalsOf(principals: unknown): readonly string[] {
  if (typeof principals !== "object" || principals === null)
    return textsOf(principals);
  return Object.entries(principals).flatMap(([kind, names]) =>
    textsOf(names).map((name) =>
      name === "*" && kind === "AWS" ? "*" : `${kind}:${accountOf(kind, name)}`,
    ),
  );
}

/** IAM takes an account's number for its root. */
function accountOf(kind: string, name: string): string {
  return kind === "AWS" && /^\d{12}$/.test(name)
    ? `arn:aws:iam::${name}:root`
    : name;
}

function conditionsOf(block: unknown): readonly Condition[] {
  if (typeof block !== "object" || block === null) return [];
  return Object.entries(block)
    .flatMap(([operator, tests]) =>
      Object.entries((tests ?? {}) as Json).map(([key, values]) => ({
        operator,
        key: key.toLowerCase(),
        values: [...new Set(textsOf(values))].sort(),
      })),
    )
    .sort((one, other) =>
      `${one.operator} ${one.key}` < `${other.operator} ${other.key}` ? -1 : 1,
    );
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map((item) =>
    typeof item === "string" ? item : JSON.stringify(item),
  );
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
