import fc from "fast-check";
import { ANY_CHARACTER } from "../../support/any-character";
import { decodePolicy } from "../../../scripts/lib/iam/policy";
import { TrustDocument } from "../../../scripts/lib/trust/trust-document";
import {
  parseIdentityPool,
  createTrustStatement,
} from "../../../scripts/lib/trust/trust-statement";

const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
const ours = createTrustStatement(
  parseIdentityPool(POOL, "--identity-pool-id"),
);

function addStatement(text: string): string {
  return new TrustDocument(text).withStatement(ours);
}

function removeStatement(text: string): string {
  return new TrustDocument(text).withoutStatement(ours.Sid);
}

describe("the statement for an identity pool", () => {
  test("has a Sid that the pool alone determines", () => {
    expect(ours).toEqual({
      Sid: "VedaAuthuswest20123456789abcdef0123456789abcdef",
      Effect: "Allow",
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": POOL },
        "ForAnyValue:StringLike": {
          "cognito-identity.amazonaws.com:amr": "authenticated",
        },
      },
    });
  });

  test("has the GovCloud principal for a pool in GovCloud", () => {
    const id = POOL.replace("us-west-2", "us-gov-west-1");
    const text = JSON.stringify(
      createTrustStatement(parseIdentityPool(id, "the id")),
    );
    expect(text).toContain("cognito-identity-us-gov.amazonaws.com:aud");
    expect(text).not.toContain('"cognito-identity.amazonaws.com');
  });

  test("fails when AWS documents no principal of the pool's Region", () => {
    const id = POOL.replace("us-west-2", "eusc-de-east-1");
    expect(() => parseIdentityPool(id, "the id")).toThrow(
      /^Region of an identity pool must be outside the partition aws-eusc/,
    );
  });

  test.each([
    "",
    "us-west-2",
    POOL.toUpperCase(),
    `${POOL}0`,
    `${POOL}\n`,
    POOL.replace("us-west-2", "nowhere"),
    `arn:aws:cognito-identity:us-west-2:123456789012:identitypool/${POOL}`,
  ])("fails if the ID is %j", (id) => {
    expect(() => parseIdentityPool(id, "--identity-pool-id")).toThrow(
      "--identity-pool-id must be <region>:<uuid> in lower case",
    );
  });
});

