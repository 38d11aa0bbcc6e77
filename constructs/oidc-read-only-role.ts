import type { Construct } from "constructs";
import { type Limit, LIMITS } from "./constraints";
import { OidcRole, type OidcRoleProps } from "./oidc-role";
import type { IdentityStatement } from "./policy-document";
import { addValidationErrors } from "./validation";

const READ_ACTION =
  /^([a-z0-9-]+:(Get|List|Describe|AdminGet|AdminList|Head|Lookup)\w*|kms:Decrypt)$/;

/** A role that can only read. A pull request can assume it, although no one has reviewed the pull request's code. */
export class OidcReadOnlyRole extends OidcRole {
  protected override get subjectLimit(): Limit<string> {
    return LIMITS.oidcReadOnlySubject;
  }

  constructor(scope: Construct, id: string, props: OidcRoleProps) {
    super(scope, id, props);
    const { statements = [], managedPolicyArns = [] } = props;
    addValidationErrors(
      this,
      ...statements
        .flatMap(findWriteActions)
        .map(
          (action) =>
            `action of a read-only role must be Get, List or Describe, got "${action}"`,
        ),
      managedPolicyArns.length > 0
        ? `managed policies of a read-only role must be none, got ${managedPolicyArns.length}`
        : undefined,
    );
  }
}

function findWriteActions({ Effect, Action }: IdentityStatement): string[] {
  return Effect === "Deny"
    ? []
    : [Action].flat().filter((action) => !READ_ACTION.test(action));
}
