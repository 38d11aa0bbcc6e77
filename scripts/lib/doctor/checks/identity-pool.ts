import type {
  GetIdentityPoolRolesResponse,
  IdentityPool,
  RoleMapping,
} from "@aws-sdk/client-cognito-identity";
import { getUserPoolProviderName } from "../../../../constructs/aws";
import { findOrUndefined } from "../../aws/errors";
import { type JsonObject, toJsonObject } from "../../system/json-object";
import { getAwsReader } from "../aws-reader";
import type { Check, CheckResult, DoctorContext } from "../check";
import { formatFix } from "../format-fix";
import { listStageClients } from "../stage-clients";
import { readText } from "../state-attributes";

const NONE = "the stage has no identity pool";

/** Checks which tokens get credentials from the identity pool, and how. */
export const IDENTITY_POOL: Check = {
  id: "identity-pool",
  section: "Identity pool and groups",
  run: async (context) => {
    const { identitypool_id: id } = context.outputs;
    if (id === undefined) return { status: "skipped", message: NONE };
    const isOwn = context.listResources("aws_cognito_identity_pool").length > 0;
    const pool = await findIdentityPool(id, context);
    if (pool === undefined)
      return {
        status: "failed",
        message: `identity pool ${id} must exist: it was deleted outside Terraform, or the account is another`,
        fix: formatFix(context, "deploy"),
      };
    return summarizeProblems(listPoolProblems(pool, context), {
      ok: "the identity pool trusts the clients, checks their tokens, and has no unauthenticated identities",
      bad: `identity pool ${id} is not as it has to be`,
      ...(isOwn
        ? { status: "failed", fix: formatFix(context, "deploy") }
        : {
            status: "warning",
            fix: "change it in the stack that manages the identity pool of IDENTITY_POOL_ARN",
          }),
    });
  },
};

function listPoolProblems(
  pool: IdentityPool,
  context: DoctorContext,
): readonly string[] {
  const provider = getUserPoolProviderName(
    context.region,
    getAwsReader(context).userPoolId,
  );
  const trusted = (pool.CognitoIdentityProviders ?? []).filter(
    ({ ProviderName }) => ProviderName === provider,
  );
  const clients = listTrustedClients(context);
  return [
    ...(pool.AllowUnauthenticatedIdentities === true
      ? ["unauthenticated identities get credentials"]
      : []),
    ...(pool.AllowClassicFlow === true
      ? ["the classic flow is enabled, in which the caller selects a role"]
      : []),
    ...clients.flatMap(({ id, clientId }) =>
      trusted.some(({ ClientId }) => ClientId === clientId)
        ? []
        : [`users of the client ${id} get no credentials`],
    ),
    ...trusted
      .filter(({ ServerSideTokenCheck }) => ServerSideTokenCheck !== true)
      .map(
        ({ ClientId = "" }) =>
          `tokens of the client ${clients.find((one) => one.clientId === ClientId)?.id ?? ClientId} are accepted after the user signed out or was disabled`,
      ),
  ];
}

/** Lists the exported client, and those that the identity pool was deployed with. */
function listTrustedClients(
  context: DoctorContext,
): readonly { readonly id: string; readonly clientId: string }[] {
  const { client_id: exported } = context.outputs;
  const deployed = context
    .listResources("aws_cognito_identity_pool")
    .flatMap(({ attributes }) =>
      listBlocks(attributes, "cognito_identity_providers"),
    )
    .map((block) => readText(block, "client_id"));
  const ids = new Map(
    listStageClients(context).map(({ id, clientId }) => [clientId, id]),
  );
  return [
    ...new Set([...(exported === undefined ? [] : [exported]), ...deployed]),
  ].map((clientId) => ({ id: ids.get(clientId) ?? clientId, clientId }));
}

/** Checks how the identity pool determines the role of a user. */
export const ROLE_MAPPING: Check = {
  id: "role-mapping",
  section: "Identity pool and groups",
  run: async (context) => {
    const [attachment] = context.listResources(
      "aws_cognito_identity_pool_roles_attachment",
    );
    if (attachment === undefined)
      return {
        status: "skipped",
        message:
          context.outputs.identitypool_id === undefined
            ? NONE
            : "another stack manages the roles of the identity pool",
      };
    const { attributes } = attachment;
    const roles = await readRoles(
      readText(attributes, "identity_pool_id"),
      context,
    );
    return summarizeProblems(
      roles === undefined
        ? ["the identity pool does not exist"]
        : listRoleProblems(attributes, roles, context),
      {
        ok: "each client has its role mapping, and ambiguous users get no role",
        bad: "role mappings of the identity pool are not as they were deployed",
        status: "failed",
        fix: formatFix(context, "deploy"),
      },
    );
  },
};

