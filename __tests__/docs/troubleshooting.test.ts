import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CHECKS, SLOW_CHECKS } from "../../scripts/lib/doctor/checks";
import {
  listDocumentedChecks,
  listDocumentedFindings,
} from "../support/doctor/documented-findings";

const text = readFileSync("docs/troubleshooting.md", "utf8");
const headings = [...text.matchAll(/^### (.*)$/gm)].map(
  ([, heading = ""]) => heading,
);
/** The source without line breaks, so that a message can be in several lines. */
const sources = ["scripts", "stacks", "constructs"]
  .flatMap((directory) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(directory, file),
    ),
  )
  .filter((file) => /\.m?ts$|\.mjs$/.test(file))
  .map((file) => readFileSync(file, "utf8"));

/** Longest code between two parts of a message. */
const GAP = 120;

test("the troubleshooting page has the messages that readers search for", () => {
  expect(headings.length).toBeGreaterThan(20);
});

test("the troubleshooting page has each check of the doctor, in the order of a report", () => {
  expect(listDocumentedChecks()).toEqual(
    [...CHECKS, ...SLOW_CHECKS].map(({ id }) => id),
  );
});

const findings = [...listDocumentedFindings()].flatMap(([id, messages]) =>
  messages.map((message) => [id, message] as const),
);

test.each([
  ...headings.map((heading) => ["command", heading] as const),
  ...findings,
])("a %s prints %s", (_source, printed) => {
  const [, message = ""] = /^`(.*)`$/.exec(printed) ?? [];
  const parts = message
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part.length > 1)
    .map((part) => part.replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&"));
  const pattern = new RegExp(parts.join(`[^]{0,${GAP}}?`));
  expect(parts.length).toBeGreaterThan(0);
  expect(sources.some((source) => pattern.test(source))).toBe(true);
});
