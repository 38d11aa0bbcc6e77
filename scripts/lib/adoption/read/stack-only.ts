import { decodePolicy, getStatements, parsePolicy } from "../../iam/policy";
import { isJsonObject } from "../../system/json-object";
import type { LiveResource } from "./live-resources";
import { hasReference, type LiveStack, resolveText } from "./live-stack";
import { toText } from "./terraform-configuration";
import { isRetainHandle } from "./template";

/** Types that only the stack itself has a use for. */
const OWN_TYPES =
  /^(AWS::CDK::Metadata|AWS::CloudFormation::WaitCondition(Handle)?)$/;
/** Types that a function has about it. */
const OF_FUNCTIONS = /^AWS::(Lambda::|Logs::LogGroup$)/;
const FUNCTION = "AWS::Lambda::Function";

/** Names the role of guests, whom it lets in no more. */
const ATTACHMENT = "AWS::Cognito::IdentityPoolRoleAttachment";

/** Those of some resources that are of no use without the stack, and that nothing which stays refers to. */
export function findStackOnlyResources(
  some: readonly LiveResource[],
  all: readonly LiveResource[],
  stack: LiveStack,
): readonly LiveResource[] {
  let going = some.filter((resource) => isLeftBehind(resource, all, stack));
  for (;;) {
    const left = going.filter(
      ({ type, logicalId }) =>
        isCustomResource(type) ||
        !all.some(
          (user) =>
            !going.includes(user) &&
            !isCustomResource(user.type) &&
            user.type !== ATTACHMENT &&
            hasReference(
              stack.template.Resources[user.logicalId]?.Properties,
              logicalId,
            ),
        ),
    );
    if (left.length === going.length) return going;
    going = left;
  }
}

/**
 * Whether a resource is of no use without the stack, so that it may go with it: the function that read client secrets
 * with its role, and the role of guests, whom no stage lets in. What anything else may use is none of that.
 */
function isLeftBehind(
  resource: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  const { type, logicalId } = resource;
  if (isRetainHandle(logicalId) || OWN_TYPES.test(type)) return true;
  if (isCustomResource(type)) return doesNothingAtDeletion(resource, stack);
  if (OF_FUNCTIONS.test(type)) return isOfOwnFunction(resource, all, stack);
  if (type === "AWS::IAM::Role") return isOwnRole(resource, all, stack);
  if (type === "AWS::IAM::Policy" || type === "AWS::IAM::ManagedPolicy")
    return isOfOwnRoles(resource, all, stack);
  return false;
}

/** Whether a type is made by a function, of which CloudFormation knows nothing but what that answers. */
export function isCustomResource(type: string): boolean {
  return (
    type.startsWith("Custom::") ||
    type === "AWS::CloudFormation::CustomResource"
  );
}

/** A function that custom resources are made by, and that no user pool calls. */
function isOwnFunction(
  { type, logicalId, physicalId }: LiveResource,
  all: readonly LiveResource[],
  { template }: LiveStack,
): boolean {
  const isCalledByPool = all.some(
    ({ facts: { LambdaConfig: triggers } }) =>
      isJsonObject(triggers) &&
      JSON.stringify(triggers).includes(`:function:${physicalId}`),
  );
  return (
    type === FUNCTION &&
    !isCalledByPool &&
    Object.values(template.Resources).some(
      ({ Type, Properties }) =>
        isCustomResource(Type) &&
        hasReference(Properties?.ServiceToken, logicalId),
    )
  );
}

function isOfOwnFunction(
  resource: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  const { Resources: resources } = stack.template;
  const propertiesOf = (id: string): unknown => resources[id]?.Properties;
  const { logicalId, type } = resource;
  if (type === FUNCTION) return isOwnFunction(resource, all, stack);
  return ownFunctions(all, stack).some(
    (own) =>
      hasReference(propertiesOf(logicalId), own.logicalId) ||
      hasReference(propertiesOf(own.logicalId), logicalId),
  );
}

function ownFunctions(
  all: readonly LiveResource[],
  stack: LiveStack,
): readonly LiveResource[] {
  return all.filter((one) => isOwnFunction(one, all, stack));
}

/** A custom resource of the CDK that makes a call of AWS's API, and none when it is deleted. */
function doesNothingAtDeletion(
  { type, logicalId }: LiveResource,
  { template }: LiveStack,
): boolean {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  if (type === "Custom::LogRetention")
    return properties.RemovalPolicy !== "destroy";
  const call = JSON.stringify(properties.Create ?? properties.Update ?? "");
  return (
    call.includes("service") &&
    call.includes("action") &&
    !("Delete" in properties)
  );
}

function isOwnRole(
  role: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  if (!role.isThere) return false;
  const isOfGuests = all.some(
    (attachment) =>
      attachment.type === ATTACHMENT &&
      guestRolesOf(attachment, stack).includes(role.physicalId),
  );
  const isOfOwn = ownFunctions(all, stack).some(({ logicalId }) =>
    hasReference(
      stack.template.Resources[logicalId]?.Properties?.Role,
      role.logicalId,
    ),
  );
  return (
    isOfGuests ||
    (isOfOwn && isOfFunctions(role.facts.AssumeRolePolicyDocument))
  );
}

/** Names of the roles of guests: as it is now, and as it was before a stage took the identity pool over. */
function guestRolesOf(
  { facts, logicalId }: LiveResource,
  stack: LiveStack,
): readonly (string | undefined)[] {
  const { Roles: roles } =
    stack.template.Resources[logicalId]?.Properties ?? {};
  return [
    isJsonObject(facts.Roles)
      ? String(facts.Roles.unauthenticated).replace(/^.*\//, "")
      : undefined,
    isJsonObject(roles) ? resolveText(roles.unauthenticated, stack) : undefined,
  ];
}

/** Whether a trust policy names functions of Lambda alone. One that is not readable may name others, so that its role is unmatched. */
function isOfFunctions(document: unknown): boolean {
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

function isOfOwnRoles(
  { logicalId }: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  const properties = stack.template.Resources[logicalId]?.Properties ?? {};
  const { Roles: roles, Users: users, Groups: groups } = properties;
  const names = (Array.isArray(roles) ? roles : []).map((role) =>
    resolveText(role, stack),
  );
  return (
    names.length > 0 &&
    users === undefined &&
    groups === undefined &&
    names.every((name) =>
      all.some(
        (role) =>
          role.type === "AWS::IAM::Role" &&
          role.physicalId === name &&
          isOwnRole(role, all, stack),
      ),
    )
  );
}
