import fc from "fast-check";
import { inOneLine } from "../../../scripts/lib/plan/shown-values";
import { reviewMarkdown } from "../../../scripts/lib/review/markdown-form";
import { say } from "../../../scripts/lib/access/phrase";
import { ANY_NAME, change, review, reviewOf } from "../../support/plan-reviews";
import { foreignKinds, rendered } from "../../support/rendered-markdown";

describe("a name", () => {
  test.each([
    ["`", "`` ` ``"],
    ["a``b`", "``` a``b` ```"],
    ["", '`""`'],
    [" ", "` `"],
    [" a", "`  a `"],
    ["a\nb\u202ec", "`a\\u000ab\\u202ec`"],
    ["\ud800", "`\\ud800`"],
    ["@somebody", "`@somebody`"],
    ["a|b", "`a|b`"],
  ])("%j is the code %s", (name, code) => {
    expect(
      reviewMarkdown(review({ drift: [say`tag ${name} is new`] })),
    ).toContain(`- tag ${code} is new\n`);
  });

  test("of more than two hundred characters is shown without its middle", () => {
    const name = `${"a".repeat(300)}\u200b${"😀".repeat(100)}`;
    const { code } = rendered(
      reviewMarkdown(review({ drift: [say`${name}`] })),
    );
    expect(code).toContain(`${"a".repeat(120)}…${"😀".repeat(39)}`);
  });

  test("with pipes stays in its cell", () => {
    const name = "a|b\\|c`|";
    const { rows, code } = rendered(
      reviewMarkdown(review({ changes: [change({ address: name })] })),
    );
    expect(rows.map((row) => row.length)).toEqual([3, 3]);
    expect(code).toContain(name);
  });

  test("beside another is a name of its own", () => {
    const { code } = rendered(
      reviewMarkdown(review({ drift: [say`${"a"}${"b"}`] })),
    );
    expect(code).toEqual(expect.arrayContaining(["a", "b"]));
  });

  test("is never more than code, whatever it is", () => {
    fc.assert(
      fc.property(ANY_NAME, (name) => {
        const comment = rendered(reviewMarkdown(reviewOf(name)));
        const { code, text, html, rows } = comment;
        expect(foreignKinds(comment)).toEqual([]);
        expect(text).not.toMatch(/@|:\/\/|www\.|#\d|[`<>]/);
        expect(html.join("\n").replace(/^<!--[^<>]*-->\n?/, "")).toBe(
          "<details>\n<summary>Every change (1)</summary>\n</details>\n<details>\n<summary>Outputs (1)</summary>\n</details>",
        );
        expect(rows.every((row) => row.length === 3)).toBe(true);
        const shown = name === "" ? '""' : inOneLine(name);
        if (shown.length <= 200)
          expect(new Set(code)).toEqual(new Set([shown, "loss"]));
      }),
      { numRuns: 200 },
    );
  });
});

test("words of this project's own stand as they are", () => {
  const own = "prevent_destroy_x is *not* <b>set</b>\nfor a|b, [x](y) `z`";
  const { code, text, kinds } = rendered(
    reviewMarkdown(
      review({ drift: [[own]], changes: [change({ what: [own] })] }),
    ),
  );
  expect(text.split(own.replace("\n", " "))).toHaveLength(3);
  expect(code).not.toContain("z");
  expect([...kinds]).not.toContain("link");
});