describe("a statement is added in the style of the last one:", () => {
  const OURS = `"Sid":"${ours.Sid}","Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"${POOL}"},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`;

  test("compact", () => {
    expect(
      addStatement('{"Statement":[{"Effect":"Deny","Sid":""}],"Version":"x"}'),
    ).toBe(
      `{"Statement":[{"Effect":"Deny","Sid":""},{${OURS}}],"Version":"x"}`,
    );
  });

  test("on one line with spaces", () => {
    const spaced = OURS.replaceAll('":', '": ').replaceAll(',"', ', "');
    expect(
      addStatement('{"Statement": [{"Effect": "Deny", "Sid": "a"}]}'),
    ).toBe(`{"Statement": [{"Effect": "Deny", "Sid": "a"}, {${spaced}}]}`);
    expect(addStatement('{"Statement": [ { "Effect": "Deny" } ]}')).toBe(
      `{"Statement": [ { "Effect": "Deny" }, { ${spaced.replaceAll("{", "{ ").replaceAll("}", " }")} } ]}`,
    );
  });

  test("indented", () => {
    const text = JSON.stringify(
      { Statement: [{ Sid: "a", Action: ["b", "c"] }], Version: "x" },
      null,
      4,
    );
    expect(addStatement(text)).toBe(
      JSON.stringify(
        {
          Statement: [{ Sid: "a", Action: ["b", "c"] }, ours],
          Version: "x",
        },
        null,
        4,
      ),
    );
  });

  test("indented by tabs, with CRLF and a space before colons", () => {
    const text = JSON.stringify({ Statement: [{ Sid: "a" }] }, null, "\t");
    const styled = (json: string) =>
      json.replaceAll('": ', '" : ').replaceAll("\n", "\r\n");
    const result = JSON.stringify(
      { Statement: [{ Sid: "a" }, ours] },
      null,
      "\t",
    );
    expect(addStatement(styled(text))).toBe(styled(result));
  });

  test("one statement per line", () => {
    const text = '{"Statement": [\n  {"Sid": "a"},\n\n  {"Sid": "b"}\n]}';
    const spaced = OURS.replaceAll('":', '": ').replaceAll(',"', ', "');
    expect(addStatement(text)).toBe(
      `{"Statement": [\n  {"Sid": "a"},\n\n  {"Sid": "b"},\n\n  {${spaced}}\n]}`,
    );
  });

  test("with brackets and braces on one line", () => {
    const text = `{
  "Statement": [{
    "Sid": "a"
  }]
}`;
    expect(addStatement(text)).toMatch(
      /^\{\n {2}"Statement": \[\{\n {4}"Sid": "a"\n {2}\}, \{\n {4}"Sid": "Veda[^]*\n {4}\}\n {2}\}\]\n\}$/,
    );
  });

  test("before a single statement that is not in a list", () => {
    const text = `{
  "Statement": {
    "Sid": "a"
  }
}`;
    expect(addStatement('{"Statement":{"Sid":"a"}}')).toBe(
      `{"Statement":[{${OURS}},{"Sid":"a"}]}`,
    );
    expect(addStatement(text)).toMatch(
      /^\{\n {2}"Statement": \[\{\n {4}"Sid": "Veda[^]*\n {4}\}\n {2}\}, \{\n {4}"Sid": "a"\n {2}\}\]\n\}$/,
    );
    expect(removeStatement(addStatement(text))).toBe(text);
  });
});

describe("a trust policy with the statement", () => {
  const other = { Sid: "other", Action: "x" };
  const policy = (...statements: unknown[]) =>
    JSON.stringify({ Statement: statements }, null, 1);

  test("is unchanged if IAM reorders keys and lists", () => {
    const { Condition, Sid, ...rest } = ours;
    const text = policy(other, {
      Condition,
      ...rest,
      Action: [ours.Action],
      Sid,
    });
    expect(addStatement(text)).toBe(text);
  });

  test.each([
    [
      "a removed amr",
      { Condition: { StringEquals: ours.Condition?.StringEquals } },
    ],
    ["another pool", { Condition: {} }],
    ["another effect", { Effect: "Deny" }],
    ["an added member", { NotAction: "y" }],
  ])("has the original statement again after %s", (_, change) => {
    expect(addStatement(policy({ ...ours, ...change }, other))).toBe(
      policy(ours, other),
    );
    expect(addStatement(policy(other, { ...ours, ...change }))).toBe(
      policy(other, ours),
    );
    expect(addStatement(policy({ ...ours, ...change }))).toBe(policy(ours));
  });

  test("loses it at any position", () => {
    const third = { Sid: "third" };
    expect(removeStatement(policy(ours, other, third))).toBe(
      policy(other, third),
    );
    expect(removeStatement(policy(other, ours, third))).toBe(
      policy(other, third),
    );
    expect(removeStatement(policy(other, third, ours))).toBe(
      policy(other, third),
    );
  });

  test("retains the statement of another pool", () => {
    const second = createTrustStatement(
      parseIdentityPool(POOL.replace("0", "f"), "the id"),
    );
    const both = new TrustDocument(addStatement(policy(other))).withStatement(
      second,
    );
    expect(JSON.parse(both)).toEqual({ Statement: [other, ours, second] });
    expect(JSON.parse(removeStatement(both))).toEqual({
      Statement: [other, second],
    });
  });
});

describe("any trust policy in any style", () => {
  const whitespace = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  const text = fc.oneof(
    fc.string({ unit: ANY_CHARACTER, maxLength: 8 }),
    fc.constantFrom("*", "}", '"', "],[", "\\u0041", "Sid", "${aws:x}", "%7B"),
  );
  const scalar = fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null));
  const statement = fc.dictionary(
    fc.oneof(fc.constantFrom("Effect", "Action", "Statement"), text),
    fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      fc.dictionary(text, fc.oneof(scalar, fc.array(scalar)), { maxKeys: 3 }),
    ),
    { maxKeys: 4 },
  );
  const policy = fc.record(
    {
      Version: fc.constantFrom("2012-10-17", "2008-10-17"),
      Statement: fc.oneof(
        statement,
        fc.array(statement, { minLength: 1, maxLength: 4 }),
      ),
      Id: text,
    },
    { requiredKeys: ["Statement"] },
  );
  /** Formats JSON with any whitespace between tokens, or as JSON.stringify indents it. */
  const style = fc.oneof(
    fc.constantFrom("", " ", "  ", "\t", "    ").map((indent) => ({
      write: (value: unknown) => JSON.stringify(value, null, indent),
    })),
    fc.array(whitespace, { minLength: 1 }).map((pieces) => ({
      write: (value: unknown) => {
        let at = 0;
        const gap = () => pieces[at++ % pieces.length] ?? "";
        return spread(value, gap);
      },
    })),
  );

  function spread(value: unknown, gap: () => string): string {
    const inner = (items: readonly string[]) =>
      items.map((item) => gap() + item + gap()).join() || gap();
    if (Array.isArray(value))
      return `[${inner(value.map((item) => spread(item, gap)))}]`;
    if (typeof value !== "object" || value === null)
      return JSON.stringify(value);
    const members = Object.entries(value).map(
      ([key, member]) =>
        JSON.stringify(key) + gap() + ":" + gap() + spread(member, gap),
    );
    return `{${inner(members)}}`;
  }

  test("has its original text after adding and removing the statement", () => {
    fc.assert(
      fc.property(policy, style, (document, { write }) => {
        const sids = [document.Statement].flat().map(({ Sid }) => Sid);
        fc.pre(new Set(sids).size === sids.length || !sids.some(Boolean));
        const before = write(document);
        const after = addStatement(before);
        const others = [document.Statement].flat();
        const list = Array.isArray(document.Statement)
          ? [...others, ours]
          : [ours, ...others];
        expect(JSON.parse(after)).toEqual(
          JSON.parse(JSON.stringify({ ...document, Statement: list })),
        );
        expect(addStatement(after)).toBe(after);
        expect(removeStatement(after)).toBe(before);
        expect(removeStatement(before)).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  test("retains the text of all other statements", () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 4 }),
        style,
        fc.boolean(),
        (statements, { write }, isBare) => {
          const texts = statements.map((one) => write(one));
          const [first = ""] = texts;
          const before = isBare
            ? `{"Statement":${first}}`
            : `{"Statement":[${texts.join(" ,\n")}]}`;
          fc.pre(isReadable(before));
          const after = addStatement(before);
          const retained = isBare ? [first] : texts;
          expect(retained.filter((one) => !after.includes(one))).toEqual([]);
        },
      ),
    );
  });

  function isReadable(json: string): boolean {
    try {
      return new TrustDocument(json).statements.length > 0;
    } catch {
      return false;
    }
  }
});

describe("a trust policy fails if", () => {
  test.each([
    ["it is not JSON", "hello", /must be JSON/],
    ["it has comments", '{"Statement":[{}] /* x */}', /must be JSON/],
    ["it has a trailing comma", '{"Statement":[{},]}', /must be JSON/],
    [
      "it has no statement",
      '{"Version":"2012-10-17"}',
      /must have a Statement/,
    ],
    ["its list is empty", '{"Statement":[]}', /must have a Statement/],
    ["it is a list", '[{"Statement":{}}]', /must have a Statement/],
    ["a statement is a text", '{"Statement":["x"]}', /an object, got string$/],
    [
      "a key is repeated",
      '{"Statement":[{"Effect":"Deny","Eff\\u0065ct":"Allow"}]}',
      /got "Effect" twice$/,
    ],
    [
      "a Sid is repeated",
      '{"Statement":[{"Sid":"a"},{},{"Sid":"a"}]}',
      /each Sid .* must be unique, got "a" twice$/,
    ],
  ])("%s", (_, text, message) => {
    expect(() => new TrustDocument(text)).toThrow(message);
  });

  test("its only statement would be removed", () => {
    const text = JSON.stringify({ Statement: ours });
    const message = `the trust policy must have a statement in addition to ${ours.Sid}`;
    expect(() => removeStatement(text)).toThrow(message);
    expect(() =>
      removeStatement(`{"Statement":[${JSON.stringify(ours)}]}`),
    ).toThrow(message);
  });
});

describe("a policy as IAM returns it", () => {
  test("is URL-encoded, or plain", () => {
    const text = ' {"a": "50% + \\u00e9 é"}';
    expect(decodePolicy(encodeURIComponent(text))).toBe(text);
    expect(decodePolicy(text)).toBe(text);
    expect(decodePolicy('{"a":"%7B"}')).toBe('{"a":"%7B"}');
  });

  test("is unchanged if it is neither", () => {
    expect(decodePolicy("%7B%")).toBe("%7B%");
    expect(() => new TrustDocument(decodePolicy("%7B%"))).toThrow(
      "the trust policy must be JSON, got other text",
    );
  });
});
