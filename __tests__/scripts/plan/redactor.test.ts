import fc from "fast-check";
import { ANY_CHARACTER } from "../../support/any-character";
import {
  createPlanRedactor,
  createStateRedactor,
} from "../../../scripts/lib/plan/plan-secrets";
import { REDACTED, Redactor } from "../../../scripts/lib/plan/redactor";
import { buildPlan } from "../../support/plan-builder";

const SECRET = 'c4nary"\\/+=ü-0123456789';
const KEY = [
  "-----BEGIN RSA PRIVATE KEY-----",
  "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX",
  "-----END RSA PRIVATE KEY-----",
].join("\n");
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.dBjftJeZ4CVP";

test.each([
  ["as it is", SECRET],
  ["in a longer text", `before ${SECRET} after`],
  ["as JSON", JSON.stringify({ a: SECRET })],
  ["as JSON in JSON", JSON.stringify({ a: JSON.stringify({ b: SECRET }) })],
  ["in a URL", `https://e.example/?x=${encodeURIComponent(SECRET)}`],
  ["as Base64", Buffer.from(SECRET).toString("base64")],
])("a secret is redacted %s", (_, text) => {
  const result = new Redactor([SECRET]).redact(text);
  expect(result).toContain(REDACTED);
  expect(result).not.toMatch(/c4nary|YzRuYXJ5/);
});

test("text around a secret is unchanged", () => {
  expect(new Redactor([SECRET]).redact(`a ${SECRET} b ${SECRET}`)).toBe(
    `a ${REDACTED} b ${REDACTED}`,
  );
});

test("the longer of two secrets with the same start is redacted", () => {
  expect(new Redactor(["abcd", "abcdefgh"]).redact("x abcdefgh y")).toBe(
    `x ${REDACTED} y`,
  );
});

test("a short secret is redacted only as a whole text", () => {
  const redactor = new Redactor(["ab"]);
  expect(redactor.redact("ab")).toBe(REDACTED);
  expect(redactor.redact("cab")).toBe("cab");
});

test.each([
  ["a private key", KEY],
  ["a private key that ends early", KEY.slice(0, 60)],
  ["a token", TOKEN],
  ["a token of GitHub", `ghp_${"a".repeat(36)}`],
  ["an access key id of AWS", "AKIAIOSFODNN7EXAMPLE"],
  ["a token of Slack", "xoxb-0123456789-abcdef"],
  ["the password of a URL", "postgres://user:hunter2@db.example/veda"],
])("%s is redacted by its format", (_, text) => {
  expect(new Redactor().redact(`x ${text} y`)).toContain(REDACTED);
  expect(new Redactor().redact(`x ${text} y`)).not.toContain(text);
});

test("no redacted text contains a secret", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, unit: ANY_CHARACTER }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        // a word is redacted only as a word of its own
        fc.pre(!/^[A-Za-z]+$|^[a-z]+([-_ .][a-z]+)*$|^\d+$/.test(secret));
        fc.pre(!REDACTED.includes(secret));
        const result = new Redactor([secret]).redact(before + secret + after);
        const parts = result.split(REDACTED);
        expect(parts.some((part) => part.includes(secret))).toBe(false);
      },
    ),
  );
});

