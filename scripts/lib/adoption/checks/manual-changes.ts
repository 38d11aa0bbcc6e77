import { getDomainBaseUrl } from "../../../../constructs/aws";
import { type AwsTarget, createAwsClient } from "../../aws/client";
import {
  listAll,
  listUserPoolChildren,
  PAGE_SIZE,
  type UserPoolChild,
} from "../../aws/listings";
import { isJsonObject, type JsonObject } from "../../system/json-object";
import { parseClientSecret, readSecret } from "../../stage/secrets";
import type { Blocker } from "./plan-blockers";
import { CognitoReader } from "../read/resource-readers";
import type { LiveResource } from "../read/live-resources";
import type { MatchedResource, Matching } from "../read/matching";
import { findSecretPolicyBlockers } from "./secrets";

/** What people made beside the stack, or in what is written over. */
export interface ManualChanges {
  /** What no plan shows, and would go. */
  readonly stops: readonly Blocker[];
  /** What is in the pools beside the stack, and stays as it is. */
  readonly unmanaged: readonly string[];
}

const CLIENT = "aws_cognito_user_pool_client";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";

/** Looks for what people made by hand where no plan would show it. */
export async function findManualChanges(
  matching: Matching,
  resources: readonly LiveResource[],
  place: AwsTarget,
): Promise<ManualChanges> {
  const secrets = matching.adopted.filter(
    ({ code }) => code.type === "aws_secretsmanager_secret",
  );
  const stops: Blocker[] = matching.createdOver
    .filter(({ code }) => code.type === ATTACHMENT)
    .flatMap((pair) => mappingStops(pair, matching));
  stops.push(
    ...findUnmodelledBlockers(matching),
    ...matching.adopted.flatMap(clientStops),
    ...(await findSecretPolicyBlockers(matching, place)),
  );
  for (const secret of secrets)
    stops.push(...(await secretStops(secret, matching, place)));
  return { stops, unmanaged: await besideStack(resources, place) };
}

/** Rules that people get roles by: what is written over them has tokens alone decide. */
function mappingStops(
  { live, code }: MatchedResource,
  { adopted }: Matching,
): readonly Blocker[] {
  const clients = adopted.map(({ live: { facts } }) => facts.ClientId);
  const mappings = isJsonObject(live.facts.RoleMappings)
    ? live.facts.RoleMappings
    : {};
  return Object.entries(mappings).flatMap(([key, mapping]) => {
    const isRules = isJsonObject(mapping) && mapping.Type !== "Token";
    // whoever is in no group gets the role of all, and would get none
    const isLenient =
      isJsonObject(mapping) &&
      mapping.AmbiguousRoleResolution === "AuthenticatedRole";
    const isOther =
      /[.:]/.test(key) && !clients.includes(key.replace(/^.*:/, ""));
    return isRules || isLenient || isOther
      ? [
          {
            at: code.address,
            told: `role mapping of ${key} was made by hand, and would go`,
            isFinal: true,
          },
        ]
      : [];
  });
}

/** Whether a client has a secret, which no update changes: it would be made anew. */
function clientStops({ live, code }: MatchedResource): readonly Blocker[] {
  const has = typeof live.facts.ClientSecret === "string";
  const wanted = code.values.generate_secret === true;
  return code.type !== CLIENT || has === wanted
    ? []
    : [
        {
          at: code.address,
          told: `client ${live.key} has ${has ? "a" : "no"} secret, and the code's has ${wanted ? "one" : "none"}: it would be made anew`,
          isFinal: true,
        },
      ];
}

/** Fields of a secret that would be written otherwise than they are; of none the value is told. */
async function secretStops(
  { live, code }: MatchedResource,
  { adopted, gone }: Matching,
  place: AwsTarget,
): Promise<readonly Blocker[]> {
  const { text } = await readSecret(live.key, place, "look at who removed it");
  const fields = parseClientSecret(live.key, text);
  const client = adopted.find(
    (pair) => pair.live.facts.ClientId === fields.client_id,
  )?.live.facts;
  const stop = (told: string): Blocker => ({
    at: code.address,
    told: `its value would change: ${told}`,
    isFinal: true,
  });
  // of a client that is made again it is written anew
  if (gone.some(({ physicalId }) => physicalId === fields.client_id)) return [];
  if (client === undefined)
    return [stop("its client_id is of no client that is taken over")];
  const pool =
    adopted.find((pair) => pair.code.type === "aws_cognito_user_pool")?.live
      .facts ??
    (await new CognitoReader(place).userPool(String(client.UserPoolId)))?.facts;
  const wanted = wantedFields(client, pool, place);
  const names = new Set([...Object.keys(fields), ...Object.keys(wanted)]);
  return [...names]
    .filter((name) =>
      name === "scope"
        ? sortedWords(fields[name]) !== sortedWords(wanted[name])
        : wanted[name] !== ANY && fields[name] !== wanted[name],
    )
    .map((name) => stop(`field ${name} was changed by hand`));
}

