import { CURRENT_LABEL, FIRST_LABEL } from "../../../constructs/secret-labels";

type Values = Readonly<Record<string, unknown>>;

/** Value of the first version of a client's secret, which is no secret. */
export const NO_FIELDS = "{}";

/**
 * Returns whether a resource is the first version of a client's secret, which holds no field. Its label can be moved outside
 * Terraform to a version with fields, which is write-only.
 */
export function isFirstVersion({
  version_stages: labels,
  secret_string: value,
  secret_string_wo_version: writeOnlyVersion,
}: Values): boolean {
  return (
    value === NO_FIELDS ||
    (typeof writeOnlyVersion !== "number" &&
      Array.isArray(labels) &&
      labels.includes(FIRST_LABEL))
  );
}

/** Returns whether a rotation can change the value of the secret of a version: the secret has a first version. */
export function isRotatable(
  { secret_id: secret }: Values,
  versions: readonly { readonly values: Values }[],
): boolean {
  return versions.some(
    ({ values }) => values.secret_id === secret && isFirstVersion(values),
  );
}

/**
 * Returns whether readers get a version, by its staging labels. AWS makes a new version without labels the current one.
 */
export function isCurrentVersion({ version_stages: labels }: Values): boolean {
  return !Array.isArray(labels) || labels.includes(CURRENT_LABEL);
}
