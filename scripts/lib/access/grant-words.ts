import { whenTold } from "./condition-words";
import { few, keyOf, party, type Party } from "./party";
import { list, plain, say, type Phrase } from "./phrase";
import type { Condition, Matched } from "./policy";
import type { Grant } from "./policy-sets";
import { EVERYTHING, s3Part, verbOf, verbsOf } from "./s3-words";
import type { Snapshot } from "./snapshot";

/** What somebody may do with one thing. */
export interface Permission {
  /** In a word or two, such as `read and write`. */
  readonly can: string;
  readonly told: Phrase;
  readonly what: Party;
  /** Narrows it, with a space in front. */
  readonly where: Phrase;
  /** Whether only a part of it came or went. */
  readonly isPartial: boolean;
}

/** One grant, and the thing that it is about. */
interface Use {
  readonly what: Party;
  readonly prefix: string;
  /** Word for the action; `undefined` where there is none. */
  readonly verb: string | undefined;
  readonly action: string;
  readonly conditions: readonly Condition[];
  readonly isPartial: boolean;
}

/**
 * What grants let somebody do, one for each thing and condition.
 *
 * @param itself what a resource's own policy is about
 */
export function permissions(
  grants: readonly Grant[],
  snapshot: Snapshot,
  itself?: Party,
): readonly Permission[] {
  const uses = new Map<string, Use[]>();
  for (const grant of grants) {
    const use = useOf(grant, snapshot, itself);
    const { what, prefix, conditions, isPartial } = use;
    const key = JSON.stringify([keyOf(what), prefix, conditions, isPartial]);
    uses.set(key, [...(uses.get(key) ?? []), use]);
  }
  return withoutSettings([...uses.values()].map(permission));
}

function permission(uses: readonly Use[]): Permission & { prefix: string } {
  const [use] = uses;
  if (use === undefined) throw new Error("uses must not be empty");
  const { what, prefix, conditions, isPartial } = use;
  const verbs = verbsOf(uses.flatMap(({ verb }) => verb ?? []));
  const actionsOf = (some: readonly Use[]): readonly string[] => [
    ...new Set(some.map(({ action }) => action)),
  ];
  const isWorded = verbs.length > 0 && !isPartial;
  // an action without a word is named beside those with one
  const actions = actionsOf(
    isWorded ? uses.filter(({ verb }) => verb === undefined) : uses,
  );
  const words = isWorded ? [verbs.join(" and ")] : [];
  const between = isWorded && actions.length > 0 ? [" and "] : [];
  return {
    can: [...words, ...between, plain(few(actions, 3))].join(""),
    told: [...words, ...between, ...few(actions)],
    what,
    where: [
      ...(prefix === "" ? [] : say` under ${prefix}`),
      ...whenTold(conditions),
    ],
    isPartial,
    prefix,
  };
}

/** Who may read a part of a bucket may see the bucket's settings also, which by itself says nothing. */
function withoutSettings(
  all: readonly (Permission & { prefix: string })[],
): readonly Permission[] {
  return all
    .filter(
      ({ can, what }) =>
        can !== "see the settings of" ||
        !all.some(
          (other) =>
            keyOf(other.what) === keyOf(what) && /read|list/.test(other.can),
        ),
    )
    .map(({ can, told, what, where, isPartial }) => ({
      can,
      told,
      what,
      where,
      isPartial,
    }));
}

function useOf(
  { actions, resources, conditions, isPartial }: Grant,
  snapshot: Snapshot,
  itself: Party | undefined,
): Use {
  const action = matchedName(actions, "any action but ");
  const resource = matchedName(resources, "anything but ");
  const plainUse = { action, conditions, isPartial, prefix: "" };
  const part = s3Part(resource);
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
      ...plainUse,
      what: party("bucket", bucket),
      prefix: prefix.replace(/\*$/, ""),
      verb: verbOf(action, key !== undefined),
      conditions: conditions.filter((condition) => condition !== narrowed),
    };
  }
  const secret = snapshot.find("aws_secretsmanager_secret", resource);
  const what =
    itself !== undefined && resource === "*"
      ? itself
      : secret !== undefined
        ? party("secret", String(secret.values.name))
        : party("resource", resource);
  return {
    ...plainUse,
    what: resource === "*" && itself === undefined ? everything(what) : what,
    verb: verbOfSecret(what, action),
  };
}

function verbOfSecret({ kind }: Party, action: string): string | undefined {
  if (kind !== "secret") return undefined;
  const name = action.toLowerCase();
  if (name === "*" || name === "secretsmanager:*") return EVERYTHING;
  if (name === "secretsmanager:getsecretvalue") return "read";
  return name === "secretsmanager:describesecret" ? "describe" : undefined;
}

function everything(what: Party): Party {
  return { ...what, told: ["anything"] };
}

function matchedName({ patterns, isInverted }: Matched, but: string): string {
  return isInverted ? `${but}${plain(list(patterns))}` : (patterns[0] ?? "");
}
