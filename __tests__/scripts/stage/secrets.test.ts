import { requireFields } from "../../../scripts/lib/stage/client-secret-fields";
import { readClientSecret } from "../../../scripts/lib/stage/secrets";
import { asCommand } from "../../support/invocation";
import { LoopbackServer, type Reply } from "../../support/loopback-server";

const NAME = "veda-auth-stack-dev/workflows-client";
const CANARY = "5ecretcanary";
const outside = { ...process.env };

let server: LoopbackServer;
let reply: Reply;

beforeAll(async () => {
  server = await LoopbackServer.start(() => reply);
});

beforeEach(() => {
  server.received.splice(0);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});

afterEach(() => {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
});

afterAll(() => server.stop());

function read() {
  return readClientSecret(NAME, { region: "us-gov-west-1" });
}

function error(type: string, message: string): Reply {
  return {
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: { __type: type, Message: message, message },
  };
}

describe("a client's secret", () => {
  test("is read by its name in the Region of the target", async () => {
    const fields = { flow: "client_credentials", client_secret: CANARY };
    reply = { body: { SecretString: JSON.stringify(fields) } };
    expect(await read()).toEqual(fields);
    const [request] = server.received;
    expect(JSON.parse(request?.body ?? "")).toEqual({ SecretId: NAME });
    expect(request?.headers.authorization).toContain("/us-gov-west-1/");
  });

  test("can be empty, and then lacks every required field", async () => {
    reply = { body: { SecretString: "{}" } };
    const secret = await read();
    expect(secret).toEqual({});
    expect(() => requireFields(NAME, secret, "client_id", "scope")).toThrow(
      `secret "${NAME}" must have the fields client_id, scope, got no client_id, scope`,
    );
  });

  test("returns only the requested fields", () => {
    const secret = { flow: "x", client_id: "id", client_secret: CANARY };
    expect(requireFields(NAME, secret, "client_id", "flow")).toEqual({
      client_id: "id",
      flow: "x",
    });
  });
});

test("the hint of a command names its options", async () => {
  reply = error("ResourceNotFoundException", "not found");
  await expect(
    asCommand("token", () => readClientSecret(NAME, { region: "us-west-2" })),
  ).rejects.toMatchObject({
    hint: expect.stringMatching(
      /^check the stage, the service id and AWS_PROFILE; /,
    ) as string,
  });
});

describe("reading a client's secret fails, without a value in the message, if", () => {
  test.each<[string, Reply, RegExp, RegExp]>([
    [
      "it does not exist",
      error(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
      ),
      /^secret "veda-auth-stack-dev\/workflows-client" does not exist/,
      /^check the name and the Region of the secret and AWS_PROFILE; the credentials of AWS_ACCESS_KEY_ID precede it$/,
    ],
    [
      "it has no value yet",
      error(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      ),
      /has no value$/,
      /deploy again/,
    ],
    [
      "it is marked for deletion",
      error(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      ),
      /is marked for deletion/,
      /^restore it with `aws secretsmanager restore-secret` (?!.*deploy it again)/,
    ],
    [
      "its KMS key is missing",
      error("DecryptionFailure", "Secrets Manager can't decrypt"),
      /cannot decrypt/,
      /KMS|key/,
    ],
    [
      "it has too many labels",
      error("LimitExceededException", "You have reached the limit"),
      /such as 20 labels/,
      /^remove labels/,
    ],
    [
      "it is binary",
      { body: { SecretBinary: Buffer.from(CANARY).toString("base64") } },
      /must be text, got bytes$/,
      /check the name/,
    ],
    [
      "it is not JSON",
      { body: { SecretString: `{"client_secret":"${CANARY}"` } },
      /must be a JSON object with text fields, got text that is not JSON$/,
      /previous version/,
    ],
    [
      "it is a list",
      { body: { SecretString: `["${CANARY}"]` } },
      /must be a JSON object with text fields, got a list$/,
      /previous version/,
    ],
    [
      "it is null",
      { body: { SecretString: "null" } },
      /must be a JSON object with text fields, got null$/,
      /previous version/,
    ],
    [
      "a field is not text",
      { body: { SecretString: `{"a":"x","client_secret":["${CANARY}"]}` } },
      /^field "client_secret" of secret ".*" must be text, got another value$/,
      /previous version/,
    ],
  ])("%s", async (_name, answer, message, hint) => {
    reply = answer;
    const failure = await read().then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { readonly hint?: string },
    );
    expect(failure?.message).toMatch(message);
    expect(failure?.hint).toMatch(hint);
    expect(failure?.message).not.toContain(CANARY);
    expect(failure?.name).toBe("UserError");
  });

  test("AWS rejects the request with an error of all services", async () => {
    reply = error("AccessDeniedException", "User: x is not authorized");
    await expect(read()).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  test("a field is missing or empty", () => {
    const secret = { flow: "x", scope: "", client_secret: CANARY };
    expect(() =>
      requireFields(NAME, secret, "flow", "scope", "client_id"),
    ).toThrow(
      `secret "${NAME}" must have the fields flow, scope, client_id, got no scope, client_id`,
    );
  });
});
