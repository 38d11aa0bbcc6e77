import { readFileSync } from "node:fs";
import path from "node:path";

const PAGE = path.resolve(__dirname, "../../../docs/troubleshooting.md");

/** Returns the part of each check of the doctor on the page, by the id of the check. */
function readSections(): readonly (readonly [id: string, text: string])[] {
  const page = readFileSync(PAGE, "utf8");
  const [, findings = ""] = page.split("## Findings of `doctor`\n");
  const [own = ""] = findings.split("\n## ", 1);
  return own
    .split("\n### ")
    .slice(1)
    .map((section) => {
      const [, id = "", text = ""] =
        /^`([a-z-]+)`\n([^]*)$/.exec(section) ?? [];
      return [id, text] as const;
    });
}

/** Lists the ids of the checks on the page. */
export function listDocumentedChecks(): readonly string[] {
  return readSections().map(([id]) => id);
}

/** Lists the messages of each check on the page, in backticks; `…` stands for a name or value. */
export function listDocumentedFindings(): ReadonlyMap<
  string,
  readonly string[]
> {
  return new Map(
    readSections().map(([id, text]) => [
      id,
      [...text.matchAll(/^- ((?:`[^`]+`(?:, )?)+): /gm)].flatMap(
        ([, messages = ""]) => messages.match(/`[^`]+`/g) ?? [],
      ),
    ]),
  );
}

/** Whether the page has a message of a check, under the check or as a heading. */
export function isDocumented(id: string, message: string): boolean {
  const page = readFileSync(PAGE, "utf8");
  const patterns = [
    ...(listDocumentedFindings().get(id) ?? []),
    ...[...page.matchAll(/^### (`.*`)$/gm)].map(([, heading = ""]) => heading),
  ];
  return patterns.some((pattern) => {
    const parts = pattern
      .slice(1, -1)
      .split("…")
      .map((part) => part.trim().replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&"));
    return new RegExp(`^${parts.join("[^]*")}`).test(message);
  });
}
