import {
  DefaultTokenResolver,
  Fn,
  StringConcat,
  Token,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";

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

/** Returns the part of an ARN after a separator, by Terraform if only it knows where that part starts. */
export function getArnPart(arn: string, separator: string): string {
  const index = arn.indexOf(separator);
  return index < 0 && Token.isUnresolved(arn)
    ? Token.asString(Fn.element(Fn.split(separator, joinParts(arn)), 1))
    : arn.slice(index < 0 ? 0 : index + separator.length);
}

/** Returns a text as Terraform reads it. Two tokens can refer to the same value. */
export function resolveText(scope: IConstruct, text: string): string {
  return String(
    Tokenization.resolve(text, {
      scope,
      resolver: new DefaultTokenResolver(new StringConcat()),
      preparing: false,
    }),
  );
}
