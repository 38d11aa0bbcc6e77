import { parseRoleName } from "../../../scripts/lib/trust/role-trust";
import {
  changeTrust,
  type TrustChangeOptions,
} from "../../../scripts/lib/trust/trust-change";
import {
  parseIdentityPool,
  createTrustStatement,
} from "../../../scripts/lib/trust/trust-statement";
import { IamServer } from "../../support/iam-server";

const pool = parseIdentityPool(
  "us-west-2:01234567-89ab-cdef-0123-456789abcdef",
  "the id",
);
const foreign = { Sid: "Foreign", Effect: "Deny", Action: "sts:AssumeRole" };
const BEFORE = `{ "Statement" :${JSON.stringify([foreign])}}`;
const AFTER = `{ "Statement" :${JSON.stringify([foreign, createTrustStatement(pool)])}}`;
const outside = { ...process.env };
let iam: IamServer;
let said: string[];

beforeEach(async () => {
  iam = await IamServer.start();
  iam.policy = BEFORE;
  said = [];
  Object.assign(process.env, iam.environment);
});

afterEach(async () => {
  await iam.stop();
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
});

function change(
  options: Partial<TrustChangeOptions> = {},
  role = "data-access",
): Promise<string> {
  return changeTrust({
    role: parseRoleName(role, "--role"),
    pool,
    shouldTrust: true,
    mode: "write",
    profile: undefined,
    log: (line) => said.push(line),
    output: { isTerminal: false, isColoured: false },
    ...options,
  });
}

function writes(): number {
  return iam.actions.filter((action) => action.startsWith("Update")).length;
}

/** A policy with our statement and one that lets everybody of a pool in. */
function withLax(...more: readonly unknown[]): string {
  const lax = {
    Effect: "Allow",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": pool.id },
    },
  };
  return JSON.stringify({ Statement: [lax, ...more] });
}

describe("a role", () => {
  test("trusts the identity pool once, and is not written again", async () => {
    expect(await change()).toBe(AFTER);
    expect(iam.policy).toBe(AFTER);
    iam.actions.length = said.length = 0;
    expect(await change()).toBe(AFTER);
    expect(iam.actions).toEqual(["GetRole"]);
    expect(said).toEqual([
      `nothing to change: role data-access trusts identity pool ${pool.id}`,
    ]);
  });

  test("no longer does when that is taken back, byte for byte as before", async () => {
    iam.policy = AFTER;
    expect(await change({ shouldTrust: false })).toBe(BEFORE);
    expect(iam.policy).toBe(BEFORE);
    said.length = 0;
    expect(await change({ shouldTrust: false })).toBe(BEFORE);
    expect(writes()).toBe(1);
    expect(said).toEqual([
      `nothing to change: role data-access has no statement for identity pool ${pool.id}`,
    ]);
  });

  test("stays as it is when the policy is to be shown", async () => {
    expect(await change({ mode: "show" })).toBe(AFTER);
    expect(writes()).toBe(0);
    expect(said[0]).toBe(
      "the policy is on one line, and is laid out here to be read:",
    );
    expect(said[1]).toBe(
      "--- arn:aws:iam::123456789012:role/data-access\tas it is",
    );
    expect(said.at(-1)).toBe("nothing was changed: --apply writes it");
  });

  test("of which a statement stands in no list keeps it as it is, which the difference shows", async () => {
    const bare = `{"Statement":${JSON.stringify(foreign)}}`;
    iam.policy = bare;
    await change();
    const lines = () => said.filter((line) => /^[-+] /.test(line));
    expect(lines()[0]).toBe('-  "Statement": {');
    expect(lines().filter((line) => line.startsWith("-"))).toHaveLength(2);
    said.length = 0;
    await change({ shouldTrust: false });
    expect(lines().filter((line) => line.startsWith("+"))).toEqual([
      '+  "Statement": {',
    ]);
    expect(iam.policy).toBe(bare);
  });

  test("loses our statement although another is too open, which is told", async () => {
    iam.policy = withLax(createTrustStatement(pool));
    expect(await change({ shouldTrust: false })).toBe(withLax());
    expect(said.slice(0, 2)).toEqual([
      expect.stringMatching(
        /^warning: statement 1 must be for users who have signed in/,
      ),
      "warning: statement 1 is not ours, and trusts the identity pool too",
    ]);
  });

  test("may have a policy over AWS's default where that is raised", async () => {
    iam.quota = 4096;
    iam.policy = BEFORE.replace("Foreign", "x".repeat(2000));
    await change();
    // where the quota is not told, a policy that is over the default shows that it is raised
    iam.policy = BEFORE.replace("Foreign", "x".repeat(2049));
    iam.quota = undefined;
    await change();
    expect(writes()).toBe(2);
  });
});

describe("a change of a role's trust fails, and writes nothing, when", () => {
  afterEach(() => {
    expect(writes()).toBe(0);
  });

  test.each([2048, undefined])(
    "the policy would be too long, of quota %s",
    async (quota) => {
      iam.quota = quota;
      iam.policy = BEFORE.replace("Foreign", "x".repeat(1800));
      await expect(change()).rejects.toThrow(
        /^number of characters of a trust policy must be at most 2048, got 2\d{3} \(role data-access\)$/,
      );
      expect(said).toEqual([]);
    },
  );

  test("a statement would let guests of the pool in, also when ours is there", async () => {
    for (const policy of [withLax(), withLax(createTrustStatement(pool))]) {
      iam.policy = policy;
      await expect(change({ mode: "show" })).rejects.toThrow(
        /^trust policy of role data-access: 1 problem\n {2}- statement 1 must be for users who have signed in/,
      );
    }
  });

  test("the role is of another partition than the pool", async () => {
    await expect(
      change({}, "arn:aws-us-gov:iam::123456789012:role/x"),
    ).rejects.toThrow(
      '--role must be in partition "aws" of Region "us-west-2"',
    );
    expect(iam.actions).toEqual([]);
  });

  test.each([
    [
      "a statement",
      [{ ...foreign, Effect: "deny" }],
      {},
      'statement "Foreign" is not readable: the Effect of a statement is neither Allow nor Deny',
    ],
    [
      "the document",
      [foreign],
      { Statements: [] },
      "it is not readable: it has an unknown element",
    ],
  ])("%s is not readable", async (_, Statement, more, problem) => {
    iam.policy = JSON.stringify({ Statement, ...more });
    await expect(change()).rejects.toThrow(
      `trust policy of role data-access: 1 problem\n  - ${problem}`,
    );
  });

  test("a statement lets anyone assume the role", async () => {
    const open = { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" };
    iam.policy = JSON.stringify({ Statement: [foreign, open] });
    await expect(change({ mode: "show" })).rejects.toThrow(
      /1 problem\n {2}- statement 2 must name the principals that it trusts/,
    );
  });

  test("the policy is no JSON", async () => {
    iam.policy = "[";
    await expect(change()).rejects.toThrow("the trust policy must be JSON");
  });
});
