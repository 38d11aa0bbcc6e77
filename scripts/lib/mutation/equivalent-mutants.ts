/** Mutants that no test can tell apart, since the product does the same with them: file and what is different -> why. */
export const EQUIVALENT_MUTANTS: Readonly<Record<string, string>> = {
  "constructs/limits.ts value.length >= min -> true":
    "every least length is 1 or 0, and each pattern refuses a text that is none",
  'constructs/redirect-url.ts hostname !== "" -> true':
    "an https URL without a host does not parse, or begins with three slashes",
};
