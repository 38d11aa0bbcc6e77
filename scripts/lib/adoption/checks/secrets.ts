import { getDomainBaseUrl } from "../../../../constructs/aws";
import type { AwsTarget } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import { compareAccess } from "../../iam/compare";
import type { Statement } from "../../iam/policy";
import {
  createRotationClients,
  SdkRotationReader,
} from "../../rotation/rotation-reader";
import { parseClientSecret } from "../../stage/client-secret-fields";
import { readSecret } from "../../stage/secrets";
import type { JsonObject } from "../../system/json-object";
import type { MatchedResource, Matching } from "../read/matching";
import { AwsClients } from "../read/aws-clients";
import { describeSecretPolicy } from "../read/live-resources";
import {
  parseReference,
  toText,
  toTexts,
} from "../read/terraform-configuration";
import { readUserPool } from "../read/user-pool-resources";
import { type Blocker, createBlocker } from "./plan-blockers";
import {
  comparePolicies,
  formatStatement,
  subtractStatements,
  type Violations,
} from "./policy-changes";

const SECRET = "aws_secretsmanager_secret";
/** Actions that the configured policy grants to readers. */
const READ_ACTIONS = /^secretsmanager:(getsecretvalue|describesecret)$/i;
/** Unique id of a deleted principal, which IAM shows instead of its ARN. */
const DELETED_PRINCIPAL = /^A(ROA|IDA)[A-Z0-9]+$/;
/** A secret's policy applies to this secret only, whatever resources it names. */
const ANY_RESOURCE = { patterns: ["*"], isInverted: false };
/** A field whose expected value is unknown. */
const ANY_VALUE = Symbol("any value");

/** Finds values and policies of secrets that were changed manually, and that an apply would overwrite. */
export async function findSecretBlockers(
  matching: Matching,
  target: AwsTarget,
): Promise<readonly Blocker[]> {
  const { adopted, overwritten, missing } = matching;
  const aws = new AwsClients(target);
  const blockers: Blocker[] = [];
  const add = (address: string, violations: Violations): void => {
    blockers.push(...violations.map((text) => createBlocker(address, text)));
  };
  const policies = [
    ...overwritten.map(({ configured }) => configured),
    ...missing,
  ].filter(({ type }) => type === `${SECRET}_policy`);
  for (const { address, values } of policies) {
    const secret = adopted.find(
      ({ configured }) =>
        configured.address === parseReference(values.secret_arn),
    );
    if (secret === undefined) continue;
    const policy = await findOrUndefined(() =>
      describeSecretPolicy(secret.live.importId, aws),
    );
    add(
      address,
      checkSecretPolicy(policy?.attributes.ResourcePolicy, values.policy),
    );
  }
  for (const secret of adopted)
    if (secret.configured.type === SECRET)
      add(
        secret.configured.address,
        await checkSecretValue(secret, matching, target),
      );
  return blockers;
}

/** Returns the readers and statements that the configured policy of a secret lacks. */
export function checkSecretPolicy(before: unknown, after: unknown): Violations {
  if (before === undefined) return [];
  return comparePolicies(before, after, (live, configured) => {
    const toAnyResource = (statement: Statement): Statement => ({
      ...statement,
      resources: ANY_RESOURCE,
    });
    const { lost } = compareAccess(
      live.filter(grantsReadOnly).map(toAnyResource),
      configured.map(toAnyResource),
    );
    const readers = lost
      .flatMap(({ principals }) => principals?.patterns ?? [])
      .map((principal) => principal.replace(/^AWS:/, ""))
      .filter((arn) => !DELETED_PRINCIPAL.test(arn));
    const others = live.filter((statement) => !grantsReadOnly(statement));
    return [
      ...[...new Set(readers)].map(
        (arn) =>
          `must still allow ${arn} to read the secret; add it to SECRET_ROLE_ACCESS`,
      ),
      ...subtractStatements(others, configured).map(
        (statement) =>
          `must still contain the statement ${formatStatement(statement)}, which the apply removes`,
      ),
    ];
  });
}