function listRoleProblems(
  attributes: JsonObject,
  { Roles = {}, RoleMappings = {} }: GetIdentityPoolRolesResponse,
  context: DoctorContext,
): readonly string[] {
  const clients = listStageClients(context);
  const authenticated = readText(
    toJsonObject(attributes.roles),
    "authenticated",
  );
  return [
    ...(Roles.authenticated === authenticated
      ? []
      : [
          `the authenticated role is ${Roles.authenticated ?? "not set"}, not ${authenticated}`,
        ]),
    ...(Roles.unauthenticated === undefined
      ? []
      : [`unauthenticated identities have the role ${Roles.unauthenticated}`]),
    ...listBlocks(attributes, "role_mapping")
      .flatMap((block) => {
        const provider = readText(block, "identity_provider");
        const client = clients.find(({ clientId }) =>
          provider.endsWith(`:${clientId}`),
        );
        return compareMapping(block, RoleMappings[provider]).map(
          (problem) => `${client?.id ?? provider}: ${problem}`,
        );
      })
      // the state has them in the order of the ids of clients, which AWS chooses
      .sort(),
  ];
}

function compareMapping(
  block: JsonObject,
  mapping: RoleMapping | undefined,
): readonly string[] {
  if (mapping === undefined)
    return ["no role mapping: users get the authenticated role alone"];
  const type = readText(block, "type");
  const ambiguous = readText(block, "ambiguous_role_resolution");
  const rules = listBlocks(block, "mapping_rule").map((rule) =>
    ["claim", "match_type", "value", "role_arn"]
      .map((name) => readText(rule, name))
      .join(" "),
  );
  const actual = (mapping.RulesConfiguration?.Rules ?? []).map(
    ({ Claim = "", MatchType = "", Value = "", RoleARN = "" }) =>
      [Claim, MatchType, Value, RoleARN].join(" "),
  );
  return [
    ...(mapping.Type === type
      ? []
      : [`the type is ${mapping.Type ?? "not set"}, not ${type}`]),
    ...(mapping.AmbiguousRoleResolution === ambiguous
      ? []
      : [
          `ambiguous users get ${mapping.AmbiguousRoleResolution ?? "no resolution"}, not ${ambiguous}`,
        ]),
    ...(rules.join("\n") === actual.join("\n")
      ? []
      : ["the rules are others than were deployed"]),
  ];
}

/** Summarizes the problems of the only object of a check. */
function summarizeProblems(
  problems: readonly string[],
  result: {
    readonly ok: string;
    readonly bad: string;
    readonly status: "warning" | "failed";
    readonly fix: string;
  },
): CheckResult {
  const { ok, bad, status, fix } = result;
  return problems.length === 0
    ? { status: "ok", message: ok }
    : { status, message: bad, details: problems, fix };
}

async function findIdentityPool(
  IdentityPoolId: string,
  context: DoctorContext,
): Promise<IdentityPool | undefined> {
  const reader = getAwsReader(context);
  const { sdk, client } = await reader.cognitoIdentity();
  return reader.read(
    "cognito-identity:DescribeIdentityPool",
    IdentityPoolId,
    () =>
      findOrUndefined(() =>
        client.send(new sdk.DescribeIdentityPoolCommand({ IdentityPoolId })),
      ),
  );
}

async function readRoles(
  IdentityPoolId: string,
  context: DoctorContext,
): Promise<GetIdentityPoolRolesResponse | undefined> {
  const reader = getAwsReader(context);
  const { sdk, client } = await reader.cognitoIdentity();
  return reader.read(
    "cognito-identity:GetIdentityPoolRoles",
    IdentityPoolId,
    () =>
      findOrUndefined(() =>
        client.send(new sdk.GetIdentityPoolRolesCommand({ IdentityPoolId })),
      ),
  );
}

/** Returns the blocks of an attribute. */
function listBlocks(
  attributes: JsonObject,
  name: string,
): readonly JsonObject[] {
  const { [name]: blocks } = attributes;
  return Array.isArray(blocks) ? blocks.map(toJsonObject) : [];
}
