import { parseTree } from "jsonc-parser";
import { UserError } from "../../../constructs/errors";
import { VARIABLE_NAME } from "../../../stacks/config/dotenv";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import { STAGE_NAME } from "../../../stacks/config/setting-row";
import {
  describeNonObject,
  isJsonObject,
  parseJson,
} from "../system/json-object";

/** Returns the stage in the default name of an environment secret, or in its ARN. */
export function parseSecretStage(secret: string): string | undefined {
  // Secrets Manager adds a hyphen and six characters to the name in the ARN
  const name = /^arn:.*:secret:(.+)-\w{6}$/.exec(secret)?.[1] ?? secret;
  return /^veda-auth-([a-z0-9-]{1,100})-env$/.exec(name)?.[1];
}

/** Variables of a secret, in its order. */
export interface SecretVariables {
  readonly values: ReadonlyMap<string, string>;
  /** Names whose value is `null`. Their variables are empty. */
  readonly nulls: readonly string[];
}

/**
 * Parses the variables of an environment secret: text as it is, numbers and booleans as text, lists and objects as JSON.
 *
 * @param stage stage that the secret must be for; without it, the secret must have a `STAGE`
 * @throws UserError if the text has no variables, or is for another stage; the message contains no value
 */
export function parseSecretVariables(
  text: string,
  secret: string,
  stage: string | undefined,
): SecretVariables {
  const variables = parseJson(text);
  const entries = isJsonObject(variables) ? Object.entries(variables) : [];
  if (entries.length === 0)
    throw new UserError(
      `secret "${secret}" must be a JSON object with variables, got ${isJsonObject(variables) ? "none" : describeNonObject(variables)}`,
      'an example is {"STAGE":"dev","STATE_BUCKET_NAME":"…"}',
    );
  const names = entries.map(([name]) => name);
  const invalid = names.filter((name) => !VARIABLE_NAME.test(name));
  if (invalid.length > 0)
    throw new UserError(
      `names in secret "${secret}" must be names of variables (letters, digits or _), got ${invalid.map((name) => JSON.stringify(name)).join(", ")}`,
    );
  const numbers = findNumberTexts(text);
  const values = new Map(
    entries.map(([name, value]) => [
      name,
      numbers.get(name) ?? formatValue(value),
    ]),
  );
  // in a file, the last line counts, whatever the case of the name
  const lastStage = names.filter((name) => name.toUpperCase() === "STAGE");
  requireSameStage(
    getSetting({ STAGE: values.get(lastStage.at(-1) ?? "") }, "STAGE"),
    secret,
    stage,
  );
  return {
    values,
    nulls: entries.flatMap(([name, value]) => (value === null ? [name] : [])),
  };
}

function requireSameStage(
  secretStage: string | undefined,
  secret: string,
  stage: string | undefined,
): void {
  if (stage === undefined && !STAGE_NAME.allows(secretStage ?? ""))
    throw new UserError(
      `STAGE in secret "${secret}" must be ${STAGE_NAME.expected}, got ${secretStage === undefined ? "none" : "another value"}`,
      "add it to the secret, or use --stage",
    );
  if (stage !== undefined && (secretStage ?? stage) !== stage)
    throw new UserError(
      `STAGE in secret "${secret}" must be "${stage}", got another stage`,
      "use --stage or --secret",
    );
}

/** Returns numbers as they are written: `1.10` is a version, and a long id exceeds the precision of a number. */
function findNumberTexts(text: string): ReadonlyMap<string, string> {
  const properties = parseTree(text)?.children ?? [];
  return new Map(
    properties.flatMap(({ children: [name, value] = [] }) =>
      name !== undefined && value?.type === "number"
        ? [
            [
              String(name.value),
              text.slice(value.offset, value.offset + value.length),
            ],
          ]
        : [],
    ),
  );
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}

/** Returns the names of variables, by how their values differ. */
export function compareVariables(
  before: Environment,
  after: ReadonlyMap<string, string>,
) {
  const names = [...after.keys()];
  const has = (name: string) => Object.hasOwn(before, name);
  const isSame = (name: string) => before[name] === after.get(name);
  return {
    added: names.filter((name) => !has(name)),
    changed: names.filter((name) => has(name) && !isSame(name)),
    removed: Object.keys(before).filter((name) => !after.has(name)),
    unchanged: names.filter((name) => has(name) && isSame(name)),
  };
}
