import { parseArgs } from "node:util";
import { getEnvironment } from "../stacks/config/environment";
import {
  CREDENTIAL_FORMATS,
  formatCredentials,
} from "./lib/auth/credential-formats";
import {
  resolveSignInSettings,
  SIGN_IN_OPTIONS,
} from "./lib/auth/sign-in-settings";
import {
  getTemporaryCredentials,
  signOut,
} from "./lib/auth/temporary-credentials";
import { runCommand } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireChoice,
  requireNoConflict,
} from "./lib/cli/options";

const HELP = `Usage: npm run -s tmp-creds -- [options]

Sign a user in, and print temporary AWS credentials for the role of the user's group.

The first sign-in asks at the terminal for user name, password, and the user pool's challenges, such as a new password or
a code. Later runs ask no question while the refresh token is valid: credentials are cached until 5 minutes before they
expire. The password is proven with SRP, so it never leaves this machine. Before asking for it, the command prints user
pool, client, Region and their origins to standard error. Standard output contains only the credentials.

Options:
  --format <format>         json (default): {"AccessKeyId", "SecretKey", "SessionToken", "Expiration"}
                            env: lines for a shell to eval
                            process: for the credential_process of an AWS profile
                            console-url: address that opens the AWS console; it is as secret as the credentials
  --user-name <name>        user to sign in (default: USERNAME, or asked for)
  --user-pool-id <id>       user pool (default: USER_POOL_ID, or the stage's)
  --client-id <id>          client (default: CLIENT_ID, or the stage's)
  --identity-pool-id <id>   identity pool (default: IDENTITY_POOL_ID, or the stage's)
  --client-region <region>  Region of the client if no user pool id is set (default: CLIENT_REGION, or us-west-2)
  --auth-flow <flow>        srp (default)
                            password: send the password over TLS, for clients that do not allow SRP
  --refresh                 request new credentials, and cache them
  --no-cache                neither read nor write the cache
  --reset-password          set a new password first, by a code that the user pool sends
  --sign-out                remove the cached sign-in, and revoke its refresh token
${COMMON_OPTIONS_HELP}

Ids are read from options, then from the stage in --stage, then from the environment, .env.<stage> and .env. An installed
command reads these files in the directory of this project only; elsewhere, use --env-file. A stage is read with AWS
credentials: its Terraform outputs, or the secret of its programmatic client. Without credentials, set the three ids.

Settings, in upper or lower case, from the environment, .env.<stage> or .env (or the file in ENV_FILE):
  USERNAME, password        user and password. The password has no option, which other users could read. In a file it
                            must be lower case, since PASSWORD can be an application's
  RESOLVE_CHALLENGES        false: exit with code 1 and name the challenge, instead of asking
  USER_POOL_CLIENT_SECRET   secret of the client; a stage's programmatic client has none
  ID_TOKEN                  id token that replaces the sign-in
  USER_POOL_ID, CLIENT_ID, IDENTITY_POOL_ID, CLIENT_REGION

Examples:
  npm run -s tmp-creds -- --stage dev
  eval "$(npm run -s tmp-creds -- --stage dev --format env)" && aws s3 ls
  npm run -s tmp-creds -- --stage dev --sign-out

As an AWS profile in ~/.aws/config, from any directory. Read the stage with another profile, never with this one:
  [profile veda]
  region = us-west-2
  credential_process = npm --prefix /path/to/this/project run -s tmp-creds -- --stage dev --profile operator --format process
Without other credentials, and with the package installed:
  credential_process = tmp-creds --user-pool-id us-west-2_Ab1 --client-id 4cl13nt --identity-pool-id us-west-2:12345678-1234-1234-1234-123456789012 --format process
Then run: aws s3 ls --profile veda

${EXIT_CODES_HELP}`;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      ...COMMON_OPTIONS,
      ...SIGN_IN_OPTIONS,
      format: { type: "string", default: "json" },
      refresh: { type: "boolean", default: false },
      "no-cache": { type: "boolean", default: false },
      "reset-password": { type: "boolean", default: false },
      "sign-out": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const format = requireChoice("format", values.format, CREDENTIAL_FORMATS);
  requireNoConflict(values, "no-cache", "refresh", "sign-out");
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
    await formatCredentials(credentials, format, region, console.error),
  );
  return 0;
});

/** Child processes, such as Terraform or another profile's credential process, must not inherit the secrets. */
function removeSecrets(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env))
    if (/^(password|id_token|user_pool_client_secret)$/i.test(name))
      Reflect.deleteProperty(env, name);
}
