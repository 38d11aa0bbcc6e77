import { escapeJson } from "../cli/escape";

/** Formats a value as indented JSON that a terminal shows as it is. */
export function formatJson(value: object): string {
  return `${escapeJson(JSON.stringify(value, undefined, 2))}\n`;
}
