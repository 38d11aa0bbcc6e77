import type { ResourceServerOptions } from "../../../stacks/resource-servers";
import {
  listCases,
  long,
  type Rule,
  setting,
  several,
  type StageInput,
} from "./rule-case";

const POOL_ID = "us-west-2_Abc123";
const ROLE_ARN = "arn:aws:iam::123456789012:role/managers";

const client = (name: string): StageInput => ({
  build: (auth) => auth.addProgrammaticClient("another-client", { name }),
});
const server = (id: string, scopes: readonly string[] = []): StageInput => ({
  build: (auth) =>
    auth.addResourceServer(
      id,
      Object.fromEntries(scopes.map((scope) => [scope, "Something"])),
    ),
});
const scope = (name: string): StageInput => server("api", [name]);
const serverOf = (options: ResourceServerOptions): StageInput => ({
  build: (auth) => auth.addResourceServer("api", { go: "Go" }, options),
});
const group = (
  options: Partial<Record<"name" | "description", string>>,
  precedence = 1,
): StageInput => ({
  build: (auth) => {
    const { name = "group", description = "Some" } = options;
    auth.addGroupWithRole(name, { description, precedence, roleArn: ROLE_ARN });
  },
});
const page = (
  callbackUrls: readonly string[],
  logoutUrls: readonly string[] = [],
): StageInput => ({
  build: (auth) => auth.addFrontendClient("page", { callbackUrls, logoutUrls }),
});
const validity =
  (name: "accessTokenMinutes" | "idTokenMinutes" | "refreshTokenDays") =>
  (value: number): StageInput => ({
    build: (auth) =>
      auth.addProgrammaticClient("another-client", { [name]: value }),
  });
const urls = (count: number): string[] =>
  several(count, (index) => `https://${index}.example/`);
/** Creates a stage with an existing pool and domain, so that its name can be longer than a domain's. */
const withLongNames = (length: number): StageInput => ({
  settings: {
    USER_POOL_ID: POOL_ID,
    USER_POOL_DOMAIN: "theirs",
    APP_NAME: long(100),
    STAGE: long(length - 101),
  },
});

