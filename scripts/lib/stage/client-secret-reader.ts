import { UserError } from "../../../constructs/errors";
import type { AwsPlace } from "../aws-client";
import { readSecret } from "./secret-reader";

const CHECK = "check the stage, the service id and AWS_PROFILE";
/** What to do about a secret that no deployment wrote like this. */
const REWRITE =
  "it was changed by hand: put its former version back, which `aws secretsmanager list-secret-version-ids` names";

/** What a client's secret says, by the names of the fields. */
export type ClientSecretFields = Readonly<Record<string, string>>;

/**
 * Reads the secret that a stage keeps for a client: `{stack}/{client}`.
 *
 * What the secret holds is never part of an error.
 *
 * @param secretName as `secretName` of constructs/names.ts makes it
 * @throws UserError when there is no such secret, or it does not hold the text fields of one
 */
export async function readClientSecret(
  secretName: string,
  place: AwsPlace,
): Promise<ClientSecretFields> {
  const { text } = await readSecret(secretName, place, CHECK);
  return parseClientSecret(secretName, text);
}

/**
 * Fields of a client's secret that have to be there.
 *
 * @throws UserError when one is missing or empty
 */
export function requireFields<Name extends string>(
  secretName: string,
  secret: ClientSecretFields,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (secret[name] ?? "") === "");
  if (missing.length > 0) {
    throw new UserError(
      `secret "${secretName}" must have the fields ${names.join(", ")}, got no ${missing.join(", ")}`,
      REWRITE,
    );
  }
  return Object.fromEntries(
    names.map((name) => [name, secret[name]]),
  ) as Readonly<Record<Name, string>>;
}

/** @throws UserError when a text is none of a client's secret; what it holds is no part of that */
export function parseClientSecret(
  secretName: string,
  text: string,
): ClientSecretFields {
  let fields: unknown;
  try {
    // a parser's message quotes the text
    fields = JSON.parse(text);
  } catch {
    throw new UserError(
      `secret "${secretName}" must hold JSON, got something else`,
      REWRITE,
    );
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new UserError(
      `secret "${secretName}" must hold a JSON object, got another value`,
      REWRITE,
    );
  }
  const stray = Object.entries(fields).find(
    ([, value]) => typeof value !== "string",
  );
  if (stray !== undefined) {
    throw new UserError(
      `field ${JSON.stringify(stray[0])} of secret "${secretName}" must be text, got another value`,
      REWRITE,
    );
  }
  return fields as ClientSecretFields;
}
