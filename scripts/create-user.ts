import {
  createUser,
  EMAIL,
  type NewUser,
  USER_NAME,
} from "./lib/auth/create-user";
import { CREATE_USER_ACTIONS } from "./lib/auth/create-user-errors";
import { askNewPassword } from "./lib/auth/new-password";
import { readPassword } from "./lib/auth/password-input";
import { connectToAdminApi } from "./lib/auth/user-pool-admin";
import { requireAccount } from "./lib/aws/caller";
import { defineCommand } from "./lib/cli/command";
import { formatCommand } from "./lib/cli/invocation";
import {
  formatStageOptions,
  requireValidOption,
  resolveStage,
  STAGE_OPTIONS,
} from "./lib/cli/options";
import { hasTerminal, type Terminal, withTerminal } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { readUserPoolId } from "./lib/stage/stage-outputs";

const NO_TERMINAL = {
  needs: "a password is required",
  hint: "use --password-stdin, or omit --ask-password to send an email",
};
const log = console.error;

export const command = defineCommand({
  description:
    "The email address counts as verified, so the user can sign in with it as well. By default, Cognito sends an email with a temporary password, and the user chooses a password at the first sign-in. For a user who exists, the command adds the missing groups, and sets a password that is still temporary; it never changes a password that the user chose. So run it again after an interruption. To change, disable or delete users, use the AWS console or aws cognito-idp.",
  options: {
    "user-name": {
      type: "text",
      value: "<name>",
      description: "name of the user, such as ada; not an email address",
      defaultText: "asked for at a terminal",
    },
    email: {
      type: "text",
      value: "<address>",
      description: "email address of the user",
      defaultText: "asked for at a terminal",
    },
    group: {
      type: "list",
      value: "<name>",
      description: "add the user to this group; repeat it for several groups",
    },
    "ask-password": {
      type: "flag",
      description:
        "ask for a password at the terminal, without echo, and send no email",
      conflicts: ["password-stdin"],
    },
    "password-stdin": {
      type: "flag",
      description:
        "read a password from standard input, for scripts, and send no email",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth create-user --stage dev --user-name ada --email ada@example.org --group readers",
    "veda-auth create-user --stage dev --user-name ada --email ada@example.org --ask-password",
  ],
  notes: `The password has no option, since other users can read the options of a process. It must meet the policy of the user pool.

Standard output contains one line of JSON: {"userName","status","groups"}. The status is FORCE_CHANGE_PASSWORD while the password is temporary, then CONFIRMED.

Requires a stage that is deployed, and ${CREATE_USER_ACTIONS.join(", ")}.`,
  run: async (values) => {
    const { "user-name": userName, email, group: groups } = values;
    requireValidOption("user-name", USER_NAME, userName);
    requireValidOption("email", EMAIL, email);
    if (groups.some((group) => group.trim() === ""))
      throw new UsageError('--group must have a value, got ""');
    if (values["password-stdin"] && process.stdin.isTTY)
      throw new UsageError(
        "--password-stdin requires a pipe or a file as standard input",
        "use --ask-password at a terminal",
      );
    if ((userName === undefined || email === undefined) && !hasTerminal())
      throw new UsageError("--user-name and --email are required");
    const stage = resolveStage(values);
    await requireAccount(stage, log);
    const { poolHasGroups, ...created } = await withTerminal(
      NO_TERMINAL,
      async (terminal) => {
        const pool = await connectToAdminApi(
          await readUserPoolId(stage, log),
          stage.awsTarget,
        );
        const user: NewUser = {
          userName: userName ?? (await ask(terminal(), "User name", USER_NAME)),
          email: email ?? (await ask(terminal(), "Email address", EMAIL)),
          groups: [...new Set(groups)],
          choosePassword: values["ask-password"]
            ? (policy) => askNewPassword(terminal(), policy)
            : values["password-stdin"]
              ? (policy) => readPassword(policy)
              : undefined,
        };
        return createUser(pool, user, log);
      },
    );
    console.log(JSON.stringify(created));
    if (created.groups.length > 0)
      log(`next: ${formatCommand("credentials", formatStageOptions(stage))}`);
    else if (poolHasGroups)
      log(
        `${created.userName} is in no group, and gets no AWS credentials: run the command again with --group to add one`,
      );
    return 0;
  },
});

/** Asks until an answer is valid. */
async function ask(
  terminal: Terminal,
  noun: string,
  { allows, expected }: typeof EMAIL,
): Promise<string> {
  for (;;) {
    const answer = await terminal.ask(`${noun}: `);
    if (allows(answer)) return answer;
    terminal.writeLine(`${noun} must be ${expected}.`);
  }
}