const texts: readonly Rule<string>[] = [
  {
    row: "provider/names",
    input: client,
    accepted: ["A name_1 +=,.@-"],
    refused: ["a/b", "a!*", long(129)],
    subject: "client name",
  },
  {
    row: "cognito/client-name",
    input: client,
    accepted: ["a", long(128)],
    refused: ["", long(129), "a:b"],
    subject: "client name",
  },
  {
    row: "provider/callback-url-http",
    input: (url) => page([url]),
    accepted: ["https://evil.com"],
    refused: ["http://evil.com"],
    subject: "callback URL",
  },
  {
    row: "cognito/callback-url",
    input: (url) => page([url]),
    accepted: [
      "http://localhost:3000/callback",
      "http://127.0.0.1:3000/callback",
      "http://[::1]:3000/callback",
      "myapp://callback",
      long(1024, (filling) => `https://a.example/${filling}`),
    ],
    refused: [
      "/callback",
      "https://a.example/#fragment",
      "https://a.example/a b",
      "javascript:/alert(1)",
      long(1025, (filling) => `https://a.example/${filling}`),
    ],
    subject: "callback URL",
  },
  ...["DASHBOARD_CALLBACK_URLS", "PROGRAMMATIC_CALLBACK_URLS"].map(
    (name): Rule<string> => ({
      row: "cognito/callback-url",
      input: setting(name),
      accepted: [
        "https://a.example",
        "http://127.0.0.1:3000,http://[::1]:3000",
        long(1024, (filling) => `https://a.example/${filling}`),
      ],
      refused: [
        "http://evil.com",
        "/",
        long(1025, (filling) => `https://a.example/${filling}`),
      ],
      subject: name,
    }),
  ),
  {
    row: "cognito/callback-url",
    input: setting("DASHBOARD_LOGOUT_URLS", {
      DASHBOARD_CALLBACK_URLS: "https://a.example",
    }),
    accepted: ["https://a.example/out"],
    refused: ["http://evil.com", "https://a.example/#out"],
    subject: "DASHBOARD_LOGOUT_URLS",
  },
  {
    row: "cognito/callback-url",
    input: (url) => page(["https://a.example"], [url]),
    accepted: ["https://a.example/out"],
    refused: ["http://evil.com"],
    subject: "logout URL",
  },
  {
    row: "provider/scope-name",
    input: scope,
    accepted: ["a.b-c"],
    refused: ["a/b c"],
    subject: "scope name",
  },
  {
    row: "cognito/scope-name",
    input: scope,
    accepted: ["!", "stac:register", long(245)],
    refused: ["", long(257), "a/b", "a b", 'a"b', "a\\b", "é"],
    subject: "scope name",
  },
  {
    row: "cognito/scope-of-client",
    input: scope,
    accepted: [long(245)],
    refused: [long(246)],
    subject: "OAuth scope",
    got: () => "(257 characters)",
  },
  {
    row: "cognito/scope-description",
    input: (description) => ({
      build: (auth) => auth.addResourceServer("api", { go: description }),
    }),
    accepted: ["a", long(256)],
    refused: ["", long(257), "a\nb"],
    subject: 'description of scope "go"',
  },
  {
    row: "provider/server-identifier",
    input: (id) => server(id),
    accepted: ["a.b"],
    refused: ["a b"],
    subject: "resource server identifier",
    got: (id) => `got "${id}-server"`,
  },
  {
    row: "cognito/server-identifier",
    input: (id) => server(id),
    accepted: [long(249)],
    refused: [long(250), "é"],
    subject: "resource server identifier",
    got: (id) => (id.length < 9 ? `"${id}-server"` : "(257 characters)"),
  },
  {
    row: "cognito/server-identifier",
    input: (identifier) => serverOf({ identifier }),
    accepted: [
      "https://api.example.org/v1",
      "https://api.example.org/",
      "urn:api!*",
      long(253),
    ],
    refused: ["", "https://api.example.org/a b", long(257)],
    subject: "resource server identifier",
  },
  {
    row: "cognito/server-name",
    input: (name) => serverOf({ name }),
    accepted: ["a_1+=,.@-", "Catalog API", long(256)],
    refused: ["", long(257), "a/b", "a!*"],
    subject: "resource server name",
  },
  {
    row: "provider/domain",
    input: setting("APP_NAME"),
    accepted: ["my-app"],
    refused: ["my-aws-cognito"],
    subject: "domain prefix",
    got: (name) => `got "${name}-dev"`,
  },
  {
    row: "provider/domain",
    input: setting("APP_NAME"),
    accepted: ["my-app"],
    refused: ["My_App", "1app", long(101)],
    subject: "APP_NAME",
  },
  {
    row: "domain/form",
    input: setting("USER_POOL_DOMAIN", { USER_POOL_ID: POOL_ID }),
    accepted: ["a", "a-1", long(63)],
    refused: ["A", "a.b", "-a", "a-", long(64)],
    subject: "USER_POOL_DOMAIN",
  },
  {
    row: "domain/form",
    input: setting("STAGE", { APP_NAME: "a" }),
    accepted: ["1", long(61)],
    refused: [long(62), "a-"],
    subject: "domain prefix",
    got: (stage) => `got "a-${stage}"`,
  },
  {
    row: "domain/form",
    input: setting("STAGE"),
    accepted: ["1-a"],
    refused: ["A", "a_b", "a.b", long(101)],
    subject: "STAGE",
  },
  ...["aws", "amazon", "cognito"].map((word): Rule<string> => ({
    row: "domain/reserved",
    input: setting("STAGE"),
    accepted: [word.slice(1)],
    refused: [word, `a${word}s`],
    subject: "domain prefix",
    got: (stage) => `got "veda-auth-stack-${stage}"`,
  })),
  {
    row: "provider/group-name",
    input: (name) => group({ name }),
    accepted: ["veda-readers"],
    refused: ["veda readers"],
    subject: "group name",
  },
  {
    row: "cognito/group-name",
    input: (name) => group({ name }),
    accepted: ["a", "日本", long(128)],
    refused: ["", long(129), "a\tb"],
    subject: "group name",
  },
  {
    row: "cognito/group-description",
    input: (description) => group({ description }),
    accepted: ["", long(2048)],
    refused: [long(2049)],
    subject: "group description",
  },
  {
    row: "cognito/pool-id",
    input: setting("USER_POOL_ID"),
    accepted: ["us-west-2_a", long(55, (filling) => `us-west-2_${filling}`)],
    refused: [
      "us-west-2",
      "us-west-2_a-b",
      long(56, (filling) => `us-west-2_${filling}`),
    ],
    subject: "USER_POOL_ID",
  },
];

