import { parseTree } from "jsonc-parser";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import { STAGE_NAME } from "../../../stacks/config/setting-parsers";

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Stage whose environment's secret has such a name. */
export function parseSecretStage(secret: string): string | undefined {
  // an ARN ends with six characters of Secrets Manager's own
  const name = /^arn:.*:secret:(.+)-\w{6}$/.exec(secret)?.[1] ?? secret;
  return /^veda-auth-([a-z0-9-]{1,100})-env$/.exec(name)?.[1];
}

/** Variables that a secret holds, in its order. */
export interface SecretVariables {
  readonly values: ReadonlyMap<string, string>;
  /** Names whose value is `null`: they are empty. */
  readonly nulls: readonly string[];
}

/**
 * Variables of an environment's secret: texts as they are, numbers and booleans by their text, lists and objects as JSON.
 *
 * @param stage the one that it must be of; where none is given, it must say its own
 * @throws UserError when it is none, or that of another stage; never with a value
 */
export function parseSecretVariables(
  text: string,
  secret: string,
  stage: string | undefined,
): SecretVariables {
  const entries = Object.entries(parseObject(text, secret));
  const unfit = entries.filter(([name]) => !VARIABLE_NAME.test(name));
  if (unfit.length > 0)
    throw new UserError(
      `secret "${secret}" must have names of variables, letters, digits or _, got ${unfit.map(([name]) => JSON.stringify(name)).join(", ")}`,
    );
  const numbers = numberTexts(text);
  const values = new Map(
    entries.map(([name, value]) => [name, numbers.get(name) ?? textOf(value)]),
  );
  const own = getSetting(Object.fromEntries(values), "STAGE");
  if (
    stage === undefined &&
    (own === undefined || !STAGE_NAME.allows(own))
  )
    throw new UserError(
      `secret "${secret}" must have a STAGE of ${STAGE_NAME.expected}, got none that is`,
      "put it there, or name the stage with --stage",
    );
  if (stage !== undefined && own !== undefined && own !== stage)
    throw new UserError(
      `secret "${secret}" must be of stage "${stage}", got one whose STAGE is another`,
      "name the stage with --stage, or the secret with --secret",
    );
  const nulls = entries
    .filter(([, value]) => value === null)
    .map(([name]) => name);
  return { values, nulls };
}

function parseObject(text: string, secret: string): object {
  const parsed = parseJson(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new UserError(
      `secret "${secret}" must hold a JSON object, got something else`,
      'it looks like {"STAGE":"dev","STATE_BUCKET_NAME":"…"}',
    );
  if (Object.keys(parsed).length === 0)
    throw new UserError(`secret "${secret}" must have variables, got none`);
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the error quotes the text
    return undefined;
  }
}

/** Numbers as they are written: `1.10` is a version, and a long id more than a number holds. */
function numberTexts(text: string): ReadonlyMap<string, string> {
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

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}

/** How an environment differs from what it was, by names. */
export interface VariableChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

export function compareVariables(
  before: Environment,
  after: ReadonlyMap<string, string>,
): VariableChanges {
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
