import { parseArgs } from "node:util";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  parseNameList,
  resolveStage,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import { getServiceToken } from "./lib/auth/service-token";
import { withTerminal } from "./lib/cli/terminal";
import type { AccessToken } from "./lib/auth/token-endpoint";

const HELP = `Usage: npm run -s get-service-token -- --service-id <id> [options]

Prints an access token for a service, which proves itself with the secret that the stage keeps for it: {stack}/{id} in
Secrets Manager. A token is kept for the person alone and given out again until five minutes before it expires, since
each request is billed.

Options:
  --service-id <id>         service client, such as workflows-client; asked for where there is a terminal
  --scope <names>           only these of the client's scopes, in quotes with a space between two (default: all)
  --format <form>           json: one line with access_token, expires_in and token_type (default)
                            token: the token alone
                            header: Authorization: Bearer <token>
  --refresh                 take a new token, and keep that
  --no-cache                take a new token, and keep none
${COMMON_OPTIONS_HELP}

Example:
  npm run -s get-service-token -- -s dev --service-id workflows-client --format header | curl -H @- https://api.example

The token alone goes to standard output.
${EXIT_CODES_HELP}`;

const FORMATS: Readonly<Record<string, (token: AccessToken) => string>> = {
  json: (token) => JSON.stringify(token),
  token: ({ access_token }) => access_token,
  header: ({ access_token }) => `Authorization: Bearer ${access_token}`,
};

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      ...COMMON_OPTIONS,
      "service-id": { type: "string" },
      scope: { type: "string" },
      format: { type: "string", default: "json" },
      refresh: { type: "boolean", default: false },
      "no-cache": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const print = FORMATS[values.format];
  if (print === undefined) {
    const accepted = Object.keys(FORMATS).join(", ");
    throw new UsageError(
      `--format must be one of ${accepted}, got ${JSON.stringify(values.format)}`,
    );
  }
  const { refresh, "no-cache": isUnkept } = values;
  if (refresh && isUnkept)
    throw new UsageError(
      "--refresh keeps a token and --no-cache none, got both",
    );
  const choice = resolveStage(values);
  const scopes = parseNameList("scope", values.scope, /\s+/);
  const serviceId = fitServiceId(values["service-id"] ?? (await askService()));
  const token = await getServiceToken(choice, {
    serviceId,
    scopes,
    cache: isUnkept ? "none" : refresh ? "fresh" : "use",
    log: console.error,
  });
  console.log(print(token));
  return 0;
});

function askService(): Promise<string> {
  const needs = "--service-id must name a service client, got nothing";
  return withTerminal({ needs, hint: "" }, (terminal) => {
    let person;
    try {
      person = terminal();
    } catch {
      throw new UsageError(needs);
    }
    return person.ask("Service: ");
  });
}

function fitServiceId(id: string): string {
  if (/^[A-Za-z0-9/_+=.@-]{1,400}$/.test(id)) return id;
  throw new UsageError(
    `--service-id must be letters, digits or any of / _ + = . @ -, got ${JSON.stringify(id)}`,
  );
}
