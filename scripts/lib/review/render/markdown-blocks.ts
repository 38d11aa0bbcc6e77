import { countBytes } from "./markdown-text";

/** A part of a comment that can be written shorter. */
export interface Block {
  /** Bytes that it needs to be whole. */
  readonly size: number;
  /** Bytes that it gets, as long as it needs them, whatever stands before it. */
  readonly reservedSize: number;
  /** Itself in at most that many bytes, which are never fewer than the reserve where it needs that. */
  readonly render: (room: number) => string;
}

/** Writes blocks one after the other into so many bytes: what one leaves of its room is there for those after it. */
export function renderBlocks(room: number, blocks: readonly Block[]): string {
  let left = room;
  let reserved = blocks.reduce((sum, block) => sum + kept(block), 0);
  return blocks
    .map((block) => {
      reserved -= kept(block);
      const text = block.render(left - reserved);
      left -= countBytes(text);
      return text;
    })
    .join("");
}

function kept({ size: whole, reservedSize: reserve }: Block): number {
  return Math.min(whole, reserve);
}

/** Lines between what stands before and after them; those that have no room are counted in a line of their own. */
export function createLineBlock<T>(options: {
  readonly before: string;
  readonly items: readonly T[];
  /** One line, without its end. */
  readonly write: (item: T) => string;
  /** The line that stands for those without room. */
  readonly more: (count: number) => string;
  readonly after: string;
  readonly reserve: number;
  /** Bytes that no block gets, beyond which nothing is measured. */
  readonly most: number;
}): Block {
  const { before, items, more, after, reserve, most } = options;
  const frame = countBytes(before) + countBytes(after);
  const lines: string[] = [];
  let whole = frame;
  for (const item of items) {
    if (whole > most) break;
    const line = `${options.write(item)}\n`;
    lines.push(line);
    whole += countBytes(line);
  }
  const write = (room: number): string => {
    if (whole <= room) return [before, ...lines, after].join("");
    const moreSize = countBytes(`${more(items.length)}\n`);
    const shown: string[] = [];
    let size = frame + moreSize;
    for (const line of lines) {
      size += countBytes(line);
      if (size > room) break;
      shown.push(line);
    }
    return [
      before,
      ...shown,
      `${more(items.length - shown.length)}\n`,
      after,
    ].join("");
  };
  return { size: whole, reservedSize: reserve, render: write };
}
