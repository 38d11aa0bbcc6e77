/** The files of the product, and the files of their tests, by their path. */
export interface Sources {
  readonly texts: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, string>>;
}

/**
 * Tests for the rules of a file, in the rounds that they are run in until one fails: first those that are about it, then
 * those about what imports it, then those of whole apps, and then all of the product.
 */
export function testRounds(
  file: string,
  { texts, tests }: Sources,
): readonly (readonly string[])[] {
  const base = file.replace(/^.*\/|\.ts$/g, "");
  const imported = new RegExp(`from "[^"]*/${base}"`);
  const importing = (files: Readonly<Record<string, string>>): string[] =>
    Object.keys(files).filter((name) => imported.test(files[name] ?? ""));
  const named = (name: string): string =>
    `__tests__/${name.replace(/\.ts$/, ".test.ts")}`;
  const own = [named(file)].filter((test) => test in tests);
  const around = [
    ...new Set([
      ...importing(texts)
        .map(named)
        .filter((test) => test in tests),
      ...importing(tests),
    ]),
  ];
  return [
    own.length > 0 ? own : around,
    own.length > 0 ? around : [],
    ["__tests__/stacks/rules-corpus.test.ts"],
    Object.keys(tests).filter((test) =>
      /^__tests__\/(constructs|stacks)\//.test(test),
    ),
  ];
}
