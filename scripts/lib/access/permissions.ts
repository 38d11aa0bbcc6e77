import type { Grant } from "../iam/compare";
import type { Condition, PatternSet } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import {
  joinTexts,
  listNames,
  listSomeNames,
  literal,
  type RichText,
  text,
  toPlainText,
} from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import { groupBy } from "../system/group-by";
import {
  type Access,
  createEntity,
  type Entity,
  getEntityKey,
} from "./access-graph";
import { formatConditions } from "./principals";

/** Access to one resource under one condition, without its principal. */
export interface Permission extends Omit<Access, "principal"> {
  /** Verbs and actions, without the resource. */
  readonly action: RichText;
}

/** Words for what actions do, in reading order. */
const VERBS = [
  "do anything with",
  "read",
  "list",
  "describe",
  "write",
  "delete from",
  "change who can use",
  "read the settings of",
  "change the settings of",
] as const;
type Verb = (typeof VERBS)[number];

/** Verbs that another verb implies. */
const IMPLIED: Partial<Readonly<Record<Verb, readonly Verb[]>>> = {
  "do anything with": VERBS.slice(1),
  read: ["list", "read the settings of", "describe"],
  list: ["read the settings of"],
  write: ["delete from"],
};

/** Verbs of actions on objects and on the bucket itself. The first match applies; `null` means no effect. */
const OBJECT_VERBS: readonly (readonly [RegExp, Verb | null])[] = [
  [/^(s3:)?\*$/, "do anything with"],
  [/^s3:(getbucket|list|createbucket|deletebucket)/, null],
  [/^s3:get/, "read"],
  [/^s3:put.*acl/, "change who can use"],
  [/^s3:(put|abort|restore|replicate)/, "write"],
  [/^s3:delete/, "delete from"],
];
const BUCKET_VERBS: typeof OBJECT_VERBS = [
  [/^(s3:)?\*$/, "do anything with"],
  [/^s3:(getobject|putobject|deleteobject|abort|restore)/, null],
  [/^s3:list/, "list"],
  [/^s3:get/, "read the settings of"],
  [/^s3:(put|create|delete)/, "change the settings of"],
];
const SECRET_VERBS: typeof OBJECT_VERBS = [
  [/^(secretsmanager:)?\*$/, "do anything with"],
  [/^secretsmanager:getsecretvalue$/, "read"],
  [/^secretsmanager:describesecret$/, "describe"],
];

/** One grant and its resource. */
interface Use {
  readonly resource: Entity;
  readonly prefix: Redacted;
  /** Verb of the action; `null` if it has no effect, `undefined` if there is no verb for it. */
  readonly verb: Verb | null | undefined;
  readonly action: Redacted;
  readonly conditions: readonly Condition<Redacted>[];
  readonly isPartial: boolean;
}

/**
 * Describes grants, with one permission for each resource and condition.
 *
 * @param owner resource that has the policy, which `*` stands for
 */
export function describePermissions(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
  owner?: Entity,
): readonly Permission[] {
  const uses = groupBy(
    grants.map((grant) => toUse(grant, snapshot, owner)),
    ({ resource, prefix, conditions, isPartial }) =>
      JSON.stringify([getEntityKey(resource), prefix, conditions, isPartial]),
  );
  return omitSettings([...uses.values()].map(toPermission));
}

function toPermission(uses: readonly [Use, ...Use[]]): Permission {
  const [{ resource, prefix, conditions, isPartial }] = uses;
  const verbs = isPartial ? [] : mergeVerbs(uses);
  // an action without a verb is listed after the verbs
  const unnamed = uses.filter(({ verb }) => verb === undefined);
  const actions = [
    ...new Set((verbs.length > 0 ? unnamed : uses).map(({ action }) => action)),
  ];
  const and = literal(" and ");
  const words = [
    ...joinTexts(
      verbs.map((verb) => literal(verb)),
      and,
    ),
    ...(verbs.length > 0 && actions.length > 0 ? and : []),
  ];
  const permission = toPlainText([...words, ...listSomeNames(actions, 3)]);
  const action = [...words, ...listSomeNames(actions)];
  const isAction =
    isPartial || toPlainText(action) !== permission || /[:*]/.test(permission);
  const hasPlainName =
    resource.kind === "bucket" || resource.text[0] === "resource ";
  const target = hasPlainName ? text`${resource.name}` : resource.text;
  return {
    permission,
    action,
    resource,
    condition: [
      ...(prefix === "" ? [] : text` under ${prefix}`),
      ...formatConditions(conditions),
    ],
    text: isAction ? text`${action} on ${target}` : text`${action} ${target}`,
    isPartial,
  };
}

