import { UserError } from "../../../constructs/errors";
import { isJsonObject, parseJson } from "../system/json-object";

/** A JSON object and its text. */
export interface JsonOutput {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Finds the JSON object in the output of a Terraform command. A wrapper, such as that of hashicorp/setup-terraform, can
 * print lines before and after it. Returns `undefined` if there is no complete object, or more than one.
 */
export function findJson(output: string): JsonOutput | undefined {
  return parseObject(output) ?? parseObject(extractObject(output) ?? "");
}

/**
 * Parses the JSON object in the output of a Terraform command.
 *
 * @param command named in the error
 * @throws UserError if there is none
 */
export function parseJsonOutput(output: string, command: string): JsonOutput {
  const found = findJson(output);
  if (found !== undefined) return found;
  throw new UserError(
    `terraform ${command} must print JSON, got another format`,
    "a wrapper around Terraform may change its output: set TERRAFORM_BINARY_NAME to the binary itself",
  );
}

/** Removes the lines that a wrapper adds in a GitHub workflow. */
export function removeWrapperLines(output: string): string {
  return output.replace(/^(?:\[command\]|::[a-z-]+(?: [^\n:]*)?::).*\n?/gm, "");
}

function parseObject(text: string): JsonOutput | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? { text, value: value } : undefined;
}

/** Returns the text from a brace at the start of a line to its closing brace, unless another object follows. */
function extractObject(output: string): string | undefined {
  const start = /^[^\S\n]*\{/m;
  const from = output.search(start);
  if (from === -1) return undefined;
  const to = findObjectEnd(output, from);
  if (to === undefined || start.test(output.slice(to))) return undefined;
  return output.slice(from, to);
}

function findObjectEnd(text: string, from: number): number | undefined {
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
 * Removes the progress of `terraform plan` from its output: the resources that it reads, the notes about a plan file, and lines
 * of a wrapper.
 */
export function extractPlanText(output: string): string {
  return removeWrapperLines(output)
    .replace(
      /^.*: (Refreshing state|Reading|Read complete|(Opening|Closing)( complete)?|Still \w+)\b.*\n/gm,
      "",
    )
    .replace(
      // a long name of a plan file is on the next line
      /(\n[─-]+)?\n+(Saved the plan to:|Note: You didn't use the -out option)\s[^]*$/,
      "\n",
    )
    .trim();
}
