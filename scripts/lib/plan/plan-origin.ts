import { isJsonObject } from "../json-object";
import type { PlanJson } from "./plan-json";
import type { PlanModel } from "./plan-model";
import type { Redacted } from "./redactor";

/** Returns the stage that the provider's default tags name. */
export function taggedStage({
  json: { configuration },
  redactor,
}: PlanModel): Redacted | undefined {
  const providers = isJsonObject(configuration)
    ? configuration.provider_config
    : undefined;
  for (const provider of Object.values(
    isJsonObject(providers) ? providers : {},
  )) {
    const tags = (provider as Provider | null)?.expressions?.default_tags?.[0]
      ?.tags?.constant_value;
    if (typeof tags?.Stack === "string" && tags.Stack !== "")
      return redactor.redact(tags.Stack);
  }
  return undefined;
}

interface Provider {
  readonly expressions?: {
    readonly default_tags?: readonly {
      readonly tags?: {
        readonly constant_value?: Readonly<Record<string, unknown>>;
      };
    }[];
  };
}

/** Returns when a plan was made, as `2026-11-30 02:00 UTC`. */
export function planDate({ timestamp }: PlanJson): string | undefined {
  const time = new Date(String(timestamp));
  return Number.isNaN(time.getTime())
    ? undefined
    : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
