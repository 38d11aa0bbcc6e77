import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../stacks/config/environment";
import { withoutAwsVariables } from "./environment";
import { createTemporaryDirectory } from "./stage";

/** A combination of sources, and the access key id of the caller that it must select. */
export interface CredentialCase {
  readonly title: string;
  readonly env: Environment;
  /** Value of `--profile`. */
  readonly profile?: string;
  readonly caller: string;
  /** Whether the end-to-end test runs Terraform with it. */
  readonly isEndToEnd?: true;
}

const KEYS = {
  AWS_ACCESS_KEY_ID: "AKIA-KEYS",
  AWS_SECRET_ACCESS_KEY: "canary",
};
const WEB_IDENTITY = {
  AWS_WEB_IDENTITY_TOKEN_FILE: "{directory}/token",
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod",
  AWS_ROLE_SESSION_NAME: "pod",
};
const CONTAINER = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "{endpoint}/container",
};
const NO_DEFAULT = { AWS_SHARED_CREDENTIALS_FILE: "{directory}/none" };

export const CREDENTIAL_CASES: readonly CredentialCase[] = [
  { title: "only keys", env: KEYS, caller: "AKIA-KEYS" },
  {
    title: "keys and AWS_PROFILE",
    env: { ...KEYS, AWS_PROFILE: "x" },
    isEndToEnd: true,
    caller: "AKIA-KEYS",
  },
  {
    title: "keys and a missing AWS_PROFILE",
    env: { ...KEYS, AWS_PROFILE: "none" },
    isEndToEnd: true,
    caller: "AKIA-KEYS",
  },
  {
    title: "keys and a role of a token",
    env: { ...KEYS, ...WEB_IDENTITY, ...CONTAINER },
    caller: "AKIA-KEYS",
  },
  {
    title: "--profile, keys and AWS_PROFILE",
    env: { ...KEYS, AWS_SECURITY_TOKEN: "other", AWS_PROFILE: "y" },
    profile: "x",
    isEndToEnd: true,
    caller: "AKIA-X",
  },
  {
    title: "--profile of a role, keys and a session token",
    env: { ...KEYS, AWS_SESSION_TOKEN: "other" },
    profile: "role",
    caller: "ASIA-ops",
  },
  {
    title: "--profile and a role of a token",
    env: { ...WEB_IDENTITY, ...CONTAINER },
    profile: "x",
    caller: "AKIA-X",
  },
  { title: "only AWS_PROFILE", env: { AWS_PROFILE: "x" }, caller: "AKIA-X" },
  {
    title: "AWS_PROFILE and empty keys",
    env: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_PROFILE: "x" },
    caller: "AKIA-X",
  },
  {
    title: "AWS_PROFILE and older names of keys",
    env: { AWS_ACCESS_KEY: "AKIA-OLD", AWS_SECRET_KEY: "s", AWS_PROFILE: "x" },
    isEndToEnd: true,
    caller: "AKIA-X",
  },
  {
    title: "AWS_PROFILE and a role of a token",
    env: { AWS_PROFILE: "x", ...WEB_IDENTITY },
    caller: "ASIA-WEB-pod",
  },
  {
    title: "a missing AWS_DEFAULT_PROFILE and a role of a token",
    env: { AWS_DEFAULT_PROFILE: "none", ...WEB_IDENTITY },
    caller: "ASIA-WEB-pod",
  },
  {
    title: "AWS_PROFILE and a role without a token",
    env: { AWS_PROFILE: "x", AWS_ROLE_ARN: WEB_IDENTITY.AWS_ROLE_ARN },
    caller: "AKIA-X",
  },
  {
    title: "AWS_PROFILE and AWS_DEFAULT_PROFILE",
    env: { AWS_PROFILE: "x", AWS_DEFAULT_PROFILE: "y" },
    caller: "AKIA-X",
  },
  {
    title: "an empty AWS_PROFILE and AWS_DEFAULT_PROFILE",
    env: { AWS_PROFILE: "", AWS_DEFAULT_PROFILE: "y" },
    isEndToEnd: true,
    caller: "AKIA-Y",
  },
  {
    title: "AWS_PROFILE with a Region only, in a container",
    env: { AWS_PROFILE: "region", ...CONTAINER },
    isEndToEnd: true,
    caller: "ASIA-CONTAINER",
  },
  {
    title: "AWS_PROFILE with a credential_process",
    env: { AWS_PROFILE: "process" },
    caller: "AKIA-PROCESS",
  },
  {
    title: "--profile that assumes a role with the keys",
    env: KEYS,
    profile: "environment",
    isEndToEnd: true,
    caller: "ASIA-ops",
  },
  { title: "the profile default", env: {}, caller: "AKIA-DEFAULT" },
  {
    title: "the profile default in a container",
    env: CONTAINER,
    caller: "AKIA-DEFAULT",
  },
  {
    title: "a role of a token, and the profile default",
    env: WEB_IDENTITY,
    caller: "ASIA-WEB-pod",
  },
  {
    title: "a container without a profile",
    env: { ...CONTAINER, ...NO_DEFAULT },
    caller: "ASIA-CONTAINER",
  },
];

