import type { AwsTarget } from "../../aws/client";
import { compareAccess } from "../../iam/compare";
import type { Statement } from "../../iam/policy";
import type { Blocker } from "./plan-blockers";
import { AccessReader } from "../read/resource-readers";
import { findOrUndefined } from "../../aws/errors";
import type { Matching } from "../read/matching";
import {
  comparePolicies,
  subtractStatements,
  formatStatement,
} from "./policy-changes";
import { parseReference } from "../read/terraform-configuration";

const POLICY = "aws_secretsmanager_secret_policy";
/** Actions that the code's policy allows those that it names. */
const READ = /^secretsmanager:(getsecretvalue|describesecret)$/i;
/** How IAM writes a principal that is no longer there. */
const DEAD = /^A(ROA|IDA)[A-Z0-9]+$/;
/** The policy of a secret is about that secret alone, whatever its statements name. */
const SECRET = { patterns: ["*"], isInverted: false };

/** What the policy of each secret that the code has a policy for says now, and would say no more; whoever wrote it. */
export async function findSecretPolicyBlockers(
  { adopted, createdOver, missing }: Matching,
  place: AwsTarget,
): Promise<readonly Blocker[]> {
  const roles = new AccessReader(place);
  const wanted = [...createdOver.map(({ code }) => code), ...missing].filter(
    ({ type }) => type === POLICY,
  );
  const stops: Blocker[] = [];
  for (const code of wanted) {
    const secret = adopted.find(
      (pair) => pair.code.address === parseReference(code.values.secret_arn),
    );
    if (secret === undefined) continue;
    const live = await findOrUndefined(() =>
      roles.secretPolicy(secret.live.importId),
    );
    for (const told of findLostReaders(
      live?.facts.ResourcePolicy,
      code.values.policy,
    ))
      stops.push({ at: code.address, told, isFinal: true });
  }
  return stops;
}

/** Returns what the policy of a secret says, and another would not, a sentence each. */
export function findLostReaders(
  before: unknown,
  after: unknown,
): readonly string[] {
  if (before === undefined) return [];
  return comparePolicies(before, after, (was, is) => {
    const { lost } = compareAccess(
      was.filter(isOfReaders).map(ofSecret),
      is.map(ofSecret),
    );
    const readers = lost
      .flatMap(({ principals }) => principals?.patterns ?? [])
      .map((principal) => principal.replace(/^AWS:/, ""))
      .filter((arn) => !DEAD.test(arn));
    return [
      ...[...new Set(readers)].map(
        (arn) =>
          `${arn} may read the secret, and could no more: add it to SECRET_ROLE_ACCESS`,
      ),
      ...subtractStatements(
        was.filter((statement) => !isOfReaders(statement)),
        is,
      ).map(
        (statement) =>
          `the secret's policy would lose the statement ${formatStatement(statement)}`,
      ),
    ];
  });
}

/** Whether a statement lets principals of AWS read, and says nothing else. */
function isOfReaders({
  effect,
  principals,
  actions,
  resources,
  conditions,
}: Statement): boolean {
  return (
    effect === "Allow" &&
    conditions.length === 0 &&
    !resources.isInverted &&
    principals?.isInverted === false &&
    principals.patterns.every((principal) => principal.startsWith("AWS:")) &&
    !actions.isInverted &&
    actions.patterns.every((action) => READ.test(action))
  );
}

function ofSecret(statement: Statement): Statement {
  return { ...statement, resources: SECRET };
}
