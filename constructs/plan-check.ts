import {
  Fn,
  FOR_EXPRESSION_VALUE,
  forExpression,
  Op,
  ref,
  type TerraformResource,
  Token,
} from "cdktf";

/**
 * Makes Terraform check values that only it knows before it plans a resource. It replaces the resource's `lifecycle`.
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
  const condition = createCondition(Token.asString(FOR_EXPRESSION_VALUE));
  // Terraform refuses a condition without a reference, which the values can lack
  const isTrue = Op.gte(Fn.lengthOf(ref("path.root")), 1);
  const conditions = forExpression(
    Fn.flatten([...values]),
    Op.and(condition, isTrue),
  );
  resource.lifecycle = {
    precondition: [
      { condition: Fn.alltrue(Token.asList(conditions)), errorMessage },
    ],
  };
}
