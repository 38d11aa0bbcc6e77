import { userCredentials } from "../../../scripts/lib/client/user-credentials";
import {
  resolveUserCredentialsOptions,
  type UserCredentialsOptions,
} from "../../../scripts/lib/client/user-credentials-options";

const IDS = {
  identityPoolId: "us-gov-west-1:12345678-1234-1234-1234-123456789012",
  userPoolId: "us-west-2_AbCdEfGhI",
  clientId: "4cl13nt",
};
const DOMAIN = "https://our-auth-dev.auth.us-west-2.amazoncognito.com";
const OUTPUTS = {
  identitypool_id: IDS.identityPoolId,
  identitypool_arn: "arn",
  userpool_id: IDS.userPoolId,
  client_id: IDS.clientId,
  userpool_domain_base_url: DOMAIN,
};
const PASSWORD = { signIn: "password", userName: "ada", password: "canary" };
const RESOLVED = { ...IDS, clientRegion: "us-west-2", domain: DOMAIN };

function resolve(options: object) {
  return resolveUserCredentialsOptions(options as UserCredentialsOptions);
}

test("the outputs of a stage name what a sign-in uses", () => {
  expect(resolve({ outputs: OUTPUTS, signIn: "browser" })).toEqual(RESOLVED);
});

test.each([
  [
    "terraform output -json",
    Object.fromEntries(
      Object.entries(OUTPUTS).map(([name, value]) => [
        name,
        { value, type: "string", sensitive: false },
      ]),
    ),
  ],
  ["--outputs-file", { "our-auth-dev": OUTPUTS }],
  [
    "variables",
    Object.fromEntries(
      Object.entries({ ...OUTPUTS, path: "/bin" }).map(([name, value]) => [
        name.toUpperCase(),
        value,
      ]),
    ),
  ],
])("outputs can have the form of %s", (_form, outputs) => {
  expect(resolve({ outputs, signIn: "browser" })).toEqual(RESOLVED);
});

test("ids can be set one by one; a domain needs no scheme", () => {
  const domain = DOMAIN.slice("https://".length);
  expect(resolve({ ...IDS, domain, signIn: "browser" })).toEqual(RESOLVED);
});

test("a sign-in by password needs no domain, and an id token only the identity pool", () => {
  expect(resolve({ ...IDS, ...PASSWORD })).toEqual({
    ...IDS,
    clientRegion: "us-west-2",
  });
  const { identityPoolId } = IDS;
  expect(resolve({ identityPoolId, idToken: "canary" })).toEqual({
    identityPoolId,
    clientId: "",
    clientRegion: "",
  });
});

describe("userCredentials fails when", () => {
  const outputs = OUTPUTS;
  test.each<[title: string, options: unknown, message: string]>([
    [
      "there are no options",
      undefined,
      "the options of userCredentials must be an object, got undefined",
    ],
    [
      "an option is unknown",
      { outputs, signIn: "browser", passwrd: "canary" },
      'userCredentials: there is no option "passwrd"',
    ],
    [
      "neither a sign-in nor a token is set",
      { outputs },
      "userCredentials: either signIn or idToken is required, got neither",
    ],
    [
      "both are set",
      { outputs, signIn: "browser", idToken: "canary" },
      "userCredentials: either signIn or idToken is required, got both",
    ],
    [
      "the method does not exist",
      { outputs, signIn: "canary" },
      'userCredentials: signIn must be "browser" or "password", got another text',
    ],
    [
      "options of the other method are set",
      { outputs, signIn: "browser", userName: "canary", password: "canary" },
      'userCredentials: userName must not be used together with signIn: "browser"; password must not be used together with signIn: "browser"',
    ],
    [
      "user name and password are missing",
      { outputs, signIn: "password" },
      'userCredentials: userName is required with signIn: "password"; password is required with signIn: "password"',
    ],
    [
      "a token is empty",
      { outputs, idToken: "" },
      "userCredentials: idToken must be text or a function, got empty text",
    ],
    [
      "a token is cached on disk",
      { outputs, idToken: "canary", diskCache: true },
      "userCredentials: diskCache must not be used together with idToken",
    ],
    [
      "outputs are set together with an id",
      { outputs, signIn: "browser", clientId: "4cl13nt" },
      "userCredentials: clientId must not be used together with outputs",
    ],
    [
      "ids are missing",
      { identityPoolId: IDS.identityPoolId, signIn: "browser" },
      'userCredentials: userPoolId is required with signIn: "browser"; clientId is required with signIn: "browser"; domain is required with signIn: "browser"',
    ],
    [
      "outputs are text",
      { outputs: JSON.stringify(OUTPUTS), signIn: "browser" },
      "userCredentials: outputs must be an object, got another text",
    ],
    [
      "outputs are of something else",
      { outputs: { vpc_id: "canary" }, signIn: "browser" },
      "userCredentials: outputs must have identitypool_id, userpool_id, client_id, userpool_domain_base_url",
    ],
    [
      "the stage has no identity pool",
      { outputs: { ...OUTPUTS, identitypool_id: "" }, signIn: "browser" },
      "userCredentials: outputs must have identitypool_id",
    ],
    [
      "ids are those of another thing",
      { ...IDS, identityPoolId: IDS.userPoolId, ...PASSWORD },
      'userCredentials: identity pool id must be of the form <region>:<uuid>, got "us-west-2_AbCdEfGhI"',
    ],
    [
      "a domain is not secure",
      { ...IDS, domain: "http://example.com", signIn: "browser" },
      'userCredentials: domain must be a host name or an https URL without path or query, got "http://example.com"',
    ],
    [
      "a prompt has no function to ask",
      { outputs, ...PASSWORD, prompt: { show: () => undefined } },
      "userCredentials: prompt must be an object with the functions show and ask, got an object",
    ],
  ])("%s", (_title, options, message) => {
    expect.assertions(3);
    try {
      userCredentials(options as UserCredentialsOptions);
    } catch (error) {
      expect(error).toMatchObject({ code: "invalid_option", message });
      const { hint = "" } = error as { readonly hint?: string };
      expect(`${message}${hint}`.replace(/"passwrd"/, "")).not.toContain(
        "canary",
      );
      expect(error).toHaveProperty("name", "ClientError");
    }
  });
});

test("a missing output is explained", () => {
  const outputs = { ...OUTPUTS, userpool_domain_base_url: undefined };
  const hintOf = (options: object): unknown => {
    try {
      return resolve(options);
    } catch (error) {
      return (error as { readonly hint?: string }).hint;
    }
  };
  expect(hintOf({ outputs, signIn: "browser" })).toContain("USER_POOL_DOMAIN");
  expect(hintOf({ outputs: { userpool_id: "x" }, ...PASSWORD })).toContain(
    "COGNITO_GROUPS=true",
  );
  expect(hintOf({ outputs: {}, ...PASSWORD })).toContain("veda-auth outputs");
});
