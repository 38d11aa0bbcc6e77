import {
  casesOf,
  long,
  setting,
  several,
  type Rule,
  type Way,
} from "./rule-case";

const POOL_ID = "us-west-2_Abc123";
const ROLE_ARN = "arn:aws:iam::123456789012:role/managers";

const client = (name: string): Way => ({
  build: (auth) => auth.addProgrammaticClient("another-client", { name }),
});
const server = (id: string, scopes: readonly string[] = []): Way => ({
  build: (auth) =>
    auth.addResourceServer(
      id,
      Object.fromEntries(scopes.map((scope) => [scope, "Something"])),
    ),
});
const scope = (name: string): Way => server("api", [name]);
const group = (
  options: Partial<Record<"name" | "description", string>>,
  precedence = 1,
): Way => ({
  build: (auth) => {
    const { name = "group", description = "Some" } = options;
    auth.addGroupWithRole(name, { description, precedence, roleArn: ROLE_ARN });
  },
});
const page = (
  callbackUrls: readonly string[],
  logoutUrls: readonly string[] = [],
): Way => ({
  build: (auth) => auth.addFrontendClient("page", { callbackUrls, logoutUrls }),
});
const lives =
  (name: "accessTokenMinutes" | "idTokenMinutes" | "refreshTokenDays") =>
  (value: number): Way => ({
    build: (auth) =>
      auth.addProgrammaticClient("another-client", { [name]: value }),
  });
const urls = (count: number): string[] =>
  several(count, (index) => `https://${index}.example/`);
