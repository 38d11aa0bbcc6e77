import { decodePolicy, getStatements, parsePolicy } from "../../iam/policy";
import { isJsonObject, toJsonObject } from "../../system/json-object";
import type { LiveResource } from "./live-resources";
import {
  getProperties,
  hasReference,
  type LiveStack,
  resolveText,
} from "./live-stack";
import { isRetainHandle } from "./template";
import { toText } from "./terraform-configuration";

const STACK_TYPES =
  /^(AWS::CDK::Metadata|AWS::CloudFormation::WaitCondition(Handle)?)$/;
const FUNCTION_TYPES = /^AWS::(Lambda::|Logs::LogGroup$)/;
const FUNCTION = "AWS::Lambda::Function";
const ROLES_ATTACHMENT = "AWS::Cognito::IdentityPoolRoleAttachment";

/**
 * Returns the resources that only the stack uses: the function that read client secrets, with its role and logs, and the
 * role of unauthenticated identities, which no stage permits. A resource that any other resource refers to is not
 * stack-only.
 *
 * @param candidates resources without a configured counterpart
 */
export function findStackOnlyResources(
  candidates: readonly LiveResource[],
  all: readonly LiveResource[],
  stack: LiveStack,
): readonly LiveResource[] {
  const rules = new StackOnlyRules(all, stack);
  let found = candidates.filter((resource) => rules.isStackOnly(resource));
  for (;;) {
    const others = all.filter(
      (one) =>
        !found.includes(one) &&
        !isCustomResource(one.type) &&
        one.type !== ROLES_ATTACHMENT,
    );
    const remaining = found.filter(
      ({ type, logicalId }) =>
        isCustomResource(type) ||
        others.every(
          (user) =>
            !hasReference(getProperties(stack, user.logicalId), logicalId),
        ),
    );
    if (remaining.length === found.length) return found;
    found = remaining;
  }
}

/** Returns whether a function implements the type; CloudFormation knows only what the function returns. */
export function isCustomResource(type: string): boolean {
  return (
    type.startsWith("Custom::") ||
    type === "AWS::CloudFormation::CustomResource"
  );
}

class StackOnlyRules {
  /** Functions that implement custom resources, and that no user pool invokes. */
  private readonly functions: readonly LiveResource[];

  constructor(
    private readonly all: readonly LiveResource[],
    private readonly stack: LiveStack,
  ) {
    this.functions = all.filter(
      (one) =>
        one.type === FUNCTION &&
        !this.isInvokedByUserPool(one) &&
        this.implementsCustomResource(one),
    );
  }

  isStackOnly(resource: LiveResource): boolean {
    const { type, logicalId } = resource;
    if (isRetainHandle(logicalId) || STACK_TYPES.test(type)) return true;
    if (isCustomResource(type)) return this.hasNoDeletion(resource);
    if (type === FUNCTION) return this.functions.includes(resource);
    if (FUNCTION_TYPES.test(type)) return this.belongsToFunction(resource);
    if (type === "AWS::IAM::Role") return this.isStackOnlyRole(resource);
    if (type === "AWS::IAM::Policy" || type === "AWS::IAM::ManagedPolicy")
      return this.isPolicyOfStackOnlyRoles(resource);
    return false;
  }

  private isInvokedByUserPool({ physicalId }: LiveResource): boolean {
    return this.all.some(
      ({ attributes: { LambdaConfig: triggers } }) =>
        isJsonObject(triggers) &&
        JSON.stringify(triggers).includes(`:function:${physicalId}`),
    );
  }

  private implementsCustomResource({ logicalId }: LiveResource): boolean {
    return Object.values(this.stack.template.Resources).some(
      ({ Type, Properties }) =>
        isCustomResource(Type) &&
        hasReference(Properties?.ServiceToken, logicalId),
    );
  }

  /** Returns whether the deletion of a custom resource of the CDK makes no AWS call. */
  private hasNoDeletion({ type, logicalId }: LiveResource): boolean {
    const properties = getProperties(this.stack, logicalId);
    if (type === "Custom::LogRetention")
      return properties.RemovalPolicy !== "destroy";
    const call = JSON.stringify(properties.Create ?? properties.Update ?? "");
    return (
      call.includes("service") &&
      call.includes("action") &&
      !("Delete" in properties)
    );
  }

  private belongsToFunction({ logicalId }: LiveResource): boolean {
    const properties = getProperties(this.stack, logicalId);
    return this.functions.some(
      (one) =>
        hasReference(properties, one.logicalId) ||
        hasReference(getProperties(this.stack, one.logicalId), logicalId),
    );
  }

  private isStackOnlyRole(role: LiveResource): boolean {
    if (!role.isPresent) return false;
    const isOfFunction = this.functions.some(({ logicalId }) =>
      hasReference(getProperties(this.stack, logicalId).Role, role.logicalId),
    );
    return (
      (isOfFunction &&
        trustsLambdaOnly(role.attributes.AssumeRolePolicyDocument)) ||
      this.listUnauthenticatedRoles().includes(role.physicalId)
    );
  }

  /** The current roles of unauthenticated identities, and those of the template: an apply removes the current ones. */
  private listUnauthenticatedRoles(): readonly (string | undefined)[] {
    return this.all
      .filter(({ type }) => type === ROLES_ATTACHMENT)
      .flatMap(({ attributes, logicalId }) => {
        const live = toJsonObject(attributes.Roles).unauthenticated;
        const { Roles: roles } = getProperties(this.stack, logicalId);
        const original = toJsonObject(roles).unauthenticated;
        return [
          toText(live).replace(/^.*\//, ""),
          resolveText(original, this.stack),
        ];
      });
  }

  private isPolicyOfStackOnlyRoles({ logicalId }: LiveResource): boolean {
    const { Roles, Users, Groups } = getProperties(this.stack, logicalId);
    const names = (Array.isArray(Roles) ? Roles : []).map((role) =>
      resolveText(role, this.stack),
    );
    const roles = this.all.filter(
      (one) => one.type === "AWS::IAM::Role" && this.isStackOnlyRole(one),
    );
    return (
      names.length > 0 &&
      Users === undefined &&
      Groups === undefined &&
      names.every((name) => roles.some((role) => role.physicalId === name))
    );
  }
}

/** Returns whether a trust policy names Lambda only; `false` if the policy is not readable. */
function trustsLambdaOnly(document: unknown): boolean {
  const statements = getStatements(parsePolicy(decodePolicy(toText(document))));
  return (
    statements.length > 0 &&
    statements.every(
      ({ principals }) =>
        principals?.isInverted === false &&
        principals.patterns.join() === "Service:lambda.amazonaws.com",
    )
  );
}
