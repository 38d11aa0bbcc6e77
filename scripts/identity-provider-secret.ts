import { readStandardInput } from "./lib/auth/password-input";
import {
  checkProviderSecrets,
  PROVIDER_SECRET_ACTIONS,
  setProviderSecret,
} from "./lib/auth/provider-secret";
import {
  parseClientSecretText,
  readClientSecretFrom,
  SECRET_REFERENCE,
} from "./lib/auth/provider-secret-input";
import { connectToAdminApi } from "./lib/auth/user-pool-admin";
import { requireAccount } from "./lib/aws/caller";
import { defineCommand } from "./lib/cli/command";
import {
  requireValidOption,
  resolveStage,
  STAGE_OPTIONS,
} from "./lib/cli/options";
import { hasTerminal, withTerminal } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { formatSecretCommand } from "./lib/plan/placeholder-secrets";
import { readUserPoolId } from "./lib/stage/stage-outputs";

const NO_TERMINAL = {
  needs: "a client secret is required",
  hint: "use --secret-stdin or --from-secret",
};
const log = console.error;

export const command = defineCommand({
  description:
    "Terraform creates an OIDC identity provider with a placeholder instead of its client secret, so that the secret is in no code and in no plan. No one can sign in with the provider until this command has set the real secret, which Terraform then does not change. Run it again to rotate the secret. It changes nothing else of the provider.",
  options: {
    provider: {
      type: "text",
      value: "<name>",
      description: "identity provider in the user pool, such as Keycloak",
      defaultText: "the only one with a client secret",
    },
    "secret-stdin": {
      type: "flag",
      description: "read the client secret from standard input, for scripts",
      conflicts: ["from-secret", "check"],
    },
    "from-secret": {
      type: "text",
      value: "<name>[#<key>]",
      description:
        "read the client secret from this secret in Secrets Manager, or from a key of its JSON object",
      conflicts: ["check"],
    },
    check: {
      type: "flag",
      description:
        "change nothing; report whether the real client secret is set",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth identity-provider-secret --stage dev --provider Keycloak",
    "veda-auth identity-provider-secret --stage dev --from-secret keycloak/auth#client_secret",
    "veda-auth identity-provider-secret --stage dev --check",
  ],
  notes: `By default, the command asks for the client secret at the terminal, without echo. The secret has no option, since other users can read the options of a process.

Standard output contains one line of JSON for each provider: {"provider","status"}. The status is changed or unchanged; with --check, it is placeholder or set.

Requires a stage that is deployed, and ${PROVIDER_SECRET_ACTIONS.join(", ")}. --from-secret also requires secretsmanager:GetSecretValue.`,
  exitCodes: { 1: "error, or --check: a placeholder is still there" },
  run: async (values) => {
    const { provider, check, "from-secret": reference } = values;
    requireValidOption("from-secret", SECRET_REFERENCE, reference);
    if (values["secret-stdin"] && process.stdin.isTTY)
      throw new UsageError(
        "--secret-stdin requires a pipe or a file as standard input",
        "omit it at a terminal",
      );
    const isAsking =
      !check && !values["secret-stdin"] && reference === undefined;
    if (isAsking && !hasTerminal())
      throw new UsageError(
        "--secret-stdin or --from-secret is required without a terminal",
      );
    const stage = resolveStage(values);
    await requireAccount(stage, log);
    const pool = await connectToAdminApi(
      await readUserPoolId(stage, log),
      stage.awsTarget,
    );
    if (check) {
      const found = await checkProviderSecrets(pool, provider);
      for (const one of found) console.log(JSON.stringify(one));
      const missing = found.filter(({ status }) => status === "placeholder");
      for (const { provider: name } of missing)
        log(`${name} has the placeholder: ${formatSecretCommand(stage, name)}`);
      return missing.length === 0 ? 0 : 1;
    }
    const changed = await withTerminal(NO_TERMINAL, (terminal) =>
      setProviderSecret(pool, provider, async (name) =>
        reference !== undefined
          ? readClientSecretFrom(reference, stage.awsTarget)
          : values["secret-stdin"]
            ? parseClientSecretText(
                await readStandardInput("client secret"),
                "standard input",
              )
            : parseClientSecretText(
                await terminal().askHidden(`Client secret of ${name}: `),
                "the terminal",
              ),
      ),
    );
    console.log(JSON.stringify(changed));
    log(
      changed.status === "changed"
        ? `Set the client secret of ${changed.provider} in user pool ${pool.userPoolId}`
        : `${changed.provider} has this client secret already`,
    );
    return 0;
  },
});
