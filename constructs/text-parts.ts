import { Fn, Token } from "cdktf";

/** Joins a text of which only Terraform knows a part. cdktf warns of a concatenation in a function's argument. */
export function joinParts(value: string): string {
  const parts = value
    .split(/(\$\{TfToken\[[^\]]*\]\})/)
    .filter((part) => part !== "");
  return parts.length > 1 ? Fn.join("", parts) : value;
}

/** Encodes a value of a URL's query as HTML forms do, by Terraform if only it knows a part. */
export function encodeQueryValue(value: string): string {
  return Token.isUnresolved(value)
    ? Fn.urlencode(joinParts(value))
    : encodeURIComponent(value).replaceAll("%20", "+");
}
