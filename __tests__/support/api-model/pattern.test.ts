import { compilePattern } from "./pattern";

test.each<[string, readonly string[], readonly string[]]>([
  ["[a-z]+", ["a"], ["aB", "a\n", " a", ""]],
  ["^[a-z]+$", ["a"], ["a\n"]],
  ["a|b", ["a", "b"], ["ab"]],
  ["[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+", ["é€1!", "日本"], ["a b", "\u0000"]],
  ["[^\\p{Z}]+", ["a"], ["\u00a0"]],
  ["[\\w\\s+=,.@-]+", ["a-b c"], ["é", "\u00a0", "a:b"]],
  ["\\S+\\s\\S+", ["a b", "\u00a0 b"], ["a\u00a0b"]],
  ["[\\S]+", ["\u00a0"], [" "]],
  ["[\\w-.]+", ["a-.b"], ["a/b"]],
  ["[\\w-_]+", ["a-_"], ["."]],
  ["[a-z0-9-_=.]+", ["a-_=."], ["/"]],
  ["[\\w+=,.@\\:\\-\\/]+", ["a:b/c-d"], ["a!b"]],
  ["a\\-b\\_c\\:", ["a-b_c:"], []],
  ["(?i)abc", ["ABC"], []],
  ["(?s).*", ["a\nb"], []],
  [".*", ["ab"], ["a\nb"]],
  ["[ -~]+", ["a b"], ["é"]],
  ["\\u0041[\\u0020-\\u00FF]", ["Aé"], ["A日"]],
  ["[\\uE000-\\uFFFD\\u10000-\\u10FFFF]", ["😀"], ["a"]],
  ["\\x{41}", ["A"], ["B"]],
  ["a{2}", ["aa"], ["a{2}"]],
  ["{##}", ["{##}"], []],
  ["\\{####\\}", ["{####}"], []],
  ["a++b*+c?+", ["aabc", "a"], ["b"]],
  ["(?>a|b)+", ["ab"], ["c"]],
  ["[[:alnum:]_]+", ["a1_"], ["-"]],
  ["[[:xdigit:]]+", ["fF0"], ["g"]],
  ["\\p{Alnum}+[\\p{Punct}]", ["a1!", "a_"], ["a", "é!"]],
  ["\\P{Digit}", ["a"], ["1"]],
  ["\\pL+", ["é"], ["1"]],
  ["[\\p{IsWhitespace}]", ["\u2003"], ["a"]],
  ["[\\p{all}]*", ["a\n😀"], []],
  ["[]a]+", ["]a"], ["b"]],
  ["[^]a]+", ["b"], ["]"]],
  ["[a[]+", ["a["], ["b"]],
  ["\\Qa.b\\E+", ["a.b"], ["acb"]],
  ["\\Aa\\z", ["a"], ["b"]],
  ["(?!aws:)[a-z:]+(?<!\\.)", ["a:"], ["aws:a"]],
])("%s matches whole values as Java does", (pattern, matching, others) => {
  const compiled = compilePattern(pattern);
  expect(matching.filter((value) => !compiled.test(value))).toEqual([]);
  expect(others.filter((value) => compiled.test(value))).toEqual([]);
});

test.each(["[a&&[b]]", "\\y", "(?x)a", "[\\P{Alpha}]", "[[:word:]]", "(a"])(
  "fails when %s has no equivalent",
  (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(SyntaxError);
  },
);
