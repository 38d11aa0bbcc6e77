/**
 * A sentence. Texts in it are ours; what others named, which may hold anything, is an object that each form writes so
 * that it stays nothing but a name.
 */
export type Phrase = readonly (string | Name)[];

/** A name, an address or a value, as it came. */
export interface Name {
  readonly name: string;
}

/**
 * A sentence from a template: what is put in is a name, a list of names, or a sentence of its own.
 *
 * @example say`group ${"veda-readers"} may now write ${"veda-data-store"}`
 */
export function say(
  texts: TemplateStringsArray,
  ...values: readonly (string | number | Phrase)[]
): Phrase {
  return texts.flatMap((text, index) => {
    const value = values[index];
    const said = text === "" ? [] : [text];
    if (value === undefined) return said;
    if (typeof value === "string") return [...said, { name: value }];
    return typeof value === "number"
      ? [...said, String(value)]
      : [...said, ...value];
  });
}

/** Names as a sentence lists them. */
export function list(names: readonly string[]): Phrase {
  return names.flatMap((name, index) => {
    const before =
      index === 0 ? [] : [index === names.length - 1 ? " and " : ", "];
    return [...before, { name }];
  });
}

/** A sentence with every name as it is, for what takes no form. */
export function plain(phrase: Phrase): string {
  return phrase
    .map((part) => (typeof part === "string" ? part : part.name))
    .join("");
}
