import fc from "fast-check";
import { escapeControlCharacters } from "../../../../scripts/lib/cli/escape";
import { renderMarkdown } from "../../../../scripts/lib/review/render/markdown";
import { literal } from "../../../../scripts/lib/plan/rich-text";
import { RULE_IDS } from "../../../../scripts/lib/review/rules/registry";
import {
  ANY_NAME,
  change,
  ENTRY,
  redacted,
  review,
  arbitraryReview,
  sentence,
} from "../../../support/plan-reviews";
import { foreignKinds, rendered } from "../../../support/rendered-markdown";

const [FIRST_RULE] = RULE_IDS;

describe("a name", () => {
  test.each([
    ["`", "`` ` ``"],
    ["a``b`", "``` a``b` ```"],
    ["", '`""`'],
    [" ", "` `"],
    [" a", "`  a `"],
    ["a\nb\u202ec", "`a\\u000ab\\u202ec`"],
    ["\ud800", "`\\ud800`"],
    ["@user", "`@user`"],
    ["a|b", "`a|b`"],
  ])("%j is the code %s", (name, code) => {
    expect(
      renderMarkdown(review({ drift: [sentence`tag ${name} is new`] })),
    ).toContain(`- tag ${code} is new\n`);
  });

  test("of more than two hundred characters is shown without its middle", () => {
    const name = `${"a".repeat(300)}\u200b${"😀".repeat(100)}`;
    const { code } = rendered(
      renderMarkdown(review({ drift: [sentence`${name}`] })),
    );
    expect(code).toContain(`${"a".repeat(120)}…${"😀".repeat(39)}`);
  });

  test("with pipes stays in its cell", () => {
    const name = "a|b\\|c`|";
    const { rows, code } = rendered(
      renderMarkdown(
        review({ changes: [change({ address: redacted(name) })] }),
      ),
    );
    expect(rows.map((row) => row.length)).toEqual([3, 3]);
    expect(code).toContain(name);
  });

  test("next to another is a separate code span", () => {
    const { code } = rendered(
      renderMarkdown(review({ drift: [sentence`${"a"}${"b"}`] })),
    );
    expect(code).toEqual(expect.arrayContaining(["a", "b"]));
  });

  test("is never more than code", () => {
    fc.assert(
      fc.property(ANY_NAME, (name) => {
        const comment = rendered(renderMarkdown(arbitraryReview(name)));
        const { code, text, html, rows, blocks } = comment;
        expect(foreignKinds(comment)).toEqual([]);
        expect(text).not.toMatch(/@|:\/\/|www\.|#\d|[`<>]/);
        expect(html.join("\n").replace(/^<!--[^<>]*-->\n?/, "")).toBe(
          [
            "<details>\n<summary>Why the plan is blocked (1)</summary>",
            "</details>",
            "<details><summary>Address and rule</summary>",
            "</details>",
            "<details>\n<summary>Allow-list that lets this plan pass</summary>",
            "</details>",
            "<details>\n<summary>All changes (1)</summary>",
            "</details>",
            "<details>\n<summary>Outputs (1)</summary>",
            "</details>",
          ].join("\n"),
        );
        expect(rows.every((row) => row.length === 3)).toBe(true);
        expect(blocks.map((block) => JSON.parse(block) as unknown)).toEqual([
          [{ ...ENTRY, address: name }],
        ]);
        const shown = name === "" ? '""' : escapeControlCharacters(name);
        if (shown.length <= 200)
          expect(new Set(code)).toEqual(
            new Set([shown, ".plan-allowances.json", FIRST_RULE]),
          );
      }),
      { numRuns: 200 },
    );
  });
});

test("words of this project are shown unchanged", () => {
  const own = "prevent_destroy_x is *not* <b>set</b>\nfor a|b, [x](y) `z`";
  const { code, text, kinds } = rendered(
    renderMarkdown(
      review({
        drift: [literal(own)],
        changes: [change({ what: literal(own) })],
      }),
    ),
  );
  expect(text.split(own.replace("\n", " "))).toHaveLength(3);
  expect(code).not.toContain("z");
  expect([...kinds]).not.toContain("link");
});