describe("secrets of a plan", () => {
  test.each<[string, Parameters<typeof buildPlan>]>([
    [
      "a value that is marked before",
      [
        [
          {
            type: "t",
            before: { a: SECRET },
            changeMembers: { before_sensitive: { a: true } },
          },
        ],
      ],
    ],
    [
      "a value that is marked after",
      [
        [
          {
            type: "t",
            after: { a: [{ b: SECRET }] },
            changeMembers: { after_sensitive: { a: [{ b: true }] } },
          },
        ],
      ],
    ],
    [
      "all of a block that is marked",
      [
        [
          {
            type: "t",
            after: { a: { b: SECRET } },
            changeMembers: { after_sensitive: { a: true } },
          },
        ],
      ],
    ],
    [
      "a value with the name of a secret",
      [[{ type: "t", after: { details: { client_secret: SECRET } } }]],
    ],
    [
      "a part of a secret that is JSON",
      [
        [
          {
            type: "t",
            after: { secret_string: JSON.stringify({ client_secret: SECRET }) },
          },
        ],
      ],
    ],
    [
      "an output that is marked",
      [
        [],
        {
          output_changes: {
            o: {
              actions: ["update"],
              before: "x",
              after: SECRET,
              after_sensitive: true,
            },
          },
        },
      ],
    ],
    [
      "an output of the state",
      [
        [],
        {
          prior_state: {
            values: { outputs: { o: { sensitive: true, value: SECRET } } },
          },
        },
      ],
    ],
    [
      "a value of the state",
      [
        [],
        {
          prior_state: {
            values: {
              root_module: {
                resources: [
                  {
                    address: "a",
                    values: { x: SECRET },
                    sensitive_values: { x: true },
                  },
                ],
              },
            },
          },
        },
      ],
    ],
    [
      "a value of a module of the state",
      [
        [],
        {
          prior_state: {
            values: {
              root_module: {
                child_modules: [
                  {
                    resources: [
                      { values: { x: SECRET }, sensitive_values: { x: true } },
                    ],
                  },
                ],
              },
            },
          },
        },
      ],
    ],
    [
      "a variable that is marked",
      [
        [],
        {
          variables: { v: { value: SECRET } },
          configuration: {
            root_module: { variables: { v: { sensitive: true } } },
          },
        },
      ],
    ],
    [
      "a variable with the name of a secret",
      [[], { variables: { db_password: { value: SECRET } } }],
    ],
    [
      "drift",
      [
        [],
        {
          resource_drift: [
            {
              address: "a",
              type: "t",
              change: {
                actions: ["update"],
                before: {},
                after: { a: SECRET },
                after_sensitive: { a: true },
              },
            },
          ],
        },
      ],
    ],
  ])("%s", (_, [resources, more]) => {
    const redactor = createPlanRedactor(buildPlan(resources, more));
    expect(redactor.redact(`a ${SECRET}`)).toBe(`a ${REDACTED}`);
  });

  test("parts of secret JSON that are not secrets are readable", () => {
    const text = JSON.stringify({
      client_secret: SECRET,
      aws_region: "us-west-2",
    });
    const redactor = createPlanRedactor(
      buildPlan([{ type: "t", after: { secret_string: text } }]),
    );
    expect(redactor.redact("us-west-2")).toBe("us-west-2");
  });

  test("units and numbers of tokens are not secrets", () => {
    const after = {
      token_validity_units: [{ access_token: "minutes" }],
      access_token_validity: 60,
    };
    expect(
      createPlanRedactor(buildPlan([{ type: "t", after }])).redact(
        "60 minutes",
      ),
    ).toBe("60 minutes");
  });
});

test("the id of a client is not redacted as a key", () => {
  const id = "d6KQlM2cwGZqJLxVslmlJk1Kfg";
  const plan = buildPlan([
    { type: "aws_cognito_user_pool_client", after: { name: "a", id } },
  ]);
  expect(createPlanRedactor(plan).redactFreeText(`client ${id}`)).toBe(
    `client ${id}`,
  );
  expect(new Redactor().redactFreeText(id)).toBe(REDACTED);
});

test.each<[string, object]>([
  [
    "as Terraform shows it",
    {
      values: {
        root_module: {
          resources: [{ values: { a: SECRET }, sensitive_values: { a: true } }],
        },
      },
    },
  ],
  [
    "as it is stored",
    {
      version: 4,
      resources: [{ instances: [{ attributes: { client_secret: SECRET } }] }],
    },
  ],
])("secrets of a state %s", (_, state) => {
  expect(createStateRedactor(state).redact(SECRET)).toBe(REDACTED);
});

test("a secret that is an ordinary word is redacted only as a separate word", () => {
  const redactor = new Redactor(["ingest", "secret", "4711"]);
  for (const name of [
    "veda-stac-ingestion-registry",
    "veda-stac-secretion-registry",
    "veda-ingest",
    "ingest_api",
    "port 47110",
    "secrets",
  ])
    expect(redactor.redact(name)).toBe(name);
  expect(redactor.redact("ingest")).toBe(REDACTED);
  expect(redactor.redact('{"user":"ingest","pin":4711}')).toBe(
    `{"user":"${REDACTED}","pin":${REDACTED}}`,
  );
});

