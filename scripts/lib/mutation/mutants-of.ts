import { limitMutants } from "./limit-mutants";
import { parseSource, type Mutant } from "./mutant";
import { problemMutants } from "./problem-mutants";
import { settingMutants } from "./setting-mutants";

/** Every rule of a file, taken out one at a time, in the order of the file. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = parseSource(file, text);
  const all = [
    ...limitMutants(source),
    ...settingMutants(source),
    ...problemMutants(source),
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
