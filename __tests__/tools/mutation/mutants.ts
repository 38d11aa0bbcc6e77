import { UserError } from "../../../constructs/errors";
import { DEFAULT_QUOTAS, LIMITS } from "../../../constructs/constraints/index";
import { SETTING_NAMES } from "../../../stacks/config/settings";
import { listReporters, mutateMessages } from "./message-mutants";
import { parseSource, type Mutant } from "./mutant";
import { mutateRegistries } from "./registry-mutants";

/** Mutants that behave like the product, and the reasons. */
export const EQUIVALENT_MUTANTS: Readonly<Record<string, string>> = {
  "constructs/constraints/limit.ts value.length >= min -> true":
    "every lower bound is 0 or 1, and the patterns refuse an empty text",
  'constructs/constraints/redirect-url.ts hostname !== "" -> true':
    "an https URL without a host cannot be parsed or starts with three slashes",
  "stacks/config/setting-row.ts /^[a-z0-9-]{1,100}$/ -> /^[a-z0-9-]{0,100}$/":
    "an empty setting is unset, and a state key has no empty segment",
  "stacks/config/settings.ts setting BOOTSTRAP_QUALIFIER: (text) => text -> (text: string) => { const value = ((text) => text)(text) as any; return typeof value === …":
    "an ignored setting can have any value",
};

/** Files that write what other files have validated. */
const WITHOUT_RULES = "stacks/hcl/";

/**
 * Finds the mutants of all files, by path and position.
 *
 * @throws UserError if a row of a registry has no mutant
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
  const missing = listRows().filter(
    (row) =>
      !mutants.some(({ description }) => description.startsWith(`${row}: `)),
  );
  if (missing.length > 0)
    throw new UserError(
      `every row of a registry must have a mutant, got none for ${missing.join(", ")}`,
    );
  return mutants;
}

function listRows(): readonly string[] {
  return [
    ...Object.keys(LIMITS).map((name) => `limit ${name}`),
    ...Object.keys(DEFAULT_QUOTAS).map((name) => `quota ${name}`),
    ...SETTING_NAMES.map((name) => `setting ${name}`),
  ];
}

function removeDuplicates(mutants: readonly Mutant[]): readonly Mutant[] {
  const key = ({ start, end, replacement }: Mutant): string =>
    `${start} ${end} ${replacement}`;
  return [...new Map(mutants.map((one) => [key(one), one])).values()].sort(
    (one, other) => one.start - other.start || other.end - one.end,
  );
}