describe("values", () => {
  const redactor = new Redactor([SECRET]);

  test("retain their structure and the names of attributes", () => {
    expect(
      redactor.redactValue({
        name: "a",
        count: 1,
        isOn: true,
        nothing: null,
        list: ["a", SECRET],
        block: [{ text: `x ${SECRET}` }],
      }),
    ).toEqual({
      name: "a",
      count: 1,
      isOn: true,
      nothing: null,
      list: ["a", REDACTED],
      block: [{ text: `x ${REDACTED}` }],
    });
  });

  test.each<[string, unknown, unknown, unknown]>([
    ["a text", { a: "x" }, { a: true }, { a: REDACTED }],
    ["a number", { a: 4711 }, { a: true }, { a: REDACTED }],
    ["a boolean", { a: true }, { a: true }, { a: REDACTED }],
    ["an object", { a: { b: "x" } }, { a: true }, { a: REDACTED }],
    [
      "a member",
      { a: ["x", "y"] },
      { a: [false, true] },
      { a: ["x", REDACTED] },
    ],
    [
      "a block",
      { a: [{ b: 1, c: 2 }] },
      { a: [{ c: true }] },
      { a: [{ b: 1, c: REDACTED }] },
    ],
    [
      "no value that is not set",
      { a: null, b: "" },
      { a: true, b: true },
      { a: null, b: "" },
    ],
    [
      "no JSON object without members, whatever its name",
      { a: "{}", secret_string: "{}" },
      { a: true },
      { a: "{}", secret_string: "{}" },
    ],
  ])("marked as sensitive are redacted: %s", (_, value, mark, expected) => {
    expect(new Redactor().redactValue(value, "", mark)).toEqual(expected);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a text", { db_pass: "hunter2" }],
    ["a list", { tokens: ["hunter2"] }],
    ["an object", { credentials: { user: "hunter2" } }],
    ["an entry of a map", { provider_details: { client_secret: "hunter2" } }],
    [
      "a variable of a function",
      { environment: [{ variables: { SECRET_KEY: "hunter2" } }] },
    ],
  ])("with the name of a secret are redacted: %s", (_, value) => {
    const shown = JSON.stringify(new Redactor().redactValue(value));
    expect(shown).toContain(REDACTED);
    expect(shown).not.toContain("hunter2");
  });

  test("have no secret in their keys", () => {
    const shown = new Redactor(["hunter2pass", SECRET]).redactValue({
      tags: { hunter2pass: "x", [SECRET]: "y", Owner: "z" },
      provider_details: { hunter2pass: "x" },
    });
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|c4nary/);
    expect(shown).toMatchObject({ tags: { Owner: "z" } });
  });

  test("of JSON have no secret in keys and values", () => {
    const shown = redactor.redactValue({
      policy: JSON.stringify({ [SECRET]: { a: SECRET } }),
    });
    expect(shown).toEqual({
      policy: `{"${REDACTED}":{"a":"${REDACTED}"}}`,
    });
  });

  test("have no line of a multiline secret", () => {
    const secret = "first-line-0123456789\nsecond-line-0123456789";
    const redact = createPlanRedactor(
      buildPlan([
        {
          type: "t",
          after: { a: secret },
          changeMembers: { after_sensitive: { a: true } },
        },
      ]),
    );
    expect(redact.redact("x second-line-0123456789 y")).toBe(`x ${REDACTED} y`);
  });
});

/** Random strings. */
const KEYS = [
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "8f2k1m9x3v7b5n0q4w6e2r8t1y3u5i7o9p0a2s4d6f8g1h3j5k",
  "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTA=",
  "SG.Ab1Cd2Ef3Gh4Ij5Kl6Mn7O",
  "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
  "AKp0x9Zq/8sLmN3+tRv5wYb2cDe7fGh1iJk4",
];

