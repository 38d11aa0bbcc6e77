import {
  Fn,
  FOR_EXPRESSION_VALUE,
  forExpression,
  Op,
  ref,
  type TerraformResource,
  Token,
} from "cdktf";
import { isUnknown } from "./validation";

/**
 * Makes Terraform check the values that only it knows before it plans a resource.
 *
 * @param values texts and lists of texts
 * @param createCondition returns the condition of one text
 */
export function checkAtPlan(
  resource: TerraformResource,
  values: readonly unknown[],
  createCondition: (text: string) => unknown,
  errorMessage: string,
): void {
  const unknown = isUnknown(values)
    ? [values]
    : values.filter((value) => Token.isUnresolved(value)).map(joinParts);
  if (unknown.length === 0) return;
  const condition = createCondition(Token.asString(FOR_EXPRESSION_VALUE));
  // Terraform refuses a condition without a reference, which the values can lack
  const isTrue = Op.gte(Fn.lengthOf(ref("path.root")), 1);
  const conditions = forExpression(
    Fn.flatten(unknown),
    Op.and(condition, isTrue),
  );
  resource.lifecycle = {
    ...resource.lifecycle,
    precondition: [
      ...(resource.lifecycle?.precondition ?? []),
      { condition: Fn.alltrue(Token.asList(conditions)), errorMessage },
    ],
  };
}

/** Joins a text of which only Terraform knows a part. cdktf warns of a concatenation in a function's argument. */
function joinParts(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const parts = value
    .split(/(\$\{TfToken\[[^\]]*\]\})/)
    .filter((part) => part !== "");
  return parts.length > 1 ? Fn.join("", parts) : value;
}
