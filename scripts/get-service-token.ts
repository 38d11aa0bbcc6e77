import { parseArgs } from "node:util";
import { getServiceToken } from "./lib/auth/service-token";
import type { AccessToken } from "./lib/auth/token-endpoint";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  parseNameList,
  requireChoice,
  requireNoConflict,
  resolveStage,
} from "./lib/cli/options";
import { withTerminal } from "./lib/cli/terminal";

const HELP = `Usage: npm run -s get-service-token -- --service-id <id> [options]

Print an access token for a service client.

The client secret is read from Secrets Manager ({stack}/{id}). Tokens are cached for the current user until 5 minutes
before they expire, since AWS bills each request. Standard output contains only the token.

Options:
  --service-id <id>         service client, such as workflows-client (default: asked for at a terminal)
  --scope <names>           scopes of the client, separated by spaces (default: all)
  --format <format>         json: one line with access_token, expires_in and token_type (default)
                            token: the access token
                            header: Authorization: Bearer <token>
  --refresh                 request a new token, and cache it
  --no-cache                request a new token, and do not cache it
${COMMON_OPTIONS_HELP}

Example:
  npm run -s get-service-token -- -s dev --service-id workflows-client --format header | curl -H @- https://api.example

${EXIT_CODES_HELP}`;

const FORMATS = ["json", "token", "header"] as const;

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
  const format = requireChoice("format", values.format, FORMATS);
  requireNoConflict(values, "no-cache", "refresh");
  const stage = resolveStage(values);
  const scopes = parseNameList("scope", values.scope, /\s+/);
  const serviceId = values["service-id"] ?? (await askServiceId());
  requireServiceId(serviceId);
  const token = await getServiceToken(stage, {
    serviceId,
    scopes,
    cache: values["no-cache"] ? "none" : values.refresh ? "fresh" : "use",
    log: console.error,
  });
  console.log(formatToken(token, format));
  return 0;
});

function askServiceId(): Promise<string> {
  const needs = "--service-id is required";
  return withTerminal({ needs, hint: "" }, (openTerminal) => {
    let terminal;
    try {
      terminal = openTerminal();
    } catch {
      throw new UsageError(needs);
    }
    return terminal.ask("Service: ");
  });
}

function requireServiceId(id: string): void {
  if (!/^[A-Za-z0-9/_+=.@-]{1,400}$/.test(id))
    throw new UsageError(
      `--service-id must be letters, digits or any of / _ + = . @ -, got ${JSON.stringify(id)}`,
    );
}

function formatToken(
  token: AccessToken,
  format: (typeof FORMATS)[number],
): string {
  switch (format) {
    case "json":
      return JSON.stringify(token);
    case "token":
      return token.access_token;
    case "header":
      return `Authorization: Bearer ${token.access_token}`;
  }
}
