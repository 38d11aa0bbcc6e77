import type { Construct } from "constructs";
import { LIMITS, type Limit } from "./constraints";
import { OidcRole, type OidcRoleProps } from "./oidc-role";
import type { IdentityStatement } from "./policy-document";
import { addValidationErrors } from "./validation";

const READS =
  /^([a-z0-9-]+:(Get|List|Describe|AdminGet|AdminList|Head|Lookup)\w*|kms:Decrypt)$/;

/** A role that reads, so that even a pull request may assume it: nobody has looked yet at what that runs. */
export class OidcReadOnlyRole extends OidcRole {
  protected override get subjectLimit(): Limit<string> {
    return LIMITS.oidcReadOnlySubject;
  }

  constructor(scope: Construct, id: string, props: OidcRoleProps) {
    super(scope, id, props);
    const writes = (props.statements ?? []).flatMap(writesOf);
    addValidationErrors(
      this,
      ...writes.map(
        (action) =>
          `action of a role that reads must be Get, List or Describe, got "${action}"`,
      ),
      (props.managedPolicyArns ?? []).length > 0
        ? "managed policies of a role that reads must be none, got some"
        : undefined,
    );
  }
}

function writesOf({ Effect, Action }: IdentityStatement): string[] {
  if (Effect === "Deny") return [];
  return [Action].flat().filter((action) => !READS.test(action));
}
