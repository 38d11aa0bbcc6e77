import { generateKeyPairSync, sign } from "node:crypto";
import type { ReceivedRequest, Reply } from "../loopback-server";
import {
  createAccessAnswers,
  createAccessResources,
  OIDC_PROVIDER_ARN,
} from "./access-parts";
import {
  CANARY,
  type DoctorStage,
  ISSUER_URL,
  REGION,
  STACK,
  type StateResource,
  USER_POOL_ID,
} from "./doctor-stage";
import type { AwsAnswer, AwsInput } from "./fake-aws-apis";

export const CALLBACK_URL = "http://app.example/login";
const DAY_MS = 86_400_000;
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Returns the time of AWS's JSON for a time in the past. */
export function daysAgo(days: number): number {
  return (Date.now() - days * DAY_MS) / 1000;
}

interface ClientPart {
  readonly id: string;
  readonly clientId: string;
  readonly flow: string;
  /** Attributes in the state. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

const COMMON_ATTRIBUTES = {
  enable_token_revocation: true,
  prevent_user_existence_errors: "ENABLED",
  supported_identity_providers: ["COGNITO"],
  logout_urls: [],
};

/** A service client, a web client and a public client. */
const CLIENTS: readonly ClientPart[] = [
  {
    id: "workflows-client",
    clientId: "workflows",
    flow: "client_credentials",
    attributes: {
      ...COMMON_ATTRIBUTES,
      generate_secret: true,
      client_secret: CANARY,
      allowed_oauth_flows: ["client_credentials"],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: ["api/write", "api/read"],
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      callback_urls: [],
    },
  },
  {
    id: "grafana",
    clientId: "grafana-id",
    flow: "authorization_code",
    attributes: {
      ...COMMON_ATTRIBUTES,
      generate_secret: true,
      client_secret: CANARY,
      allowed_oauth_flows: ["code"],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: ["openid", "email"],
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      callback_urls: [CALLBACK_URL, "https://localhost:3000/", "app:/callback"],
    },
  },
  {
    id: "programmatic-client",
    clientId: "programmatic",
    flow: "user_password",
    attributes: {
      ...COMMON_ATTRIBUTES,
      generate_secret: false,
      client_secret: "",
      allowed_oauth_flows: [],
      allowed_oauth_flows_user_pool_client: false,
      allowed_oauth_scopes: [],
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      callback_urls: [],
    },
  },
];

/** Completes a stage: its clients with secrets, groups with roles, identity providers and quotas. */
export function addParts(stage: DoctorStage): void {
  const { userpool_domain_base_url: domain = "" } = stage.outputs;
  stage.outputs.oidc_provider_arn = OIDC_PROVIDER_ARN;
  stage.resources = [
    ...stage.resources.filter(({ type }) => !/client|secret/.test(type)),
    ...CLIENTS.flatMap(createClientResources),
    ...createAccessResources(),
  ].filter(({ name }) => name !== "identity-pool");
  stage.variables = {
    HTTP_PROXY: "{endpoint}",
    NO_PROXY: "127.0.0.1",
    GITHUB_API_URL: "{endpoint}",
    GITHUB_TOKEN: CANARY,
  };
  stage.answers = {
    ...stage.answers,
    ...createClientAnswers(domain),
    ...createAccessAnswers(),
  };
  stage.documents = {
    ...stage.documents,
    [`/${USER_POOL_ID}/.well-known/jwks.json`]: {
      keys: [
        {
          ...KEYS.publicKey.export({ format: "jwk" }),
          kid: "one",
          use: "sig",
          alg: "RS256",
        },
      ],
    },
    "/oauth2/token": (request) => replyToken(request),
    "/login": "sign in",
    "/repos/example/veda-auth": { id: 2, owner: { id: 1 } },
  };
}

function createClientResources({
  id,
  clientId,
  attributes,
}: ClientPart): StateResource[] {
  const name = `${STACK}/${id}`;
  return [
    {
      type: "aws_cognito_user_pool_client",
      name: `clients_${id}_11111111`,
      attributes: { id: clientId, name: id, ...attributes },
    },
    {
      type: "aws_secretsmanager_secret",
      name: `secrets_${id}_22222222`,
      attributes: { name },
    },
  ];
}

function createClientAnswers(domain: string): DoctorStage["answers"] {
  const find = <T>(name: string, getId: (client: ClientPart) => string) => {
    return (input: AwsInput, create: (client: ClientPart) => T): T => {
      const client = CLIENTS.find((one) => getId(one) === input[name]);
      if (client === undefined) throw new Error(JSON.stringify(input));
      return create(client);
    };
  };
  const byClientId = find<AwsAnswer>("ClientId", (one) => one.clientId);
  const bySecret = find<AwsAnswer>("SecretId", (one) => `${STACK}/${one.id}`);
  return {
    "cognito-idp:DescribeUserPoolClient": (input) =>
      byClientId(input, ({ clientId, attributes: one }) => ({
        UserPoolClient: {
          ClientId: clientId,
          ClientSecret: one.client_secret,
          AllowedOAuthFlows: one.allowed_oauth_flows,
          AllowedOAuthFlowsUserPoolClient:
            one.allowed_oauth_flows_user_pool_client,
          AllowedOAuthScopes: one.allowed_oauth_scopes,
          ExplicitAuthFlows: one.explicit_auth_flows,
          CallbackURLs: one.callback_urls,
          SupportedIdentityProviders: one.supported_identity_providers,
          EnableTokenRevocation: true,
          PreventUserExistenceErrors: "ENABLED",
        },
      })),
    "cognito-idp:ListUserPoolClientSecrets": (input) =>
      byClientId(input, ({ clientId }) => ({
        ClientSecrets: [createSecret(`${clientId}--1`, 80)],
      })),
    "secretsmanager:GetSecretValue": (input) =>
      bySecret(input, ({ clientId, flow, attributes }) => ({
        ...createVersion("terraform", ["AWSCURRENT", "TERRAFORM"]),
        SecretString: JSON.stringify({
          flow,
          cognito_domain: domain,
          client_id: clientId,
          userpool_id: USER_POOL_ID,
          aws_region: REGION,
          ...(flow !== "user_password" && {
            client_secret: CANARY,
            scope: (attributes.allowed_oauth_scopes as string[]).join(" "),
          }),
        }),
      })),
    "secretsmanager:ListSecretVersionIds": {
      Versions: [createVersion("terraform", ["AWSCURRENT", "TERRAFORM"])],
    },
  };
}

export function createSecret(id: string, days: number): object {
  return { ClientSecretId: id, ClientSecretCreateDate: daysAgo(days) };
}

export function createVersion(
  id: string,
  VersionStages: readonly string[],
  days = 80,
): object {
  return { VersionId: id, VersionStages, CreatedDate: daysAgo(days) };
}

/** Responds as the token endpoint of Cognito does. */
function replyToken({ headers, body }: ReceivedRequest): Reply {
  const [, basic = ""] = headers.authorization?.split(" ") ?? [];
  const [id = "", secret] = Buffer.from(basic, "base64").toString().split(":");
  const form = new URLSearchParams(body);
  const fail = (error: string): Reply => ({ status: 400, body: { error } });
  if (secret !== CANARY) return fail("invalid_client");
  if (form.get("grant_type") === "authorization_code")
    return fail("invalid_grant");
  const token = createToken(id, form.get("scope") ?? "");
  return {
    body: { access_token: token, expires_in: 3600, token_type: "Bearer" },
  };
}

/** Creates an access token of the user pool. */
export function createToken(
  clientId: string,
  scope: string,
  key = KEYS.privateKey,
): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: ISSUER_URL,
    token_use: "access",
    client_id: clientId,
    scope,
    iat: now,
    exp: now + 3600,
  };
  const text = [{ alg: "RS256", kid: "one" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(text), key);
  return `${text}.${signature.toString("base64url")}`;
}
