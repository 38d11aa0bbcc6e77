import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { getAwsReader } from "../aws-reader";
import type { Check, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatFix } from "../format-fix";
import { listStageClients, type StageClient } from "../stage-clients";
import { readTexts } from "../state-attributes";

/** Lists of a client without which a sign-in or a token request fails, by attribute. */
const LISTS = {
  explicit_auth_flows: ["auth flow", "ExplicitAuthFlows"],
  allowed_oauth_flows: ["OAuth flow", "AllowedOAuthFlows"],
  allowed_oauth_scopes: ["scope", "AllowedOAuthScopes"],
  callback_urls: ["callback URL", "CallbackURLs"],
  logout_urls: ["logout URL", "LogoutURLs"],
  supported_identity_providers: [
    "identity provider",
    "SupportedIdentityProviders",
  ],
} as const;

/** Compares the OAuth settings of each client with those that were deployed. */
export const CLIENT_SETTINGS: Check = {
  id: "client-settings",
  section: "Clients and secrets",
  run: (context) =>
    checkItems(
      listStageClients(context),
      {
        ok: "each client has the flows, scopes and URLs that were deployed",
        bad: "clients have other settings than were deployed",
        none: "the stage has no client",
      },
      ({ id }) => id,
      (client) => checkClient(client, context),
    ),
};

async function checkClient(
  client: StageClient,
  context: DoctorContext,
): Promise<readonly ItemFinding[]> {
  const { id, clientId, attributes } = client;
  const fix = formatFix(context, "deploy");
  const actual = await getAwsReader(context).findUserPoolClient(clientId);
  if (actual === undefined)
    return [
      { status: "failed", text: `${id}: the client does not exist`, fix },
    ];
  const missing = [
    ...(attributes.allowed_oauth_flows_user_pool_client === true &&
    actual.AllowedOAuthFlowsUserPoolClient !== true
      ? ["OAuth is disabled"]
      : []),
    ...compareLists(client, actual, (deployed, found) =>
      deployed.filter((one) => !found.includes(one)),
    ).map((text) => `lacks the ${text}`),
  ];
  const weak = [
    ...compareLists(client, actual, (deployed, found) =>
      found.filter((one) => !deployed.includes(one)),
    ).map((text) => `also has the ${text}`),
    ...(actual.EnableTokenRevocation === true
      ? []
      : ["refresh tokens cannot be revoked"]),
    ...(actual.PreventUserExistenceErrors === "ENABLED"
      ? []
      : ["errors show whether a user exists"]),
  ];
  return [
    ...missing.map((text) => ({
      status: "failed" as const,
      text: `${id}: ${text}`,
      fix,
    })),
    ...weak.map((text) => ({
      status: "warning" as const,
      text: `${id}: ${text}`,
      fix,
    })),
  ];
}

/** Describes the items of each list that a comparison returns. */
function compareLists(
  { attributes }: StageClient,
  actual: UserPoolClientType,
  compare: (
    deployed: readonly string[],
    found: readonly string[],
  ) => readonly string[],
): readonly string[] {
  return Object.entries(LISTS).flatMap(([attribute, [noun, member]]) => {
    const found: readonly string[] = actual[member] ?? [];
    const items = compare(readTexts(attributes, attribute), found);
    return items.length === 0
      ? []
      : [`${noun}${items.length === 1 ? "" : "s"} ${items.join(", ")}`];
  });
}
