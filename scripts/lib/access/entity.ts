import type { Redacted } from "../plan/redactor";
import { literal, plain, text, type RichText } from "../plan/rich-text";
import type { NodeKind } from "./access-graph";

/** Who has access, or what the access is to. */
export interface Entity {
  readonly kind: NodeKind;
  /** As a person knows it. */
  readonly name: Redacted;
  /** In a sentence. */
  readonly text: RichText;
}

/** Returns an entity with a name, which a sentence has together with AWS's word for it. */
export function entity(kind: NodeKind, name: Redacted): Entity {
  return { kind, name, text: text`${literal(`${kind} `)}${name}` };
}

/** Returns an entity that is described in words of this project. */
export function described(kind: NodeKind, words: RichText): Entity {
  return { kind, name: plain(words), text: words };
}

/** Returns a text that is equal for the same entity. */
export function keyOf({ kind, name }: Entity): Redacted {
  return JSON.stringify([kind, name]) as Redacted;
}
