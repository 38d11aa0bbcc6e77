import fc from "fast-check";
import {
  HIDDEN,
  Secrets,
  secretsOf,
  secretsOfState,
} from "../../../scripts/lib/review/secrets";
import { planOf } from "../../support/plans";

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
])("a secret is hidden %s", (_, text) => {
  const hidden = new Secrets([SECRET]).hide(text);
  expect(hidden).toContain(HIDDEN);
  expect(hidden).not.toMatch(/c4nary|YzRuYXJ5/);
});

test("what is beside a secret stays", () => {
  expect(new Secrets([SECRET]).hide(`a ${SECRET} b ${SECRET}`)).toBe(
    `a ${HIDDEN} b ${HIDDEN}`,
  );
});

test("of two secrets that begin alike the longer one is hidden", () => {
  expect(new Secrets(["abcd", "abcdefgh"]).hide("x abcdefgh y")).toBe(
    `x ${HIDDEN} y`,
  );
});

test("a short secret is hidden where it is the whole text alone", () => {
  const secrets = new Secrets(["ab"]);
  expect(secrets.hide("ab")).toBe(HIDDEN);
  expect(secrets.hide("cab")).toBe("cab");
});

test.each([
  ["a private key", KEY],
  ["a private key that was cut", KEY.slice(0, 60)],
  ["a token", TOKEN],
  ["a token of GitHub's", `ghp_${"a".repeat(36)}`],
  ["an access key of AWS's", "AKIAIOSFODNN7EXAMPLE"],
])("%s is hidden by its shape", (_, text) => {
  expect(new Secrets([]).hide(`x ${text} y`)).toContain(HIDDEN);
  expect(new Secrets([]).hide(`x ${text} y`)).not.toContain(text);
});

test("what others have named is hidden in a model, and what it says itself stays", () => {
  const model = {
    told: [SECRET, { name: `${SECRET}!` }],
    forcedBy: [SECRET],
    address: SECRET,
    rule: SECRET,
    count: 1,
    nothing: null,
  };
  expect(new Secrets([SECRET]).hideIn(model)).toEqual({
    told: [SECRET, { name: `${HIDDEN}!` }],
    forcedBy: [HIDDEN],
    address: HIDDEN,
    rule: SECRET,
    count: 1,
    nothing: null,
  });
});

test("no text holds a secret afterwards, wherever it stood", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, unit: "binary" }),
      fc.string(),
      fc.string(),
      (secret, before, after) => {
        fc.pre(!HIDDEN.includes(secret));
        const hidden = new Secrets([secret]).hide(before + secret + after);
        const parts = hidden.split(HIDDEN);
        expect(parts.some((part) => part.includes(secret))).toBe(false);
      },
    ),
  );
});

describe("secrets of a plan", () => {
  test.each<[string, Parameters<typeof planOf>]>([
    [
      "a value that is marked before",
      [
        [
          {
            type: "t",
            before: { a: SECRET },
            more: { before_sensitive: { a: true } },
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
            more: { after_sensitive: { a: [{ b: true }] } },
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
            more: { after_sensitive: { a: true } },
          },
        ],
      ],
    ],
    [
      "a value whose name says so",
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
      "a value of the state's module",
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
      "a variable whose name says so",
      [[], { variables: { db_password: { value: SECRET } } }],
    ],
    [
      "what drifted",
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
    const secrets = secretsOf(planOf(resources, more));
    expect(secrets.hide(`a ${SECRET}`)).toBe(`a ${HIDDEN}`);
  });

  test("parts of a secret's JSON that are no secret stay readable", () => {
    const text = JSON.stringify({
      client_secret: SECRET,
      aws_region: "us-west-2",
    });
    const secrets = secretsOf(
      planOf([{ type: "t", after: { secret_string: text } }]),
    );
    expect(secrets.hide("us-west-2")).toBe("us-west-2");
  });

  test("units and numbers of tokens are no secrets", () => {
    const after = {
      token_validity_units: [{ access_token: "minutes" }],
      access_token_validity: 60,
    };
    expect(secretsOf(planOf([{ type: "t", after }])).hide("60 minutes")).toBe(
      "60 minutes",
    );
  });
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
  expect(secretsOfState(state).hide(SECRET)).toBe(HIDDEN);
});
