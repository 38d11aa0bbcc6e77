import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../json-object";

/** Actions on objects: on a bucket itself they allow nothing. */
const OF_OBJECTS = /^s3:(Abort|DeleteObject|GetObject|PutObject)/;
const BUCKET = /^arn:[^:]*:s3:::[^/*?]+$/;

/** What writing to a bucket came to comprise in later versions of the CDK. */
const OF_WRITING =
  /^s3:PutObject(LegalHold|Retention|Tagging|VersionTagging) on /;

/**
 * What a role's policy no longer allows, an action on a resource each; how statements are put together is of no account.
 *
 * @param before policies as text
 */
export function lostGrants(before: unknown, after: unknown): readonly string[] {
  return grantsBeyond(before, after).map(({ isGrant, text }) =>
    isGrant ? `it no longer allows ${text}` : `it loses the statement ${text}`,
  );
}

/** What a role's policy would allow that it does not now, so that somebody may have taken it away. */
export function gainedGrants(
  before: unknown,
  after: unknown,
): readonly string[] {
  return grantsBeyond(after, before)
    .filter(({ text }) => !OF_WRITING.test(text))
    .map(({ isGrant, text }) =>
      isGrant
        ? `it would allow ${text}, and does not`
        : `it gains the statement ${text}`,
    );
}

/** A grant, `action on resource`, or a statement that says more than that. */
interface Said {
  readonly isGrant: boolean;
  readonly text: string;
}

/** What a policy says and another does not. */
function grantsBeyond(before: unknown, after: unknown): readonly Said[] {
  const is = statementsOf(after);
  const granted = is.flatMap((statement) => grantsOf(statement) ?? []);
  return statementsOf(before).flatMap((statement): Said[] => {
    const grants = grantsOf(statement);
    if (grants === undefined)
      return is.some((other) => isDeepStrictEqual(statement, other))
        ? []
        : [{ isGrant: false, text: JSON.stringify(statement) }];
    return grants
      .filter(
        (grant) =>
          !isEmpty(grant) && !granted.some((other) => covers(other, grant)),
      )
      .map((text) => ({ isGrant: true, text }));
  });
}

/** Whom a role's trust policy no longer lets in, those of an identity pool apart who have only to be signed in now. */
export function lostTrust(before: unknown, after: unknown): readonly string[] {
  return trustBeyond(before, after).map(
    (text) => `it no longer trusts ${text}`,
  );
}

/** Whom a role's trust policy would let in that it does not now. */
export function gainedTrust(
  before: unknown,
  after: unknown,
): readonly string[] {
  return trustBeyond(after, before).map(
    (text) => `it would trust ${text}, and does not`,
  );
}

function trustBeyond(before: unknown, after: unknown): readonly string[] {
  const is = statementsOf(after).map(withoutSignedIn);
  return statementsOf(before)
    .filter(
      (statement) =>
        !is.some((other) =>
          isDeepStrictEqual(other, withoutSignedIn(statement)),
        ),
    )
    .map((statement) => JSON.stringify(statement));
}

/** Statements of a policy that is a text; none of one that cannot be read. */
export function statementsOf(policy: unknown): readonly JsonObject[] {
  try {
    const { Statement: statements } = JSON.parse(String(policy)) as {
      readonly Statement?: unknown;
    };
    return listOf(statements).filter(isJsonObject);
  } catch {
    return [];
  }
}

/** `action on resource` for each; `undefined` for a statement that says more than that. */
function grantsOf(statement: JsonObject): readonly string[] | undefined {
  const { Effect, Action, Resource, ...more } = withoutSid(statement);
  if (Effect !== "Allow" || Object.keys(more).length > 0) return undefined;
  const resources = listOf(Resource).map(String);
  return listOf(Action).flatMap((action) =>
    resources.map((resource) => `${String(action)} on ${resource}`),
  );
}

/** Whether a grant is another, or has all actions that begin as its own does. */
function covers(grant: string, other: string): boolean {
  if (grant === other) return true;
  const [action = "", resource] = grant.split(" on ");
  const [otherAction = "", otherResource] = other.split(" on ");
  return (
    resource === otherResource &&
    /^[^*?]+\*$/.test(action) &&
    otherAction.startsWith(action.slice(0, -1))
  );
}

function isEmpty(grant: string): boolean {
  const [action = "", resource = ""] = grant.split(" on ");
  return OF_OBJECTS.test(action) && BUCKET.test(resource);
}

/** A statement without the condition that a user has signed in, and with lists of one as what they hold. */
function withoutSignedIn(named: JsonObject): JsonObject {
  const statement = withoutSid(named);
  const { Condition: condition } = statement;
  const conditions = Object.entries(isJsonObject(condition) ? condition : {})
    .map(
      ([operator, keys]) =>
        [
          operator,
          Object.fromEntries(
            Object.entries(isJsonObject(keys) ? keys : {})
              .filter(
                ([key, value]) =>
                  !(key.endsWith(":amr") && single(value) === "authenticated"),
              )
              .map(([key, value]) => [key, single(value)]),
          ),
        ] as const,
    )
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return {
    ...Object.fromEntries(
      Object.entries(statement).map(([name, value]) => [name, single(value)]),
    ),
    Condition: Object.fromEntries(conditions),
  };
}

/** A statement's name says nothing. */
function withoutSid(statement: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(statement).filter(([name]) => name !== "Sid"),
  );
}

function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1
    ? (value[0] as unknown)
    : value;
}

/** A value of a policy, which may be one or a list of them, as a list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
