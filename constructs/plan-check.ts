import {
  Fn,
  FOR_EXPRESSION_VALUE,
  forExpression,
  Op,
  ref,
  type TerraformResource,
  Token,
} from "cdktf";
import { joinParts } from "./text-parts";
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
    : values
        .filter((value) => Token.isUnresolved(value))
        .map((value) => (typeof value === "string" ? joinParts(value) : value));
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
