import { UserError } from "../../../constructs/errors";

/** A JSON object, and the text that it was read from. */
export interface JsonOutput {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Reads the JSON object in what a Terraform command printed. A wrapper, such as that of hashicorp/setup-terraform, may
 * print lines of its own before and after it.
 *
 * Returns `undefined` if there is no whole object, or more than one: none of two can be trusted to be the plan.
 */
export function findJson(output: string): JsonOutput | undefined {
  return readObject(output) ?? readObject(objectAmongLines(output) ?? "");
}

/**
 * Reads the JSON object that a Terraform command printed.
 *
 * @param command for the message
 * @throws UserError if there is none
 */
export function parseJsonOutput(output: string, command: string): JsonOutput {
  const found = findJson(output);
  if (found !== undefined) return found;
  throw new UserError(
    `terraform ${command} must give JSON, got something else`,
    "a wrapper around Terraform may change its output: set TERRAFORM_BINARY_NAME to the binary itself",
  );
}

/** Returns what a Terraform command printed without the lines that a wrapper in a GitHub workflow adds. */
export function removeWrapperLines(output: string): string {
  return output.replace(/^(?:\[command\]|::[a-z-]+(?: [^\n:]*)?::).*\n?/gm, "");
}

function readObject(text: string): JsonOutput | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? { text, value: value as JsonOutput["value"] }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Text from the brace that begins a line to the one that closes it, if no other object follows. */
function objectAmongLines(output: string): string | undefined {
  const begins = /^[^\S\n]*\{/m;
  const from = output.search(begins);
  if (from === -1) return undefined;
  const to = endOfObject(output, from);
  if (to === undefined || begins.test(output.slice(to))) return undefined;
  return output.slice(from, to);
}

function endOfObject(text: string, from: number): number | undefined {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let token; (token = tokens.exec(text)) !== null;) {
    if (token[0] === "{") depth += 1;
    else if (token[0] === "}") depth -= 1;
    if (depth === 0) return tokens.lastIndex;
  }
  return undefined;
}

/**
 * Returns a plan without what Terraform says of making it: each resource it reads, and the file that it is saved as; nor
 * what a wrapper around Terraform prints beside it.
 */
export function extractPlanText(output: string): string {
  return removeWrapperLines(output)
    .replace(
      /^.*: (Refreshing state|Reading|Read complete|Still reading)\b.*\n/gm,
      "",
    )
    .replace(/\n[─-]+\n+Saved the plan to: [^]*$/, "\n")
    .trim();
}
