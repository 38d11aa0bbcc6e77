/** Numbers that are long enough to lose digits when JavaScript reads them; there may be none, which is quick to see. */
const LONG_NUMBER = /[[:,]\s*-?\d[\d.eE+-]{15,}/;
const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;

/** No text of Terraform's holds a NUL, so that no string is taken for a number. */
const MARK = "\\u0000";

/**
 * Returns JSON in which each number that JavaScript cannot hold is a string of its digits; `undefined` if there is none,
 * and the text can be read as it is.
 *
 * Terraform's numbers have any precision: from 2^53 on, two of them can be one for `JSON.parse`.
 */
export function withExactNumbers(json: string): string | undefined {
  if (!LONG_NUMBER.test(json)) return undefined;
  const exact = json.replace(STRING_OR_LONG_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token
      ? token
      : `"${MARK}${token}"`,
  );
  return exact === json ? undefined : exact;
}
