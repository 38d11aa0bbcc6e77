import {
  explainRoleError,
  parseRoleName,
  RoleTrust,
} from "../../../scripts/lib/trust/role-trust";
import { ACCOUNT, IamServer } from "../../support/iam-server";

const ARN = `arn:aws:iam::${ACCOUNT}:role/some/path/data-access`;
const BEFORE = '{ "Statement" : [{"Sid":"a"}] }\r\n';
const AFTER = '{\t"Statement" : [{"Sid":"a"}, {"Action":["b+%"]}] }';
const environment = { ...process.env };
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
  Object.assign(process.env, environment);
});

function trust(
  role = "data-access",
  readDelaysMs: readonly number[] = [0, 1, 1],
) {
  const roleName = parseRoleName(role, "--role");
  return new RoleTrust(roleName, { region: "us-west-2" }, readDelaysMs);
}

describe("a role", () => {
  test("is named by its name or its ARN", () => {
    expect(parseRoleName("data-access", "--role")).toEqual({
      name: "data-access",
    });
    expect(parseRoleName(ARN, "--role")).toEqual({
      name: "data-access",
      arn: ARN,
    });
  });

  test.each(["", "a b", "/path/name", "x".repeat(65), "role/x"])(
    "fails if its name is %j",
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
  ])("fails if its ARN is %j", (arn) => {
    expect(() => parseRoleName(arn, "--role")).toThrow(
      "--role must be the ARN of an IAM role",
    );
  });

  test.each([encodeURIComponent, (policy: string) => policy])(
    "is read with its decoded trust policy",
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

  test("is read by its ARN", async () => {
    iam.path = "/some/path/";
    expect((await trust(ARN).read()).arn).toBe(ARN);
  });

  test("fails if its ARN has another path", async () => {
    await expect(trust(ARN).read()).rejects.toMatchObject({
      message: `--role must be the ARN of role data-access in this account, arn:aws:iam::${ACCOUNT}:role/data-access, got ${ARN}`,
      hint: "select a profile of the role's account with --profile or AWS_PROFILE, or check the path of the role",
    });
  });

  test("fails if it does not exist", async () => {
    Object.assign(iam.errors, { GetRole: "NoSuchEntity" });
    await expect(trust().read()).rejects.toThrow(
      'role "data-access" must exist in the account of the credentials',
    );
  });

  test.each([
    ["/aws-service-role/s.amazonaws.com/", /it is linked to an AWS service/],
    ["/aws-reserved/sso.amazonaws.com/", /IAM Identity Center manages it/],
  ])("fails if AWS manages it under %s", async (path, message) => {
    iam.path = path;
    await expect(trust().read()).rejects.toThrow(message);
  });
});

describe("the quota of an account", () => {
  test("is read from IAM", async () => {
    iam.quota = 4096;
    expect(await trust().readQuota()).toBe(4096);
  });

  test("is undefined if IAM does not return it", async () => {
    iam.quota = undefined;
    expect(await trust().readQuota()).toBe(undefined);
  });

  test.each(["AccessDenied", "OptInRequired", "InvalidAction"])(
    "is undefined after the client error %s",
    async (name) => {
      Object.assign(iam.errors, { GetAccountSummary: name });
      expect(await trust().readQuota()).toBe(undefined);
    },
  );
});

describe("a trust policy", () => {
  test("is written unchanged, after the role is read again", async () => {
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

  test("is read until IAM returns the new one", async () => {
    const role = trust();
    const before = await role.read();
    iam.stale = 2;
    await role.replace(before, AFTER);
    expect(iam.actions.slice(3)).toEqual(["GetRole", "GetRole", "GetRole"]);
  });

  test("is found if IAM returns it in another form", async () => {
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

describe("writing a trust policy fails if", () => {
  test("IAM returns another one", async () => {
    const role = trust();
    const before = await role.read();
    iam.stale = 9;
    await expect(role.replace(before, AFTER)).rejects.toThrow(
      "IAM accepted the trust policy of role data-access, but returns another one",
    );
    expect(iam.actions.slice(3)).toHaveLength(3);
  });

  test.each([
    ["changed", () => (iam.policy = BEFORE.trim())],
    ["replaced", () => (iam.id = "AROAOTHER")],
  ])("the role was %s since it was read", async (_, change) => {
    const role = trust();
    const before = await role.read();
    change();
    await expect(role.replace(before, AFTER)).rejects.toThrow(
      "cannot write the trust policy of role data-access: the role has changed since it was read",
    );
    expect(iam.actions).toEqual(["GetRole", "GetRole"]);
  });

  test.each([
    ["MalformedPolicyDocument", /^IAM did not accept .* data-access: \w/],
    ["ConcurrentModification", /another change is in progress$/],
    ["UnmodifiableEntity", /^cannot change role data-access: \w/],
  ])("IAM returns %s", async (code, message) => {
    Object.assign(iam.errors, { UpdateAssumeRolePolicy: code });
    const role = trust();
    await expect(role.replace(await role.read(), AFTER)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message) as string,
    });
  });

  test("it is longer than the quota", () => {
    const error = new Error("Cannot exceed quota for ACLSizePerRole: 2048");
    error.name = "LimitExceededException";
    expect(explainRoleError(error, "data-access")).toMatchObject({
      name: "UserError",
      message:
        "the trust policy of role data-access is too long: Cannot exceed quota for ACLSizePerRole: 2048",
    });
  });
});
