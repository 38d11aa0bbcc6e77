import { findLimitMutants } from "./limit-mutants";
import { type Mutant, parseSource } from "./mutant";
import { findProblemMutants } from "./problem-mutants";
import { findSettingMutants } from "./setting-mutants";

/** Mutants that no test can tell apart, since the product does the same with them: file and what is different -> why. */
export const EQUIVALENT_MUTANTS: Readonly<Record<string, string>> = {
  "constructs/constraints/limits.ts value.length >= min -> true":
    "every least length is 1 or 0, and each pattern refuses a text that is none",
  'constructs/constraints/redirect-url.ts hostname !== "" -> true':
    "an https URL without a host does not parse, or begins with three slashes",
};

/** Every rule of a file, taken out one at a time, in the order of the file. */
export function findMutants(file: string, text: string): Mutant[] {
  const source = parseSource(file, text);
  const all = [
    ...findLimitMutants(source),
    ...findSettingMutants(source),
    ...findProblemMutants(source),
  ];
  return all
    .filter(
      (mutant, index) =>
        all.findIndex(
          (one) =>
            one.start === mutant.start &&
            one.end === mutant.end &&
            one.replacement === mutant.replacement,
        ) === index,
    )
    .sort((one, other) => one.start - other.start || other.end - one.end);
}
