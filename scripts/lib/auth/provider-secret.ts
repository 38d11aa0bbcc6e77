import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { UserError } from "../../../constructs/errors";
import { type ErrorExplanation, explainError } from "../aws/errors";
import { listIdentityProviders } from "./link-user-calls";
import { formatChoices } from "./pool-groups";
import type { UserPoolAdmin } from "./user-pool-admin";

/** IAM actions on the user pool that setting a client secret requires. */
export const PROVIDER_SECRET_ACTIONS = [
  "DescribeIdentityProvider",
  "ListIdentityProviders",
  "UpdateIdentityProvider",
].map((action) => `cognito-idp:${action}`);

/** Types of identity providers that have a client secret. */
const TYPES_WITH_SECRET = ["OIDC", "Google", "Facebook", "LoginWithAmazon"];

/** Whether a provider has a real client secret. */
export interface ProviderSecretStatus {
  readonly provider: string;
  readonly status: "placeholder" | "set";
}

/** The result of setting a client secret. */
export interface ProviderSecretChange {
  readonly provider: string;
  readonly status: "changed" | "unchanged";
}

/**
 * Sets the client secret of an identity provider. Everything else stays as AWS has it.
 *
 * @param name provider; `undefined` selects the only one that has a client secret
 * @param readSecret returns the secret. Called for a provider that exists, with its name
 * @throws UserError if there is no such provider, or AWS refuses the change; no error contains a secret
 */
export async function setProviderSecret(
  pool: UserPoolAdmin,
  name: string | undefined,
  readSecret: (provider: string) => Promise<string>,
): Promise<ProviderSecretChange> {
  return explainErrors(async () => {
    const provider = selectProvider(
      pool,
      name,
      await listIdentityProviders(pool),
    );
    const before = await describeProvider(pool, provider);
    const details = before.ProviderDetails ?? {};
    const secret = await readSecret(provider);
    if (details.client_secret === secret)
      return { provider, status: "unchanged" };
    const { userPoolId: UserPoolId, sdk, client } = pool;
    await client.send(
      new sdk.UpdateIdentityProviderCommand({
        UserPoolId,
        ProviderName: provider,
        ProviderDetails: { ...details, client_secret: secret },
        AttributeMapping: before.AttributeMapping,
        IdpIdentifiers: before.IdpIdentifiers,
      }),
    );
    return { provider, status: "changed" };
  });
}

/**
 * Reads whether identity providers have real client secrets.
 *
 * @param name provider; `undefined` selects all that have a client secret
 */
export async function checkProviderSecrets(
  pool: UserPoolAdmin,
  name: string | undefined,
): Promise<readonly ProviderSecretStatus[]> {
  return explainErrors(async () => {
    const types = await listIdentityProviders(pool);
    const names =
      name === undefined
        ? [...types.keys()].filter((one) => hasSecret(types, one))
        : [selectProvider(pool, name, types)];
    const result: ProviderSecretStatus[] = [];
    for (const provider of names) {
      const { ProviderDetails } = await describeProvider(pool, provider);
      const status = hasPlaceholder(ProviderDetails) ? "placeholder" : "set";
      result.push({ provider, status });
    }
    return result;
  });
}

/** Returns whether the details of an identity provider have the placeholder instead of a client secret. */
export function hasPlaceholder(
  details: idp.IdentityProviderType["ProviderDetails"],
): boolean {
  return details?.client_secret === PLACEHOLDER_CLIENT_SECRET;
}

function hasSecret(types: ReadonlyMap<string, string>, name: string): boolean {
  return TYPES_WITH_SECRET.includes(types.get(name) ?? "");
}

function selectProvider(
  { userPoolId }: UserPoolAdmin,
  name: string | undefined,
  types: ReadonlyMap<string, string>,
): string {
  const withSecret = [...types.keys()].filter((one) => hasSecret(types, one));
  if (name === undefined) {
    const [only, ...others] = withSecret;
    if (only !== undefined && others.length === 0) return only;
    throw new UserError(
      `--provider is required: user pool ${userPoolId} has ${withSecret.length} identity providers with a client secret`,
      only === undefined
        ? "add one with addOidcIdentityProvider in main.ts, or with SIGN_IN_OIDC_ISSUER, and deploy the stage"
        : `the identity providers are ${withSecret.join(", ")}`,
    );
  }
  const type = types.get(name);
  if (type === undefined)
    throw new UserError(
      `identity provider ${JSON.stringify(name)} does not exist in user pool ${userPoolId}; nothing was changed`,
      types.size === 0
        ? "the user pool has no identity providers: configure one, and deploy the stage"
        : formatChoices(name, "identity providers", [...types.keys()]),
    );
  if (hasSecret(types, name)) return name;
  throw new UserError(
    `identity provider ${name} must have a client secret, got one of type ${type}`,
    withSecret.length === 0
      ? "no identity provider of the user pool has a client secret"
      : `those with a client secret are ${withSecret.join(", ")}`,
  );
}

async function describeProvider(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  ProviderName: string,
): Promise<idp.IdentityProviderType> {
  const { IdentityProvider = {} } = await client.send(
    new sdk.DescribeIdentityProviderCommand({ UserPoolId, ProviderName }),
  );
  return IdentityProvider;
}

const EXPLANATIONS: readonly ErrorExplanation[] = [
  {
    names: /^AccessDenied(Exception)?$/,
    message: ({ message }) => `AWS denied the request: ${message}`,
    hint: `use a profile of the stage's account with permission for ${PROVIDER_SECRET_ACTIONS.join(", ")}; --from-secret also requires secretsmanager:GetSecretValue`,
  },
  {
    names: /^ResourceNotFoundException$/,
    text: /user ?pool/i,
    message: ({ message }) => `the user pool does not exist: ${message}`,
    hint: "deploy the stage, or check --region and the account of the profile",
  },
  {
    names: /^ResourceNotFoundException$/,
    message: "the identity provider was deleted in the meantime",
    hint: "deploy the stage again",
  },
  {
    names: /^ConcurrentModificationException$/,
    message: "the identity provider was changed at the same time",
    hint: "run the command again",
  },
  {
    // AWS's message can quote the request, and with it the secret
    names: /^InvalidParameterException$/,
    message: "AWS refuses the settings of the identity provider",
    hint: "check its issuer and endpoints in the AWS console",
  },
];

async function explainErrors<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    throw explainError(error, EXPLANATIONS);
  }
}