/** A field whose value nothing here tells. */
const ANY = Symbol("any");

function wantedFields(
  client: JsonObject,
  pool: JsonObject | undefined,
  { region }: AwsTarget,
): Readonly<Record<string, string | typeof ANY>> {
  const { ClientSecret: secret, AllowedOAuthScopes: scopes } = client;
  const { Domain: domain } = pool ?? {};
  const isService = typeof secret === "string";
  return {
    flow: isService ? "client_credentials" : "user_password",
    cognito_domain:
      typeof domain === "string" ? getDomainBaseUrl(domain, region) : ANY,
    client_id: String(client.ClientId),
    userpool_id: String(client.UserPoolId),
    aws_region: region,
    ...(isService && {
      client_secret: secret,
      scope: Array.isArray(scopes) ? scopes.join(" ") : "",
    }),
  };
}

function sortedWords(text: unknown): string {
  return typeof text === "string" ? text.split(" ").sort().join(" ") : "";
}

/** Clients, groups, resource servers and identity providers of the stack's user pool that are none of the stack's. */
async function besideStack(
  resources: readonly LiveResource[],
  place: AwsTarget,
): Promise<readonly string[]> {
  const pool = resources.find(
    ({ type, isThere }) => type === "AWS::Cognito::UserPool" && isThere,
  );
  if (pool === undefined) return [];
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await createAwsClient(
    sdk.CognitoIdentityProviderClient,
    place,
  );
  const known = new Set(resources.map(({ importId }) => importId));
  const UserPoolId = pool.physicalId;
  const children = await listUserPoolChildren(sdk, client, UserPoolId);
  const providers = await listAll(
    sdk.paginateListIdentityProviders(
      { client },
      { UserPoolId, MaxResults: PAGE_SIZE },
    ),
    ({ Providers }) => Providers,
  );
  return [
    ...children
      .filter(({ importId }) => !known.has(importId))
      .map(formatUserPoolChild),
    ...providers.map(
      ({ ProviderName }) => `identity provider ${ProviderName ?? ""}`,
    ),
  ];
}

function formatUserPoolChild({ type, id, name }: UserPoolChild): string {
  switch (type) {
    case "aws_cognito_user_pool_client":
      return `client ${name} (${id})`;
    case "aws_cognito_user_group":
      return `group ${name}`;
    case "aws_cognito_resource_server":
      return `resource server ${name}`;
  }
}

/**
 * Settings of a user pool that hashicorp/aws 5 does not know, by where AWS has them and whether a value is more than
 * what every pool has. An update that leaves them out has AWS reset them, and no plan shows it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
const UNMODELLED: Readonly<Record<string, (value: JsonObject) => boolean>> = {
  IssuerConfiguration: ({ Type }) => Type === "UPDATED",
  KeyConfiguration: ({ KeyType }) => KeyType === "CUSTOMER_MANAGED_KEY",
  "LambdaConfig.InboundFederation": () => true,
  "UserPoolAddOns.AdvancedSecurityAdditionalFlows": ({ CustomAuthMode }) =>
    CustomAuthMode !== undefined,
};

/** What of a user pool an apply would reset without a word. */
export function findUnmodelledBlockers({
  adopted,
}: Matching): readonly Blocker[] {
  return adopted
    .filter(({ code }) => code.type === "aws_cognito_user_pool")
    .flatMap(({ code, live }) =>
      Object.entries(UNMODELLED)
        .filter(([path, isSet]) => {
          const value = at(live.facts, path);
          return isJsonObject(value) && isSet(value);
        })
        .map(([path]) => ({
          at: code.address,
          told: `${path} is set, which Terraform's provider does not know and would reset: keep the pool as one of your own with USER_POOL_ID, or take the setting off first`,
          isFinal: true,
        })),
    );
}

function at(facts: JsonObject, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) => (isJsonObject(value) ? value[name] : undefined),
      facts,
    );
}
