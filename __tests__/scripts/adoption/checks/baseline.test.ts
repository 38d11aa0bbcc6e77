import { createIdentityPoolTrustStatement } from "../../../../constructs/identity-pool-trust";
import {
  compareBaselines,
  readBaseline,
  omitAllowed,
} from "../../../../scripts/lib/adoption/checks/baseline";

const BEFORE = {
  same: { "client a: ClientId": "1", "secret b: gets a token": "yes" },
  has: { "identity pool": ["one", "two"] },
  unproven: [],
};

describe("what users rely on", () => {
  test("does not differ where there is more of it", () => {
    expect(
      compareBaselines(BEFORE, {
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
    const left = omitAllowed(
      facts,
      [pair] as unknown as Parameters<typeof omitAllowed>[1],
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
      compareBaselines(BEFORE, {
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

describe("whether a role trusts the identity pool", () => {
  const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
  const fact = async (AssumeRolePolicyDocument: unknown) => {
    const pairs = [
      {
        code: { address: "pool.it", type: "aws_cognito_identity_pool" },
        live: { key: "pool", importId: POOL, facts: {} },
      },
      {
        code: { address: "role.it", type: "aws_iam_role" },
        live: { key: "role", facts: { AssumeRolePolicyDocument } },
      },
    ] as unknown as Parameters<typeof readBaseline>[0];
    const place = { region: "us-west-2" };
    const { same } = await readBaseline(pairs, place, () => undefined);
    return same["aws_iam_role role: trusts the identity pool"];
  };
  const statement = createIdentityPoolTrustStatement(POOL, "us-west-2");
  const trust = JSON.stringify({ Statement: [statement] });

  test.each([
    ["true", trust],
    ["true", encodeURIComponent(trust)],
    ["false", trust.replace('"Allow"', '"Deny"')],
    ["false", trust.replaceAll(POOL, "us-west-2:other")],
    ["not readable (it is not JSON)", "%7B%"],
    ["not readable (it has no statement)", '{"Statement":[]}'],
    ["not readable (it is not JSON)", undefined],
  ])("is %s of %j", async (expected, document) => {
    expect(await fact(document)).toBe(expected);
  });
});
