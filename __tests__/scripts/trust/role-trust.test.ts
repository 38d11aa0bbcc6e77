import {
  explainRoleError,
  parseRoleName,
  RoleTrust,
} from "../../../scripts/lib/trust/role-trust";
import { ACCOUNT, IamServer } from "../../support/iam-server";

const ARN = `arn:aws:iam::${ACCOUNT}:role/some/path/data-access`;
const BEFORE = '{ "Statement" : [{"Sid":"a"}] }\r\n';
const AFTER = '{\t"Statement" : [{"Sid":"a"}, {"Action":["b+%"]}] }';
const outside = { ...process.env };
let iam: IamServer;

beforeEach(async () => {
  iam = await IamServer.start();
  iam.policy = BEFORE;
  Object.assign(process.env, iam.environment);
});

afterEach(async () => {
  await iam.stop();
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
});

function trust(
  role = "data-access",
  readBackMs: readonly number[] = [0, 1, 1],
) {
  const wanted = parseRoleName(role, "--role");
  return new RoleTrust(wanted, { region: "us-west-2" }, readBackMs);
}

describe("a role", () => {
  test("is known by its name, or by its ARN with any path", () => {
    expect(parseRoleName("data-access", "--role")).toEqual({
      name: "data-access",
    });
    expect(parseRoleName(ARN, "--role")).toEqual({
      name: "data-access",
      arn: ARN,
    });
  });

  test.each(["", "a b", "/path/name", "x".repeat(65), "role/x"])(
    "fails when its name is %j",
    (name) => {
      expect(() => parseRoleName(name, "--role")).toThrow(
        /^--role must be 1-64 letters, digits or any of/,
      );
    },
  );

  test.each([
    `arn:aws:iam::${ACCOUNT}:user/x`,
    "arn:aws:iam::1:role/x",
    `arn:aws:sts::${ACCOUNT}:assumed-role/x/y`,
    `${ARN}/`,
  ])("fails when its ARN is %j", (arn) => {
    expect(() => parseRoleName(arn, "--role")).toThrow(
      "--role must be the ARN of an IAM role",
    );
  });

  test.each([encodeURIComponent, (policy: string) => policy])(
    "is read with its trust policy as it is written",
    async (encode) => {
      iam.policy = BEFORE.trim();
      iam.encode = encode;
      expect(await trust().read()).toEqual({
        name: "data-access",
        arn: `arn:aws:iam::${ACCOUNT}:role/data-access`,
        account: ACCOUNT,
        policy: BEFORE.trim(),
        id: "AROAEXAMPLE",
      });
    },
  );

  test("given by ARN is the one of that path", async () => {
    iam.path = "/some/path/";
    expect((await trust(ARN).read()).arn).toBe(ARN);
  });

  test("fails to be read when the role of that name is another", async () => {
    await expect(trust(ARN).read()).rejects.toMatchObject({
      message: `--role must be the role's own ARN, got ${ARN}, and in the account of the credentials role data-access is arn:aws:iam::${ACCOUNT}:role/data-access`,
      hint: "name a profile of the role's account with --profile or AWS_PROFILE, or check the role's path",
    });
  });

  test("fails to be read when there is none", async () => {
    Object.assign(iam.errors, { GetRole: "NoSuchEntity" });
    await expect(trust().read()).rejects.toThrow(
      'there is no role "data-access" in the account of the credentials',
    );
  });

  test.each([
    ["/aws-service-role/s.amazonaws.com/", /is linked to a service/],
    ["/aws-reserved/sso.amazonaws.com/", /is of IAM Identity Center/],
  ])("fails to be read when it is AWS's own, of %s", async (path, message) => {
    iam.path = path;
    await expect(trust().read()).rejects.toThrow(message);
  });
});

describe("the quota of an account", () => {
  test("is what IAM tells", async () => {
    iam.quota = 4096;
    expect(await trust().readQuota()).toBe(4096);
  });

  test("is not known where IAM does not tell it, or not to this caller", async () => {
    iam.quota = undefined;
    expect(await trust().readQuota()).toBe(undefined);
    Object.assign(iam.errors, { GetAccountSummary: "AccessDenied" });
    expect(await trust().readQuota()).toBe(undefined);
  });
});

describe("a trust policy", () => {
  test("is written byte for byte, after the role is read again", async () => {
    const role = trust();
    await role.replace(await role.read(), AFTER);
    expect(iam.policy).toBe(AFTER);
    expect(iam.actions).toEqual([
      "GetRole",
      "GetRole",
      "UpdateAssumeRolePolicy",
      "GetRole",
    ]);
  });

  test("is waited for while IAM shows the one before", async () => {
    const role = trust();
    const before = await role.read();
    iam.stale = 2;
    await role.replace(before, AFTER);
    expect(iam.actions.slice(3)).toEqual(["GetRole", "GetRole", "GetRole"]);
  });

  test("is there when IAM shows it in another form", async () => {
    const role = trust();
    const before = await role.read();
    const [written, shown] = [
      '{ "Statement": [{"Effect":"Deny","Action":["b+%"]}, {"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["a","c"]}] }',
      '{"Version":"2012-10-17","Statement":[{"Action":["c","a"],"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]}},{"Action":"b+%","Effect":"Deny"}]}',
    ];
    iam.onRead = () => {
      if (iam.policy === written) iam.policy = shown;
    };
    await role.replace(before, written);
    expect(iam.actions).toHaveLength(4);
  });
});

describe("writing a trust policy fails when", () => {
  test("IAM goes on to show another", async () => {
    const role = trust();
    const before = await role.read();
    iam.stale = 9;
    await expect(role.replace(before, AFTER)).rejects.toThrow(
      "IAM took the trust policy of role data-access, and shows another",
    );
    expect(iam.actions.slice(3)).toHaveLength(3);
  });

  test.each([
    ["changed", () => (iam.policy = BEFORE.trim())],
    ["made anew", () => (iam.id = "AROAOTHER")],
  ])(
    "the role was %s in the meantime, and writes nothing",
    async (_, change) => {
      const role = trust();
      const before = await role.read();
      change();
      await expect(role.replace(before, AFTER)).rejects.toThrow(
        "role data-access was changed by somebody else in the meantime, so nothing was written",
      );
      expect(iam.actions).toEqual(["GetRole", "GetRole"]);
    },
  );

  test.each([
    ["MalformedPolicyDocument", /rejected .* data-access: said by IAM$/],
    ["ConcurrentModification", /another process is changing/],
    ["UnmodifiableEntity", /cannot be changed: said by IAM$/],
  ])("IAM says %s", async (code, message) => {
    Object.assign(iam.errors, { UpdateAssumeRolePolicy: code });
    const role = trust();
    await expect(role.replace(await role.read(), AFTER)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message) as string,
    });
  });

  test("it is longer than the quota, which the SDK takes for too many requests", () => {
    const error = new Error("Cannot exceed quota for ACLSizePerRole: 2048");
    error.name = "LimitExceededException";
    expect(explainRoleError(error, "data-access")).toMatchObject({
      name: "UserError",
      message:
        "the trust policy of role data-access is too long: Cannot exceed quota for ACLSizePerRole: 2048",
    });
  });
});
