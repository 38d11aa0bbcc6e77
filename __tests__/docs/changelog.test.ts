import { readFileSync } from "node:fs";

/** Sections of a version in keepachangelog.com, in its order. */
const SECTIONS = [
  "Added",
  "Changed",
  "Deprecated",
  "Removed",
  "Fixed",
  "Security",
];

const [introduction = "", ...versions] = readFileSync(
  "CHANGELOG.md",
  "utf8",
).split(/^## /m);

test("the change log names its form and the meaning of its versions", () => {
  expect(introduction).toContain("https://keepachangelog.com/en/1.1.0/");
  expect(introduction).toContain("docs/library.md#versions");
});

test("the change log begins with what is not released, and then has dated versions", () => {
  const titles = versions.map((version) => version.split("\n", 1)[0] ?? "");
  expect(titles[0]).toBe("[Unreleased]");
  const wrong = titles
    .slice(1)
    .filter((title) => !/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/.test(title));
  expect(wrong).toEqual([]);
});

test.each(versions.map((version) => [version.split("\n", 1)[0], version]))(
  "the changes of %s are sentences in known sections",
  (_title, version = "") => {
    const [, ...sections] = version.split(/^### /m);
    const names = sections.map((section) => section.split("\n", 1)[0] ?? "");
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(SECTIONS.filter((name) => names.includes(name)));
    const entries = sections.flatMap((section) =>
      section
        .slice(section.indexOf("\n"))
        .trim()
        .split(/\n(?! {2})/),
    );
    expect(entries.length).toBeGreaterThan(names.length);
    expect(entries.filter((entry) => !/^- [^]*\.$/.test(entry))).toEqual([]);
  },
);
