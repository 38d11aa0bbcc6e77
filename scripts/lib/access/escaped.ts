import { inOneLine } from "../plan/shown-values";

/** Text that is nothing but text in HTML, in an attribute's value too, and that keeps to its line and direction. */
export function escaped(text: string): string {
  return inOneLine(text).replace(
    /[&<>"'`]/g,
    (sign) => `&#${sign.codePointAt(0) ?? 0};`,
  );
}