/** Texts that look like keys and are not. */
const NON_KEYS = [
  "An ordinary sentence about the ingestion of 1000 collections.",
  "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "us-west-2:3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "arn:aws:iam::111122223333:role/veda-auth-stack-dev-writers",
  "arn:aws:secretsmanager:us-west-2:111122223333:secret:veda-auth/ingest-Ab1Cd2",
  "arn:aws:kms:us-west-2:111122223333:key/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "arn:aws:s3:::veda-data-store-staging-2024/collections/no2-monthly/*",
  "1example23456789abcdefghij",
  "7hqoc4jvd2k9m3n5p8r1s6t0uw",
  "us-west-2_AbCdEfGhI",
  "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_AbCdEfGhI",
  "aws_cognito_user_pool_client.veda-auth-stack-dev_service_client_8A3F21C0",
  "aws_iam_role.vedaReadersRole_8A3F2C1D",
  "aws_cognito_identity_pool.authIdentityPool_0D4C7A9B",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "veda-auth-terraform-state-for-everything-2024-01-31T12:00:00Z",
  "TerraformManagedBy2ndPlatformTeam",
  "repo:octo@1234567/auth@987654321:environment:production",
  "https://dashboard.example.org/oauth2/callback?provider=Login1",
  "0123456789012345678901234567890123456789",
];

describe("free text", () => {
  test.each(KEYS)("does not show a generated key: %s", (key) => {
    const shown = new Redactor().redactFreeText(`key ${key} of us`);
    expect(shown).toContain(REDACTED);
    expect(shown).not.toContain(key);
  });

  test.each(NON_KEYS)("shows what is not a key: %s", (plainText) => {
    expect(new Redactor().redactFreeText(plainText)).toBe(plainText);
    expect(new Redactor().redactFreeText(`x "${plainText}" y`)).toBe(
      `x "${plainText}" y`,
    );
  });

  test.each<[string, (key: string) => Record<string, unknown>]>([
    ["a tag", (key) => ({ tags: { Note: key } })],
    ["a tag of the provider", (key) => ({ tags_all: { Note: key } })],
    ["a description", (key) => ({ description: `uses ${key}` })],
    ["details of a provider", (key) => ({ provider_details: { x: key } })],
    ["a trigger", (key) => ({ triggers_replace: [key] })],
  ])("is %s", (_, createValues) => {
    for (const key of KEYS)
      expect(
        JSON.stringify(new Redactor().redactValue(createValues(key))),
      ).toContain(REDACTED);
  });

  test("does not show a Cognito client secret of lowercase letters and digits", () => {
    const characters = Array.from("0123456789abcdefghijklmnopqrstuv");
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...characters), {
          minLength: 51,
          maxLength: 52,
        }),
        (secret) => {
          const text = secret.join("");
          fc.pre((text.match(/\d[a-z]|[a-z]\d/g) ?? []).length >= 10);
          expect(new Redactor().redactFreeText(text)).toBe(REDACTED);
        },
      ),
      { seed: 1 },
    );
  });

  test("shows words, whatever joins them", () => {
    const word = fc.constantFrom(
      "veda",
      "Auth",
      "ingest",
      "Readers",
      "stac",
      "2024",
      "no2",
      "prod",
    );
    const joint = fc.constantFrom("-", "_", ".", " ", ":", "/");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, joint), { minLength: 1, maxLength: 12 }),
        (parts) => {
          const text = parts.flat().join("");
          expect(new Redactor().redactFreeText(text)).toBe(text);
        },
      ),
      { seed: 1 },
    );
  });
});

test.each([
  ["password=hunter2pw", "password=(redacted)"],
  ["db password: correct-horse1", "db password: (redacted)"],
  ['{"password":"swordfish1"}', '{"password":"(redacted)"}'],
  ["https://x/?api_key=hunter2pw&b=1", "https://x/?api_key=(redacted)&b=1"],
  ["send Bearer abcDEF123.ghiJKL456-x", "send Bearer (redacted)"],
])("a value next to a name of a secret is redacted: %s", (text, expected) => {
  expect(new Redactor().redactFreeText(text)).toBe(expected);
});

/** Prefixes and remainders of tokens, so that secret scanners do not report this file. */
test.each([
  ["AIza", "SyA1234567890abcdefghijklmnopqrstuv"],
  ["npm_", "abcdefghijklmnopqrstuvwxyz0123456789"],
  ["glpat-", "AbCdEf123456GhIjKl78"],
  ["sk_live_", "4eC39HqLyjWDarjtT1zdp7dc"],
  ["SG.", "abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
])("a token with the prefix %s is redacted", (prefix, rest) => {
  expect(new Redactor().redact(`token ${prefix}${rest}`)).toBe(
    "token (redacted)",
  );
});

test.each([
  "Client secret, created by VEDA Auth CDK.",
  "token: used by the service",
  "Secret: created: see docs",
  "tokens=on",
  "Owner=platform",
  "The password policy: at least 12 characters",
])("ordinary text is unchanged: %s", (text) => {
  expect(new Redactor().redactFreeText(text)).toBe(text);
});

describe("a secret that replaces another one", () => {
  const redactor = new Redactor(["old-secret-1", "new-secret-2"]);
  const change = (before: unknown, after: unknown, mark?: unknown) =>
    redactor.redactChanged(after, mark, {
      raw: before,
      redacted: redactor.redactValue(before, "", mark),
    });

  test.each<[string, unknown, unknown, unknown]>([
    [
      "as a value",
      { client_secret: "old-secret-1" },
      { client_secret: "new-secret-2" },
      { client_secret: "(redacted, changed)" },
    ],
    [
      "in a block",
      { a: [{ value: "old-secret-1" }] },
      { a: [{ value: "new-secret-2" }] },
      { a: [{ value: "(redacted, changed)" }] },
    ],
    [
      "in a longer text",
      { a: "x old-secret-1" },
      { a: "x new-secret-2" },
      { a: "(redacted, changed)" },
    ],
  ])("differs %s", (_, before, after, expected) => {
    expect(change(before, after)).toEqual(expected);
  });

  test("differs as a number", () => {
    expect(change({ pin: 4711 }, { pin: 4712 }, { pin: true })).toEqual({
      pin: "(redacted, changed)",
    });
  });

  test("does not differ if it is unchanged", () => {
    const values = { client_secret: "old-secret-1", list: ["old-secret-1"] };
    expect(change(values, { ...values })).toEqual({
      client_secret: REDACTED,
      list: [REDACTED],
    });
  });

  test("is not changed if there was none", () => {
    expect(change(null, { client_secret: "new-secret-2" })).toEqual({
      client_secret: REDACTED,
    });
  });
});
