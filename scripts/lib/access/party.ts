import type { NodeKind } from "./access-graph";
import { list, say, type Phrase } from "./phrase";

/** Who is given access, or what it is access to. */
export interface Party {
  readonly kind: NodeKind;
  /** As people know it. */
  readonly name: string;
  /** In a sentence. */
  readonly told: Phrase;
}

/** Something with a name, told with AWS's word for it. */
export function party(kind: NodeKind, name: string): Party {
  return { kind, name, told: say`${[`${kind} `]}${name}` };
}

/** Somebody in words of ours. */
export function somebody(kind: NodeKind, words: string): Party {
  return { kind, name: words, told: [words] };
}

/** Names as a sentence lists them, the first ones where there are many. */
export function few(names: readonly string[], most = 8): Phrase {
  return names.length <= most
    ? list(names)
    : [
        ...names.slice(0, most).flatMap((name) => [{ name }, ", "]),
        `and ${names.length - most} more`,
      ];
}

export function keyOf({ kind, name }: Party): string {
  return JSON.stringify([kind, name]);
}
