import { UserError } from "../../../constructs/errors";
import {
  DEFAULT_QUOTAS,
  type Limit,
  LIMITS,
} from "../../../constructs/constraints";
import { createCognitoNameLimit } from "../../../constructs/constraints/limit";
import { SETTING_ROWS } from "../../../stacks/config/settings";
import { isMessage, listReporters, mutateMessages } from "./message-mutants";
import { listNodes, parseSource, type Mutant, type SourceFile } from "./mutant";
import { isInSettings, mutateRegistries } from "./registry-mutants";

/** Mutants that behave like the product, and the reasons. */
export const EQUIVALENT_MUTANTS: Readonly<Record<string, string>> = {
  "constructs/constraints/limit.ts createTextLimit condition: value.length >= min -> true":
    "every lower bound is 0 or 1, and the patterns refuse an empty text",
  'constructs/constraints/redirect-url.ts isRedirectUrl condition: hostname !== "" -> true':
    "an https URL without a host cannot be parsed or starts with three slashes",
  "stacks/config/setting-row.ts limit STAGE_NAME bound: /^[a-z0-9-]{1,100}$/ -> /^[a-z0-9-]{0,100}$/":
    "an empty setting is unset, and a state key has no empty segment",
  "stacks/config/settings.ts setting BOOTSTRAP_QUALIFIER: (text) => text -> (text: string) => { const value = ((text) => text)(text) as any; return typeof value === …":
    "an ignored setting can have any value",
};

/** The characters of a name in Amazon Cognito, whose pattern several limits share. */
const COGNITO_NAME = createCognitoNameLimit("", 1).expected.replace("1-1", "");
/** Files that write what other files have validated. */
const WITHOUT_RULES = "stacks/hcl/";

/**
 * Finds the mutants of all files, by path and position.
 *
 * @throws UserError if a rule of a registry or a message has no mutant
 */
export function findMutants(
  texts: Readonly<Record<string, string>>,
): readonly Mutant[] {
  const sources = Object.entries(texts)
    .filter(([file]) => !file.startsWith(WITHOUT_RULES))
    .map(([file, text]) => parseSource(file, text));
  const reporters = new Set(sources.flatMap(listReporters));
  const mutants = sources.flatMap((source) =>
    removeDuplicates([
      ...mutateRegistries(source),
      ...mutateMessages(source, reporters),
    ]),
  );
  const missing = [
    ...listRules().flatMap(([rule, count]) => {
      const isOwn = ({ description }: Mutant): boolean =>
        description.startsWith(`${rule}: `);
      return mutants.filter(isOwn).length < count ? rule : [];
    }),
    ...sources.flatMap((source) => listUncovered(source, mutants)),
  ];
  if (missing.length > 0)
    throw new UserError(
      `every rule must have a mutant, got none for ${missing.join(", ")}`,
    );
  return mutants;
}

/** The beginning of the descriptions of a rule's mutants, and their minimum number. */
type Rule = readonly [name: string, count: number];

function listRules(): Rule[] {
  return [
    ...Object.entries(LIMITS).flatMap(([name, limit]) =>
      listLimitRules(`limit ${name}`, limit),
    ),
    ...[
      ...Object.keys(DEFAULT_QUOTAS).map((name) => `quota ${name}`),
      ...SETTING_ROWS.flatMap(({ name, requires }) => [
        `setting ${name}`,
        ...requires.map((other) => `setting ${name} requires "${other}"`),
      ]),
    ].map((name): Rule => [name, 1]),
  ];
}

/** Lists a limit, the bounds that it documents, and the pattern of a text, unless any text is valid. */
function listLimitRules(row: string, limit: Limit<never>): Rule[] {
  const { expected, allows } = limit;
  const withoutAddresses = expected.replace(/\d+(?:\.\d+){3}/g, "");
  const bounds = [...withoutAddresses.matchAll(/(?<![a-z]-?)\d+/g)].filter(
    ([bound]) => Number(bound) > 1 || expected.includes(`from ${bound} `),
  );
  const isText = /^\d+-\d+ /.test(expected);
  const isName = expected.endsWith(COGNITO_NAME);
  return [
    [row, 1],
    [`${allows.name === "allows" ? row : allows.name} bound`, bounds.length],
    [
      `${isName ? createCognitoNameLimit.name : row} pattern`,
      isText && !allows("\0\0\0" as never) ? 1 : 0,
    ],
  ];
}

/** Lists the messages about invalid values that no mutant removes. */
function listUncovered(
  { file, root }: SourceFile,
  mutants: readonly Mutant[],
): readonly string[] {
  const removed = mutants.filter((mutant) => mutant.file === file);
  return listNodes(root)
    .filter((node) => isMessage(node) && !isInSettings(node))
    .filter((node) => /\b(must|requires|is required)\b/.test(node.getText()))
    .filter((node) => {
      const [start, end] = [node.getStart(), node.getEnd()];
      return !removed.some((one) => one.start <= start && end <= one.end);
    })
    .map((node) => `${file}: ${node.getText()}`);
}

function removeDuplicates(mutants: readonly Mutant[]): readonly Mutant[] {
  const key = ({ start, end, replacement }: Mutant): string =>
    `${start} ${end} ${replacement}`;
  return [...new Map(mutants.map((one) => [key(one), one])).values()].sort(
    (one, other) => one.start - other.start || other.end - one.end,
  );
}
