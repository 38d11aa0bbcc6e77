import {
  formatMultiline,
  formatUnifiedDiff,
} from "../../../scripts/lib/trust/policy-diff";

const name = "arn:aws:iam::123456789012:role/x";
const before = '{\n  "a": [\n    1\n  ]\n}';
const after = '{\n  "a": [\n    1,\n    2\n  ]\n}';

describe("the difference between two texts", () => {
  test("is that of their lines, and says nothing of a last newline", () => {
    const lines = formatUnifiedDiff(before, after, { name, isColored: false });
    expect(lines.join("\n")).toBe(`--- ${name}\tas it is
+++ ${name}\tas it would be
@@ -1,5 +1,6 @@
 {
   "a": [
-    1
+    1,
+    2
   ]
 }`);
  });

  test("has colours where they are wanted", () => {
    const lines = formatUnifiedDiff(before, after, { name, isColored: true });
    expect(lines.slice(4, 8)).toEqual([
      '   "a": [',
      "\u001b[31m-    1\u001b[39m",
      "\u001b[32m+    1,\u001b[39m",
      "\u001b[32m+    2\u001b[39m",
    ]);
  });
});

describe("a policy over several lines", () => {
  test("is itself where it has them", () => {
    expect(formatMultiline(`{\n"a":1}`)).toBe(`{\n"a":1}`);
  });

  test("has each token as it is where it is on one", () => {
    const text = '{"b":[1.0,{}],"\\u0061": {"1" :"\\/"}}\n';
    expect(formatMultiline(text)).toBe(
      '{\n  "b": [\n    1.0,\n    {}\n  ],\n  "\\u0061": {\n    "1": "\\/"\n  }\n}',
    );
  });
});
