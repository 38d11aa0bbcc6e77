import { getEnvironment } from "../stacks/config/environment";
import {
  CREDENTIAL_FORMATS,
  formatCredentials,
} from "./lib/auth/credential-formats";
import { resolveSignInSettings } from "./lib/auth/sign-in-settings";
import {
  getTemporaryCredentials,
  signOut,
} from "./lib/auth/temporary-credentials";
import { defineCommand } from "./lib/cli/command";
import { STAGE_OPTIONS } from "./lib/cli/options";

const BROWSER_HEADING = "Sign-in through the browser";

/** Options of a sign-in. The password has no option, since a shell would store it in its history. */
const SIGN_IN_OPTIONS = {
  "user-name": {
    type: "text",
    value: "<name>",
    description: "user to sign in",
    defaultText: "USERNAME, or asked for",
  },
  "user-pool-id": {
    type: "text",
    value: "<id>",
    description: "user pool",
    defaultText: "USER_POOL_ID, or the stage's",
  },
  "client-id": {
    type: "text",
    value: "<id>",
    description: "client",
    defaultText: "CLIENT_ID, or the stage's",
  },
  "identity-pool-id": {
    type: "text",
    value: "<id>",
    description: "identity pool",
    defaultText: "IDENTITY_POOL_ID, or the stage's",
  },
  "client-region": {
    type: "text",
    value: "<region>",
    description: "Region of the client if no user pool id is set",
    conflicts: ["user-pool-id"],
    defaultText: "CLIENT_REGION, or us-west-2",
  },
  // has no setting: a settings file must not make the command send the password
  "auth-flow": {
    type: "text",
    value: "<flow>",
    description: "way to sign in",
    choices: {
      srp: "password, by SRP: it never leaves this machine",
      password: "send the password over TLS, for clients that do not allow SRP",
      browser:
        "on the sign-in pages of the user pool, or of an institution, in the browser",
    },
    defaultText: "srp",
  },
  "identity-provider": {
    type: "text",
    value: "<name>",
    description: "sign in at this identity provider; implies browser",
    heading: BROWSER_HEADING,
  },
  "no-browser": {
    type: "flag",
    description:
      "print the URL, and ask for the URL of the response, as over SSH; implies browser",
    heading: BROWSER_HEADING,
  },
  domain: {
    type: "text",
    value: "<url>",
    description: "domain of the sign-in pages; implies browser",
    defaultText: "COGNITO_DOMAIN, or the stage's",
    heading: BROWSER_HEADING,
  },
} as const;

export const command = defineCommand({
  description: `The credentials are those of the role of the user's group. The first sign-in asks at the terminal for user name, password, and the user pool's challenges, such as a new password or a code. Later runs ask no question while the refresh token is valid: credentials are cached until 5 minutes before they expire. The password is proven with SRP, so it never leaves this machine. Users of an identity provider, such as a university's, sign in with --auth-flow browser. Before the sign-in, the command prints user pool, client, Region and their origins to standard error. Standard output contains only the credentials.`,
  options: {
    format: {
      type: "text",
      description: "format of the credentials",
      choices: CREDENTIAL_FORMATS,
      default: "json",
    },
    ...SIGN_IN_OPTIONS,
    refresh: {
      type: "flag",
      description: "request new credentials, and cache them",
      conflicts: ["no-cache", "sign-out"],
    },
    "no-cache": {
      type: "flag",
      description: "neither read nor write the cache",
      conflicts: ["sign-out"],
    },
    "reset-password": {
      type: "flag",
      description:
        "set a new password first, by a code that the user pool sends",
      conflicts: ["sign-out"],
    },
    "sign-out": {
      type: "flag",
      description: "remove the cached sign-in, and revoke its refresh token",
      conflicts: ["format"],
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth credentials --stage dev",
    'eval "$(veda-auth credentials --stage dev --format env)" && aws s3 ls',
    "veda-auth credentials --stage dev --auth-flow browser",
    "veda-auth credentials --stage dev --sign-out",
  ],
  notes: `Ids are read from options, then from the stage in --stage, then from the environment, .env.<stage> and .env. A command that is installed globally reads none of these files; use --env-file. A stage is read with AWS credentials: its Terraform outputs, or the secret of its programmatic client. Without credentials, set the three ids.

Settings, in upper or lower case, from the environment, .env.<stage> or .env (or the file in ENV_FILE):
  USERNAME, password        user and password. The password has no option, which other users could read.
                            In a file it must be lower case, since PASSWORD can be an application's
  RESOLVE_CHALLENGES        false: exit with code 1 and name the challenge, instead of asking
  USER_POOL_CLIENT_SECRET   secret of the client; a stage's programmatic client has none
  ID_TOKEN                  id token that replaces the sign-in
  USER_POOL_ID, CLIENT_ID, IDENTITY_POOL_ID, CLIENT_REGION
  COGNITO_DOMAIN            domain of the sign-in pages, for a sign-in through the browser

As an AWS profile in ~/.aws/config, from any directory. Read the stage with another profile, never with this one:
  [profile data]
  region = us-west-2
  credential_process = npm --prefix /path/to/this/project run -s tmp-creds -- --stage dev --profile operator --format process
Without other credentials, and with the package installed:
  credential_process = tmp-creds --user-pool-id us-west-2_Ab1 --client-id 4cl13nt --identity-pool-id us-west-2:12345678-1234-1234-1234-123456789012 --format process
Then run: aws s3 ls --profile data`,
  run: async (values) => {
    const settings = resolveSignInSettings(values);
    removeSecrets(getEnvironment());
    if (values["sign-out"]) {
      await signOut(settings, console.error);
      return 0;
    }
    const { credentials, region } = await getTemporaryCredentials(settings, {
      shouldCache: !values["no-cache"],
      shouldRefresh: values.refresh,
      shouldResetPassword: values["reset-password"],
      log: console.error,
    });
    console.log(
      await formatCredentials(
        credentials,
        values.format,
        region,
        console.error,
      ),
    );
    return 0;
  },
});

/** Child processes, such as Terraform or another profile's credential process, must not inherit the secrets. */
function removeSecrets(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env))
    if (/^(password|id_token|user_pool_client_secret)$/i.test(name))
      Reflect.deleteProperty(env, name);
}
