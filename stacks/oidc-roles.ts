import { Construct } from "constructs";
import {
  addValidationErrors,
  checkEnvironmentsAtPlan,
  claimId,
  findUngatedSubjects,
  type IOidcProvider,
  OidcRole,
  type OidcRoleProps,
  toList,
  UserError,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { OidcProviderConfig, StageConfig } from "./config/config";
import { getRoleName } from "./naming";

/** Names of stages that many users depend on. */
const PRODUCTION = /(^|-)prod(uction)?(-|$)/;

/** Options of a role for workloads of the OIDC provider of the stage. */
export type OidcRoleOptions = Omit<OidcRoleProps, "provider" | "roleName">;

/** The OIDC provider of a stage, and the roles that its workloads can assume. */
export class OidcRoles {
  private readonly parent: Construct;
  private provider: IOidcProvider | undefined;

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly createProvider: (
      options: OidcProviderConfig,
    ) => IOidcProvider,
  ) {
    this.parent = new Construct(stack, "oidc-roles");
  }

  addProvider(options: OidcProviderConfig): IOidcProvider {
    if (this.provider !== undefined) {
      addValidationErrors(
        this.stack,
        `OIDC provider must be unique, got "${this.provider.issuer}" and "${options.issuer}"`,
      );
      return this.provider;
    }
    return (this.provider = this.createProvider(options));
  }

  /** @throws UserError if the stage has no OIDC provider */
  addRole(name: string, options: OidcRoleOptions): OidcRole {
    const { stage, stackName } = this.stack.config;
    if (this.provider === undefined) {
      throw new UserError(
        `OIDC role "${name}" of stage "${stage}" requires an OIDC provider`,
        "call addOidcProvider before addOidcRole",
      );
    }
    const [scope, id] = claimId(this.parent, name);
    const role = new OidcRole(scope, id, {
      ...options,
      provider: this.provider,
      roleName: getRoleName(stackName, id),
    });
    if (PRODUCTION.test(stage)) {
      const { issuer } = this.provider;
      checkEnvironmentsAtPlan(role, options.subjects, issuer);
      addValidationErrors(
        role,
        ...findUngatedSubjects(toList(options.subjects), issuer).map(
          (subject) =>
            `OIDC subject of stage "${stage}" must be of a GitHub environment, whose reviewers approve deployments, got "${subject}"`,
        ),
      );
    }
    return role;
  }
}
