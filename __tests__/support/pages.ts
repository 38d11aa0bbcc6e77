import path from "node:path";
import { readdirSync, readFileSync } from "node:fs";

const PROJECT = path.resolve(__dirname, "../..");

/** A page of the documentation. */
export interface Page {
  /** Path in the project. */
  readonly file: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface CodeBlock {
  readonly file: string;
  readonly language: string;
  /** Whether the language is followed by `runnable`, which GitHub does not show. A test runs such a block. */
  readonly isRunnable: boolean;
  readonly code: string;
}

/** Returns the pages of the documentation, the README first. */
export function readPages(): readonly Page[] {
  return [
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    ...readdirSync(path.join(PROJECT, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ].map((file) => ({
    file,
    text: readFileSync(path.join(PROJECT, file), "utf8"),
  }));
}

/** Returns the blocks of code of a page, also those in lists. */
export function listCodeBlocks({ file, text }: Page): readonly CodeBlock[] {
  return [...text.matchAll(/^( *)```(\w+)(.*)\n([^]*?)^\1```$/gm)].map(
    ([, indent = "", language = "", more = "", code = ""]) => ({
      file,
      language,
      isRunnable: more.trim() === "runnable",
      code: code.replaceAll(`\n${indent}`, "\n").replace(indent, ""),
    }),
  );
}

/** Returns the anchors of a page's headings, as GitHub makes them. */
export function listAnchors(text: string): readonly string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
