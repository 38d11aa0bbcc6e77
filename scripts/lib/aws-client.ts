import { environment, lookUp, type Environment } from "../../stacks/config";

/** Region of a stage that says none. */
const DEFAULT_REGION = "us-west-2";

/** Credentials in the environment, which would go before a profile that is named. */
export const STATIC_KEYS: readonly string[] = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];

/** Whose account is called, and where. */
export interface AwsPlace {
  /** @default `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, us-west-2 */
  readonly region?: string | undefined;
  /** @default `AWS_PROFILE`, as for every tool of AWS */
  readonly profile?: string | undefined;
}

/** What a client of the SDK is made with here. */
export interface ClientConfig {
  readonly region?: string;
  readonly profile?: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

interface Client {
  readonly config: { readonly region: () => Promise<string> };
}

/** The place that `--region` and `--profile` name, else a stage's settings, else the environment. */
export function awsPlace(
  { region, profile }: AwsPlace,
  settings: Environment = {},
  env: Environment = environment(),
): AwsPlace {
  return {
    region:
      region ??
      lookUp(settings, "AWS_REGION") ??
      lookUp(env, "AWS_REGION") ??
      lookUp(env, "AWS_DEFAULT_REGION"),
    profile,
  };
}

/**
 * A client of the SDK that tries again with back-off, and whose every wait is bounded.
 *
 * The SDK's class is given by who calls, so that it is loaded when AWS is called and not before.
 */
export async function awsClient<C extends Client>(
  Class: new (config: ClientConfig) => C,
  { region, profile }: AwsPlace,
): Promise<C> {
  if (profile !== undefined) leaveOutStaticKeys();
  const config: ClientConfig = {
    maxAttempts: 5,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
    },
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
  };
  const client = new Class(config);
  const hasRegion = await client.config.region().then(
    () => true,
    () => false,
  );
  return hasRegion ? client : new Class({ ...config, region: DEFAULT_REGION });
}

/** Keys in the environment would go before a profile that is named, or make the SDK warn of both. */
function leaveOutStaticKeys(): void {
  const env = environment();
  for (const name of STATIC_KEYS) Reflect.deleteProperty(env, name);
}
