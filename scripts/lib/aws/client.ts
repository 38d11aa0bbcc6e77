import type { fromIni } from "@aws-sdk/credential-provider-ini";
import { UserError } from "../../../constructs/errors";
import { LIMITS, validate } from "../../../constructs/constraints";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import { SETTINGS } from "../../../stacks/config/settings";

/** Credentials in the environment, which would go before a profile that is named. */
export const STATIC_CREDENTIALS: readonly string[] = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];

type CredentialProvider = ReturnType<typeof fromIni>;

/** Whose account is called, and where. */
export interface AwsTarget {
  readonly region: string;
  /** @default the SDK's own search, in which `AWS_PROFILE` has a part */
  readonly profile?: string | undefined;
}

/** What a client of the SDK is made with here. */
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
 * The place that `--region` and `--profile` name, else a stage's settings. A Region of a profile is not looked at, since
 * a deployment does not look at it: a stage is in the Region that it was deployed to.
 *
 * @throws UserError when a setting is no Region
 */
export function resolveAwsTarget(
  {
    region,
    profile,
  }: { readonly [name in keyof AwsTarget]?: string | undefined },
  settings: Environment = {},
  env: Environment = getEnvironment(),
): AwsTarget {
  const set =
    getSetting(settings, "AWS_REGION") ?? getSetting(env, "AWS_REGION");
  const problem =
    set === undefined ? undefined : validate(LIMITS.region, set, "AWS_REGION");
  if (problem !== undefined) throw new UserError(problem);
  return {
    region: region ?? set ?? SETTINGS.stack.region.default,
    ...(profile !== undefined && { profile }),
  };
}

/**
 * A client of the SDK that tries again with back-off, and whose every wait is bounded.
 *
 * The SDK's class is given by who calls, so that it is loaded when AWS is called and not before.
 *
 * @throws UserError when a variable of the environment leads nowhere
 */
export async function createAwsClient<C>(
  Class: new (config: AwsClientConfig) => C,
  { region, profile }: AwsTarget,
): Promise<C> {
  requireEndpoints();
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
      credentials: await profileCredentials(profile),
    }),
  });
}

/** A named profile's own credentials: the SDK's search would go on to others, of another account, where it has none. */
async function profileCredentials(
  profile: string,
): Promise<CredentialProvider> {
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  return fromIni({ profile });
}

function requireEndpoints(): void {
  for (const [name, value] of Object.entries(getEnvironment())) {
    if (!/^AWS_ENDPOINT_URL(_|$)/.test(name) || value === undefined) continue;
    if (value !== "" && !URL.canParse(value))
      throw new UserError(
        `${name} must be a URL, got ${JSON.stringify(value)}`,
      );
  }
}
