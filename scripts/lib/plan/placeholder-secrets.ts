import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { formatCommand } from "../cli/invocation";
import { formatStageOptions, type StageTarget } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import { isJsonObject } from "../system/json-object";
import type { PlanJson } from "./plan-json";

/**
 * Formats the command that sets the client secret of each identity provider that has the placeholder after a plan.
 *
 * @param kind `existing` leaves out providers that the plan creates
 */
export function formatSecretCommands(
  { resource_changes }: PlanJson,
  target: StageTarget,
  kind: "all" | "existing",
): readonly string[] {
  return resource_changes.flatMap(({ type, change: { actions, after } }) => {
    if (type !== "aws_cognito_identity_provider" || !isJsonObject(after))
      return [];
    if (kind === "existing" && actions.includes("create")) return [];
    const { provider_name: name, provider_details: details } = after;
    return typeof name === "string" &&
      isJsonObject(details) &&
      details.client_secret === PLACEHOLDER_CLIENT_SECRET
      ? [formatSecretCommand(target, name)]
      : [];
  });
}

/** Formats the command that sets the client secret of an identity provider. */
export function formatSecretCommand(target: StageTarget, name: string): string {
  return formatCommand(
    "identity-provider-secret",
    formatStageOptions(target),
    `--provider ${quoteShellWord(name)}`,
  );
}
