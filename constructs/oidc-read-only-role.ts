import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { type Limit, LIMITS } from "./constraints";
import { OidcRole, type OidcRoleProps } from "./oidc-role";
import { checkAtPlan } from "./plan-check";
import type { IdentityStatement } from "./policy-document";
import { addValidationErrors, isUnknown, toList } from "./validation";

/** Without backslashes, which Terraform's functions would read as escapes. */
const READ_ACTION =
  "^([a-z0-9-]+:(Get|List|Describe|AdminGet|AdminList|Head|Lookup)[A-Za-z0-9_]*|kms:Decrypt)$";

type Actions = IdentityStatement["Action"];

/**
 * A role that can only read. A pull request can assume it, although no one has reviewed the pull request's code.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
 */
export class OidcReadOnlyRole extends OidcRole {
  protected override get subjectLimit(): Limit<string> {
    return LIMITS.oidcReadOnlySubject;
  }

  constructor(scope: Construct, id: string, props: OidcRoleProps) {
    super(scope, id, props);
    const { managedPolicyArns = [] } = props;
    const statements = toList(props.statements ?? []);
    const unknown = isUnknown(statements)
      ? "a list"
      : statements.some((statement) => Token.isUnresolved(statement))
        ? "a statement"
        : undefined;
    const actions = (unknown === undefined ? statements : [])
      .filter(({ Effect }) => Effect !== "Deny")
      .map(({ Action }) => Action);
    addValidationErrors(
      this,
      unknown === undefined
        ? undefined
        : `statements of a read-only role must be known at synth, got ${unknown} that only Terraform knows`,
      ...findWriteActions(actions).map(
        (action) =>
          `action of a read-only role must be Get, List or Describe, got "${action}"`,
      ),
      managedPolicyArns.length > 0
        ? `managed policies of a read-only role must be none, got ${isUnknown(managedPolicyArns) ? "a list that only Terraform knows" : managedPolicyArns.length}`
        : undefined,
    );
    checkAtPlan(
      this.node.defaultChild as IamRole,
      actions.flatMap((action) => (isListToken(action) ? [action] : action)),
      (action) => Fn.can(Fn.regex(READ_ACTION, action)),
      "Actions of a read-only role must be Get, List or Describe.",
    );
  }
}

function findWriteActions(actions: readonly Actions[]): string[] {
  const pattern = new RegExp(READ_ACTION);
  return actions
    .flatMap((action) => (isListToken(action) ? [] : [action].flat()))
    .filter((action) => !Token.isUnresolved(action) && !pattern.test(action));
}

function isListToken(action: Actions): boolean {
  return typeof action === "object" && isUnknown(action);
}