/** Returns whether a statement grants AWS principals read access and has no other effect. */
function grantsReadOnly(statement: Statement): boolean {
  const { effect, principals, actions, resources, conditions } = statement;
  return (
    effect === "Allow" &&
    conditions.length === 0 &&
    !resources.isInverted &&
    principals?.isInverted === false &&
    principals.patterns.every((principal) => principal.startsWith("AWS:")) &&
    !actions.isInverted &&
    actions.patterns.every((action) => READ_ACTIONS.test(action))
  );
}

/** Compares the fields of a secret with those that the stage writes; no message contains a value. */
async function checkSecretValue(
  { live }: MatchedResource,
  { adopted, deleted }: Matching,
  target: AwsTarget,
): Promise<Violations> {
  const { text } = await readSecret(live.key, target, "check who deleted it");
  const fields = parseClientSecret(live.key, text);
  // the secret of a client that is created again is written again
  if (deleted.some(({ physicalId }) => physicalId === fields.client_id))
    return [];
  const client = adopted.find(
    (pair) => pair.live.attributes.ClientId === fields.client_id,
  )?.live.attributes;
  if (client === undefined)
    return ["client_id in its value must be the id of an adopted client"];
  const secret = toText(fields.client_secret);
  const isRotated =
    secret !== "" &&
    secret !== toText(client.ClientSecret) &&
    hasClientSecret(client) &&
    (await hasOtherSecret(client, target));
  const pool =
    adopted.find(
      ({ configured }) => configured.type === "aws_cognito_user_pool",
    )?.live.attributes ??
    (await readUserPool(toText(client.UserPoolId), new AwsClients(target)));
  const expected = getExpectedFields(client, pool, target);
  return [...new Set([...Object.keys(fields), ...Object.keys(expected)])]
    .filter((name) => name !== "client_secret" || !isRotated)
    .filter((name) =>
      name === "scope"
        ? sortWords(fields[name]) !== sortWords(expected[name])
        : expected[name] !== ANY_VALUE && fields[name] !== expected[name],
    )
    .map(
      (name) =>
        `${name} in its value must be as the stage writes it, got a manual change`,
    );
}

/** Whether a client has a secret. Cognito does not return the one that it was created with after its deletion. */
export function hasClientSecret({
  ClientSecret: secret,
  AllowedOAuthFlows: flows,
}: JsonObject): boolean {
  return toText(secret) !== "" || toTexts(flows).includes("client_credentials");
}

/** Whether a client has a live secret other than the one that it was created with. The apply preserves it. */
async function hasOtherSecret(
  { ClientId, UserPoolId, ClientSecret: original }: JsonObject,
  target: AwsTarget,
): Promise<boolean> {
  const reader = new SdkRotationReader(await createRotationClients(target));
  const secrets = await reader.listLiveSecrets({
    userPoolId: toText(UserPoolId),
    clientId: toText(ClientId),
  });
  return secrets.length > (toText(original) === "" ? 0 : 1);
}

/** Returns the fields that the stage writes into the secret of a client, unless it was rotated. */
export function getExpectedFields(
  client: JsonObject,
  pool: JsonObject | undefined,
  { region }: AwsTarget,
): Readonly<Record<string, string | typeof ANY_VALUE>> {
  const { AllowedOAuthFlows: flows, AllowedOAuthScopes: scopes } = client;
  const domain = toText(pool?.Domain);
  const hasSecret = hasClientSecret(client);
  const flow = toTexts(flows).includes("code")
    ? "authorization_code"
    : "client_credentials";
  return {
    flow: hasSecret ? flow : "user_password",
    cognito_domain:
      domain === "" ? ANY_VALUE : getDomainBaseUrl(domain, region),
    client_id: toText(client.ClientId),
    userpool_id: toText(client.UserPoolId),
    aws_region: region,
    ...(hasSecret && {
      client_secret: toText(client.ClientSecret),
      scope: toTexts(scopes).join(" "),
    }),
  };
}

function sortWords(text: unknown): string {
  return toText(text).split(" ").sort().join(" ");
}
