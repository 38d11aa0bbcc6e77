import { CURRENT_LABEL, FIRST_LABEL } from "../../../constructs/secret-labels";

type Values = Readonly<Record<string, unknown>>;

/** Value of the first version of a client's secret, which is no secret. */
export const NO_FIELDS = "{}";

/** Returns whether a resource is the first version of a client's secret, which holds no field. */
export function isFirstVersion({
  version_stages: labels,
  secret_string: value,
}: Values): boolean {
  return (
    value === NO_FIELDS ||
    (Array.isArray(labels) && labels.includes(FIRST_LABEL))
  );
}

/**
 * Returns whether readers get a version, by its staging labels. AWS makes a new version without labels the current one.
 */
export function isCurrentVersion({ version_stages: labels }: Values): boolean {
  return !Array.isArray(labels) || labels.includes(CURRENT_LABEL);
}
