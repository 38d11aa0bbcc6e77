import { isJsonObject } from "../json-object";
import type { LiveResource } from "./live-resources";
import type { LiveStack } from "./live-stack";
import { HANDLE } from "./template";
import { textOf } from "./template-values";

/** Types that only the stack itself has a use for. */
const OWN_TYPES =
  /^(AWS::CDK::Metadata|AWS::Lambda::.*|AWS::Logs::LogGroup|AWS::CloudFormation::WaitCondition(Handle)?)$/;

/**
 * Whether a resource is of no use without the stack, so that it may go with it: the function that read client secrets
 * with its role, and the role of guests, whom no stage lets in.
 */
export function isLeftBehind(
  resource: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  const { type, logicalId } = resource;
  if (logicalId === HANDLE || OWN_TYPES.test(type)) return true;
  if (type.startsWith("Custom::"))
    return doesNothingAtDeletion(resource, stack);
  if (type === "AWS::IAM::Role") return isOwnRole(resource, all, stack);
  if (type === "AWS::IAM::Policy" || type === "AWS::IAM::ManagedPolicy")
    return isOfOwnRoles(resource, all, stack);
  return false;
}

/** A custom resource of the CDK that makes a call, and none when it is deleted. */
function doesNothingAtDeletion(
  { type, logicalId }: LiveResource,
  { template }: LiveStack,
): boolean {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  const isCall = "Create" in properties || "Update" in properties;
  return (
    type !== "Custom::AWSCDKOpenIdConnectProvider" &&
    isCall &&
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
      attachment.type === "AWS::Cognito::IdentityPoolRoleAttachment" &&
      guestRolesOf(attachment, stack).includes(role.physicalId),
  );
  return isOfGuests || isOfFunctions(role.facts.AssumeRolePolicyDocument);
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
    isJsonObject(roles) ? textOf(roles.unauthenticated, stack) : undefined,
  ];
}

/** Whether a trust policy lets in functions of Lambda and nobody else. */
function isOfFunctions(document: unknown): boolean {
  try {
    const policy = JSON.parse(decodeURIComponent(String(document))) as {
      readonly Statement: readonly { readonly Principal?: unknown }[];
    };
    return policy.Statement.every(
      ({ Principal }) =>
        JSON.stringify(Principal) === '{"Service":"lambda.amazonaws.com"}',
    );
  } catch {
    return false;
  }
}

function isOfOwnRoles(
  { logicalId }: LiveResource,
  all: readonly LiveResource[],
  stack: LiveStack,
): boolean {
  const properties = stack.template.Resources[logicalId]?.Properties ?? {};
  const { Roles: roles, Users: users, Groups: groups } = properties;
  const names = (Array.isArray(roles) ? roles : []).map((role) =>
    textOf(role, stack),
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
