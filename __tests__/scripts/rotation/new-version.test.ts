import fc from "fast-check";
import {
  createVersionId,
  generateClientSecret,
  replaceClientSecret,
} from "../../../scripts/lib/rotation/new-version";

describe("the client secret in the text of a secret", () => {
  test.each([
    ['{"client_secret":"old"}', '{"client_secret":"new"}'],
    [
      '{"a":1.0,"client_secret":"old","b":"\\u003c"}',
      '{"a":1.0,"client_secret":"new","b":"\\u003c"}',
    ],
    [
      '{\n  "client_secret" : "old",\n  "10": 1, "2": 2\n}\n',
      '{\n  "client_secret" : "new",\n  "10": 1, "2": 2\n}\n',
    ],
    [
      '{"b":{"client_secret":"x"},"client_secret":""}',
      '{"b":{"client_secret":"x"},"client_secret":"new"}',
    ],
    [
      '{"client_secret":"a","client_secret":"b"}',
      '{"client_secret":"a","client_secret":"new"}',
    ],
    ['{"client_id":"x"}', '{"client_id":"x","client_secret":"new"}'],
    ["{ }", '{ "client_secret":"new"}'],
  ])("is replaced in %j, and nothing else", (text, expected) => {
    expect(replaceClientSecret(text, "new")).toBe(expected);
  });

  test("is replaced in any object", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.constantFrom(0, 2),
        (fields, secret, indent) => {
          const before = { ...fields, client_secret: "old" };
          const text = replaceClientSecret(
            JSON.stringify(before, null, indent),
            secret,
          );
          expect(JSON.parse(text)).toEqual(
            JSON.parse(JSON.stringify({ ...before, client_secret: secret })),
          );
        },
      ),
    );
  });

  test("is created with letters and digits only, never twice", () => {
    const created = Array.from({ length: 100 }, generateClientSecret);
    expect(new Set(created).size).toBe(100);
    for (const secret of created) expect(secret).toMatch(/^[A-Za-z0-9]{64}$/);
  });
});

test("the id of a version depends on each part, and has the length that AWS requires", () => {
  const ids = [
    ["a", "b"],
    ["ab", ""],
    ["a", "c"],
  ].map((parts) => createVersionId(...parts));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(createVersionId("a", "b")).toBe(ids[0]);
});
