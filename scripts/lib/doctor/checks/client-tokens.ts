import { UserError } from "../../../../constructs/errors";
import { getUserPoolJwksUrl } from "../../../../constructs/aws";
import { getEnvironment } from "../../../../stacks/config/environment";
import {
  createTokenRequest,
  explainOAuthError,
  OAuthError,
  requestToken,
} from "../../auth/token-endpoint";
import { fetchKeys } from "../../auth/user-pool-keys";
import { parseKeys } from "../../auth/key-cache";
import { tokenVerifier } from "../../client/token-verifier";
import {
  type ClientSecretFields,
  parseClientSecret,
} from "../../stage/client-secret-fields";
import { ClientSecretTester } from "../../rotation/client-secret-tester";
import type { SecretVersionValue } from "../../rotation/rotation-reader";
import { getAwsReader } from "../aws-reader";
import {
  type Check,
  type DoctorContext,
  MissingPermission,
  createOnce,
} from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatSecretFix } from "../client-rotation";
import { formatFix } from "../format-fix";
import { formatRestore } from "../format-restore";
import { listConfidentialClients, type SecretClient } from "../stage-clients";
import { readText, readTexts } from "../state-attributes";
import { hasScopes } from "./client-secrets";

/** Requests of a check are tried again silently. */
const SILENT = { log: (): void => undefined };

/**
 * Requests a token with the secret of each service client, and verifies it. The user pool has to recognize the secret of each
 * web client.
 */
export const CLIENT_TOKENS: Check = {
  id: "client-tokens",
  section: "Clients and secrets",
  run: (context) =>
    checkItems(
      listConfidentialClients(context),
      {
        ok: "each stored client secret works, and each token is valid",
        bad: "stored client secrets do not work",
        none: "the stage has no client with a client secret",
      },
      ({ secretName }) => secretName,
      (client) => checkClient(client, context),
    ),
};

async function checkClient(
  client: SecretClient,
  context: DoctorContext,
  read: "once" | "again" = "once",
): Promise<readonly ItemFinding[]> {
  const { secretName } = client;
  const reader = getAwsReader(context);
  const secret = await reader.findSecret(secretName, read);
  if (secret === undefined)
    return [
      {
        status: "failed",
        text: `${secretName}: the secret does not exist, or has no value`,
        fix: formatFix(context, "deploy"),
      },
    ];
  let test: SecretTest;
  try {
    test = createTest(client, secret.text, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const fix = await formatRestore(client, secret, context);
    return [{ status: "failed", text: error.message, fix }];
  }
  try {
    return await test();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    // a rotation can have ended since the secret was read
    const latest = await reader.findSecret(secretName, "again");
    return latest?.id === secret.id
      ? [await explainRefusal(client, secret, error, context)]
      : checkClient(client, context, "again");
  }
}

type SecretTest = () => Promise<readonly ItemFinding[]>;

/** @throws UserError if the secret lacks a field */
function createTest(
  client: SecretClient,
  text: string,
  context: DoctorContext,
): SecretTest {
  const { secretName, flow } = client;
  const fields = parseClientSecret(secretName, text);
  if (flow !== "client_credentials") return () => checkCode(client, fields);
  const request = createTokenRequest(secretName, fields, getEnvironment());
  return () => checkToken(client, request, context);
}

/** Requests a token, and verifies its signature, issuer, expiry, use, client and scopes. */
async function checkToken(
  { secretName, clientId }: SecretClient,
  request: ReturnType<typeof createTokenRequest>,
  context: DoctorContext,
): Promise<readonly ItemFinding[]> {
  const { access_token: token } = await requestToken(request, SILENT);
  const { userPoolId } = getAwsReader(context);
  const claims = await tokenVerifier({
    userPoolId,
    clientId,
    scopes: null,
    jwks: await fetchKeysOnce(context),
  }).verify(token);
  const scopes = readText(claims, "scope");
  return hasScopes(scopes, request.scope.split(" "))
    ? []
    : [
        {
          status: "failed",
          text: `${secretName}: the token has other scopes than the secret: ${scopes || "none"}`,
          fix: formatFix(context, "deploy"),
        },
      ];
}

/** Requires that the user pool recognizes the secret of a web client, which has no token without a user. */
async function checkCode(
  { secretName, attributes }: SecretClient,
  fields: ClientSecretFields,
): Promise<readonly ItemFinding[]> {
  const isRecognized = await new ClientSecretTester(
    getEnvironment(),
    SILENT,
  ).run({
    secretName,
    fields,
    clientSecret: fields.client_secret ?? "",
    callbackUrls: readTexts(attributes, "callback_urls"),
  });
  if (!isRecognized) throw new OAuthError("invalid_client");
  return [];
}

async function explainRefusal(
  client: SecretClient,
  secret: SecretVersionValue,
  error: OAuthError,
  context: DoctorContext,
): Promise<ItemFinding> {
  const { secretName } = client;
  const explained = explainOAuthError(error, secretName, "its scopes");
  return {
    status: "failed",
    text: explained?.message ?? `${secretName}: ${error.code}`,
    fix:
      error.code === "invalid_client" && (await exists(client, context))
        ? await formatClientFix(client, secret, context)
        : formatFix(context, "deploy"),
  };
}

/** Formats the command that fixes the id or the secret of a client. */
async function formatClientFix(
  client: SecretClient,
  secret: SecretVersionValue,
  context: DoctorContext,
): Promise<string> {
  const { client_id: id } = parseClientSecret(client.secretName, secret.text);
  return id === client.clientId
    ? formatSecretFix(client, context)
    : formatRestore(client, secret, context);
}

/** Returns whether the client exists, or may exist. */
async function exists(
  { clientId }: SecretClient,
  context: DoctorContext,
): Promise<boolean> {
  try {
    const client = await getAwsReader(context).findUserPoolClient(clientId);
    return client !== undefined;
  } catch (error) {
    if (error instanceof MissingPermission) return true;
    throw error;
  }
}

/** Fetches the keys of the user pool for all tokens. */
const fetchKeysOnce = createOnce(async (context) =>
  parseKeys(
    await fetchKeys(
      getUserPoolJwksUrl(context.region, getAwsReader(context).userPoolId),
      { env: getEnvironment(), ...SILENT },
    ),
  ),
);
