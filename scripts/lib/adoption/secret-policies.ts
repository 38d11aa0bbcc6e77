import type { AwsPlace } from "../aws-client";
import { isJsonObject, type JsonObject } from "../json-object";
import type { Stop } from "./adoption-gate";
import { LiveRoles } from "./live-roles";
import { unlessMissing } from "./live-resources";
import { listOf, statementsOf } from "./lost-statements";
import type { Matching } from "./matching";
import { referenceOf } from "./stage-code";

const POLICY = "aws_secretsmanager_secret_policy";
/** Actions that the code's policy allows those that it names. */
const READ = /^secretsmanager:(getsecretvalue|describesecret)$/i;
/** How IAM writes a principal that is no longer there. */
const DEAD = /^A(ROA|IDA)[A-Z0-9]+$/;

/** What the policy of each secret that the code has a policy for says now, and would say no more; whoever wrote it. */
export async function secretPolicyStops(
  { adopted, createdOver, missing }: Matching,
  place: AwsPlace,
): Promise<readonly Stop[]> {
  const roles = new LiveRoles(place);
  const wanted = [...createdOver.map(({ code }) => code), ...missing].filter(
    ({ type }) => type === POLICY,
  );
  const stops: Stop[] = [];
  for (const code of wanted) {
    const secret = adopted.find(
      (pair) => pair.code.address === referenceOf(code.values.secret_arn),
    );
    if (secret === undefined) continue;
    const live = await unlessMissing(() =>
      roles.secretPolicy(secret.live.importId),
    );
    for (const told of lostReaders(
      live?.facts.ResourcePolicy,
      code.values.policy,
    ))
      stops.push({ at: code.address, told, isFinal: true });
  }
  return stops;
}

/** What a secret's policy says, and another would not, a sentence each. */
export function lostReaders(
  before: unknown,
  after: unknown,
): readonly string[] {
  const readers = statementsOf(after).flatMap(principals);
  const told = statementsOf(before).flatMap((statement) =>
    isOfReaders(statement)
      ? principals(statement)
          .filter((arn) => !readers.includes(arn) && !DEAD.test(arn))
          .map(
            (arn) =>
              `${arn} may read the secret, and could no more: add it to SECRET_ROLE_ACCESS`,
          )
      : [
          `the secret's policy would lose the statement ${JSON.stringify(statement)}`,
        ],
  );
  return [...new Set(told)];
}

/** Whether a statement lets principals read, and says nothing else. */
function isOfReaders({
  Effect,
  Action,
  Condition,
  Principal,
  NotResource,
}: JsonObject): boolean {
  return (
    Effect === "Allow" &&
    Condition === undefined &&
    NotResource === undefined &&
    isJsonObject(Principal) &&
    Object.keys(Principal).join() === "AWS" &&
    listOf(Action).length > 0 &&
    listOf(Action).every((action) => READ.test(String(action)))
  );
}

function principals({ Principal }: JsonObject): readonly string[] {
  return listOf(isJsonObject(Principal) ? Principal.AWS : undefined).map(
    String,
  );
}
