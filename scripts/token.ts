import { getServiceToken } from "./lib/auth/service-token";
import type { AccessToken } from "./lib/auth/token-endpoint";
import { defineCommand } from "./lib/cli/command";
import { parseNameList, resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import { UsageError } from "./lib/cli/usage-error";

const FORMATTERS = {
  json: (token: AccessToken) => JSON.stringify(token),
  token: (token: AccessToken) => token.access_token,
  header: (token: AccessToken) => `Authorization: Bearer ${token.access_token}`,
};

export const command = defineCommand({
  description:
    "The client secret is read from Secrets Manager ({stack}/{id}). Tokens are cached for the current user until 5 minutes before they expire, since AWS bills each request. Standard output contains only the token.",
  options: {
    "service-id": {
      type: "text",
      value: "<id>",
      description: "service client, such as workflows-client",
      defaultText: "asked for at a terminal",
    },
    scope: {
      type: "text",
      value: "<names>",
      description: "scopes of the client, separated by spaces",
      defaultText: "all",
    },
    format: {
      type: "text",
      description: "form of the token",
      choices: {
        json: "one line with access_token, expires_in and token_type",
        token: "the access token",
        header: "Authorization: Bearer <token>",
      },
      default: "json",
    },
    refresh: {
      type: "flag",
      description: "request a new token, and cache it",
      conflicts: ["no-cache"],
    },
    "no-cache": {
      type: "flag",
      description: "request a new token, and do not cache it",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth token --stage dev --service-id workflows-client",
    "veda-auth token -s dev --service-id workflows-client --format header | curl -H @- https://api.example",
  ],
  run: async (values) => {
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
    console.log(FORMATTERS[values.format](token));
    return 0;
  },
});

async function askServiceId(): Promise<string> {
  const { withTerminal } = await import("./lib/cli/terminal");
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
