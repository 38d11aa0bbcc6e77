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
import { formatConditions } from "./principals";
import { createEntity, type Entity, getEntityKey } from "./access-graph";

/** The bucket that an ARN is of, and the pattern of its objects' keys; `undefined` for what is none of S3's. */
export function parseS3Arn(
  arn: string,
): { readonly bucket: string; readonly key?: string } | undefined {
  const [, bucket, key] =
    /^arn:[\w-]+:s3:::([^/]+?)(?:\/(.*))?$/.exec(arn) ?? [];
  if (bucket === undefined || bucket === "*") return undefined;
  return { bucket, ...(key !== undefined && { key }) };
}

export const EVERYTHING = "do anything with";

/** A word for what can be done with a resource. */
export type Verb =
  | typeof EVERYTHING
  | "read"
  | "list"
  | "describe"
  | "write"
  | "delete from"
  | "change who may use"
  | "see the settings of"
  | "change the settings of"
  | "nothing";

/** What each action is in a word, on objects and on the bucket itself; the first that fits. */
const ON_OBJECTS: readonly (readonly [RegExp, Verb])[] = [
  [/^(s3:)?\*$/, EVERYTHING],
  [/^s3:(getbucket|list|createbucket|deletebucket)/, "nothing"],
  [/^s3:get/, "read"],
  [/^s3:put.*acl/, "change who may use"],
  [/^s3:(put|abort|restore|replicate)/, "write"],
  [/^s3:delete/, "delete from"],
];
const ON_BUCKET: readonly (readonly [RegExp, Verb])[] = [
  [/^(s3:)?\*$/, EVERYTHING],
  [/^s3:(getobject|putobject|deleteobject|abort|restore)/, "nothing"],
  [/^s3:list/, "list"],
  [/^s3:get/, "see the settings of"],
  [/^s3:(put|create|delete)/, "change the settings of"],
];

/** Returns a word for an action, which may do nothing there; `undefined` if there is none for it. */
export function describeS3Action(
  action: string,
  isOnObjects: boolean,
): Verb | undefined {
  const name = action.toLowerCase();
  const words = isOnObjects ? ON_OBJECTS : ON_BUCKET;
  return words.find(([pattern]) => pattern.test(name))?.[1];
}

/** Words that say more make those needless that they hold. */
const NEEDLESS: Partial<Readonly<Record<Verb, readonly Verb[]>>> = {
  read: ["list", "see the settings of", "describe"],
  list: ["see the settings of"],
  write: ["delete from"],
};
const ORDER: readonly Verb[] = [
  EVERYTHING,
  "read",
  "list",
  "describe",
  "write",
  "delete from",
  "change who may use",
  "see the settings of",
  "change the settings of",
];

/** The words that say it all, each once. */
export function mergeVerbs(verbs: readonly Verb[]): readonly Verb[] {
  if (verbs.includes(EVERYTHING)) return [EVERYTHING];
  const needless = verbs.flatMap((verb) => NEEDLESS[verb] ?? []);
  return ORDER.filter(
    (verb) => verbs.includes(verb) && !needless.includes(verb),
  );
}

/** What a principal can do with one resource. */
export interface Permission {
  /** In a word or two, such as `read and write`. */
  readonly name: Redacted;
  readonly text: RichText;
  readonly resource: Entity;
  /** Narrows it, with a space in front. */
  readonly condition: RichText;
  /** Whether only a part of it was gained or lost. */
  readonly isPartial: boolean;
}

/** One grant, and the resource that it is about. */
interface Use {
  readonly what: Entity;
  readonly prefix: Redacted;
  /** Word for the action; `undefined` if there is none. */
  readonly verb: Verb | undefined;
  readonly action: Redacted;
  readonly conditions: readonly Condition<Redacted>[];
  readonly isPartial: boolean;
}

/**
 * Returns what grants allow, one for each resource and condition.
 *
 * @param itself what the policy of a resource is about
 */
export function describePermissions(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
  itself?: Entity,
): readonly Permission[] {
  const uses = new Map<string, Use[]>();
  for (const grant of grants) {
    const use = useOf(grant, snapshot, itself);
    const { what, prefix, conditions, isPartial } = use;
    const key = JSON.stringify([
      getEntityKey(what),
      prefix,
      conditions,
      isPartial,
    ]);
    const known = uses.get(key);
    if (known === undefined) uses.set(key, [use]);
    else known.push(use);
  }
  return withoutSettings([...uses.values()].map(permission));
}

