import type { Role } from "@aws-sdk/client-iam";
import { parseArn } from "../../../../constructs/aws";
import { decodePolicy, getStatements, parsePolicy } from "../../iam/policy";
import { canIdentityPoolAssume, findTrustRisks } from "../../iam/trust";
import { quoteShellWord } from "../../system/shell";
import { getAwsReader } from "../aws-reader";
import type { Check, DeployedResource, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatFix } from "../format-fix";
import { readText } from "../state-attributes";
import { listPoolResources } from "../user-pool";

/** Checks that members of each group get the credentials of its role. */
export const GROUP_ROLES: Check = {
  id: "group-roles",
  section: "Identity pool and groups",
  run: (context) =>
    checkItems(
      listPoolResources(context, "aws_cognito_user_group"),
      {
        ok: "each group has its role, which trusts the signed-in users of the identity pool",
        bad: "groups do not have the access that was deployed",
        none: "the stage has no groups",
      },
      ({ attributes }) => readText(attributes, "name"),
      (group) => checkGroup(group, context),
    ),
};

async function checkGroup(
  { attributes }: DeployedResource,
  context: DoctorContext,
): Promise<readonly ItemFinding[]> {
  const name = readText(attributes, "name");
  const roleArn = readText(attributes, "role_arn");
  const fail = (
    problem: string,
    fix = formatFix(context, "deploy"),
  ): ItemFinding[] => [{ status: "failed", text: `${name}: ${problem}`, fix }];
  const groups = await getAwsReader(context).listGroups();
  const group = groups?.find(({ GroupName }) => GroupName === name);
  if (group === undefined) return fail("the group does not exist");
  if ((group.RoleArn ?? "") !== roleArn)
    return fail(
      `the group has ${group.RoleArn === undefined ? "no role" : `the role ${group.RoleArn}`}, not ${roleArn === "" ? "none" : roleArn}`,
    );
  if (roleArn === "") return [];
  const deployed = context
    .listResources("aws_iam_role")
    .find((one) => readText(one.attributes, "arn") === roleArn);
  const isOwn = deployed !== undefined;
  const role = await getAwsReader(context).findRole(getRoleName(roleArn));
  if (role?.Arn !== roleArn)
    return fail(
      `the role ${roleArn} does not exist in the account`,
      isOwn
        ? undefined
        : "create the role, or change the role of the group in main.ts or DATA_MANAGERS_ROLE_ARN",
    );
  const poolId = context.outputs.identitypool_id;
  const trustFix = isOwn
    ? undefined
    : formatFix(
        context,
        "trust-policy",
        `--role ${quoteShellWord(roleArn)} --apply`,
      );
  return [
    ...(poolId === undefined ? [] : findTrustProblems(role, poolId)).flatMap(
      (problem) => fail(`the role ${role.RoleName ?? ""} ${problem}`, trustFix),
    ),
    ...findBoundaryProblems(role, deployed).flatMap((problem) =>
      fail(`the role ${role.RoleName ?? ""} ${problem}`),
    ),
  ];
}

/** Returns the name of a role, without its path. */
function getRoleName(arn: string): string {
  return parseArn(arn)?.resource.split("/").at(-1) ?? arn;
}

/** Returns the ends of sentences about the trust of a role in an identity pool. */
export function findTrustProblems(
  { AssumeRolePolicyDocument: policy = "" }: Role,
  poolId: string,
): readonly string[] {
  const statements = getStatements(parsePolicy(decodePolicy(policy)));
  const trusting = statements.filter((one) =>
    canIdentityPoolAssume(one, poolId),
  );
  if (trusting.length === 0)
    return [`does not trust the identity pool ${poolId} (aud)`];
  const isOpen = trusting.some(({ principals, conditions }) =>
    findTrustRisks(
      { principals, conditions },
      {
        accounts: new Set(),
        getIssuerHost: (principal) => principal,
        isIdentityPool: (id) => id === poolId,
      },
    ).includes("unauthenticated"),
  );
  return isOpen ? ["also trusts unauthenticated identities (amr)"] : [];
}

/** Returns the ends of sentences about the permissions boundary of a role that was deployed with one. */
function findBoundaryProblems(
  { PermissionsBoundary: boundary }: Role,
  deployed: DeployedResource | undefined,
): readonly string[] {
  const expected = readText(deployed?.attributes ?? {}, "permissions_boundary");
  const actual = boundary?.PermissionsBoundaryArn ?? "none";
  return expected === "" || actual === expected
    ? []
    : [`has the permissions boundary ${actual}, not ${expected}`];
}
