import { getEnvironmentSecretName } from "../../../stacks/naming";
import {
  ACCOUNT,
  CANARY,
  type DoctorStage,
  IDENTITY_POOL_ID,
  ISSUER_URL,
  STACK,
  STAGE,
  STATE_BUCKET,
  STATE_KEY,
  type StateResource,
  USER_POOL_ID,
} from "./doctor-stage";

const KEYS_PATH = `/${USER_POOL_ID}/.well-known/jwks.json`;
const DOMAIN_URL = `https://${STACK}.auth.us-west-2.amazoncognito.com`;
const SECRET_ARN = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${STACK}/workflows-client-AbCdEf`;
/** Settings in the environment secret, and in the file. */
export const SETTINGS = {
  APP_NAME: "our-auth",
  AWS_ACCOUNT_ID: ACCOUNT,
  STATE_BUCKET_NAME: STATE_BUCKET,
  STATE_BUCKET_KEY: STATE_KEY,
} as const;

/** Creates a stage in which every check is well. */
export function createWellStage(): DoctorStage {
  return {
    settings: { ...SETTINGS },
    variables: {},
    terraformVersion: "1.11.4",
    stateTerraformVersion: "1.11.4",
    outputs: {
      userpool_id: USER_POOL_ID,
      userpool_domain_base_url: DOMAIN_URL,
      client_id: "programmatic",
      identitypool_id: IDENTITY_POOL_ID,
      issuer: ISSUER_URL,
      jwks_url: `${ISSUER_URL}/.well-known/jwks.json`,
      workflows_client_secret_id: `${STACK}/workflows-client`,
      workflows_client_secret_arn: SECRET_ARN,
    },
    resources: createResources(),
    stateText: undefined,
    answers: {
      "sts:GetCallerIdentity": {
        Account: ACCOUNT,
        Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`,
      },
      "s3:GetBucketVersioning": { Status: "Enabled" },
      "secretsmanager:GetSecretValue": ({ SecretId: id }) =>
        id === getEnvironmentSecretName(STAGE)
          ? { SecretString: JSON.stringify(SETTINGS) }
          : { SecretString: JSON.stringify({ client_secret: CANARY }) },
      "cognito-idp:DescribeUserPool": { UserPool: createUserPool() },
      "cognito-idp:DescribeUserPoolDomain": {
        DomainDescription: { UserPoolId: USER_POOL_ID, Status: "ACTIVE" },
      },
      "cognito-identity:DescribeIdentityPool": {
        IdentityPoolId: IDENTITY_POOL_ID,
      },
    },
    documents: {
      [KEYS_PATH]: { keys: [{ kty: "RSA", kid: "one", use: "sig" }] },
      [`/${USER_POOL_ID}/.well-known/openid-configuration`]: {
        issuer: ISSUER_URL,
        jwks_uri: `${ISSUER_URL}/.well-known/jwks.json`,
      },
    },
    clockAheadSeconds: 0,
    refreshPlan: createDriftPlan({}),
    files: {
      [`.env.${STAGE}`]: Object.entries(SETTINGS)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    },
  };
}

/** Returns the user pool as AWS describes it. */
export function createUserPool(): object {
  return {
    Id: USER_POOL_ID,
    DeletionProtection: "ACTIVE",
    UserPoolTier: "ESSENTIALS",
    EmailConfiguration: { EmailSendingAccount: "COGNITO_DEFAULT" },
  };
}

function createResources(): StateResource[] {
  return [
    {
      type: "aws_cognito_user_pool",
      name: "user-pool",
      attributes: {
        id: USER_POOL_ID,
        deletion_protection: "ACTIVE",
        user_pool_tier: "ESSENTIALS",
        email_configuration: [{ email_sending_account: "COGNITO_DEFAULT" }],
      },
    },
    {
      type: "aws_cognito_user_pool_domain",
      name: "domain",
      attributes: { id: STACK, domain: STACK },
    },
    {
      type: "aws_cognito_user_pool_client",
      name: "clients_programmatic-client_11111111",
      attributes: { id: "programmatic", client_secret: "" },
    },
    {
      type: "aws_cognito_user_pool_client",
      name: "clients_workflows-client_22222222",
      attributes: { id: "workflows", client_secret: CANARY },
    },
    {
      type: "aws_secretsmanager_secret",
      name: "secrets_workflows-client_33333333",
      attributes: { arn: SECRET_ARN, name: `${STACK}/workflows-client` },
    },
    {
      type: "aws_cognito_identity_pool",
      name: "identity-pool",
      attributes: { id: IDENTITY_POOL_ID },
    },
  ];
}

/** Creates the plan of the drift of a client, with the values before and after by attribute. */
export function createDriftPlan(
  changes: Readonly<Record<string, readonly [before: unknown, after: unknown]>>,
): object {
  const pick = (index: 0 | 1): object =>
    Object.fromEntries(
      Object.entries(changes).map(([name, values]) => [name, values[index]]),
    );
  const type = "aws_cognito_user_pool_client";
  const resource = { address: `${type}.a`, mode: "managed", type, name: "a" };
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_drift:
      Object.keys(changes).length === 0
        ? []
        : [
            {
              ...resource,
              change: {
                actions: ["update"],
                before: pick(0),
                after: pick(1),
                before_sensitive: { client_secret: true },
                after_sensitive: { client_secret: true },
              },
            },
          ],
    prior_state: {
      values: {
        root_module: {
          resources: [{ ...resource, values: pick(1), sensitive_values: {} }],
        },
      },
    },
  };
}