const CONFIG = `[profile role]
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = x
[profile region]
region = eu-west-1
[profile environment]
role_arn = arn:aws:iam::123456789012:role/ops
credential_source = Environment
[profile process]
credential_process = echo '{"Version":1,"AccessKeyId":"AKIA-PROCESS","SecretAccessKey":"canary"}'
[profile code]
role_arn = arn:aws:iam::123456789012:role/coded
source_profile = x
mfa_serial = arn:aws:iam::123456789012:mfa/ada
[profile chained]
role_arn = arn:aws:iam::123456789012:role/chained
source_profile = code
[profile lost]
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = none
[profile failing]
credential_process = sh -c 'echo "the vault is locked" >&2; exit 3'
[profile garbage]
credential_process = echo nothing
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader
[profile sessionless]
sso_session = none
sso_account_id = 123456789012
sso_role_name = reader
[profile half]
aws_access_key_id = AKIA-HALF
[profile sourceless]
role_arn = arn:aws:iam::123456789012:role/ops
[profile tokenless]
role_arn = arn:aws:iam::123456789012:role/ops
web_identity_token_file = /none/token
[profile signed-out]
login_session = arn:aws:iam::123456789012:user/ada
[profile endless]
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = endless2
[profile endless2]
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = endless
`;

/** Another file, whose profile `default` requires a code. */
const MFA_CONFIG = `[default]
role_arn = arn:aws:iam::123456789012:role/coded
source_profile = x
mfa_serial = arn:aws:iam::123456789012:mfa/ada
`;

const CREDENTIALS = ["default", "x", "y"]
  .map(
    (name) =>
      `[${name}]\naws_access_key_id = AKIA-${name.toUpperCase()}\naws_secret_access_key = canary\n`,
  )
  .concat("[half-credentials]\naws_access_key_id = AKIA-HALF\n")
  .join("");

/**
 * Returns an environment with the files of profiles, whose requests go to an endpoint, and which has no other credentials.
 *
 * @param env replaces `{directory}` and `{endpoint}` in values
 */
export function createCredentialEnvironment(
  endpoint: string,
  env: Environment,
): Environment {
  const directory = createTemporaryDirectory({
    config: CONFIG,
    mfa: MFA_CONFIG,
    credentials: CREDENTIALS,
  });
  writeFileSync(path.join(directory, "token"), "header.payload.signature");
  const filled = Object.entries(env).map(([name, value]) => [
    name,
    value?.replace("{directory}", directory).replace("{endpoint}", endpoint),
  ]);
  return {
    ...withoutAwsVariables(),
    HOME: directory,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: path.join(directory, "config"),
    AWS_SHARED_CREDENTIALS_FILE: path.join(directory, "credentials"),
    ...(Object.fromEntries(filled) as Environment),
  };
}
