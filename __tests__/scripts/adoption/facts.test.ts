import {
  differences,
  withoutAllowed,
} from "../../../scripts/lib/adoption/facts";

const BEFORE = {
  same: { "client a: ClientId": "1", "secret b: gets a token": "yes" },
  has: { "identity pool": ["one", "two"] },
  unproven: [],
};

describe("what users rely on", () => {
  test("does not differ where there is more of it", () => {
    expect(
      differences(BEFORE, {
        same: { ...BEFORE.same, "client c: ClientId": "2" },
        has: { "identity pool": ["one", "two", "three"] },
        unproven: ["something"],
      }),
    ).toEqual([]);
  });

  test("may lose what the allow-list lets change, and no id", () => {
    const facts = {
      same: { "group a: Precedence": "1", "group a: CreationDate": "2" },
      has: { "group a": ["one"], "client b": ["two"] },
      unproven: [],
    };
    const pair = {
      code: { address: "group.it", type: "group" },
      live: { key: "a" },
    };
    const left = withoutAllowed(
      facts,
      [pair] as unknown as Parameters<typeof withoutAllowed>[1],
      new Map([["group.it", "agreed"]]),
    );
    expect(left).toEqual({
      same: { "group a: CreationDate": "2" },
      has: { "client b": ["two"] },
      unproven: [],
    });
  });

  test("differs where a value is another, is not there, or a member is lost", () => {
    expect(
      differences(BEFORE, {
        same: { "client a: ClientId": "2" },
        has: { "identity pool": ["two"] },
        unproven: [],
      }),
    ).toEqual([
      "client a: ClientId was 1, and is 2",
      "secret b: gets a token was yes, and is not there",
      "identity pool has lost one",
    ]);
  });
});
