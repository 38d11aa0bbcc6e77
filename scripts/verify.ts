import { UserError } from "../constructs/errors";
import {
  TokenVerificationError,
  type TokenVerificationErrorCode,
} from "./lib/auth/token-verification-error";
import { isUserPoolId } from "./lib/auth/user-pool-id";
import { defineCommand } from "./lib/cli/command";
import { formatCommand } from "./lib/cli/invocation";
import {
  parseNameList,
  resolveStage,
  type StageTarget,
  withAlternative,
} from "./lib/cli/options";
import { UsageError } from "./lib/cli/usage-error";
import { quoteShellWord } from "./lib/system/shell";

export const command = defineCommand({
  description:
    "Verifies signature, issuer, use, expiry, client and scopes. The input is the token itself, a line Authorization: Bearer <token>, or JSON with an access_token or id_token. It is read from standard input or a file, or asked for at a terminal. Standard output contains only the claims, as JSON. For an invalid token, the command fails with the reason.",
  unexpectedArgument: {
    message:
      "the token must be on standard input or in --file, got an argument",
    hint: "other users can read the arguments of a command, and a shell stores them in its history",
  },
  options: {
    file: {
      type: "path",
      description: "read the token from a file",
      defaultText: "standard input",
    },
    use: {
      type: "text",
      description: "use that the token must have",
      choices: ["access", "id"],
      default: "access",
    },
    scope: {
      type: "text",
      value: "<names>",
      description: "scopes that the token must have, separated by spaces",
      defaultText: "none",
    },
    "client-id": {
      type: "text",
      value: "<ids>",
      description: "allowed clients, separated by commas",
      defaultText: "every client of the user pool",
    },
    "user-pool-id": {
      type: "text",
      value: "<id>",
      description: "user pool that issued the token",
      defaultText: "the stage's",
    },
    ...withAlternative("user-pool-id"),
  },
  examples: [
    "veda-auth token -s dev --service-id workflows-client | veda-auth verify -s dev",
  ],
  run: async (values) => {
    const log = console.error;
    const { use } = values;
    const scopes = parseNameList("scope", values.scope, /\s+/);
    if (use === "id" && scopes.length > 0)
      throw new UsageError("--scope must not be used together with --use id");
    const clientIds = parseNameList("client-id", values["client-id"], /[\s,]+/);
    const { "user-pool-id": poolOption } = values;
    if (poolOption !== undefined && !isUserPoolId(poolOption))
      throw new UsageError(
        `--user-pool-id must be of the form <region>_<id>, got ${JSON.stringify(poolOption)}`,
      );
    const target = poolOption === undefined ? resolveStage(values) : undefined;

    const { readToken } = await import("./lib/auth/token-input");
    const token = await readToken(values.file, use);
    const userPoolId =
      target === undefined ? (poolOption ?? "") : await readUserPoolId(target);
    if (clientIds.length === 0)
      log(`Allowing every client of user pool ${userPoolId}…`);
    const { tokenVerifier } = await import("./lib/client/token-verifier");
    const common = {
      userPoolId,
      clientId: clientIds.length === 0 ? null : clientIds,
      log,
    };
    const verifier =
      use === "id"
        ? tokenVerifier({ ...common, tokenUse: use, scopes: null })
        : tokenVerifier({
            ...common,
            scopes: scopes.length === 0 ? null : scopes,
          });
    try {
      console.log(JSON.stringify(await verifier.verify(token), null, 2));
      return 0;
    } catch (error) {
      throw error instanceof TokenVerificationError
        ? addHint(error, scopes)
        : error;
    }
  },
});

/** Adds how this command is used to the hint of an error. */
function addHint(
  { code, message, hint }: TokenVerificationError,
  scopes: readonly string[],
): UserError {
  const hints: Partial<Record<TokenVerificationErrorCode, string>> = {
    not_a_token: `${formatCommand("token")} prints a token`,
    wrong_issuer:
      "name the user pool of the token with --stage or --user-pool-id; if the stage was replaced, get a new token with --refresh",
    wrong_use: "set --use to the expected use",
    wrong_client: "omit --client-id to allow every client of the user pool",
    missing_scope: `request it with ${formatCommand("token", "--scope", quoteShellWord(scopes.join(" ")))}`,
  };
  const all = [hint, hints[code]].filter((one) => one !== undefined);
  return new UserError(message, all.length === 0 ? undefined : all.join("; "));
}

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
