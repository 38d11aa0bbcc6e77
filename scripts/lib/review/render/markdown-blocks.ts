import type { RichText } from "../../plan/rich-text";
import { countBytes, formatMarkdown } from "./markdown-text";

/** Longest comment, in bytes: GitHub allows 65,536 characters. */
export const MAX_COMMENT_SIZE = 65_535;

/** A part of a comment that can be shortened. */
export interface Block {
  /** Bytes of the complete block. */
  readonly size: number;
  /** Bytes that are reserved for the block if it needs them, regardless of earlier blocks. */
  readonly reservedSize: number;
  /** Renders the block in at most `room` bytes, which are never fewer than it reserves and needs. */
  readonly render: (room: number) => string;
}

/** Renders blocks in sequence; bytes that one block does not use are available to the next ones. */
export function renderBlocks(room: number, blocks: readonly Block[]): string {
  const getReserve = ({ size, reservedSize }: Block): number =>
    Math.min(size, reservedSize);
  let left = room;
  let reserved = blocks.reduce((sum, block) => sum + getReserve(block), 0);
  return blocks
    .map((block) => {
      reserved -= getReserve(block);
      const text = block.render(left - reserved);
      left -= countBytes(text);
      return text;
    })
    .join("");
}

interface LineOptions<T> {
  readonly before: string;
  readonly items: readonly T[];
  /** Renders an item without its line end. */
  readonly render: (item: T) => string;
  /** Renders the line that replaces the items that do not fit. */
  readonly renderMore: (count: number) => string;
  readonly after: string;
  readonly reservedSize: number;
}

/** Creates a block with a line for each item; items that do not fit are counted in the last line. */
export function createLineBlock<T>(options: LineOptions<T>): Block {
  const { before, items, render, renderMore, after, reservedSize } = options;
  const frame = countBytes(before) + countBytes(after);
  const lines: string[] = [];
  let size = frame;
  for (const item of items) {
    if (size > MAX_COMMENT_SIZE) break;
    const line = `${render(item)}\n`;
    lines.push(line);
    size += countBytes(line);
  }
  return {
    size,
    reservedSize,
    render: (room) => {
      if (size <= room) return [before, ...lines, after].join("");
      let used = frame + countBytes(`${renderMore(items.length)}\n`);
      const shown = lines.filter((line) => {
        used += countBytes(line);
        return used <= room;
      });
      const more = renderMore(items.length - shown.length);
      return [before, ...shown, `${more}\n`, after].join("");
    },
  };
}

/** Creates a block with one list item for each sentence; without sentences, none. */
export function createListBlock(
  before: string,
  sentences: readonly RichText[],
  after: string,
  reservedSize: number,
): readonly Block[] {
  if (sentences.length === 0) return [];
  return [
    createLineBlock({
      before,
      items: sentences,
      render: (sentence) => `- ${formatMarkdown(sentence)}`,
      renderMore: (count) => `- … and ${count} more`,
      after,
      reservedSize,
    }),
  ];
}
