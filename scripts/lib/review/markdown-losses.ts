import { inText } from "../plan/plan-summary";
import { byteLength, inMarkdown } from "./markdown-name";
import type { Block } from "./markdown-room";
import { list, say, type Phrase } from "../access/phrase";
import type { Gravity, Loss } from "./plan-review";
import {
  aboutLoss,
  counted,
  GRAVITY_WORD,
  lossCounts,
} from "./review-sentences";

/** Losses of a group that are named. */
const NAMED = 3;
const GRAVEST_LAST: readonly Gravity[] = ["weakening", "break", "loss"];

/**
 * Every loss in a line of its own. Where they have no room, those of one rule share a line with their number, the least
 * grave and the allowed ones first; where rules are too many as well, those of one gravity do.
 */
export function lossBlock(losses: readonly Loss[]): Block {
  const before = `#### ${inText(lossCounts(losses))}\n\n`;
  const after = losses.length === 0 ? "" : "\n";
  const frame = byteLength(before) + byteLength(after);
  const lines = losses.map(lossLine);
  const whole = frame + sizeOf(lines);
  return {
    whole,
    reserve: whole,
    write: (room) =>
      [
        before,
        ...(whole <= room ? lines : grouped(losses, lines, room - frame)),
        after,
      ].join(""),
  };
}

function lossLine(loss: Loss): string {
  const about = aboutLoss(loss).map((clause) => inMarkdown(clause));
  const told = inMarkdown(loss.told);
  const mark = loss.allowed === undefined ? "" : " (allowed)";
  return `- **${GRAVITY_WORD[loss.gravity]}${mark}:** ${told}; ${about.join("; ")}\n`;
}

/** Losses that are told of together. */
interface Group {
  /** Each with its place among all, and the line that tells of it alone. */
  readonly members: readonly Member[];
  readonly gravity: Gravity;
  /** Whether the first of them may pass. */
  readonly isAllowed: boolean;
  /** Bytes of their own lines. */
  readonly size: number;
}

interface Member {
  readonly loss: Loss;
  readonly place: number;
  readonly line: string;
}

function grouped(
  losses: readonly Loss[],
  lines: readonly string[],
  room: number,
): readonly string[] {
  const members = losses.map((loss, place) => ({
    loss,
    place,
    line: lines[place] ?? "",
  }));
  const shown = [...lines];
  let size = sizeOf(lines);
  for (const group of groupsBy(members, ({ gravity, rule, allowed }) =>
    JSON.stringify([gravity, rule, allowed === undefined]),
  )) {
    if (size <= room) return shown;
    if (group.members.length === 1) continue;
    const line = groupLine(group);
    size += byteLength(line) - group.size;
    for (const [index, { place }] of group.members.entries())
      shown[place] = index === 0 ? line : "";
  }
  if (size <= room) return shown;
  return groupsBy(members, ({ gravity }) => gravity)
    .reverse()
    .map(groupLine);
}

/** Groups of losses, the least grave first, of those the allowed ones, and of those the longest. */
function groupsBy(
  members: readonly Member[],
  keyOf: (loss: Loss) => string,
): Group[] {
  const found = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member.loss);
    const known = found.get(key);
    if (known === undefined) found.set(key, [member]);
    else known.push(member);
  }
  return [...found.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [
            {
              members: group,
              gravity: first.loss.gravity,
              isAllowed: first.loss.allowed !== undefined,
              size: sizeOf(group.map(({ line }) => line)),
            },
          ];
    })
    .sort(
      (one, other) =>
        GRAVEST_LAST.indexOf(one.gravity) -
          GRAVEST_LAST.indexOf(other.gravity) ||
        Number(other.isAllowed) - Number(one.isAllowed) ||
        other.size - one.size,
    );
}

function groupLine({ members, gravity }: Group): string {
  const losses = members.map(({ loss }) => loss);
  const rules = [...new Set(losses.map(({ rule }) => rule))];
  const allowed = losses.filter((loss) => loss.allowed !== undefined).length;
  const left = losses.length - NAMED;
  const about: readonly Phrase[] = [
    say`at ${list(losses.slice(0, NAMED).map(({ address }) => address))}`,
    ...(left > 0 ? [[`${left} more`]] : []),
    rules.length === 1
      ? say`rule ${list(rules)}`
      : [counted(rules.length, "rule")],
    ...(allowed > 0 ? [[`${allowed} of them allowed`]] : []),
  ];
  const clauses = about.map((clause) => inMarkdown(clause, { longest: 4_000 }));
  return `- **${GRAVITY_WORD[gravity]}, ${losses.length} times:** ${clauses.join("; ")}\n`;
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + byteLength(line), 0);
}
