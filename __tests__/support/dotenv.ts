import fc from "fast-check";
import { parseDotenv, REFERENCE } from "../../stacks/config/dotenv";
import { ANY_CHARACTER } from "./any-character";

/** Returns the variables of a dotenv text, which must be valid. */
export function readDotenv(text: string): Readonly<Record<string, string>> {
  const { variables, invalidLines } = parseDotenv(text);
  expect(invalidLines).toEqual([]);
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

/** Parts of values that readers of dotenv files treat in their own way. */
const PART = fc.constantFrom(
  ...Array.from("'\"`\n\r\\#=?: \t$ab\u00a0\u2028\ufeff"),
  "\\n",
  "\\'",
  "\nX=1\n",
  "\r\n",
  " # ",
  "${X}",
  "$(x)",
  "export ",
);

/** A value that a dotenv file can have. */
export const DOTENV_VALUE: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: ANY_CHARACTER }),
    fc.array(PART).map((parts) => parts.join("")),
    fc.array(fc.oneof(PART, ANY_CHARACTER)).map((parts) => parts.join("")),
  )
  .filter(
    (text) =>
      !text.includes("\0") && !(text.includes("\r") && REFERENCE.test(text)),
  );
