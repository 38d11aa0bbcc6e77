import { Fn, Op, Token, Tokenization } from "cdktf";
import { UserError } from "./errors";
import type { PolicyDocument } from "./policy-document";
import { checkSingleValue, toList } from "./validation";

/** Functions of Terraform that return a list or a map, and for which cdktf returns a text. */
const COLLECTION_FUNCTIONS =
  /^(coalescelist|concat|csvdecode|flatten|formatlist|jsondecode|keys|merge|nonsensitive|one|reverse|sensitive|setproduct|slice|tomap|transpose|try|values|yamldecode|zipmap)$/;

const LIST_FUNCTIONS =
  /^(coalescelist|concat|csvdecode|flatten|formatlist|keys|reverse|setproduct|slice|values)$/;

const TOKEN = /\$\{TfToken\[[^\]]*\]\}/g;

/** Attributes of AWS resources without characters that JSON escapes. */
const PLAIN_ATTRIBUTE = /^(data\.)?aws_\w+\.[\w-]+\.(account_id|arn|id)$/;

/**
 * Returns a policy as JSON for Terraform. Policy variables such as `${aws:username}` are escaped, because Terraform would
 * evaluate them. References to other resources are not. Lists and maps that only Terraform knows are encoded by Terraform.
 *
 * @throws UserError if an item was added to, or selected from, a list or a map that only Terraform knows
 */
export function toPolicyJson(document: PolicyDocument): string {
  const encoded: string[] = [];
  const json = JSON.stringify(document, function (this: object, key, value) {
    // JSON.stringify has already called toJSON of the value
    const original = (this as Readonly<Record<string, unknown>>)[key];
    const isListInList =
      Array.isArray(this) &&
      this !== document.Statement &&
      isUnknownList(original);
    if (isUnknownCollection(original) && !isListInList) {
      const expression = Token.asString(Fn.jsonencode(original));
      encoded.push(expression);
      return expression;
    }
    const error = checkSingleValue(
      "item of a policy",
      isListInList ? toList(original as readonly unknown[]) : original,
    );
    if (error !== undefined) throw new UserError(error);
    return value as unknown;
  });
  const escaped = json.replace(TOKEN, (text) =>
    encoded.includes(text) ? text : escapeInTerraform(text),
  );
  return encoded
    .reduce((text, one) => text.replace(`"${one}"`, () => one), escaped)
    .replace(/\$\{(?!TfToken\[)/g, () => "$${")
    .replaceAll("%{", "%%{");
}

function isUnknownCollection(value: unknown): boolean {
  return typeof value === "string"
    ? COLLECTION_FUNCTIONS.test(getFunctionName(value))
    : typeof value === "object" && Token.isUnresolved(value);
}

/** Returns whether a value is certain to be a list: the other functions can also return a text. */
function isUnknownList(value: unknown): boolean {
  return typeof value === "string"
    ? LIST_FUNCTIONS.test(getFunctionName(value))
    : Array.isArray(value);
}

/** Returns the name of the function whose call is the whole text, else an empty text. */
function getFunctionName(text: string): string {
  const { length, tokens } = Tokenization.reverseString(text);
  const [token] = tokens as { readonly name?: unknown }[];
  return length === 1 && typeof token?.name === "string" ? token.name : "";
}

/** Makes Terraform escape a text as JSON does: a quote in it would end the text, and could add a statement to the policy. */
function escapeInTerraform(text: string): string {
  const [token] = Tokenization.reverseString(text).tokens as {
    readonly identifier?: unknown;
  }[];
  if (PLAIN_ATTRIBUTE.test(String(token?.identifier))) return text;
  const quoted = Fn.jsonencode(Fn.tostring(text));
  const length = Token.asNumber(Op.sub(Fn.lengthOf(quoted), 2));
  return Token.asString(Fn.substr(quoted, 1, length));
}
