import { isDeepStrictEqual } from "node:util";
import {
  type Attributes,
  isAttributes,
  toBlocks,
  type Value,
} from "../../plan/attribute";
import { listTokenFunctions } from "../../access/user-pool-access";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import {
  coverAttributes,
  findMissing,
  isUnknown,
  limitToExisting,
  reportNames,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool");

/** Triggers whose function determines what tokens contain. */
const TOKEN_TRIGGERS = ["pre_token_generation", "pre_token_generation_config"];

/** Rules about the functions that a user pool calls. */
export const TRIGGER_RULES = {
  "token-trigger-changed": {
    severity: "weakening",
    covers: covers(...TOKEN_TRIGGERS.map((name) => `lambda_config.${name}`)),
    description:
      "Another function determines what tokens contain (pre_token_generation): it can put any group into them, and so grant any role.",
    check: checkTokenTriggers,
  },
  "trigger-changed": {
    severity: "weakening",
    covers: covers("lambda_config"),
    description:
      "Another function runs at sign-in or sign-up; it may decide who signs in, or receive codes.",
    check: checkChangedTriggers,
  },
  "trigger-removed": {
    severity: "breaking",
    covers: covers("lambda_config"),
    description: "A function no longer runs at sign-in or sign-up.",
    check: limitToExisting(({ before, after, name }) =>
      isUnknown(after, "lambda_config")
        ? []
        : reportNames(
            findMissing(
              [...mapTriggers(after).keys()],
              [...mapTriggers(before).keys()],
            ),
            text`${name} no longer runs a function on `,
          ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Returns what runs for each trigger. */
function mapTriggers(values: Attributes): ReadonlyMap<Redacted, Value> {
  const [config = {}] = toBlocks(values.lambda_config);
  return new Map(
    Object.entries(config).flatMap(([trigger, value]) =>
      value === null ||
      value === "" ||
      (Array.isArray(value) && value.length === 0)
        ? []
        : [[trigger as Redacted, value]],
    ),
  );
}

function checkTokenTriggers(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const isSame = !listChangedTriggers(context).some((trigger) =>
    TOKEN_TRIGGERS.includes(trigger),
  );
  const added = findMissing(
    listTokenFunctions(before),
    listTokenFunctions(after),
  );
  const functions = added.length > 0 ? added : listTokenFunctions(after);
  return isSame
    ? []
    : functions.map(
        (one) =>
          text`${name}: function ${one} can put any group into the tokens of all users, and so grant any role`,
      );
}

function checkChangedTriggers(context: RuleContext): readonly RichText[] {
  return reportNames(
    listChangedTriggers(context).filter(
      (trigger) => !TOKEN_TRIGGERS.includes(trigger),
    ),
    text`${context.name} runs another function on `,
    text`, which may decide who signs in, or receive codes`,
  );
}

/** Returns triggers with another known function or version. */
function listChangedTriggers({
  before,
  after,
}: RuleContext): readonly Redacted[] {
  const earlier = mapTriggers(before);
  return [...mapTriggers(after)].flatMap(([trigger, value]) => {
    const isKnown =
      typeof value === "string" || Array.isArray(value) || isAttributes(value);
    return isKnown && !isDeepStrictEqual(earlier.get(trigger), value)
      ? trigger
      : [];
  });
}
