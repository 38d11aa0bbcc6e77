import { UserError } from "../../../constructs/errors";
import { formatCommand } from "../cli/invocation";
import {
  describeNonObject,
  isJsonObject,
  parseJson,
} from "../system/json-object";

/** Fields of a client's secret, by name. */
export type ClientSecretFields = Readonly<Record<string, string>>;

/**
 * Returns fields of a client's secret.
 *
 * @throws UserError if a field is missing or empty
 */
export function requireFields<Name extends string>(
  secretName: string,
  secret: ClientSecretFields,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (secret[name] ?? "") === "");
  if (missing.length > 0)
    throw new UserError(
      `secret "${secretName}" must have the fields ${names.join(", ")}, got no ${missing.join(", ")}`,
      formatRepairHint(),
    );
  return Object.fromEntries(
    names.map((name) => [name, secret[name]]),
  ) as Readonly<Record<Name, string>>;
}

/** @throws UserError if the text is not an object of text fields; the message contains no field */
export function parseClientSecret(
  secretName: string,
  text: string,
): ClientSecretFields {
  const fields = parseJson(text);
  if (!isJsonObject(fields))
    throw new UserError(
      `secret "${secretName}" must be a JSON object with text fields, got ${describeNonObject(fields)}`,
      formatRepairHint(),
    );
  const [invalid] =
    Object.entries(fields).find(([, value]) => typeof value !== "string") ?? [];
  if (invalid === undefined) return fields as ClientSecretFields;
  throw new UserError(
    `field ${JSON.stringify(invalid)} of secret "${secretName}" must be text, got another value`,
    formatRepairHint(),
  );
}

/** A deployment does not write a version again that something else has replaced. */
function formatRepairHint(): string {
  const rotate = formatCommand(
    "rotate-secret",
    "--service-id",
    "<id>",
    "--back",
  );
  return `repair the secret of a service client or web client with ${rotate}; restore that of another client from the previous version, which \`aws secretsmanager list-secret-version-ids\` lists; if the last deployment did not finish, deploy the stage`;
}
