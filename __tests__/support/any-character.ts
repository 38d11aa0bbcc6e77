import fc from "fast-check";

/** Any character of any plane. The equivalent unit of fast-check takes half a second per file to list them. */
export const ANY_CHARACTER: fc.Arbitrary<string> = fc
  .oneof(
    fc.nat({ max: 0xff }),
    fc.nat({ max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10_ffff }),
  )
  .map((code) => String.fromCodePoint(code));
