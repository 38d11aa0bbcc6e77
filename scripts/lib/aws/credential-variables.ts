import type { Environment } from "../../../stacks/config/environment";
import { type AwsTarget, createAwsClient } from "./client";
import {
  KEY_VARIABLES,
  PROFILE_VARIABLES,
  requireCredentialSource,
  type StaticCredentials,
  WEB_IDENTITY_VARIABLES,
} from "./credential-source";

/**
 * Returns the variables that make another program, such as Terraform, use the credentials of our SDK clients. The values
 * `undefined` remove variables that the program would prefer.
 *
 * @throws UserError if the credentials cannot be loaded
 */
export async function getCredentialVariables(
  target: AwsTarget,
): Promise<Environment> {
  const source = requireCredentialSource(target.profile);
  if (source.kind === "keys") return formatKeys(source.keys);
  const keys = unset(KEY_VARIABLES);
  if (source.kind === "web-identity") {
    await loadCredentials(target);
    return { ...keys, ...unset(PROFILE_VARIABLES) };
  }
  const { hasCredentials, needsSdk } = await import("./profiles");
  const profile = source.kind === "profile" ? source.profile : "default";
  const variables = {
    ...keys,
    ...unset(PROFILE_VARIABLES),
    ...(source.kind === "profile" && { AWS_PROFILE: profile }),
  };
  if (!(await hasCredentials(profile))) return variables;
  // also if Terraform loads them: its errors do not name the reason, and it can continue with another source
  const credentials = await loadCredentials(target);
  return (await needsSdk(profile))
    ? formatKeys(credentials)
    : { ...variables, ...unset(WEB_IDENTITY_VARIABLES) };
}

async function loadCredentials(target: AwsTarget): Promise<StaticCredentials> {
  const { STSClient } = await import("@aws-sdk/client-sts");
  const client = await createAwsClient(STSClient, target);
  return client.config.credentials();
}

function formatKeys({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: StaticCredentials): Environment {
  return {
    ...unset([
      ...KEY_VARIABLES,
      ...PROFILE_VARIABLES,
      ...WEB_IDENTITY_VARIABLES,
    ]),
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

function unset(names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
