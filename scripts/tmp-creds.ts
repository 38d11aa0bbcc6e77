import { parseArgs } from "node:util";
import { getEnvironment, type Environment } from "../stacks/config/environment";
import {
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
  EXIT_CODES_HELP,
  requireChoice,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  CREDENTIAL_FORMATS,
  formatCredentials,
} from "./lib/auth/credential-formats";
import {
  SIGN_IN_OPTIONS,
  resolveSignInSettings,
} from "./lib/auth/sign-in-settings";
import {
  signOut,
  getTemporaryCredentials,
} from "./lib/auth/temporary-credentials";

const HELP = `Usage: npm run -s tmp-creds -- [options]

Signs a user in and prints temporary AWS credentials of the role that the user's group gives. The first time it asks
for user name and password at the terminal, and for whatever else the user pool wants: a new password, a code by text
message, e-mail or authenticator app. After that nothing is asked for as long as the user pool's refresh token is good:
credentials are kept in the user's cache folder, and used again until 5 minutes before they expire.

The password is proven by SRP, so that it does not leave this machine. Before it is asked for, standard error names the
user pool, the client, their Region and where each of them is set. Only the credentials go to standard output.

Options:
  --format <format>         json (default): {"AccessKeyId", "SecretKey", "SessionToken", "Expiration"}
                            env: lines for a shell to eval
                            process: for the credential_process of an AWS profile
                            console-url: address that opens the AWS console; it is as secret as the credentials
  --user-name <name>        user to sign in (default: USERNAME, else asked for)
  --user-pool-id <id>       ids, instead of those of a stage (default: USER_POOL_ID, CLIENT_ID, IDENTITY_POOL_ID)
  --client-id <id>
  --identity-pool-id <id>
  --client-region <region>  Region of the client where no user pool id says it (default: CLIENT_REGION, else us-west-2)
  --auth-flow <flow>        srp (default), or password: send the password itself to the user pool over TLS, for a client
                            that does not allow SRP; a user pool's refusal never changes the flow
  --refresh                 make new credentials even if those that are kept are good
  --no-cache                use nothing that is kept, and keep nothing
  --reset-password          set a new password first, by a code that the user pool sends
  --sign-out                forget the user, and have the user pool take the refresh token back
${COMMON_OPTIONS_HELP}

Ids are looked for in options, then in the stage that --stage names, then in the environment, .env.<stage> and .env. An
installed command reads these files in the directory of this project alone; elsewhere, name one with --env-file. A
stage is read with AWS credentials: its Terraform outputs, else the secret of its programmatic client. Those who have
none are given the three ids.

Settings, in any case, from the environment, .env.<stage> or .env (or the file that ENV_FILE names):
  USERNAME, password        who signs in; there is no option for the password, which others could read, and in a file
                            it is written in lower case: an application's own PASSWORD is none of a user's
  RESOLVE_CHALLENGES        false: end with exit code 1, naming what the user pool asks for, instead of asking
  USER_POOL_CLIENT_SECRET   secret of the client, if it has one: a stage's programmatic client has none
  ID_TOKEN                  an id token, instead of signing in
  USER_POOL_ID, CLIENT_ID, IDENTITY_POOL_ID, CLIENT_REGION

Examples:
  npm run -s tmp-creds -- --stage dev
  eval "$(npm run -s tmp-creds -- --stage dev --format env)" && aws s3 ls
  npm run -s tmp-creds -- --stage dev --sign-out

As an AWS profile, in ~/.aws/config, from any folder; the stage is looked up with another profile, never with this one:
  [profile veda]
  region = us-west-2
  credential_process = npm --prefix /path/to/this/project run -s tmp-creds -- --stage dev --profile operator --format process
For those who have no other credentials, and with the package installed:
  credential_process = tmp-creds --user-pool-id us-west-2_Ab1 --client-id 4cl13nt --identity-pool-id us-west-2:12345678-1234-1234-1234-123456789012 --format process
Then: aws s3 ls --profile veda

${EXIT_CODES_HELP}`;

/** What was read is not for the processes that a look-up starts: Terraform, and another profile's credential process. */
function leaveOutSecrets(env: Environment): void {
  for (const name of Object.keys(env))
    if (/^(password|id_token|user_pool_client_secret)$/i.test(name))
      Reflect.deleteProperty(env, name);
}

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
  if (values["no-cache"] && (values.refresh || values["sign-out"]))
    throw new UsageError(
      "--no-cache goes with neither --refresh nor --sign-out, which are about what is kept",
    );
  const settings = resolveSignInSettings(values);
  leaveOutSecrets(getEnvironment());
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