function mergeVerbs(uses: readonly Use[]): readonly Verb[] {
  const verbs = new Set(uses.flatMap(({ verb }) => verb ?? []));
  const implied = [...verbs].flatMap((verb) => IMPLIED[verb] ?? []);
  return VERBS.filter((verb) => verbs.has(verb) && !implied.includes(verb));
}

/** Omits the permission to read bucket settings if objects can be read or listed too. */
function omitSettings(all: readonly Permission[]): readonly Permission[] {
  const readable = new Set(
    all
      .filter(({ permission }) => /read(?! the)|list/.test(permission))
      .map(({ resource }) => getEntityKey(resource)),
  );
  return all.filter(
    ({ permission, resource }) =>
      permission !== "read the settings of" ||
      !readable.has(getEntityKey(resource)),
  );
}

function toUse(
  { actions, resources, conditions, isPartial }: Grant<Redacted>,
  snapshot: Snapshot,
  owner: Entity | undefined,
): Use {
  const action = formatPattern(actions, literal("any action but "));
  const pattern = formatPattern(resources, literal("anything but "));
  const use = { action, conditions, isPartial, prefix: "" as Redacted };
  const part = resolveBucket(pattern, snapshot);
  if (part !== undefined && !actions.isInverted && !resources.isInverted) {
    const prefixCondition = conditions.find(
      ({ operator, key, values }) =>
        key === "s3:prefix" &&
        /^String(Like|Equals)$/.test(operator) &&
        values.length === 1,
    );
    const prefix = part.key ?? prefixCondition?.values[0] ?? "";
    return {
      ...use,
      resource: createEntity("bucket", part.bucket),
      prefix: prefix.replace(/\*$/, "") as Redacted,
      verb: findVerb(
        action,
        part.key === undefined ? BUCKET_VERBS : OBJECT_VERBS,
      ),
      conditions: conditions.filter((one) => one !== prefixCondition),
    };
  }
  const resource = resolveResource(pattern, snapshot, owner);
  return {
    ...use,
    resource,
    verb:
      resource.kind === "secret" ? findVerb(action, SECRET_VERBS) : undefined,
  };
}

function findVerb(
  action: string,
  verbs: typeof OBJECT_VERBS,
): Verb | null | undefined {
  return verbs.find(([pattern]) => pattern.test(action.toLowerCase()))?.[1];
}

function resolveResource(
  pattern: Redacted,
  snapshot: Snapshot,
  owner: Entity | undefined,
): Entity {
  if (pattern === "*")
    return (
      owner ?? {
        ...createEntity("resource", pattern),
        text: literal("anything"),
      }
    );
  const secret = snapshot.find("aws_secretsmanager_secret", pattern);
  return secret === undefined
    ? createEntity("resource", pattern)
    : createEntity("secret", getShortName(secret));
}

/** Returns the bucket of an ARN or a reference, and the pattern of its object keys. */
export function resolveBucket(
  resource: Redacted,
  snapshot: Snapshot,
): { readonly bucket: Redacted; readonly key?: Redacted } | undefined {
  const [, reference, path] = /^(\$\{.+\.arn\})(\/.*)?$/.exec(resource) ?? [];
  const found = snapshot.find("aws_s3_bucket", reference);
  const [, name, key] =
    found === undefined
      ? (/^arn:[\w-]+:s3:::([^/]+?)(?:\/(.*))?$/.exec(resource) ?? [])
      : [undefined, getShortName(found), path?.slice(1)];
  if (name === undefined || name === "*") return undefined;
  return {
    bucket: name as Redacted,
    ...(key !== undefined && { key: key as Redacted }),
  };
}

function formatPattern(
  { patterns, isInverted }: PatternSet<Redacted>,
  except: RichText,
): Redacted {
  return isInverted
    ? toPlainText([...except, ...listNames(patterns)])
    : (patterns[0] ?? ("" as Redacted));
}
