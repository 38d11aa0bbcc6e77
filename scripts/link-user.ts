import { EMAIL, USER_NAME } from "./lib/auth/create-user";
import { linkUser, unlinkUser } from "./lib/auth/link-user";
import {
  LINK_USER_ACTIONS,
  MAPPING_ACTION,
  UNLINK_USER_ACTIONS,
} from "./lib/auth/link-user-errors";
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
import { withTerminal } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { readUserPoolId } from "./lib/stage/stage-outputs";
import { quoteShellWord } from "./lib/system/shell";

const SUBJECT = {
  expected: "1-1024 characters, without spaces at its ends or line breaks",
  allows: (text: string) => /^(?! )[^\p{Cc}]{1,1024}(?<! )$/u.test(text),
};
const NO_TERMINAL = {
  needs: "the link to an existing user must be confirmed",
  hint: "use --yes to confirm in advance",
};
const log = console.error;

export const command = defineCommand({
  description: `A person who signs in with an identity provider, such as a university, gets a new user without groups. To grant groups before the first sign-in, run this command: it creates a local user without a usable password, sends no email, links the identity to the user, and adds the groups. From then on, the person signs in as this user. For a user who exists, the command asks before it links the identity. Run it again after an interruption: it adds what is missing.

An identity that has signed in already cannot be linked. The command then prints the commands to add its user to a group, or to delete it.`,
  options: {
    "user-name": {
      type: "text",
      value: "<name>",
      description: "name of the user, such as ada",
    },
    email: {
      type: "text",
      value: "<address>",
      description: "email address of the user; required for a new user",
    },
    provider: {
      type: "text",
      value: "<name>",
      description: "identity provider in the user pool, such as Keycloak",
    },
    subject: {
      type: "text",
      value: "<id>",
      description:
        "subject of the person at the provider, exactly as it sends it: the claim sub of OIDC, the NameID of SAML",
    },
    attribute: {
      type: "text",
      value: "<name>",
      description:
        "recognize the person by this mapped user pool attribute, with the value in --subject, such as for a SAML provider whose NameID changes",
      defaultText: "the subject",
    },
    group: {
      type: "list",
      value: "<name>",
      description: "add the user to this group; repeat it for several groups",
    },
    unlink: {
      type: "flag",
      description:
        "end the link and the sign-ins of the user, who remains in the groups",
      conflicts: ["email", "group", "yes"],
    },
    yes: {
      type: "flag",
      description: "link an existing user without confirmation",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth link-user --stage dev --user-name ada --email ada@example.edu --provider Keycloak --subject 6f1d8a52-3c1e-4bd0-9d0e-5b1f0f3f7c11 --group readers",
    "veda-auth link-user --stage dev --user-name ada --provider Keycloak --subject 6f1d8a52-3c1e-4bd0-9d0e-5b1f0f3f7c11 --unlink",
  ],
  notes: `Link only identities of providers that you trust: the provider decides who signs in as the user. With --attribute, anyone who gets the value from the provider does, so never use an attribute that people can change.

Standard output contains one line of JSON: {"userName","provider","subject","isLinked","groups"}.

Requires a stage that is deployed, and ${LINK_USER_ACTIONS.join(", ")}. --unlink also requires ${UNLINK_USER_ACTIONS.join(" and ")}, and --attribute requires ${MAPPING_ACTION}.`,
  run: async (values) => {
    const { email, provider, subject, attribute, group: groups } = values;
    const userName = values["user-name"];
    if (
      userName === undefined ||
      provider === undefined ||
      subject === undefined
    )
      throw new UsageError(
        "--user-name, --provider and --subject are required",
      );
    requireValidOption("user-name", USER_NAME, userName);
    requireValidOption("email", EMAIL, email);
    requireValidOption("subject", SUBJECT, subject);
    if (groups.some((group) => group.trim() === ""))
      throw new UsageError('--group must have a value, got ""');
    const stage = resolveStage(values);
    await requireAccount(stage, log);
    const pool = await connectToAdminApi(
      await readUserPoolId(stage, log),
      stage.awsTarget,
    );
    const identity = { provider, subject, attribute };
    const result = values.unlink
      ? await unlinkUser(pool, { userName, identity }, log)
      : await withTerminal(NO_TERMINAL, (terminal) =>
          linkUser(
            pool,
            {
              userName,
              email,
              groups: [...new Set(groups)],
              identity,
              confirm: async (question) =>
                values.yes || terminal().confirm(question),
            },
            log,
          ),
        );
    console.log(JSON.stringify(result));
    if (!values.unlink && result.groups.length > 0)
      log(
        `next: ${formatCommand("credentials", formatStageOptions(stage))} --identity-provider ${quoteShellWord(provider)}`,
      );
    return 0;
  },
});
