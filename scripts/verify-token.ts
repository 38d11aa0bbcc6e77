import { parseArgs } from "node:util";
import { LIMITS, validate } from "../constructs/constraints";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  parseNameList,
  requireChoice,
  requireNoConflict,
  resolveStage,
  type StageTarget,
} from "./lib/cli/options";

const HELP = `Usage: npm run -s verify-token -- [options] < <token>

Verify a token as an API does: signature, issuer, use, expiry, client and scopes.

The input is the token itself, a line Authorization: Bearer <token>, or JSON with an access_token or id_token. It is read
from standard input or a file, or asked for at a terminal. Standard output contains only the claims, as JSON. For an
invalid token, the command fails with the reason.

Options:
  --file <file>             read the token from a file (default: standard input)
  --use <use>               access (default) or id
  --scope <names>           scopes that the token must have, separated by spaces (default: none)
  --client-id <ids>         allowed clients, separated by commas (default: every client of the user pool)
  --user-pool-id <id>       user pool that issued the token (default: the stage's)
${COMMON_OPTIONS_HELP}

Example:
  npm run -s get-service-token -- -s dev --service-id workflows-client | npm run -s verify-token -- -s dev

${EXIT_CODES_HELP}`;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      file: { type: "string" },
      use: { type: "string", default: "access" },
      scope: { type: "string" },
      "client-id": { type: "string" },
      "user-pool-id": { type: "string" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(
      "the token must be on standard input or in --file, got an argument",
      "other users can read the arguments of a command, and a shell stores them in its history",
    );
  }
  const log = console.error;
  const use = requireChoice("use", values.use, ["access", "id"]);
  const scopes = parseNameList("scope", values.scope, /\s+/);
  if (use === "id" && scopes.length > 0)
    throw new UsageError("--scope must not be used together with --use id");
  const clientIds = parseNameList("client-id", values["client-id"], /[\s,]+/);
  const { "user-pool-id": poolOption } = values;
  requireNoConflict(values, "user-pool-id", "stage");
  const problem =
    poolOption === undefined
      ? undefined
      : validate(LIMITS.userPoolId, poolOption, "--user-pool-id");
  if (problem !== undefined) throw new UsageError(problem);
  const target = poolOption === undefined ? resolveStage(values) : undefined;

  const { readToken } = await import("./lib/auth/token-input");
  const token = await readToken(values.file, use);
  const userPoolId =
    target === undefined ? (poolOption ?? "") : await readUserPoolId(target);
  if (clientIds.length === 0)
    log(`Allowing every client of user pool ${userPoolId}…`);
  const { verifyToken } = await import("./lib/auth/token-verification");
  const claims = await verifyToken(
    token,
    { userPoolId, use, clientIds, scopes },
    { env: getEnvironment(), log },
  );
  console.log(JSON.stringify(claims, null, 2));
  return 0;
});

async function readUserPoolId(target: StageTarget): Promise<string> {
  const { readStageIds } = await import("./lib/stage/stage-ids");
  try {
    const { userPoolId = "" } = await readStageIds(target, console.error);
    if (userPoolId !== "") return userPoolId;
    throw new UserError(`stage "${target.stage}" has no user pool id`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.message,
      "set --user-pool-id, or use --profile with an AWS profile that can read the stage",
    );
  }
}
