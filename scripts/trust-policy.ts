import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireNoConflict,
  resolveStage,
  type StageTarget,
  requireValidOptions,
} from "./lib/cli/options";
import { parseRoleName } from "./lib/trust/role-trust";
import { changeTrust } from "./lib/trust/trust-change";
import {
  type IdentityPool,
  parseIdentityPool,
} from "./lib/trust/trust-statement";

const HELP = `Usage: npm run -s trust-policy -- --role <role> [options]

Print the trust policy of an existing role with a statement for the identity pool of a stage.

Adds or updates that statement. All other statements stay the same, byte for byte. A group of the stage can then have the
role. With --apply, shows the difference, asks for confirmation, and writes the policy. Fails if a statement lets anyone
assume the role: a principal "*", a wildcard in a principal, or NotPrincipal.

Options:
  --role <role>             name or ARN of the role; can also be the first argument
  --identity-pool-id <id>   identity pool to trust (default: the identity pool in the outputs of the stage)
  --apply                   write the policy, after a confirmation (default: only print it)
  --yes                     write without confirmation; requires --apply
  --remove                  remove the statement
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s trust-policy -- --stage dev --role veda-data-access
  npm run -s trust-policy -- --stage dev --role veda-data-access --apply

Requires iam:GetRole, iam:UpdateAssumeRolePolicy for --apply, and optionally iam:GetAccountSummary to check the quota.
Standard output contains only the policy.

${EXIT_CODES_HELP}`;

const log = console.error;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      role: { type: "string" },
      "identity-pool-id": { type: "string" },
      apply: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      remove: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const roles = [...positionals, values.role].filter(
    (one) => one !== undefined,
  );
  const [name, ...more] = roles;
  if (name === undefined || more.length > 0)
    throw new UsageError(`--role must be one role, got ${roles.length}`);
  const { apply, yes, remove, profile, "identity-pool-id": poolId } = values;
  if (yes && !apply) throw new UsageError("--yes requires --apply");
  requireNoConflict(values, "identity-pool-id", "stage", "region");
  requireValidOptions(values);
  const role = parseRoleName(name, "--role");
  const pool =
    poolId === undefined
      ? await readIdentityPool(resolveStage(values))
      : parseIdentityPool(poolId, "--identity-pool-id");
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
      isColored: isTerminal && (getEnvironment().NO_COLOR ?? "") === "",
    },
  });
  console.log(policy);
  return 0;
});

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
