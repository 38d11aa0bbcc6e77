/** Markdown as GitHub renders it, as far as a name in it could be read as more than a name. */
export interface Rendered {
  /** Kinds of nodes, such as `link`, each once. */
  readonly kinds: ReadonlySet<string>;
  /** Content of code spans and blocks, in order. */
  readonly code: readonly string[];
  /** Text outside of code, in which GitHub links accounts and addresses. */
  readonly text: string;
  readonly html: readonly string[];
  /** Fenced blocks, in order. */
  readonly blocks: readonly string[];
  /** Cells of tables, row by row, the head's among them, as Markdown. */
  readonly rows: readonly (readonly string[])[];
}

interface Node {
  readonly type: string;
  readonly literal: string | null;
  walker(): { next(): { entering: boolean; node: Node } | null };
}
interface CommonMark {
  readonly Parser: new () => { parse(text: string): Node };
}
const { Parser } = jest.requireActual<CommonMark>("commonmark");

/** Reads Markdown by CommonMark's own rules, each cell of a table as a paragraph, which is all that GitHub adds to them. */
export function rendered(markdown: string): Rendered {
  const rows: string[][] = [];
  const lines = markdown.split("\n").flatMap((line) => {
    if (!line.startsWith("|")) return [line];
    if (/^[|\s-]+$/.test(line)) return [];
    const cells = splitCells(line);
    rows.push(cells);
    return cells.flatMap((cell) => ["", cell, ""]);
  });
  const found = {
    kinds: new Set<string>(),
    code: [] as string[],
    html: [] as string[],
    blocks: [] as string[],
  };
  let text = "";
  const walker = new Parser().parse(lines.join("\n")).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, literal } = step.node;
    if (!step.entering) {
      text += "\n";
      continue;
    }
    found.kinds.add(type);
    if (type === "code") found.code.push(literal ?? "");
    else if (type === "code_block") found.blocks.push(literal ?? "");
    else if (type.startsWith("html")) found.html.push(literal ?? "");
    else text += literal ?? "";
  }
  return { ...found, text, rows };
}

/** Returns the blocks of Markdown, each in a line with its text, indented under the one that contains it. */
export function tree(markdown: string): readonly string[] {
  const lines: string[] = [];
  let depth = -1;
  const walker = new Parser().parse(markdown).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, literal } = step.node;
    const isLeaf = type === "html_block" || type === "code_block";
    if (["document", "list", "item", "paragraph"].includes(type) || isLeaf) {
      if (!step.entering) {
        depth -= 1;
        continue;
      }
      if (depth >= 0) lines.push(`${"  ".repeat(depth)}${type}`);
      if (isLeaf) lines.push(`${lines.pop() ?? ""} ${literal ?? ""}`);
      else depth += 1;
    } else if (step.entering && literal !== null) {
      const line = lines.pop() ?? "";
      lines.push(
        line.endsWith("paragraph") ? `${line} ${literal}` : line + literal,
      );
    }
  }
  return lines;
}

/** GitHub splits a row before it looks for code: a pipe ends a cell unless a backslash stands before it. */
function splitCells(line: string): string[] {
  return line
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.replaceAll("\\|", "|").trim());
}

/** Kinds of nodes that a comment of this project has; a name makes code alone. */
const OWN_KINDS = new Set([
  "document",
  "heading",
  "paragraph",
  "list",
  "item",
  "text",
  "softbreak",
  "strong",
  "code",
  "code_block",
  "html_block",
]);

/** Kinds in Markdown that are not of this project's making. */
export function foreignKinds({ kinds }: Rendered): readonly string[] {
  return [...kinds].filter((kind) => !OWN_KINDS.has(kind));
}
