/** Formats a value as JSON whose control and format characters are escaped, so that a terminal shows it as it is. */
export function formatJson(value: object): string {
  const text = JSON.stringify(value, undefined, 2).replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => character.split("").map(escapeUnit).join(""),
  );
  return `${text}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