const counts: readonly Rule<number>[] = [
  {
    row: "provider/precedence",
    input: (precedence) => group({}, precedence),
    accepted: [1],
    refused: [-1],
    subject: "group precedence",
  },
  {
    row: "cognito/precedence",
    input: (precedence) => group({}, precedence),
    accepted: [1, 2_147_483_647],
    refused: [0, 1.5, 2_147_483_648],
    subject: "group precedence",
  },
  {
    row: "cognito/precedence",
    input: (precedence) => ({
      build: (auth) => {
        group({ name: "one" }, 1).build?.(auth);
        group({ name: "other" }, precedence).build?.(auth);
      },
    }),
    accepted: [2],
    refused: [1],
    subject: "group precedence",
  },
  {
    row: "cognito/access-token",
    input: validity("accessTokenMinutes"),
    accepted: [5, 1440],
    refused: [4, 1441],
    subject: "access token validity",
  },
  {
    row: "cognito/id-token",
    input: validity("idTokenMinutes"),
    accepted: [5, 1440],
    refused: [4, 1441],
    subject: "id token validity",
  },
  {
    row: "cognito/refresh-token",
    input: validity("refreshTokenDays"),
    accepted: [1, 3650],
    refused: [0, 3651],
    subject: "refresh token validity",
  },
  {
    row: "provider/scope-twice",
    input: (times) => ({
      build: (auth) => {
        const api = auth.addResourceServer("api", { go: "Go" });
        const scopes = several(times, () => api.scope("go"));
        auth.addServiceClient("service", { scopes });
      },
    }),
    accepted: [1],
    refused: [2],
    subject: 'scopes of "service"',
    got: () => 'got "api-server/go" twice',
  },
  {
    row: "cognito/scopes-per-server",
    input: (count) =>
      server(
        "api",
        several(count, (index) => `s${index}`),
      ),
    accepted: [100],
    refused: [101],
    subject: "number of scopes of a resource server",
  },
  {
    row: "cognito/scopes-per-client",
    input: (count) => ({
      build: (auth) => {
        const names = several(count, (index) => `s${index}`);
        const api = auth.addResourceServer(
          "api",
          Object.fromEntries(names.map((name) => [name, "Something"])),
        );
        auth.addServiceClient("service", {
          scopes: names.map((name) => api.scope(name)),
        });
      },
    }),
    accepted: [50],
    refused: [51],
    subject: "number of scopes of a client",
  },
  {
    row: "cognito/servers",
    // one is there already
    input: (count) => ({
      build: (auth) => {
        for (let index = 1; index < count; index += 1)
          auth.addResourceServer(`api-${index}`, { go: "Go" });
      },
    }),
    accepted: [25],
    refused: [26],
    subject: "number of resource servers of a user pool",
  },
  {
    row: "cognito/clients",
    // of a thousand a test would take seconds; two are there already
    input: (count) => ({
      quotas: { clients: 4 },
      build: (auth) => {
        for (let index = 2; index < count; index += 1)
          auth.addFrontendClient(`page-${index}`, {
            callbackUrls: ["https://a.example/"],
          });
      },
    }),
    accepted: [4],
    refused: [5],
    subject: "number of clients of a user pool",
  },
  {
    row: "cognito/groups",
    // of ten thousand a test would take a minute
    input: (count) => ({
      quotas: { groups: 3 },
      build: (auth) => {
        for (let index = 1; index <= count; index += 1)
          group({ name: `group-${index}` }, index).build?.(auth);
      },
    }),
    accepted: [3],
    refused: [4],
    subject: "number of groups of a user pool",
  },
  {
    row: "cognito/callback-urls",
    input: (count) => page(urls(count)),
    accepted: [1, 100],
    refused: [101],
    subject: "number of callback URLs of a client",
  },
  {
    row: "cognito/callback-urls",
    input: (count) => page(urls(count)),
    accepted: [1],
    refused: [0],
    subject: "callback URLs of a frontend client",
    got: () => "got none",
  },
  ...["DASHBOARD_CALLBACK_URLS", "PROGRAMMATIC_CALLBACK_URLS"].map(
    (name): Rule<number> => ({
      row: "cognito/callback-urls",
      input: (count) => setting(name)(urls(count).join(",")),
      accepted: [1, 100],
      refused: [101],
      subject: name,
      got: () => 'got "101"',
    }),
  ),
  {
    row: "cognito/logout-urls",
    input: (count) => page(["https://a.example"], urls(count)),
    accepted: [0, 100],
    refused: [101],
    subject: "number of logout URLs of a client",
  },
  {
    row: "cognito/logout-urls",
    input: (count) =>
      setting("DASHBOARD_LOGOUT_URLS", {
        DASHBOARD_CALLBACK_URLS: "https://a.example",
      })(urls(count).join(",")),
    accepted: [1, 100],
    refused: [101],
    subject: "DASHBOARD_LOGOUT_URLS",
    got: () => 'got "101"',
  },
  {
    row: "cognito/pool-name",
    input: withLongNames,
    accepted: [128],
    refused: [129],
    subject: "APP_NAME-STAGE",
    got: () => "(129 characters)",
  },
  {
    row: "cognito/identity-pool-name",
    // the role name reaches its limit first
    input: (length) => ({ ...withLongNames(length), ...group({}) }),
    accepted: [],
    refused: [116],
    subject: "identity pool name",
    got: () => "(129 characters)",
  },
  {
    row: "cognito/identity-pool-name",
    input: (length) => ({
      ...setting("STAGE", { APP_NAME: "a" })(long(length - 2)),
      ...group({}),
    }),
    accepted: [50],
    refused: [],
    subject: "",
  },
];

/** Of user pools, their domains, clients, groups and identity pools. */
export const COGNITO_CASES = [
  ...texts.flatMap((rule) => listCases(rule)),
  ...counts.flatMap((rule) => listCases(rule)),
];
