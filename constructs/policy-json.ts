import { Fn, Token, Tokenization } from "cdktf";
import { UserError } from "./errors";
import type { PolicyDocument } from "./policy-document";
import { checkSingleValue } from "./validation";

/** Functions of Terraform that return a list or a map, and for which cdktf returns a text. */
const COLLECTION_FUNCTIONS =
  /^(coalescelist|concat|csvdecode|flatten|formatlist|jsondecode|keys|merge|nonsensitive|one|reverse|sensitive|setproduct|slice|tomap|transpose|try|values|yamldecode|zipmap)$/;

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
    if (isUnknownCollection(original)) {
      const expression = Token.asString(Fn.jsonencode(original));
      encoded.push(expression);
      return expression;
    }
    const error = checkSingleValue("item of a policy", original);
    if (error !== undefined) throw new UserError(error);
    return value as unknown;
  });
  return encoded
    .reduce((text, one) => text.replace(`"${one}"`, () => one), json)
    .replace(/\$\{(?!TfToken\[)/g, () => "$${")
    .replaceAll("%{", "%%{");
}

function isUnknownCollection(value: unknown): boolean {
  if (typeof value !== "string")
    return typeof value === "object" && Token.isUnresolved(value);
  const { length, tokens } = Tokenization.reverseString(value);
  const [token] = tokens as { readonly name?: unknown }[];
  return length === 1 && COLLECTION_FUNCTIONS.test(String(token?.name));
}
