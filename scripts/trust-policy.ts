import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
  EXIT_CODES_HELP,
  validateCommonOptions,
  type StageTarget,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import { parseRoleName } from "./lib/trust/role-trust";
import { changeTrust } from "./lib/trust/trust-change";
import {
  parseIdentityPool,
  type IdentityPool,
} from "./lib/trust/trust-statement";

const HELP = `Usage: npm run -s trust-policy -- --role <role> [options]

Has an existing role trust a stage's identity pool, so that a group of its users can be given the role. Prints the role's
trust policy with a statement for the pool, which is added or brought up to date; every other statement stays as it is,
byte for byte. Nothing is written without --apply, which shows the difference and asks first. A policy with a statement that
lets anyone assume the role (a principal "*", a wildcard in a principal, or NotPrincipal) is refused.

Options:
  --role <role>             name or ARN of the role, which may also be the argument
  --identity-pool-id <id>   identity pool to trust (default: the stage's, by its outputs)
  --apply                   write the policy
  --yes                     do not ask, for where there is no terminal
  --remove                  take the pool's statement out again
${COMMON_OPTIONS_HELP}

Example:
  npm run -s trust-policy -- --stage dev --role veda-data-access --apply

Needs iam:GetRole, with --apply iam:UpdateAssumeRolePolicy, and where it may iam:GetAccountSummary for the size quota.
The policy alone goes to standard output.
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
  const [role, ...more] = [
    ...positionals,
    ...(values.role === undefined ? [] : [values.role]),
  ];
  if (role === undefined || more.length > 0)
    throw new UsageError("--role must be one role, got none or several");
  const { apply, yes, remove, profile, "identity-pool-id": poolId } = values;
  if (yes && !apply)
    throw new UsageError("--yes agrees to --apply, got it alone");
  if (poolId !== undefined && values.stage !== undefined)
    throw new UsageError("--identity-pool-id stands for --stage, got both");
  validateCommonOptions(values);
  const wanted = parseRoleName(role, "--role");
  const pool =
    poolId === undefined
      ? await poolOf(resolveStage(values))
      : parseIdentityPool(poolId, "--identity-pool-id");
  if (values.region !== undefined && poolId !== undefined)
    throw new UsageError(
      "--region is for a stage, and --identity-pool-id has its own, got both",
    );
  const isTerminal = process.stderr.isTTY;
  const policy = await changeTrust({
    role: wanted,
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

async function poolOf(choice: StageTarget): Promise<IdentityPool> {
  const { readTextOutputs: stageOutputs } =
    await import("./lib/stage/stage-outputs");
  const { identitypool_id: id } = await stageOutputs(choice, log);
  if (id !== undefined)
    return parseIdentityPool(
      id,
      `identitypool_id of stage "${choice.stage}"`,
      UserError,
    );
  throw new UserError(
    `stage "${choice.stage}" has no identity pool`,
    "one is made for its groups, by COGNITO_GROUPS or DATA_MANAGERS_ROLE_ARN; any other is named by --identity-pool-id",
  );
}
