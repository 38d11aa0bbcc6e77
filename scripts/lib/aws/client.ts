import { devNull } from "node:os";
import { types } from "node:util";
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
import { describeFileError } from "../system/input-file";
import type { Agents } from "../http/agents";
import { loadAgents } from "../http/network";
import {
  type CredentialSource,
  requireCredentialSource,
  selectCredentials,
  type StaticCredentials,
  WEB_IDENTITY_VARIABLES,
} from "./credential-source";
import type { CredentialProvider } from "./profiles";

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

/** Region and profile of AWS calls. */
export interface AwsTarget {
  readonly region: string;
  /** @default the keys or the profile in the environment; see {@link selectCredentials} */
  readonly profile?: string | undefined;
  /** Credentials of the caller's own, or a function that provides them. They replace the profile. */
  readonly credentials?: AwsCredentials | undefined;
}

/** Credentials of AWS, or a function that provides them, such as a credential provider of the AWS SDK. */
export type AwsCredentials =
  | StaticCredentials
  | (() => Promise<StaticCredentials & { readonly expiration?: Date }>);

/** Configuration of an SDK client. */
export interface AwsClientConfig {
  readonly region: string;
  /** Profile whose other settings, such as an endpoint, hold. */
  readonly profile: string;
  readonly credentials: CredentialProvider | AwsCredentials;
  readonly maxAttempts: number;
  readonly defaultsMode: "legacy";
  readonly requestHandler: RequestHandlerOptions;
}

/** Options of the SDK's HTTP client. */
interface RequestHandlerOptions extends Partial<Agents> {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly throwOnRequestTimeout: boolean;
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
  }: Readonly<Partial<Record<"region" | "profile", string | undefined>>>,
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
  { region, profile, credentials }: AwsTarget,
): Promise<C> {
  requireValidEndpoints();
  return new Class({
    region,
    maxAttempts: 4,
    // the SDK fails with a stack trace for another AWS_DEFAULTS_MODE, which would set only what is set here
    defaultsMode: "legacy",
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 10_000,
      throwOnRequestTimeout: true,
      ...(await loadAgents()),
    },
    profile: getSettingsProfile(selectCredentials(profile)),
    credentials: credentials ?? (await createCredentialProvider(profile)),
  });
}

/** Returns the profile whose settings a client reads. As for Terraform, `AWS_PROFILE` has no effect if it is not used. */
function getSettingsProfile(source: CredentialSource): string {
  return source.kind === "profile" ? source.profile : "default";
}

/** Creates a provider that selects the source when a request is signed: some requests need no credentials. */
async function createCredentialProvider(
  profileOption: string | undefined,
): Promise<CredentialProvider> {
  const { hasCredentials, loadProfileCredentials } = await import("./profiles");
  let ambient: CredentialProvider | undefined;
  return async (properties) => {
    const source = requireCredentialSource(profileOption);
    if (source.kind === "keys") return source.keys;
    const profile = getSettingsProfile(source);
    if (source.kind !== "web-identity" && (await hasCredentials(profile)))
      return loadProfileCredentials(profile, properties);
    const { defaultProvider } =
      await import("@aws-sdk/credential-provider-node");
    // without the files of profiles: the role of a token, then that of the container or machine
    ambient ??= defaultProvider({
      profile,
      filepath: devNull,
      configFilepath: devNull,
    });
    try {
      return await ambient(properties);
    } catch (error) {
      throw await explainAmbientError(error);
    }
  };
}

/** Explains an error of the token of a role, or a variable that the SDK cannot parse. Returns any other error. */
async function explainAmbientError(error: unknown): Promise<unknown> {
  const [tokenFile, role] = WEB_IDENTITY_VARIABLES;
  const { [tokenFile]: file = "" } = getEnvironment();
  if (types.isNativeError(error)) {
    const failed: NodeJS.ErrnoException = error;
    // the error of a directory has no path
    if (failed.path === file || failed.code === "EISDIR")
      return new UserError(
        `cannot read the file of ${tokenFile}, ${JSON.stringify(file)}: ${describeFileError(failed)}`,
        `correct or unset ${tokenFile}`,
      );
  }
  // no other request of these sources has errors of AWS
  if (isClientFault(error))
    return new UserError(
      `cannot assume the role of ${role} with the token of ${tokenFile}: ${error.name}: ${error.message}`,
      "check the token, and that the trust policy of the role allows it",
    );
  const { explainAwsError } = await import("./errors");
  return explainAwsError(error) === undefined &&
    types.isNativeError(error) &&
    !("syscall" in error)
    ? new UserError(
        // the message of a parser quotes the text, which can be a secret
        `cannot load AWS credentials of the container or machine: ${error.name === "SyntaxError" ? "the response is not JSON" : error.message}`,
        "correct or unset the AWS_CONTAINER_ and AWS_EC2_METADATA_ variables",
      )
    : error;
}

function isClientFault(error: unknown): error is Error {
  return (
    types.isNativeError(error) && "$fault" in error && error.$fault === "client"
  );
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