/** A stage whose pool and domain exist, so that its own name may be longer than a domain's. */
const ofTwoNames = (length: number): Way => ({
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
    way: client,
    accepted: ["A name_1 +=,.@-"],
    refused: ["a/b", "a!*", long(129)],
    says: "client name must be 1-128 letters, digits, spaces or any of _ + = , . @ -",
  },
  {
    row: "cognito/client-name",
    way: client,
    accepted: ["a", long(128)],
    refused: ["", long(129), "a:b"],
    says: "client name must be 1-128 ",
  },
  {
    row: "provider/callback-url-http",
    way: (url) => page([url]),
    accepted: ["https://evil.com"],
    refused: ["http://evil.com"],
    says: "callback URL must be an absolute URL of at most 1024 characters, https",
  },
  {
    row: "cognito/callback-url",
    way: (url) => page([url]),
    accepted: [
      "http://localhost:3000/callback",
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
    says: "callback URL must be an absolute URL of at most 1024 characters, https",
  },
  ...["DASHBOARD_CALLBACK_URLS", "PROGRAMMATIC_CALLBACK_URLS"].map(
    (name): Rule<string> => ({
      row: "cognito/callback-url",
      way: setting(name),
      accepted: [
        "https://a.example",
        long(1024, (filling) => `https://a.example/${filling}`),
      ],
      refused: [
        "http://evil.com",
        "/",
        long(1025, (filling) => `https://a.example/${filling}`),
      ],
      says: `${name} must be comma-separated, each an absolute URL`,
    }),
  ),
  {
    row: "cognito/callback-url",
    way: setting("DASHBOARD_LOGOUT_URLS", {
      DASHBOARD_CALLBACK_URLS: "https://a.example",
    }),
    accepted: ["https://a.example/out"],
    refused: ["http://evil.com", "https://a.example/#out"],
    says: "DASHBOARD_LOGOUT_URLS must be comma-separated, each an absolute URL",
  },
  {
    row: "cognito/callback-url",
    way: (url) => page(["https://a.example"], [url]),
    accepted: ["https://a.example/out"],
    refused: ["http://evil.com"],
    says: "logout URL must be an absolute URL",
  },
  {
    row: "provider/scope-name",
    way: scope,
    accepted: ["a.b-c"],
    refused: ["a/b c"],
    says: 'scope name must be 1-256 printable ASCII characters but space, ", / and \\',
  },
  {
    row: "cognito/scope-name",
    way: scope,
    accepted: ["!", "stac:register", long(245)],
    refused: ["", long(257), "a/b", "a b", 'a"b', "a\\b", "é"],
    says: "scope name must be 1-256 printable ASCII characters",
  },
  {
    row: "cognito/scope-of-client",
    way: scope,
    accepted: [long(245)],
    refused: [long(246)],
    says: "OAuth scope must be 1-256 characters with its resource server",
    got: () => "(257 characters)",
  },
  {
    row: "cognito/scope-description",
    way: (description) => ({
      build: (auth) => auth.addResourceServer("api", { go: description }),
    }),
    accepted: ["a", long(256)],
    refused: ["", long(257), "a\nb"],
    says: 'description of scope "go" must be 1-256 characters',
  },
  {
    row: "provider/server-identifier",
    way: (id) => server(id),
    accepted: ["a.b"],
    refused: ["a b"],
    says: 'resource server identifier must be 1-256 printable ASCII characters but space, " and \\',
    got: (id) => `got "${id}-server"`,
  },
  {
    row: "cognito/server-identifier",
    way: (id) => server(id),
    accepted: [long(249)],
    refused: [long(250), "é"],
    says: "resource server identifier must be 1-256 printable ASCII characters",
    got: (id) => (id.length < 9 ? `"${id}-server"` : "(257 characters)"),
  },
  {
    row: "cognito/server-name",
    way: (id) => server(id),
    accepted: ["a_1+=,.@-", long(249)],
    refused: [long(250), "a/b", "a!*"],
    says: "resource server name must be 1-256 letters, digits, spaces",
    got: (id) => (id.length < 9 ? `"${id}-server"` : "(257 characters)"),
  },
  {
    row: "provider/domain",
    way: setting("APP_NAME"),
    accepted: ["my-app"],
    refused: ["my-aws-cognito"],
    says: "domain prefix, which is APP_NAME-STAGE, must be 1-63 lower-case letters",
    got: (name) => `got "${name}-dev"`,
  },
  {
    row: "provider/domain",
    way: setting("APP_NAME"),
    accepted: ["my-app"],
    refused: ["My_App", "1app", long(101)],
    says: "APP_NAME must be 1-100 lower-case letters, digits or hyphens, a letter first",
  },
  {
    row: "domain/form",
    way: setting("USER_POOL_DOMAIN", { USER_POOL_ID: POOL_ID }),
    accepted: ["a", "a-1", long(63)],
    refused: ["A", "a.b", "-a", "a-", long(64)],
    says: "USER_POOL_DOMAIN must be 1-63 lower-case letters, digits or hyphens",
  },
  {
    row: "domain/form",
    way: setting("STAGE", { APP_NAME: "a" }),
    accepted: ["1", long(61)],
    refused: [long(62), "a-"],
    says: "domain prefix, which is APP_NAME-STAGE, must be 1-63 lower-case letters",
    got: (stage) => `got "a-${stage}"`,
  },
  {
    row: "domain/form",
    way: setting("STAGE"),
    accepted: ["1-a"],
    refused: ["A", "a_b", "a.b", long(101)],
    says: "STAGE must be 1-100 lower-case letters, digits or hyphens",
  },
  ...["aws", "amazon", "cognito"].map((word): Rule<string> => ({
    row: "domain/reserved",
    way: setting("STAGE"),
    accepted: [word.slice(1)],
    refused: [word, `a${word}s`],
    says: "with none of aws, amazon, cognito in it",
    got: (stage) => `got "veda-auth-stack-${stage}"`,
  })),
  {
    row: "provider/group-name",
    way: (name) => group({ name }),
    accepted: ["veda-readers"],
    refused: ["veda readers"],
    says: "group name must be 1-128 characters without spaces",
  },
  {
    row: "cognito/group-name",
    way: (name) => group({ name }),
    accepted: ["a", "日本", long(128)],
    refused: ["", long(129), "a\tb"],
    says: "group name must be 1-128 characters without spaces",
  },
  {
    row: "cognito/group-description",
    way: (description) => group({ description }),
    accepted: ["", long(2048)],
    refused: [long(2049)],
    says: "group description must be 0-2048 characters",
  },
  {
    row: "cognito/pool-id",
    way: setting("USER_POOL_ID"),
    accepted: ["us-west-2_a", long(55, (filling) => `us-west-2_${filling}`)],
    refused: [
      "us-west-2",
      "us-west-2_a-b",
      long(56, (filling) => `us-west-2_${filling}`),
    ],
    says: "USER_POOL_ID must be 1-55 characters of the form <region>_<id>",
  },
];

const counts: readonly Rule<number>[] = [
  {
    row: "provider/precedence",
    way: (precedence) => group({}, precedence),
    accepted: [1],
    refused: [-1],
    says: "group precedence must be a whole number from 1 to 2147483647",
  },
  {
    row: "cognito/precedence",
    way: (precedence) => group({}, precedence),
    accepted: [1, 2_147_483_647],
    refused: [0, 1.5, 2_147_483_648],
    says: "group precedence must be a whole number from 1 to 2147483647",
  },
  {
    row: "cognito/precedence",
    way: (precedence) => ({
      build: (auth) => {
        group({ name: "one" }, 1).build?.(auth);
        group({ name: "other" }, precedence).build?.(auth);
      },
    }),
    accepted: [2],
    refused: [1],
    says: 'group precedence must be another than that of "one"',
  },
  {
    row: "cognito/access-token",
    way: lives("accessTokenMinutes"),
    accepted: [5, 1440],
    refused: [4, 1441],
    says: "access token life must be a whole number from 5 to 1440 minutes",
  },
  {
    row: "cognito/id-token",
    way: lives("idTokenMinutes"),
    accepted: [5, 1440],
    refused: [4, 1441],
    says: "id token life must be a whole number from 5 to 1440 minutes",
  },
  {
    row: "cognito/refresh-token",
    way: lives("refreshTokenDays"),
    accepted: [1, 3650],
    refused: [0, 3651],
    says: "refresh token life must be a whole number from 1 to 3650 days",
  },
  {
    row: "provider/scope-twice",
    way: (times) => ({
      build: (auth) => {
        const api = auth.addResourceServer("api", { go: "Go" });
        const scopes = several(times, () => api.scope("go"));
        auth.addServiceClient("service", { scopes });
      },
    }),
    accepted: [1],
    refused: [2],
    says: 'scopes of "service" must be given once each',
    got: () => 'got "api-server/go" twice',
  },
  {
    row: "cognito/scopes-per-server",
    way: (count) =>
      server(
        "api",
        several(count, (index) => `s${index}`),
      ),
    accepted: [100],
    refused: [101],
    says: "number of scopes of a resource server must be at most 100",
  },
  {
    row: "cognito/scopes-per-client",
    way: (count) => ({
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
    says: "number of scopes of a client must be at most 50",
  },
  {
    row: "cognito/servers",
    // one is there already
    way: (count) => ({
      build: (auth) => {
        for (let index = 1; index < count; index += 1)
          auth.addResourceServer(`api-${index}`, { go: "Go" });
      },
    }),
    accepted: [25],
    refused: [26],
    says: "number of resource servers of a user pool must be at most 25",
  },
  {
    row: "cognito/clients",
    // of a thousand a test would take seconds; two are there already
    way: (count) => ({
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
    says: "number of clients of a user pool must be at most 4",
  },
  {
    row: "cognito/groups",
    // of ten thousand a test would take a minute
    way: (count) => ({
      quotas: { groups: 3 },
      build: (auth) => {
        for (let index = 1; index <= count; index += 1)
          group({ name: `group-${index}` }, index).build?.(auth);
      },
    }),
    accepted: [3],
    refused: [4],
    says: "number of groups of a user pool must be at most 3",
  },
  {
    row: "cognito/callback-urls",
    way: (count) => page(urls(count)),
    accepted: [1, 100],
    refused: [101],
    says: "number of callback URLs of a client must be at most 100",
  },
  {
    row: "cognito/callback-urls",
    way: (count) => page(urls(count)),
    accepted: [1],
    refused: [0],
    says: "callback URLs of a frontend client must be at least one",
    got: () => "got none",
  },
  ...["DASHBOARD_CALLBACK_URLS", "PROGRAMMATIC_CALLBACK_URLS"].map(
    (name): Rule<number> => ({
      row: "cognito/callback-urls",
      way: (count) => setting(name)(urls(count).join(",")),
      accepted: [1, 100],
      refused: [101],
      says: `${name} must be at most 100, comma-separated`,
      got: () => 'got "101"',
    }),
  ),
  {
    row: "cognito/logout-urls",
    way: (count) => page(["https://a.example"], urls(count)),
    accepted: [0, 100],
    refused: [101],
    says: "number of logout URLs of a client must be at most 100",
  },
  {
    row: "cognito/logout-urls",
    way: (count) =>
      setting("DASHBOARD_LOGOUT_URLS", {
        DASHBOARD_CALLBACK_URLS: "https://a.example",
      })(urls(count).join(",")),
    accepted: [1, 100],
    refused: [101],
    says: "DASHBOARD_LOGOUT_URLS must be at most 100, comma-separated",
    got: () => 'got "101"',
  },
  {
    row: "cognito/pool-name",
    way: ofTwoNames,
    accepted: [128],
    refused: [129],
    says: "APP_NAME-STAGE must be 1-128 letters",
    got: () => "(129 characters)",
  },
  {
    row: "cognito/identity-pool-name",
    // the name of the role beside it is at its limit sooner
    way: (length) => ({ ...ofTwoNames(length), ...group({}) }),
    accepted: [],
    refused: [116],
    says: "identity pool name must be 1-128 letters",
    got: () => "(129 characters)",
  },
  {
    row: "cognito/identity-pool-name",
    way: (length) => ({
      ...setting("STAGE", { APP_NAME: "a" })(long(length - 2)),
      ...group({}),
    }),
    accepted: [50],
    refused: [],
    says: "",
  },
];

/** Of user pools, their domains, clients, groups and identity pools. */
export const COGNITO_CASES = [
  ...texts.flatMap((rule) => casesOf(rule)),
  ...counts.flatMap((rule) => casesOf(rule)),
];
