import type { Grant } from "../iam/compare";
import type { Condition, PatternSet } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import { shortName } from "../plan/resource-names";
import {
  join,
  list,
  listSome,
  literal,
  plain,
  text,
  type RichText,
} from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import { formatConditions } from "./condition-words";
import { entity, keyOf, type Entity } from "./entity";
import { EVERYTHING, s3Part, verbOf, verbsOf, type Verb } from "./s3-words";

/** What a principal can do with one resource. */
export interface Permission {
  /** In a word or two, such as `read and write`. */
  readonly can: Redacted;
  readonly text: RichText;
  readonly what: Entity;
  /** Narrows it, with a space in front. */
  readonly where: RichText;
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
export function permissions(
  grants: readonly Grant<Redacted>[],
  snapshot: Snapshot,
  itself?: Entity,
): readonly Permission[] {
  const uses = new Map<string, Use[]>();
  for (const grant of grants) {
    const use = useOf(grant, snapshot, itself);
    const { what, prefix, conditions, isPartial } = use;
    const key = JSON.stringify([keyOf(what), prefix, conditions, isPartial]);
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
  const verbs = verbsOf(uses.flatMap(({ verb }) => verb ?? []));
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
    ? join(
        verbs.map((verb) => literal(verb)),
        and,
      )
    : [];
  const between = isWorded && actions.length > 0 ? and : [];
  return {
    can: plain([...words, ...between, ...listSome(actions, 3)]),
    text: [...words, ...between, ...listSome(actions)],
    what,
    where: [
      ...(prefix === "" ? [] : text` under ${prefix}`),
      ...formatConditions(conditions),
    ],
    isPartial,
  };
}

/** Reading a part of a bucket includes seeing its settings, which by itself has no meaning. */
function withoutSettings(all: readonly Permission[]): readonly Permission[] {
  return all.filter(
    ({ can, what }) =>
      can !== "see the settings of" ||
      !all.some(
        (other) =>
          keyOf(other.what) === keyOf(what) && /read|list/.test(other.can),
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
  const part = bucketPart(resource, snapshot);
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
      what: entity("bucket", bucket),
      prefix: prefix.replace(/\*$/, "") as Redacted,
      verb: verbOf(action, key !== undefined),
      conditions: conditions.filter((condition) => condition !== narrowed),
    };
  }
  const secret = snapshot.find("aws_secretsmanager_secret", resource);
  const what =
    itself !== undefined && resource === "*"
      ? itself
      : secret !== undefined
        ? entity("secret", shortName(secret))
        : entity("resource", resource);
  return {
    ...use,
    what: resource === "*" && itself === undefined ? everything(what) : what,
    verb: verbOfSecret(what, action),
  };
}

/** Returns the bucket of an ARN or of a reference to one, and the pattern of its keys. */
export function bucketPart(
  resource: Redacted,
  snapshot: Snapshot,
): { readonly bucket: Redacted; readonly key?: Redacted } | undefined {
  const [, reference, rest] = /^(\$\{.+\.arn\})(\/.*)?$/.exec(resource) ?? [];
  const found = snapshot.find("aws_s3_bucket", reference);
  if (found !== undefined)
    return {
      bucket: shortName(found),
      ...(rest !== undefined && { key: rest.slice(1) as Redacted }),
    };
  const part = s3Part(resource);
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
    ? plain([...but, ...list(patterns)])
    : (patterns[0] ?? ("" as Redacted));
}
