import { UserError } from "../constructs/errors";
import { readCommonSettings } from "../stacks/config/command-settings";
import { requireAccount } from "./lib/aws/caller";
import { defineCommand } from "./lib/cli/command";
import { formatCommand } from "./lib/cli/invocation";
import {
  requireValidOptions,
  resolveStage,
  type StageTarget,
  withAlternative,
} from "./lib/cli/options";
import { hasColors } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { parseRoleName } from "./lib/trust/role-trust";
import { changeTrust } from "./lib/trust/trust-change";
import {
  type IdentityPool,
  parseIdentityPool,
} from "./lib/trust/trust-statement";

const ROLE = "<role>";
const log = console.error;

export const command = defineCommand({
  description:
    'Prints the trust policy of the role with a statement for the identity pool of the stage. Adds or updates that statement. All other statements stay the same, byte for byte. A group of the stage can then have the role. With --apply, shows the difference, asks for confirmation, and writes the policy. Fails if a statement lets anyone assume the role: a principal "*", a wildcard in a principal, or NotPrincipal.',
  argument: { name: ROLE, description: "name or ARN of the role, as --role" },
  options: {
    role: {
      type: "text",
      description: "name or ARN of the role",
      conflicts: [ROLE],
    },
    "identity-pool-id": {
      type: "text",
      value: "<id>",
      description: "identity pool to trust",
      defaultText: "the identity pool in the outputs of the stage",
    },
    apply: {
      type: "flag",
      description:
        "write the policy, after a confirmation, instead of only printing it",
    },
    yes: {
      type: "flag",
      description: "write without confirmation",
      requires: ["apply"],
    },
    remove: { type: "flag", description: "remove the statement" },
    ...withAlternative("identity-pool-id", "profile"),
  },
  examples: [
    "veda-auth trust-policy --stage dev --role data-access",
    "veda-auth trust-policy --stage dev --role data-access --apply",
  ],
  notes:
    "Requires iam:GetRole, iam:UpdateAssumeRolePolicy for --apply, and optionally iam:GetAccountSummary to check the quota. Standard output contains only the policy.",
  run: async (values, argument) => {
    const { apply, yes, remove, profile, "identity-pool-id": poolId } = values;
    const name = values.role ?? argument;
    if (name === undefined)
      throw new UsageError(
        "--role is required",
        formatCommand("trust-policy", "--role <name or ARN> --stage <stage>"),
      );
    requireValidOptions(values);
    const role = parseRoleName(name, "--role");
    const target =
      poolId === undefined
        ? resolveStage(values)
        : parseIdentityPool(poolId, "--identity-pool-id");
    if (apply) await requireOwnAccount(target, profile);
    const pool = "stage" in target ? await readIdentityPool(target) : target;
    const isTerminal = process.stderr.isTTY;
    const policy = await changeTrust({
      role,
      pool,
      shouldTrust: !remove,
      mode: apply ? (yes ? "write" : "ask") : "show",
      profile,
      log,
      output: {
        isTerminal,
        isColored: hasColors(process.stderr),
      },
    });
    console.log(policy);
    return 0;
  },
});

/** Requires the account of the stage, or the one that all stages have if only the pool is named. */
async function requireOwnAccount(
  target: StageTarget | IdentityPool,
  profile: string | undefined,
): Promise<void> {
  if ("stage" in target) {
    await requireAccount(target, log);
    return;
  }
  const { values: settings, origins } = readCommonSettings(["AWS_ACCOUNT_ID"]);
  const awsTarget = { region: target.region, profile };
  await requireAccount({ settings, origins, awsTarget }, log);
}

async function readIdentityPool(target: StageTarget): Promise<IdentityPool> {
  const { readTextOutputs } = await import("./lib/stage/stage-outputs");
  const { identitypool_id: id } = await readTextOutputs(target, log);
  const stage = `stage "${target.stage}"`;
  if (id !== undefined)
    return parseIdentityPool(id, `identitypool_id of ${stage}`, UserError);
  throw new UserError(
    `${stage} has no identity pool`,
    "set COGNITO_GROUPS or DATA_MANAGERS_ROLE_ARN and deploy the stage, or use --identity-pool-id",
  );
}
