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
const environment = { ...process.env };
let iam: IamServer;
let lines: string[];

beforeEach(async () => {
  iam = await IamServer.start();
  iam.policy = BEFORE;
  lines = [];
  Object.assign(process.env, iam.environment);
});

afterEach(async () => {
  await iam.stop();
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
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
    log: (line) => lines.push(line),
    output: { isTerminal: false, isColored: false },
    ...options,
  });
}

function writes(): number {
  return iam.actions.filter((action) => action.startsWith("Update")).length;
}

/** Formats a policy with a statement that allows unauthenticated identities. */
function formatUnauthenticated(...more: readonly unknown[]): string {
  const unauthenticated = {
    Effect: "Allow",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": pool.id },
    },
  };
  return JSON.stringify({ Statement: [unauthenticated, ...more] });
}

describe("the trust policy of a role", () => {
  test("is written once", async () => {
    expect(await change()).toBe(AFTER);
    expect(iam.policy).toBe(AFTER);
    iam.actions.length = lines.length = 0;
    expect(await change()).toBe(AFTER);
    expect(iam.actions).toEqual(["GetRole"]);
    expect(lines).toEqual([
      `no change: role data-access trusts identity pool ${pool.id}`,
    ]);
  });

  test("has its original policy, byte for byte, after the statement is removed", async () => {
    iam.policy = AFTER;
    expect(await change({ shouldTrust: false })).toBe(BEFORE);
    expect(iam.policy).toBe(BEFORE);
    lines.length = 0;
    expect(await change({ shouldTrust: false })).toBe(BEFORE);
    expect(writes()).toBe(1);
    expect(lines).toEqual([
      `no change: role data-access has no statement for identity pool ${pool.id}`,
    ]);
  });

  test("is not written in mode show", async () => {
    expect(await change({ mode: "show" })).toBe(AFTER);
    expect(writes()).toBe(0);
    expect(lines[0]).toBe(
      "the policy is on one line; it is indented here for reading:",
    );
    expect(lines[1]).toBe(
      "--- arn:aws:iam::123456789012:role/data-access\tcurrent",
    );
    expect(lines.at(-1)).toBe(
      "nothing was changed; use --apply to write the policy",
    );
  });

  test("with a single statement that is not in a list has that form again after removal", async () => {
    const bare = `{"Statement":${JSON.stringify(foreign)}}`;
    iam.policy = bare;
    await change();
    const listChanges = () => lines.filter((line) => /^[-+] /.test(line));
    expect(listChanges()[0]).toBe('-  "Statement": {');
    expect(listChanges().filter((line) => line.startsWith("-"))).toHaveLength(
      2,
    );
    lines.length = 0;
    await change({ shouldTrust: false });
    expect(listChanges().filter((line) => line.startsWith("+"))).toEqual([
      '+  "Statement": {',
    ]);
    expect(iam.policy).toBe(bare);
  });

  test("loses the statement with a warning about other statements", async () => {
    iam.policy = formatUnauthenticated(createTrustStatement(pool));
    expect(await change({ shouldTrust: false })).toBe(formatUnauthenticated());
    expect(lines.slice(0, 2)).toEqual([
      expect.stringMatching(
        /^warning: statement 1 must require authenticated identities/,
      ),
      "warning: statement 1 also trusts the identity pool; remove it manually if it is not needed",
    ]);
  });

  test("can have a policy above the default quota if the quota is increased", async () => {
    iam.quota = 4096;
    iam.policy = BEFORE.replace("Foreign", "x".repeat(2000));
    await change();
    // without access to the quota, a policy above the default shows that it is increased
    iam.policy = BEFORE.replace("Foreign", "x".repeat(2049));
    iam.quota = undefined;
    await change();
    expect(writes()).toBe(2);
  });
});

describe("changing a trust policy fails without a write if", () => {
  afterEach(() => {
    expect(writes()).toBe(0);
  });

  test.each([2048, undefined])(
    "the policy is longer than the quota %s",
    async (quota) => {
      iam.quota = quota;
      iam.policy = BEFORE.replace("Foreign", "x".repeat(1800));
      await expect(change()).rejects.toThrow(
        /^number of characters of a trust policy must be at most 2048, got 2\d{3} \(role data-access\)$/,
      );
      expect(lines).toEqual([]);
    },
  );

  test("another statement allows unauthenticated identities", async () => {
    for (const policy of [
      formatUnauthenticated(),
      formatUnauthenticated(createTrustStatement(pool)),
    ]) {
      iam.policy = policy;
      await expect(change({ mode: "show" })).rejects.toThrow(
        /^trust policy of role data-access: 1 problem\n {2}- statement 1 must require authenticated identities/,
      );
    }
  });

  test("the role and the pool are in different partitions", async () => {
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
      /1 problem\n {2}- statement 2 must name its principals/,
    );
  });

  test("the policy is not JSON", async () => {
    iam.policy = "[";
    await expect(change()).rejects.toThrow("the trust policy must be JSON");
  });
});
