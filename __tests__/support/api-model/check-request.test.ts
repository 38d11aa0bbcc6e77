import { removeTemporaryDirectories } from "../stage";
import { checkRequest } from "./check-request";
import type { HttpRequest } from "./http-request";
import { createSmallModels } from "./small-models";

afterAll(removeTemporaryDirectories);

const models = createSmallModels();

function sign(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

function check(request: Partial<HttpRequest>): string[] {
  const { name, violations } = checkRequest(models, {
    method: "POST",
    url: "/",
    headers: {},
    body: "",
    ...request,
  });
  return [name, ...violations.map(({ member, rule }) => `${member} ${rule}`)];
}

function checkJson(body: unknown, operation = "Create"): string[] {
  return check({
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Small.${operation}`,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }).slice(1);
}

function checkForm(form: string): string[] {
  return check({
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      authorization: sign("iam"),
    },
    body: form,
  }).slice(1);
}

function checkRest(
  method: string,
  url: string,
  { body = "", ...headers }: Record<string, string> = {},
): string[] {
  return check({
    method,
    url,
    headers: { authorization: sign("s3"), ...headers },
    body,
  });
}

describe("a request of JSON", () => {
  test("has no violation if it follows the model", () => {
    expect(
      checkJson({
        Name: "é-1",
        Count: 9,
        Size: 2 ** 53,
        Ratio: 0.5,
        Enabled: false,
        Mode: "ON",
        Since: 1767225600.5,
        Data: "YWJj",
        Secret: "12345678",
        Tags: [{ Key: "a", Value: "" }, { Key: "b" }],
        Labels: { a: "" },
        Choice: { A: "" },
        Anything: { any: [1] },
      }),
    ).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["required member", {}, "Name is required"],
    ["null", { Name: null }, "Name is required"],
    ["unknown member", { Name: "a", name: "b" }, "name is unknown"],
    ["inherited name", { Name: "a", toString: "" }, "toString is unknown"],
    ["string", { Name: 1 }, "Name must be a string, got 1"],
    [
      "minimum length",
      { Name: "" },
      'Name must have at least 1 characters, got ""',
    ],
    [
      "maximum length",
      { Name: "abcde" },
      'Name must have at most 4 characters, got "abcde"',
    ],
    [
      "pattern of a whole value",
      { Name: "a b" },
      'Name must match [\\p{L}\\d-]*, got "a b"',
    ],
    ["integer", { Name: "a", Count: 1.5 }, "Count must be an integer, got 1.5"],
    [
      "number as text",
      { Name: "a", Count: "1" },
      'Count must be of type integer, got "1"',
    ],
    ["minimum", { Name: "a", Count: 0 }, "Count must be at least 1, got 0"],
    ["maximum", { Name: "a", Count: 10 }, "Count must be at most 9, got 10"],
    [
      "range of long",
      { Name: "a", Size: 1e19 },
      "Size must be of type long, got 10000000000000000000",
    ],
    [
      "boolean",
      { Name: "a", Enabled: "true" },
      'Enabled must be a boolean, got "true"',
    ],
    [
      "enum",
      { Name: "a", Mode: "on" },
      'Mode must be one of ON, OFF, got "on"',
    ],
    [
      "timestamp",
      { Name: "a", Since: "today" },
      'Since must be a timestamp, got "today"',
    ],
    ["base64", { Name: "a", Data: "a" }, 'Data must be base64, got "a"'],
    [
      "length of a blob",
      { Name: "a", Data: "YWJjZA==" },
      'Data must have at most 3 bytes, got "YWJjZA=="',
    ],
    [
      "sensitive value",
      { Name: "a", Secret: "short" },
      "Secret must have at least 8 characters, got (redacted)",
    ],
    ["list", { Name: "a", Tags: {} }, "Tags must be a list, got {}"],
    [
      "length of a list",
      { Name: "a", Tags: [{ Key: "a" }, { Key: "b" }, { Key: "c" }] },
      "Tags must have at most 2 items, got 3",
    ],
    [
      "member of an item",
      { Name: "a", Tags: [{ Value: "b" }] },
      "Tags[0].Key is required",
    ],
    [
      "null in a list",
      { Name: "a", Tags: [null] },
      "Tags[0] must be a structure, got null",
    ],
    ["map", { Name: "a", Labels: [] }, "Labels must be a map, got []"],
    [
      "size of a map",
      { Name: "a", Labels: {} },
      "Labels must have at least 1 entries, got 0",
    ],
    [
      "key of a map",
      { Name: "a", Labels: { abcde: "" } },
      'Labels{0}.key must have at most 4 characters, got "abcde"',
    ],
    [
      "value of a map",
      { Name: "a", Labels: { a: 1 } },
      "Labels{0}.value must be a string, got 1",
    ],
    [
      "union",
      { Name: "a", Choice: { A: "", B: "" } },
      "Choice must have one member, got 2",
    ],
    ["body", "{", "body must be JSON"],
    ["structure", [], "must be a structure, got []"],
  ])("fails when its %s is wrong", (_, body, violation) => {
    expect(checkJson(body).map((text) => text.trim())).toEqual([violation]);
  });

  test("counts the characters of a string, not its code units", () => {
    expect(checkJson({ Name: "𝒜𝒜𝒜𝒜" })).toEqual([]);
    expect(checkJson({ Name: "𝒜𝒜𝒜𝒜𝒜" })).toHaveLength(1);
  });

  test("requires a token for idempotency", () => {
    expect(checkJson({}, "Once")).toEqual([
      "Token is required for idempotency",
    ]);
  });

  test("fails when its operation, service or content type is unknown", () => {
    expect(checkJson({}, "Destroy")).toEqual(["operation is unknown"]);
    expect(checkJson({}, "List")).toEqual([]);
    expect(check({ headers: { "x-amz-target": "Other.List" } })).toEqual([
      "Other.List:?",
      "service is unknown",
    ]);
    expect(
      check({
        headers: { "x-amz-target": "Small.List", "content-type": "text/plain" },
      }),
    ).toEqual([
      "cognito-idp:List",
      "content-type must be application/x-amz-json-1.1",
    ]);
    expect(check({ headers: { authorization: sign("..") } })).toEqual([
      "..:?",
      "service is unknown",
    ]);
  });
});

describe("a request of a form", () => {
  const start = "Action=Create&Version=2010&Name=a";

  test.each([
    "",
    "&Count=1&Size=-5&Ratio=1e3&Enabled=true&Since=2026-01-01T00:00:00Z&Data=YQ==",
    "&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b",
    "&Tags=",
    "&Labels.entry.1.key=a&Labels.entry.1.value=b",
  ])('has no violation with "%s"', (rest) => {
    expect(checkForm(start + rest)).toEqual([]);
  });

  test.each([
    ["&Other=1", "Other is unknown"],
    ["&Count=x", 'Count must be of type integer, got "x"'],
    ["&Enabled=1", 'Enabled must be a boolean, got "1"'],
    ["&Since=1", 'Since must be a timestamp, got "1"'],
    ["&Tags.member.1.Value=b", "Tags[0].Key is required"],
    [
      "&Tags.member.2.Key=b",
      'Tags must be a list, got {"member":{"2":{"Key":"b"}}}',
    ],
    ["&Tags.1.Key=b", 'Tags must be a list, got {"1":{"Key":"b"}}'],
    ["&Tags=b", 'Tags must be a list, got "b"'],
    [
      "&Labels.entry.1.key=abcde",
      'Labels{0}.key must have at most 4 characters, got "abcde"',
    ],
    ["&Choice=", "Choice must have one member, got 0"],
  ])('fails when it has "%s"', (rest, violation) => {
    expect(checkForm(start + rest)).toEqual([violation]);
  });

  test("fails when its operation or version is unknown", () => {
    expect(checkForm("Action=Destroy&Version=2010")).toEqual([
      "operation is unknown",
    ]);
    expect(checkForm("Action=Create&Version=2011")).toEqual([
      "Version must be 2010",
    ]);
    expect(checkForm("Action=List&Version=2010&Name=a")).toEqual([
      "Name is unknown",
    ]);
  });
});

describe("a request of REST and XML", () => {
  const content = { body: "a content" };
  const rules = (xml: string) =>
    checkRest("PUT", "/b?rules", { "content-md5": "x", body: xml });

  test.each([
    ["GET", "/", "s3:ListBuckets", {}],
    ["GET", "/?x-id=ListBuckets", "s3:ListBuckets", {}],
    ["GET", "/b?list-type=2&max-keys=1", "s3:ListObjects", {}],
    ["GET", "/b?versioning", "s3:GetVersions", {}],
    ["GET", "/?versioning", "s3:GetVersions", { host: "b.s3.amazonaws.com" }],
    ["GET", "/?versioning", "s3:GetVersions", { host: "b.localhost:1" }],
    ["PUT", "/b/c/d%20e", "s3:PutObject", { "x-amz-mode": "ON", ...content }],
    [
      "PUT",
      "/c",
      "s3:PutObject",
      { host: "b.s3.us-west-2.amazonaws.com", ...content },
    ],
    ["PUT", "/b/c", "s3:PutObject", { "x-amz-meta-a": "1", ...content }],
    ["PUT", "/b/c", "s3:CopyObject", { "x-amz-copy-source": "a/b" }],
  ])("%s %s is %s", (method, url, name, headers) => {
    expect(checkRest(method, url, headers as Record<string, string>)).toEqual([
      name,
    ]);
  });

  test("has no violation if its document follows the model", () => {
    expect(
      rules(
        `<?xml version="1.0"?><!-- a --><Rules xmlns="urn:a">
          <Rule><Days>1</Days><Mode>ON</Mode><Since>2026-01-01T00:00:00.000Z</Since></Rule>
          <Rule><Days>2</Days></Rule>
          <Tags><Tag><Key>&#97;</Key><Value><![CDATA[<]]></Value></Tag></Tags></Rules>`,
      ),
    ).toEqual(["s3:PutRules"]);
  });

  test.each([
    ["GET", "/b?other=1", {}, "operation is unknown: GET /b?other=…"],
    ["GET", "/b?versioning&x-id=Other", {}, "operation is unknown"],
    ["GET", "/b?versioning&other", {}, "?other is unknown"],
    [
      "GET",
      "/b?list-type=2&max-keys=x",
      {},
      'MaxKeys must be of type integer, got "x"',
    ],
    ["DELETE", "/b", {}, "operation is unknown: DELETE /b"],
    ["PUT", "/b/c", {}, "Body is required"],
    ["PUT", "/b/c", { body: "short" }, "Body must have at least 8 characters"],
    [
      "PUT",
      "/b/c",
      { "x-amz-other": "1", ...content },
      "header x-amz-other is unknown",
    ],
    [
      "PUT",
      "/b/c",
      { "x-amz-mode": "AUTO", ...content },
      'Mode must be one of ON, OFF, got "AUTO"',
    ],
    [
      "PUT",
      "/b?rules",
      { body: "<Rules><Rule><Days>1</Days></Rule></Rules>" },
      "header content-md5 is required",
    ],
  ])("fails for %s %s %o", (method, url, headers, violation) => {
    const [, ...violations] = checkRest(method, url, headers);
    expect(violations).toEqual([expect.stringContaining(violation)]);
  });

  test.each([
    ["", "Rules is required"],
    ["<Rules>", "body must be well-formed XML"],
    ["<Rules></Rule>", "body must be well-formed XML"],
    ["<Rules/> <", "body must be well-formed XML"],
    ["<Other/>", "Other must be Rules"],
    ["<Rules/>", "Rules.List is required"],
    ["<Rules><Rule/></Rules>", "Rules.List[0].Days is required"],
    [
      "<Rules><Rule><Days>0</Days></Rule></Rules>",
      "Rules.List[0].Days must be at least 1, got 0",
    ],
    [
      "<Rules><Rule><Days>1</Days><Other/></Rule></Rules>",
      "Rules.List[0].Other is unknown",
    ],
    [
      "<Rules><Rule><Days>1</Days><Days>2</Days></Rule></Rules>",
      'Rules.List[0].Days must be of type integer, got {"elements":2}',
    ],
    [
      "<Rules><Rule>text<Days>1</Days></Rule></Rules>",
      "Rules.List[0].(text) is unknown",
    ],
    [
      "<Rules><Rule><Days>1</Days></Rule><Tags><Other/></Tags></Rules>",
      'Rules.Tags must be a list, got {"element":"Tags"}',
    ],
  ])("fails when its document is %s", (xml, violation) => {
    expect(rules(xml).slice(0, 2)).toEqual(["s3:PutRules", violation]);
  });
});

describe("a request outside the API", () => {
  test.each([
    ["POST", "/oauth2/token", "POST /oauth2/token"],
    ["GET", "/oauth2/authorize?a=b", "GET /oauth2/authorize"],
    ["GET", "/oauth2/idpresponse?code=a", "GET /oauth2/idpresponse"],
    [
      "GET",
      "/us-west-2_a1/.well-known/jwks.json",
      "GET /{userPoolId}/.well-known/jwks.json",
    ],
    ["GET", "/_ministack/health", "GET /_ministack/health"],
  ])("is known: %s %s", (method, url, name) => {
    expect(check({ method, url })).toEqual([name]);
  });

  test.each([
    ["GET", "/oauth2/token"],
    ["POST", "/oauth2/token/x"],
    ["GET", "/"],
  ])("is unknown: %s %s", (method, url) => {
    expect(check({ method, url })).toEqual([`${method} ${url}`, " is unknown"]);
  });
});
