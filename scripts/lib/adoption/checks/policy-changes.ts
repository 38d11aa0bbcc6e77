import { compareAccess, type Grant } from "../../iam/compare";
import { listIdentityPoolHosts } from "../../iam/trust";
import {
  toCanonicalKey,
  parsePolicy,
  type PatternSet,
  type Policy,
  type Statement,
} from "../../iam/policy";
import { PolicyTooLargeError } from "../../iam/request-space";

/** Actions on objects: on a bucket itself they allow nothing. */
const OF_OBJECTS = /^s3:(Abort|DeleteObject|GetObject|PutObject)/;
const BUCKET = /^arn:[^:]*:s3:::[^/*?]+$/;

/** Actions that later versions of the CDK added to writing to a bucket. */
const ADDED_WRITES =
  /^s3:PutObject(LegalHold|Retention|Tagging|VersionTagging)$/;

/** Returns the sentences about two policies that are readable. */
type PolicyComparison = (
  before: readonly Statement[],
  after: readonly Statement[],
) => readonly string[];

/**
 * Compares a live policy with the code's. One that is not readable, or too large to compare, may say anything: that is the
 * result then.
 *
 * @param after `undefined` if it is known only after the apply
 */
export function comparePolicies(
  before: unknown,
  after: unknown,
  compare: PolicyComparison,
): readonly string[] {
  const [was, is] = [parseValue(before), parseValue(after)];
  if (was.kind === "unreadable" || is.kind === "unreadable")
    return [
      ...problemOf("the live policy", was),
      ...problemOf("the code's policy", is),
    ];
  try {
    return compare(was.statements, is.statements);
  } catch (error) {
    if (error instanceof PolicyTooLargeError)
      return ["the policies are too large to compare"];
    throw error;
  }
}

/** Returns what the policy of a role would allow and deny in another way than it does. */
export function checkPermissions(
  before: unknown,
  after: unknown,
): readonly string[] {
  return comparePolicies(before, after, (was, is) => {
    const { lost, gained } = compareAccess(was, is);
    return [
      ...lost
        .filter((grant) => !allowsNothing(grant))
        .map((grant) => `it no longer allows ${grantText(grant, "all of ")}`),
      ...denials(was, is).map((text) => `it no longer denies ${text}`),
      ...gained
        .filter((grant) => !allowsNothing(grant) && !isAddedWrite(grant))
        .map(
          (grant) =>
            `it would allow ${grantText(grant, "more of ")}, and does not`,
        ),
      ...denials(is, was).map((text) => `it would deny ${text}, and does not`),
    ];
  });
}

/** Returns whom the trust policy of a role would trust in another way than it does. Users of identity pools may have to sign in now. */
export function checkTrust(before: unknown, after: unknown): readonly string[] {
  return comparePolicies(before, after, (was, is) => [
    ...compareAccess(was.map(ofSignedIn), is).lost.map(
      (grant) => `it no longer trusts ${trustText(grant, " in all cases")}`,
    ),
    ...denials(was, is).map((text) => `it no longer denies ${text}`),
    ...compareAccess(was, is).gained.map(
      (grant) =>
        `it would trust ${trustText(grant, " in more cases")}, and does not`,
    ),
    ...denials(is, was).map((text) => `it would deny ${text}, and does not`),
  ]);
}

/** Returns a statement as one line of text. */
export function formatStatement(statement: Statement): string {
  const { effect, principals } = statement;
  const who = principals === undefined ? "" : ` ${principalText(principals)}`;
  return `${effect}${who} ${grantText({ ...statement, isPartial: false })}`;
}

/** Returns the statements of one list that the other has not, in whatever order and form. */
export function subtractStatements(
  one: readonly Statement[],
  other: readonly Statement[],
): readonly Statement[] {
  const known = new Set(other.map((statement) => toCanonicalKey([statement])));
  return one.filter((statement) => !known.has(toCanonicalKey([statement])));
}

function parseValue(value: unknown): Policy {
  return typeof value === "string"
    ? parsePolicy(value)
    : {
        kind: "unreadable",
        text: "",
        reason: "it is not known before the apply",
      };
}

function problemOf(subject: string, policy: Policy): readonly string[] {
  return policy.kind === "unreadable"
    ? [`${subject} is not readable: ${policy.reason}`]
    : [];
}

function denials(
  one: readonly Statement[],
  other: readonly Statement[],
): readonly string[] {
  return subtractStatements(one, other)
    .filter(({ effect }) => effect === "Deny")
    .map((statement) => formatStatement(statement).replace(/^Deny /, ""));
}

/** A statement that trusts identity pools, of which only users who have signed in are asked for. */
function ofSignedIn(statement: Statement): Statement {
  const { principals, conditions } = statement;
  const [host] = listIdentityPoolHosts(principals);
  const key = `${host ?? ""}:amr`;
  if (host === undefined || conditions.some((one) => one.key === key))
    return statement;
  const signedIn = {
    operator: "ForAnyValue:StringLike",
    key,
    values: ["authenticated"],
  };
  return { ...statement, conditions: [...conditions, signedIn] };
}

function allowsNothing({ actions, resources }: Grant): boolean {
  return isEvery(actions, OF_OBJECTS) && isEvery(resources, BUCKET);
}

function isAddedWrite({ actions }: Grant): boolean {
  return isEvery(actions, ADDED_WRITES);
}

function isEvery({ patterns, isInverted }: PatternSet, kind: RegExp): boolean {
  return !isInverted && patterns.every((pattern) => kind.test(pattern));
}

function trustText(
  { principals, actions, conditions, isPartial }: Grant,
  ofPart: string,
): string {
  const who = principals === undefined ? "" : principalText(principals);
  return `${who} with ${setText(actions)}${isPartial ? ofPart : ""}${conditionText(conditions)}`;
}

function grantText(
  {
    actions,
    resources,
    conditions,
    isPartial,
  }: Pick<Grant, "actions" | "resources" | "conditions" | "isPartial">,
  ofPart = "",
): string {
  return `${isPartial ? ofPart : ""}${setText(actions)} on ${setText(resources)}${conditionText(conditions)}`;
}

function principalText({ patterns, isInverted }: PatternSet): string {
  const names = patterns.map((name) =>
    name.replace(/^(AWS|CanonicalUser|Federated|Service):/, ""),
  );
  return setText({ patterns: names, isInverted });
}

function conditionText(conditions: Grant["conditions"]): string {
  const texts = conditions.map(
    ({ operator, key, values }) => `${operator} ${key} ${values.join(", ")}`,
  );
  return texts.length === 0 ? "" : ` if ${texts.join(" and ")}`;
}

function setText({ patterns, isInverted }: PatternSet): string {
  return `${isInverted ? "all except " : ""}${patterns.join(", ")}`;
}
