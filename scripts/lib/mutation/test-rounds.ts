/** Test files that a mutant is run against, or all that jest finds to be related to it. */
export type Tests = readonly string[] | "related";

/** The files of the product by their path, and whether there is a test file of a path. */
export interface Sources {
  readonly texts: Readonly<Record<string, string>>;
  readonly hasTest: (test: string) => boolean;
}

/**
 * Tests for the rules of a file, in the rounds that they are run in until one fails: first those that are about it, then
 * those about what imports it, then those of whole apps, and then every one that reaches it.
 */
export function testRounds(
  file: string,
  { texts, hasTest }: Sources,
): readonly Tests[] {
  const named = (name: string): string =>
    `__tests__/${name.replace(/\.ts$/, ".test.ts")}`;
  const base = file.replace(/^.*\/|\.ts$/g, "");
  const importers = Object.keys(texts).filter((other) =>
    new RegExp(`from "[^"]*/${base}"`).test(texts[other] ?? ""),
  );
  const own = [named(file)].filter(hasTest);
  const around = importers.map(named).filter(hasTest);
  return [
    own.length > 0 ? own : around,
    own.length > 0 ? around.slice(0, 4) : [],
    ["__tests__/stacks/rules-corpus.test.ts"],
    "related",
  ];
}
