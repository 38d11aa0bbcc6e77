import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import {
  parseClientSecretText,
  readClientSecretFrom,
  SECRET_REFERENCE,
} from "../../../scripts/lib/auth/provider-secret-input";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import { LoopbackServer } from "../../support/loopback-server";

const SECRET = "Canary-secret-1";

describe("a client secret", () => {
  test.each([
    [SECRET, SECRET],
    [`${SECRET}\n`, SECRET],
    [`${SECRET}\r\n`, SECRET],
    ["a b", "a b"],
    ["{a", "{a"],
    ["[1]", "[1]"],
    ["a".repeat(4096), "a".repeat(4096)],
  ])("of the text %j is %j", (text, secret) => {
    expect(parseClientSecretText(text, "standard input")).toBe(secret);
  });

  test.each([
    ["", "is empty"],
    ["\n", "is empty"],
    ["  \n", "is empty"],
    [`${SECRET}\n\n`, "must be one line"],
    [`${SECRET}\nb`, "must be one line"],
    [` ${SECRET}`, "must not start or end with a space"],
    [`${SECRET}\t`, "must not start or end with a space"],
    [`\uFEFF${SECRET}`, "must not start or end with a space"],
    [`"${SECRET}"`, "must not be in quotes"],
    [`'${SECRET}'`, "must not be in quotes"],
    [`${SECRET}é`, "must be printable characters of ASCII"],
    [`${SECRET}\u0007b`, "must be printable characters of ASCII"],
    [SECRET.repeat(300), "must have at most 4096 characters"],
    [
      `${PLACEHOLDER_CLIENT_SECRET}\n`,
      "must be the real one, got the placeholder",
    ],
    [
      `{"SecretString":"${SECRET}"}`,
      "must be the secret itself, got a JSON object",
    ],
  ])("fails when the text is %j, without repeating it", (text, message) => {
    expect(() => parseClientSecretText(text, "standard input")).toThrow(
      `the client secret from standard input ${message}`,
    );
    expect(() => parseClientSecretText(text, "standard input")).not.toThrow(
      SECRET,
    );
  });
});

test.each([
  ["keycloak/veda", true],
  ["keycloak/veda#client secret", true],
  ["arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-Ab12Cd", true],
  ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a#key", true],
  ["keycloak/veda#", false],
  ["#key", false],
  ["a b", false],
  ["arn:aws:s3:::bucket", false],
  ["arn:aws:secretsmanager::123456789012:secret:a", false],
  ["arn:aws:ssm:us-west-2:123456789012:parameter/secret", false],
])("%s is a reference of a secret: %s", (text, expected) => {
  expect(SECRET_REFERENCE.allows(text)).toBe(expected);
});

describe("a client secret in Secrets Manager", () => {
  let server: LoopbackServer;
  let text = "";
  let requests: { readonly id: string; readonly region: string }[] = [];

  beforeAll(async () => {
    server = await LoopbackServer.start(({ headers, body }) => {
      const { SecretId: id } = JSON.parse(body) as {
        readonly SecretId: string;
      };
      const [, region = ""] =
        /\/\d{8}\/([\w-]+)\//.exec(String(headers.authorization)) ?? [];
      requests.push({ id, region });
      return {
        status: 200,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify({ SecretString: text }),
      };
    });
    setEnvironment({
      ...withoutAwsVariables(),
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
  });

  afterAll(async () => {
    restoreEnvironment();
    await server.stop();
  });

  async function read(reference: string, value: string): Promise<string> {
    requests = [];
    text = value;
    return readClientSecretFrom(reference, { region: "us-west-2" });
  }

  test("is its text, or a key of its JSON object", async () => {
    expect(await read("keycloak/veda", `${SECRET}\n`)).toBe(SECRET);
    const json = JSON.stringify({ client_secret: SECRET });
    expect(await read("keycloak/veda#client_secret", json)).toBe(SECRET);
    expect(requests).toEqual([{ id: "keycloak/veda", region: "us-west-2" }]);
  });

  test("is read from the Region of an ARN", async () => {
    const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-Ab12Cd";
    expect(await read(arn, SECRET)).toBe(SECRET);
    expect(requests).toEqual([{ id: arn, region: "us-east-1" }]);
  });

  test.each([
    ["a", JSON.stringify({ password: SECRET }), "requires a key"],
    ["a#b", JSON.stringify({ password: SECRET }), 'text as "b", got none'],
    ["a#b", SECRET, 'text as "b", got none'],
    ["a#b", JSON.stringify({ b: { c: SECRET } }), 'text as "b", got none'],
    ["a#toString", "{}", 'text as "toString", got none'],
    ["a#b", JSON.stringify({ b: ` ${SECRET}` }), "key b of secret"],
    [
      "a",
      PLACEHOLDER_CLIENT_SECRET,
      "must be the real one, got the placeholder",
    ],
  ])("fails when %s is %s, without repeating it", async (...args) => {
    const [reference, value, message] = args;
    const failure = await read(reference, value).catch((one: unknown) => one);
    expect(failure).toMatchObject({
      name: "UserError",
      message: expect.stringContaining(message) as string,
    });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  test("fails with the keys as a hint", async () => {
    const json = JSON.stringify({ id: "a", client_secret: SECRET });
    await expect(read("a", json)).rejects.toMatchObject({
      hint: "name one of its keys, such as --from-secret a#id",
    });
    await expect(read("a#b", json)).rejects.toMatchObject({
      hint: "the keys are id, client_secret",
    });
  });
});
