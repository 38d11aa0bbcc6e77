import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { LIMITS, validate } from "../constructs/constraints";
import { getEnvironment } from "../stacks/config/environment";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  parseNameList,
  resolveStage,
  type StageTarget,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import type { TokenUse } from "./lib/auth/token-input";

const HELP = `Usage: npm run -s verify-token -- [options] < <token>

Verifies a token as an API does: signature, issuer, use, expiry, client and scopes. Prints its claims, or the reason why
an API would refuse it. The token is the text itself, a line Authorization: Bearer <token>, or JSON with an access_token
or id_token; it comes on standard input or from a file, and at a terminal it is asked for.

Options:
  --file <file>             read the token from a file
  --use <use>               access (default) or id
  --scope <names>           scopes of which it must have each, in quotes with a space between two
  --client-id <ids>         clients whose token it may be, with a comma between two (default: any of the user pool)
  --user-pool-id <id>       user pool that must have given it (default: the stage's)
${COMMON_OPTIONS_HELP}

Example:
  npm run -s get-service-token -- -s dev --service-id workflows-client | npm run -s verify-token -- -s dev

The claims alone go to standard output, as JSON.
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
      "a token is read from standard input or --file, got an argument",
      "others can read arguments while a command runs, and a shell keeps them in its history",
    );
  }
  const log = console.error;
  const use = useOf(values.use);
  const scopes = parseNameList("scope", values.scope, /\s+/);
  if (use === "id" && scopes.length > 0)
    throw new UsageError("--scope is for access tokens, got --use id");
  const clientIds = parseNameList("client-id", values["client-id"], /[\s,]+/);
  const { "user-pool-id": givenId } = values;
  if (givenId !== undefined && values.stage !== undefined)
    throw new UsageError("--user-pool-id stands for --stage, got both");
  const pool =
    givenId === undefined ? resolveStage(values) : fitUserPoolId(givenId);

  const { readToken } = await import("./lib/auth/token-input");
  const token = await readToken(values.file, use);
  const userPoolId = typeof pool === "string" ? pool : await userPoolOf(pool);
  if (clientIds.length === 0)
    log(`any client of user pool ${userPoolId} is accepted`);
  const { verifyToken } = await import("./lib/auth/token-verification");
  const expected = { userPoolId, use, clientIds, scopes };
  const options = { env: getEnvironment(), log };
  console.log(
    JSON.stringify(await verifyToken(token, expected, options), null, 2),
  );
  return 0;
});

async function userPoolOf(choice: StageTarget): Promise<string> {
  const { readStageIds: stageIds } = await import("./lib/stage/stage-ids");
  try {
    const { userPoolId = "" } = await stageIds(choice, console.error);
    if (userPoolId !== "") return userPoolId;
    throw new UserError(`stage "${choice.stage}" names no user pool`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      error.message,
      "give --user-pool-id, or with --profile an AWS profile that can read the stage",
    );
  }
}

function useOf(use: string): TokenUse {
  if (use === "access" || use === "id") return use;
  throw new UsageError(
    `--use must be access or id, got ${JSON.stringify(use)}`,
  );
}

function fitUserPoolId(id: string): string {
  const problem = validate(LIMITS.userPoolId, id, "--user-pool-id");
  if (problem !== undefined) throw new UsageError(problem);
  return id;
}
