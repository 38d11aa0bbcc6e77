import {
  formatMultiline,
  formatUnifiedDiff,
} from "../../../scripts/lib/trust/policy-diff";

const name = "arn:aws:iam::123456789012:role/x";
const before = '{\n  "a": [\n    1\n  ]\n}';
const after = '{\n  "a": [\n    1,\n    2\n  ]\n}';

describe("a unified diff", () => {
  test("has the lines of both texts, without a note about the final newline", () => {
    const lines = formatUnifiedDiff(before, after, { name, isColored: false });
    expect(lines.join("\n")).toBe(`--- ${name}\tcurrent
+++ ${name}\tproposed
@@ -1,5 +1,6 @@
 {
   "a": [
-    1
+    1,
+    2
   ]
 }`);
  });

  test("has colors at a terminal", () => {
    const lines = formatUnifiedDiff(before, after, { name, isColored: true });
    expect(lines.slice(4, 8)).toEqual([
      '   "a": [',
      "\u001b[31m-    1\u001b[39m",
      "\u001b[32m+    1,\u001b[39m",
      "\u001b[32m+    2\u001b[39m",
    ]);
  });
});

describe("a multiline policy", () => {
  test("is unchanged if it has several lines", () => {
    expect(formatMultiline(`{\n"a":1}`)).toBe(`{\n"a":1}`);
  });

  test("has unchanged tokens if it was on one line", () => {
    const text = '{"b":[1.0,{}],"\\u0061": {"1" :"\\/"}}\n';
    expect(formatMultiline(text)).toBe(
      '{\n  "b": [\n    1.0,\n    {}\n  ],\n  "\\u0061": {\n    "1": "\\/"\n  }\n}',
    );
  });
});
