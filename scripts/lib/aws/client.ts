import type { fromIni } from "@aws-sdk/credential-provider-ini";
import { UserError } from "../../../constructs/errors";
import { createConfigurationError } from "../../../stacks/config/configuration-error";
import {
  type Environment,
  getEnvironment,
  getSetting,
  parseBoolean,
} from "../../../stacks/config/environment";
import { SETTINGS } from "../../../stacks/config/settings";
import { addOrigin } from "../../../stacks/config/stage-sources";
import { validateRegion } from "../../../stacks/config/validate-region";

/** Variables that send calls of a user pool to another endpoint. The first that is set wins. */
export const USER_POOL_ENDPOINT_VARIABLES = [
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
  "AWS_ENDPOINT_URL",
] as const;

/** Describes the endpoint of user pools that a variable sets, as the end of a sentence. Settings files cannot set it. */
export function describeUserPoolEndpoint(
  env: Environment = getEnvironment(),
): string {
  const name = USER_POOL_ENDPOINT_VARIABLES.find(
    (variable) => (env[variable] ?? "") !== "",
  );
  return name === undefined ? "" : `, at ${env[name] ?? ""} (${name})`;
}

/** Variables of static credentials, which the SDK prefers to a profile. */
export const STATIC_CREDENTIALS: readonly string[] = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];

type CredentialProvider = ReturnType<typeof fromIni>;

/** Region and profile of AWS calls. */
export interface AwsTarget {
  readonly region: string;
  /** @default the SDK's default credential chain, which includes `AWS_PROFILE` */
  readonly profile?: string | undefined;
}

/** Configuration of an SDK client. */
export interface AwsClientConfig {
  readonly region: string;
  readonly profile?: string;
  readonly credentials?: CredentialProvider;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

/**
 * Resolves the Region and profile from options, or the Region from a stage's settings. The Region of a profile is
 * ignored, as in a deployment.
 *
 * @param origins files of the settings, by name
 * @throws UserError if a setting is no Region
 */
export function resolveAwsTarget(
  {
    region,
    profile,
  }: { readonly [name in keyof AwsTarget]?: string | undefined },
  settings: Environment = {},
  env: Environment = getEnvironment(),
  origins: Environment = {},
): AwsTarget {
  const read = (name: string): string | undefined =>
    getSetting(settings, name) ?? getSetting(env, name);
  const set = read("AWS_REGION");
  const allowsUnknown = parseBoolean(read("ALLOW_UNKNOWN_REGION") ?? "");
  const problem =
    set === undefined
      ? undefined
      : validateRegion("AWS_REGION", set, allowsUnknown === true);
  if (problem !== undefined)
    throw createConfigurationError([
      addOrigin({ label: "", origins }, problem),
    ]);
  return {
    region: region ?? set ?? SETTINGS.stack.region.default,
    ...(profile !== undefined && { profile }),
  };
}

/**
 * Creates an SDK client that retries with back-off, and limits each wait.
 *
 * @param Class passed by the caller, so that the SDK is loaded only when AWS is called
 * @throws UserError if an endpoint variable is no URL
 */
export async function createAwsClient<C>(
  Class: new (config: AwsClientConfig) => C,
  { region, profile }: AwsTarget,
): Promise<C> {
  requireValidEndpoints();
  return new Class({
    region,
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
    },
    ...(profile !== undefined && {
      profile,
      credentials: await loadProfileCredentials(profile),
    }),
  });
}

/** Loads the credentials of one profile. The default chain would continue with credentials of another account. */
async function loadProfileCredentials(
  profile: string,
): Promise<CredentialProvider> {
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  return fromIni({ profile });
}

function requireValidEndpoints(): void {
  for (const [name, value] of Object.entries(getEnvironment())) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || value === undefined) continue;
    if (value !== "" && !URL.canParse(value))
      throw new UserError(
        `${name} must be a URL, got ${JSON.stringify(value)}`,
      );
  }
}