function permission(uses: readonly Use[]): Permission {
  const [use] = uses;
  if (use === undefined) throw new Error("uses must not be empty");
  const { what, prefix, conditions, isPartial } = use;
  const verbs = mergeVerbs(uses.flatMap(({ verb }) => verb ?? []));
  const actionsOf = (some: readonly Use[]): readonly Redacted[] => [
    ...new Set(some.map(({ action }) => action)),
  ];
  const isWorded = verbs.length > 0 && !isPartial;
  // an action without a word is named next to those with one
  const actions = actionsOf(
    isWorded ? uses.filter(({ verb }) => verb === undefined) : uses,
  );
  const and = literal(" and ");
  const words = isWorded
    ? joinTexts(
        verbs.map((verb) => literal(verb)),
        and,
      )
    : [];
  const between = isWorded && actions.length > 0 ? and : [];
  return {
    name: toPlainText([...words, ...between, ...listSomeNames(actions, 3)]),
    text: [...words, ...between, ...listSomeNames(actions)],
    resource: what,
    condition: [
      ...(prefix === "" ? [] : text` under ${prefix}`),
      ...formatConditions(conditions),
    ],
    isPartial,
  };
}

/** Reading a part of a bucket includes seeing its settings, which by itself has no meaning. */
function withoutSettings(all: readonly Permission[]): readonly Permission[] {
  return all.filter(
    ({ name: can, resource: what }) =>
      can !== "see the settings of" ||
      !all.some(
        (other) =>
          getEntityKey(other.resource) === getEntityKey(what) &&
          /read|list/.test(other.name),
      ),
  );
}

function useOf(
  { actions, resources, conditions, isPartial }: Grant<Redacted>,
  snapshot: Snapshot,
  itself: Entity | undefined,
): Use {
  const action = matchedName(actions, literal("any action but "));
  const resource = matchedName(resources, literal("anything but "));
  const use = { action, conditions, isPartial, prefix: "" as Redacted };
  const part = resolveBucket(resource, snapshot);
  if (part !== undefined && !actions.isInverted && !resources.isInverted) {
    const { bucket, key } = part;
    const narrowed = conditions.find(
      ({ operator, key: test, values }) =>
        test === "s3:prefix" &&
        /^String(Like|Equals)$/.test(operator) &&
        values.length === 1,
    );
    const prefix = key ?? narrowed?.values[0] ?? "";
    return {
      ...use,
      what: createEntity("bucket", bucket),
      prefix: prefix.replace(/\*$/, "") as Redacted,
      verb: describeS3Action(action, key !== undefined),
      conditions: conditions.filter((condition) => condition !== narrowed),
    };
  }
  const secret = snapshot.find("aws_secretsmanager_secret", resource);
  const what =
    itself !== undefined && resource === "*"
      ? itself
      : secret !== undefined
        ? createEntity("secret", getShortName(secret))
        : createEntity("resource", resource);
  return {
    ...use,
    what: resource === "*" && itself === undefined ? everything(what) : what,
    verb: verbOfSecret(what, action),
  };
}

/** Returns the bucket of an ARN or of a reference to one, and the pattern of its keys. */
export function resolveBucket(
  resource: Redacted,
  snapshot: Snapshot,
): { readonly bucket: Redacted; readonly key?: Redacted } | undefined {
  const [, reference, rest] = /^(\$\{.+\.arn\})(\/.*)?$/.exec(resource) ?? [];
  const found = snapshot.find("aws_s3_bucket", reference);
  if (found !== undefined)
    return {
      bucket: getShortName(found),
      ...(rest !== undefined && { key: rest.slice(1) as Redacted }),
    };
  const part = parseS3Arn(resource);
  return part as
    { readonly bucket: Redacted; readonly key?: Redacted } | undefined;
}

function verbOfSecret({ kind }: Entity, action: string): Verb | undefined {
  if (kind !== "secret") return undefined;
  const name = action.toLowerCase();
  if (name === "*" || name === "secretsmanager:*") return EVERYTHING;
  if (name === "secretsmanager:getsecretvalue") return "read";
  return name === "secretsmanager:describesecret" ? "describe" : undefined;
}

function everything(what: Entity): Entity {
  return { ...what, text: literal("anything") };
}

function matchedName(
  { patterns, isInverted }: PatternSet<Redacted>,
  but: RichText,
): Redacted {
  return isInverted
    ? toPlainText([...but, ...listNames(patterns)])
    : (patterns[0] ?? ("" as Redacted));
}
