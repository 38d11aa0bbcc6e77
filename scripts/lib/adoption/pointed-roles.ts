import type { LiveResource } from "./live-resources";
import type { LiveStack } from "./live-stack";
import type { Pair } from "./matching";
import { referenceOf, type StageCode } from "./stage-code";
import { textOf } from "./template-values";

const GROUP = "AWS::Cognito::UserPoolGroup";

/** Roles' names by the address that the code has for each, as those say that point at them. */
export function pointedAt(
  pairs: readonly Pair[],
): readonly (readonly [roleName: string, address: string])[] {
  const found: [string, string][] = [];
  const add = (arn: unknown, reference: unknown): void => {
    const address = referenceOf(reference);
    if (typeof arn === "string" && address !== undefined)
      found.push([arn.replace(/^.*\//, ""), address]);
  };
  for (const { live, code } of pairs) {
    if (code.type === "aws_cognito_user_group")
      add(live.facts.RoleArn, code.values.role_arn);
    if (code.type === "aws_cognito_identity_pool_roles_attachment")
      add(
        field(live.facts.Roles, "authenticated"),
        field(code.values.roles, "authenticated"),
      );
  }
  return found;
}

/** The same of groups that somebody has deleted, as the template has them: their roles are there. */
export function pointedAtByGone(
  live: readonly LiveResource[],
  code: StageCode,
  stack: LiveStack,
): readonly (readonly [roleName: string, address: string])[] {
  return live
    .filter(({ type, isThere }) => type === GROUP && !isThere)
    .flatMap(({ logicalId, physicalId }) => {
      const { RoleArn: arn } =
        stack.template.Resources[logicalId]?.Properties ?? {};
      const roleName = textOf(arn, stack)?.replace(/^.*\//, "");
      const wanted = code
        .ofType("aws_cognito_user_group")
        .find(({ values }) => values.name === physicalId.replace(/^.*\|/, ""));
      const address = referenceOf(wanted?.values.role_arn);
      return roleName === undefined || address === undefined
        ? []
        : [[roleName, address] as const];
    });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
