import { createIdentityPoolTrustStatement } from "../../../../constructs/identity-pool-trust";
import {
  compareBaselines,
  readBaseline,
  omitAllowed,
} from "../../../../scripts/lib/adoption/checks/baseline";

const BEFORE = {
  values: { "client a: ClientId": "1", "secret b: gets a token": "yes" },
  members: { "identity pool": ["one", "two"] },
  untested: [],
};

describe("a baseline", () => {
  test("permits additional values and members", () => {
    expect(
      compareBaselines(BEFORE, {
        values: { ...BEFORE.values, "client c: ClientId": "2" },
        members: { "identity pool": ["one", "two", "three"] },
        untested: ["a secret"],
      }),
    ).toEqual([]);
  });

  test("omits values that the allow-list permits to change, but no id", () => {
    const baseline = {
      values: { "group a: Precedence": "1", "group a: CreationDate": "2" },
      members: { "group a": ["one"], "client b": ["two"] },
      untested: [],
    };
    const pair = {
      configured: { address: "group.it", type: "group" },
      live: { key: "a" },
    };
    const left = omitAllowed(
      baseline,
      [pair] as unknown as Parameters<typeof omitAllowed>[1],
      new Map([["group.it", "agreed"]]),
    );
    expect(left).toEqual({
      values: { "group a: CreationDate": "2" },
      members: { "client b": ["two"] },
      untested: [],
    });
  });

  test("reports a different value, an absent value and an absent member", () => {
    expect(
      compareBaselines(BEFORE, {
        values: { "client a: ClientId": "2" },
        members: { "identity pool": ["two"] },
        untested: [],
      }),
    ).toEqual([
      "client a: ClientId must be 1, got 2",
      "secret b: gets a token must be yes, got no value",
      "identity pool must still contain one",
    ]);
  });
});

describe("the baseline of a role's trust in the identity pool", () => {
  const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
  const readTrust = async (AssumeRolePolicyDocument: unknown) => {
    const pairs = [
      {
        configured: { address: "pool.it", type: "aws_cognito_identity_pool" },
        live: { key: "pool", importId: POOL, attributes: {} },
      },
      {
        configured: { address: "role.it", type: "aws_iam_role" },
        live: { key: "role", attributes: { AssumeRolePolicyDocument } },
      },
    ] as unknown as Parameters<typeof readBaseline>[0];
    const target = { region: "us-west-2" };
    const { values } = await readBaseline(pairs, target, () => undefined);
    return values["aws_iam_role role: trusts the identity pool"];
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
    expect(await readTrust(document)).toBe(expected);
  });
});
