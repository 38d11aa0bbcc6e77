/** Returns a value as JSON in which nothing moves a terminal's cursor or turns a line's direction, and which reads as the same. */
export function formatJson(value: object): string {
  const text = JSON.stringify(value, undefined, 2).replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from({ length: character.length }, (_, index) =>
        escapedUnit(character.charCodeAt(index)),
      ).join(""),
  );
  return `${text}\n`;
}

function escapedUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
