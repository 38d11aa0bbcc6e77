import { formatPageStyle } from "../../../../scripts/lib/access/render/page-style";

/** Minimum contrast of text and of shapes, by WCAG AA. */
const TEXT = 4.5;
const SHAPE = 3;

const TEXTS = [
  "ink",
  "muted",
  "people",
  "programs",
  "outside",
  "roles",
  "resources",
  "gained",
  "lost",
  "focus",
];

const schemes = [...formatPageStyle({}).matchAll(/:root \{([^}]*)\}/g)].map(
  ([, block = ""], index) =>
    [
      ["light", "dark", "print"][index] ?? "",
      new Map(
        [...block.matchAll(/--([a-z]+): (#[\da-f]+)/g)].map(
          ([, name = "", color = ""]) => [name, color],
        ),
      ),
    ] as const,
);

test("there are colors for light, dark and print", () => {
  expect(schemes.map(([name]) => name)).toEqual(["light", "dark", "print"]);
});

describe.each(schemes)("in %s", (_, colors) => {
  test.each(TEXTS.filter((name) => colors.has(name)))(
    "%s has the contrast of text",
    (name) => {
      for (const back of ["page", "panel"])
        expect(contrast(colors, name, back)).toBeGreaterThanOrEqual(TEXT);
    },
  );

  test("lines have the contrast of shapes", () => {
    for (const back of ["page", "panel"])
      expect(contrast(colors, "line", back)).toBeGreaterThanOrEqual(SHAPE);
  });

  test("kinds have different colors", () => {
    const tones = ["people", "programs", "outside", "roles", "resources"];
    expect(new Set(tones.map((tone) => colors.get(tone))).size).toBe(5);
  });
});

function contrast(
  colors: ReadonlyMap<string, string>,
  one: string,
  other: string,
): number {
  const [dark = NaN, light = NaN] = [one, other]
    .map((name) => luminance(colors.get(name) ?? ""))
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const digits = color.slice(1);
  const long = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const [red = NaN, green = NaN, blue = NaN] = [0, 2, 4]
    .map((at) => parseInt(long.slice(at, at + 2), 16) / 255)
    .map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
