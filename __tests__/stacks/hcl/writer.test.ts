import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  App,
  Fn,
  S3Backend,
  TerraformIterator,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
} from "cdktf";
import fc from "fast-check";
import { formatStackHcl } from "../../../stacks/hcl/stack-hcl";
import type { Json, JsonObject } from "../../../stacks/hcl/json";
import { formatHcl } from "../../../stacks/hcl/writer";
import { removeTemporaryDirectories } from "../../support/stage";
import { TerraformSyntax } from "../../support/terraform-syntax";

afterAll(removeTemporaryDirectories);

const formatUntyped = (configuration: JsonObject) =>
  formatHcl(configuration, {});
/** Formats the value of one argument. */
const formatArgument = (value: Json) =>
  /^locals \{\n {2}a = ([^]*)\n\}\n$/.exec(
    formatUntyped({ locals: { a: value } }),
  )?.[1];
const resource = (body: JsonObject) => ({ resource: { aws_x: { y: body } } });
const wrapInResource = (lines: string) =>
  `resource "aws_x" "y" {\n${lines.replace(/^(?=.)/gm, "  ")}\n}\n`;

describe("strings", () => {
  test("a string without templates is quoted", () => {
    expect(formatArgument("plain")).toBe('"plain"');
  });

  test.each([
    ["quotes", 'a "b"', String.raw`"a \"b\""`],
    ["backslashes", String.raw`C:\new`, String.raw`"C:\\new"`],
    ["line breaks", "a\r\nb\n", String.raw`"a\r\nb\n"`],
    ["tabs", "a\tb", String.raw`"a\tb"`],
    ["controls", "\u0000\u007f\u2028", String.raw`"\u0000\u007f\u2028"`],
    ["JSON documents", '{"a":"\\n"}', String.raw`"{\"a\":\"\\n\"}"`],
  ])("%s are escaped", (_, value, expected) => {
    expect(formatArgument(value)).toBe(expected);
  });

  test.each([
    ["emoji and accents", "😀 é"],
    ["escaped templates", "$${aws:username} %%{x} $$${y}"],
    ["dollars and percents that begin nothing", "$ $$ 100% $a %b {} $"],
    ["interpolations among text", 'a-${x["k"]}-${y}'],
    ["nested braces, quotes and templates", '${f({ a = "}${b["}"]}" })}!'],
    ["escapes of an expression", 'a ${join("\\n", ["\\"", "\\\\"])}'],
    ["what looks like a heredoc", "<<"],
    ["directives", "%{if x~}a%{else}b%{endif} ${~y~}"],
  ])("%s stay as they are", (_, value) => {
    expect(formatArgument(value)).toBe(`"${value}"`);
  });

  test.each([
    ["${aws_x.y.id}", "aws_x.y.id"],
    ['${"a"}', '"a"'],
    ['${"${"${a}"}"}', "a"],
    ['${"a" == "b"}', '"a" == "b"'],
    ['${jsonencode({"a" = ["x"],b=1})}', 'jsonencode({ "a" = ["x"], b = 1 })'],
    ["${\n  a ?\n  b : # why\n  c\n}", "a ? b : c"],
    ["${{\n  a = 1\n\n  b = [\n 2,\n 3]\n}}", "{ a = 1, b = [2, 3] }"],
    ["${{for k, v in x :\n k=>-v...}}", "{ for k, v in x : k => - v... }"],
    ["${-a*-1-(!b)}", "-a * -1 - (!b)"],
    ["${x[*].y[0].z.0}", "x[*].y[0].z.0"],
    ["${[for x in [a]: x]}", "[for x in [a] : x]"],
    ["${provider::aws::f( x )}", "provider::aws::f(x)"],
  ])("the expression that %j is stands without quotes", (value, expected) => {
    expect(formatArgument(value)).toBe(expected);
  });

  test.each([
    "${a",
    "${(a}",
    '${"a}',
    "${a]}",
    "%{ if",
    "${<<A\nA\n}",
    '${"\\',
  ])("fails when %j ends too early or holds a heredoc", (value) => {
    expect(() => formatArgument(value)).toThrow(
      `template must close every quote and bracket and contain no heredoc, got ${JSON.stringify(value)}`,
    );
  });
});

describe("values", () => {
  test.each<[Json, string]>([
    [null, "null"],
    [true, "true"],
    [-1.5, "-1.5"],
    [1e21, "1e+21"],
    [[], "[]"],
    [{}, "{}"],
    [[1, "a", [null]], '[1, "a", [null]]'],
    [["a".repeat(80)], `[\n    "${"a".repeat(80)}",\n  ]`],
    [[{ a: 1 }], "[\n    {\n      a = 1\n    },\n  ]"],
    [{ b: 1, a: "x" }, '{\n    a = "x"\n    b = 1\n  }'],
  ])("%j is written as %j", (value, expected) => {
    expect(formatArgument(value)).toBe(expected);
  });

  test.each([
    ["snake_case-1", "snake_case-1"],
    ["for", '"for"'],
    ["null", '"null"'],
    ["1", '"1"'],
    ["a.b:c", '"a.b:c"'],
    ['a"b', String.raw`"a\"b"`],
    ["${a.id}", '"${a.id}"'],
    ["//", '"//"'],
    ["constructor", "constructor"],
  ])("the key %j is written as %s", (key, expected) => {
    expect(formatArgument({ [key]: 1 })).toBe(`{\n    ${expected} = 1\n  }`);
  });

  test("aligns equal signs up to a value of several lines", () => {
    expect(formatArgument({ a: 1, bbb: 2, cc: { d: 1 }, e: 3, "é😀": 4 })).toBe(
      [
        "{",
        "    a   = 1",
        "    bbb = 2",
        "    cc = {",
        "      d = 1",
        "    }",
        "    e    = 3",
        '    "é😀" = 4',
        "  }",
      ].join("\n"),
    );
  });

  test("escapes no dollars in strings that are not templates", () => {
    const text = 'a ${b} $${c} %{d} "';
    const expected = '"a $${b} $$${c} %%{d} \\""';
    expect(
      formatUntyped({
        terraform: { backend: { s3: { key: text } } },
        variable: { v: { default: [text], description: text } },
        output: { o: { description: text } },
      }).split(expected),
    ).toHaveLength(5);
  });
});

describe("blocks", () => {
  const block = (value: Json, more = {}) => ({
    value,
    isBlock: true,
    type: "list",
    ...more,
  });

  test("writes a typed block for each object, after the arguments", () => {
    const typed = resource({
      a: block([{ c: block({ d: { value: 1, isBlock: false } }) }]),
    });
    const configuration = resource({
      a: [{ c: { d: 1 }, b: 1 }, { b: 2 }],
      zz: 1,
    });
    expect(formatHcl(configuration, typed)).toBe(
      wrapInResource(
        "zz = 1\n\na {\n  b = 1\n\n  c {\n    d = 1\n  }\n}\n\na {\n  b = 2\n}",
      ),
    );
  });

  test.each<[string, JsonObject]>([
    ["a map of objects", { type: "map" }],
    ["an argument", { isBlock: false }],
  ])("%s is no block", (_, more) => {
    const value = { k: { b: 1 } };
    expect(
      formatHcl(resource({ a: value }), resource({ a: block(value, more) })),
    ).toBe(wrapInResource("a = {\n  k = {\n    b = 1\n  }\n}"));
  });

  test("writes an argument if no fragment has a block", () => {
    expect(formatUntyped(resource({ a: { b: 1 } }))).toBe(
      wrapInResource("a = {\n  b = 1\n}"),
    );
  });

  test("finds blocks in other elements of the type, also in an override", () => {
    const typed = {
      resource: {
        aws_x: {
          y: { a: block([{ b: block({}) }], { 1: { c: 1 } }) },
          z: { a: block({ d: block({}) }) },
        },
      },
    };
    const configuration = resource({ a: [{ b: {} }, { d: { e: 1 } }] });
    expect(formatHcl(configuration, typed)).toBe(
      wrapInResource("a {\n  b {}\n}\n\na {\n  d {\n    e = 1\n  }\n}"),
    );
  });

  test("reads keys in snake case, as in providers", () => {
    const tags = { default_tags: [{ tags: { a: "b" } }] };
    const typed = { default_tags: { value: [{}], is_block: true } };
    expect(
      formatHcl({ provider: { aws: [tags] } }, { provider: { aws: [typed] } }),
    ).toContain('default_tags {\n    tags = {\n      a = "b"\n    }\n  }');
  });

  test("writes no block for null or an empty list, and an argument for an expression", () => {
    const typed = resource({ a: block([]), b: block([]), c: block([]) });
    const configuration = resource({ a: null, b: [], c: "${x}" });
    expect(formatHcl(configuration, typed)).toBe(wrapInResource("c = x"));
  });

  test("writes the label and the nested blocks of a dynamic block", () => {
    const typed = {
      resource: { aws_x: { y: {}, z: { a: block({ b: block({}) }) } } },
    };
    const dynamic = {
      a: { for_each: "${x}", iterator: "each", content: { b: { c: 1 } } },
    };
    expect(formatHcl(resource({ dynamic }), typed)).toBe(
      wrapInResource(
        [
          'dynamic "a" {',
          "  for_each = x",
          "  iterator = each",
          "",
          "  content {",
          "    b {",
          "      c = 1",
          "    }",
          "  }",
          "}",
        ].join("\n"),
      ),
    );
  });

  test("writes dynamic blocks only in blocks of a provider", () => {
    expect(formatUntyped({ locals: { dynamic: {} } })).toBe(
      "locals {\n  dynamic = {}\n}\n",
    );
  });

  test("writes meta-arguments first, lifecycle and depends_on last, and references without quotes", () => {
    expect(
      formatUntyped(
        resource({
          "//": { metadata: {} },
          depends_on: ["aws_x.z", '${aws_x.w["a"]}'],
          lifecycle: {
            ignore_changes: ['tags["a b"]', "schema"],
            precondition: [{ condition: "${true}", error_message: "No." }],
            prevent_destroy: true,
            replace_triggered_by: ["aws_x.z[each.key].id"],
          },
          provisioner: [{ "local-exec": { command: "true", when: "destroy" } }],
          connection: { host: "h" },
          provider: "aws.west",
          name: "n",
          for_each: "${toset([])}",
        }),
      ),
    ).toBe(
      wrapInResource(
        [
          "for_each = toset([])",
          "provider = aws.west",
          'name     = "n"',
          "",
          "connection {",
          '  host = "h"',
          "}",
          "",
          'provisioner "local-exec" {',
          '  command = "true"',
          "  when    = destroy",
          "}",
          "",
          "lifecycle {",
          '  ignore_changes       = [tags["a b"], schema]',
          "  prevent_destroy      = true",
          "  replace_triggered_by = [aws_x.z[each.key].id]",
          "",
          "  precondition {",
          "    condition     = true",
          '    error_message = "No."',
          "  }",
          "}",
          "",
          'depends_on = [aws_x.z, aws_x.w["a"]]',
        ].join("\n"),
      ),
    );
  });

  test("writes every type of top-level block in order and with labels", () => {
    expect(
      formatUntyped({
        "//": {},
        import: [{ to: 'aws_x.y["a"]', id: "i", provider: "aws.west" }],
        moved: [{ from: "aws_x.old", to: "aws_x.y" }],
        output: { o: { value: "${a}", depends_on: ["aws_x.y"] } },
        module: { m: { source: "./m", providers: { "aws.a": "aws.west" } } },
        resource: { aws_y: { b: {} }, aws_x: { a: {} } },
        data: { aws_d: { d: {} } },
        variable: {
          l: { type: "list", default: null },
          v: {
            type: "map(object({a=string}))",
            validation: [{ condition: "${a}", error_message: "e" }],
          },
        },
        locals: { "//": "comment", a: "${b}" },
        provider: { aws: [{}, { alias: "west" }] },
        terraform: {
          backend: { s3: { use_lockfile: true } },
          required_version: ">= 1.11.0",
          required_providers: { aws: { version: "6.0.0", source: "aws" } },
        },
      }),
    ).toBe(`terraform {
  required_version = ">= 1.11.0"

  backend "s3" {
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "aws"
      version = "6.0.0"
    }
  }
}

provider "aws" {}

provider "aws" {
  alias = "west"
}

locals {
  a = b
}

variable "l" {
  default = null
  type    = list(any)
}

variable "v" {
  type = map(object({ a = string }))

  validation {
    condition     = a
    error_message = "e"
  }
}

data "aws_d" "d" {}

resource "aws_x" "a" {}

resource "aws_y" "b" {}

module "m" {
  providers = {
    aws.a = aws.west
  }
  source = "./m"
}

output "o" {
  value      = a
  depends_on = [aws_x.y]
}

moved {
  from = aws_x.old
  to   = aws_x.y
}

import {
  provider = aws.west
  id       = "i"
  to       = aws_x.y["a"]
}
`);
  });

  test("fails when the type of a top-level block is unknown", () => {
    expect(() => formatUntyped({ resources: {} })).toThrow(
      'top-level block must be one of terraform, provider, locals, variable, data, ephemeral, resource, module, output, check, moved, removed, import, got "resources"',
    );
  });
});

const nested = (depth: number): fc.Arbitrary<string> => {
  const leaf = fc.constantFrom("1", "true", "local.a", '"q"', '"\\"\\n$${x}"');
  if (depth === 0) return leaf;
  const inner = nested(depth - 1);
  const pair = fc.tuple(inner, inner);
  return fc.oneof(
    leaf,
    inner.map((a) => `"<\${jsonencode( ${a} )}>"`),
    inner.map((a) => `"%{ if true ~} \${jsonencode(${a})}%{else}-%{ endif }"`),
    inner.map((a) => `{\n  a = ${a}\n\n "b }" = 1,  c =[${a}]\n}`),
    inner.map((a) => `{for k,v in {x=${a}}: k=>[v]... /* } */}`),
    inner.map((a) => `[ for v in [${a}] :\n v if true ] # ]`.concat("\n")),
    pair.map(([a, b]) => `true?jsonencode(${a}):jsonencode( ${b} ,\n)`),
    pair.map(
      ([a, b]) =>
        `(-1-2 <=3&& !false) ? jsonencode(${a}):join( ",",[jsonencode(${b})] )`,
    ),
    pair.map(([a, b]) => `[${a},${b}][ -1+1 ]`),
  );
};
const expressions = nested(2);
/** Without "\r" alone and a byte order mark in front, which break or vanish when Terraform reads them in JSON. */
const generateRaw = (unit: "grapheme" | "grapheme-ascii") =>
  fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', "\\", "\n", "\t", "$", "%", "{", "}", "~", "`", "<"),
      fc.constantFrom("\r\n", "\0", "\u0301", "\u2028"),
      fc.constantFrom("${", "%{", "$${", "😀", "${~", "<<E\n", "\\u0041"),
      fc.string({ unit, maxLength: 1 }),
    ),
  });
const escaped = (value: string) => value.replace(/[$%](?=\{)/g, "$&$&");
const raw = generateRaw("grapheme");
const text = raw.map(escaped);
/** Of few alphabets, since Node and Terraform may disagree on where a character ends, and so on a key's width. */
const keys = generateRaw("grapheme-ascii").map(escaped);
const mixed = fc
  .tuple(
    fc.array(
      fc.oneof(
        text.map((value) => value.replace(/[$%]+$/, "")),
        fc.constantFrom('${"a"}', "%{ if true }b%{ endif }", '${ "${1}" }'),
      ),
    ),
    text,
  )
  .map(([parts, last]) => [...parts, last].join(""));
const templates = fc.oneof(
  mixed,
  expressions.map((expression) => `\${${expression}}`),
);
const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const { value: values } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    templates,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(names, keys), tie("value"), { maxKeys: 4 }),
  ),
}));
const bodies = fc.dictionary(names, values, { maxKeys: 6 });

/** Resources with typed fragments that call some of their arguments blocks. */
const configurations = fc
  .tuple(
    fc.dictionary(names, fc.array(bodies, { maxLength: 2 })),
    fc.record({
      terraform: fc.record({ backend: fc.record({ s3: bodies }) }),
      provider: fc.dictionary(names, fc.array(bodies, { maxLength: 2 })),
      locals: bodies,
      resource: fc.dictionary(names, fc.dictionary(names, bodies)),
      output: fc.dictionary(names, fc.record({ value: values })),
    }),
  )
  .map(([blocks, configuration]) => ({
    configuration: {
      ...configuration,
      resource: { ...configuration.resource, aws_blocks: { b: blocks } },
    },
    typed: {
      resource: {
        aws_blocks: {
          b: Object.fromEntries(
            Object.keys(blocks).map((key) => [key, { isBlock: true }]),
          ),
        },
      },
    },
  }));

const reverseKeys = (value: Json): Json => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as Json[]).map(reverseKeys);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  );
};

test("formatHcl does not depend on the order of keys", () => {
  fc.assert(
    fc.property(configurations, ({ configuration, typed }) => {
      expect(formatHcl(reverseKeys(configuration) as JsonObject, typed)).toBe(
        formatHcl(configuration, typed),
      );
    }),
  );
});

describe("with Terraform", () => {
  const syntax = new TerraformSyntax();
  const { directory } = syntax;
  const plan = (name: string, files: Record<string, string>) =>
    syntax.plan(name, files) as Plan;

  interface Plan {
    readonly planned_values: {
      readonly outputs: Record<string, { readonly value: unknown[] }>;
    };
    readonly resource_changes: unknown;
    readonly configuration: {
      readonly root_module: {
        readonly outputs: Record<string, { readonly description?: string }>;
      };
    };
  }

  /** Samples many values for one run of Terraform, which is slow. */
  const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
    fc.sample(arbitrary, numRuns);

  test("every string has the same value as in JSON syntax", () => {
    const strings = sample(templates, 500);
    const mixedKeys = sample(mixed, 500);
    const literals = sample(raw, 300);
    const configurationOf = (prefix: string): JsonObject => ({
      locals: { [prefix]: "x" },
      output: {
        [`${prefix}_list`]: { value: strings },
        [`${prefix}_keys`]: {
          value: mixedKeys.map((key) => ({ [`k${key}`]: 1 })),
        },
        [`${prefix}_default`]: { value: `\${var.${prefix}}` },
        ...Object.fromEntries(
          literals.map((description, i) => [
            `${prefix}_${i}`,
            { value: null, description },
          ]),
        ),
      },
      variable: { [prefix]: { default: literals } },
    });
    const { planned_values, configuration } = plan("strings", {
      "locals.tf": 'locals {\n  a = "x"\n}\n',
      "json.tf.json": JSON.stringify(configurationOf("json")),
      "hcl.tf": formatUntyped(configurationOf("hcl")),
    });
    const { outputs } = planned_values;
    const described = configuration.root_module.outputs;
    const differences = (
      sources: readonly string[],
      read: (prefix: string, i: number) => unknown,
    ) =>
      sources
        .map((source, i) => [source, read("json", i), read("hcl", i)] as const)
        .filter(([, json, hcl]) => !isDeepStrictEqual(json, hcl));
    expect(
      differences(strings, (name, i) => outputs[`${name}_list`]?.value[i]),
    ).toEqual([]);
    expect(
      differences(mixedKeys, (name, i) => outputs[`${name}_keys`]?.value[i]),
    ).toEqual([]);
    expect(
      differences(literals, (name, i) => outputs[`${name}_default`]?.value[i]),
    ).toEqual([]);
    expect(
      differences(
        literals,
        (name, i) => described[`${name}_${i}`]?.description,
      ),
    ).toEqual([]);
  });

  test("terraform fmt changes no configuration", () => {
    const files = sample(configurations, 50).map(
      ({ configuration, typed }, i): [string, string] => [
        `${i}.tf`,
        formatHcl(configuration, typed),
      ],
    );
    syntax.terraform(
      syntax.write("fmt", Object.fromEntries(files)),
      "fmt",
      "-check",
      "-diff",
      "-no-color",
    );
  });

  test("the plan is the same as for JSON syntax", () => {
    const configuration: JsonObject = {
      terraform: {
        required_version: ">= 1.5",
        backend: { local: { path: "$${x}.tfstate" } },
      },
      locals: { names: { a: "x\ny", "b.c": '"' } },
      variable: {
        v: {
          type: "object({a=optional(list(string),[])})",
          default: {},
          validation: [
            { condition: "${var.v.a != null}", error_message: "No ${1}." },
          ],
        },
      },
      resource: {
        terraform_data: {
          each: {
            for_each: "${local.names}",
            input: { '${each.key}"': "<${each.value}>", null: null },
            lifecycle: {
              ignore_changes: "all",
              precondition: [
                { condition: '${each.key != ""}', error_message: "No." },
              ],
            },
          },
          one: {
            count: 1,
            input: "${var.v}",
            triggers_replace: [1.5, "%{ if true }a\tb%{ endif }", true],
            depends_on: ["terraform_data.each"],
            lifecycle: {
              prevent_destroy: true,
              replace_triggered_by: ['terraform_data.each["b.c"].output'],
            },
            provisioner: [
              { "local-exec": { command: "true", when: "destroy" } },
            ],
          },
        },
      },
      moved: [{ from: "terraform_data.old", to: "terraform_data.one" }],
      output: {
        o: {
          value: "${[for k, v in local.names :\n {key = k\n value = v}]}",
          description: "${not read}",
          depends_on: ["terraform_data.one"],
        },
      },
    };
    const fromJson = plan("json", {
      "main.tf.json": JSON.stringify(configuration),
    });
    const fromHcl = plan("hcl", { "main.tf": formatUntyped(configuration) });
    expect(fromHcl.planned_values).toEqual(fromJson.planned_values);
    expect(fromHcl.resource_changes).toEqual(fromJson.resource_changes);
    for (const name of ["json", "hcl"]) {
      const settings = path.join(
        directory,
        name,
        ".terraform/terraform.tfstate",
      );
      expect(readFileSync(settings, "utf8")).toContain('"$${x}.tfstate"');
    }
    syntax.terraform(
      `-chdir=${directory}`,
      "fmt",
      "-check",
      "-diff",
      "-no-color",
      "hcl",
    );
  });

  test("terraform fmt does not change a stack of cdktf", () => {
    const hcl = formatStackHcl(createUserPoolStack()).hcl;
    const here = syntax.write("stack", { "main.tf": hcl });
    syntax.terraform(here, "fmt", "-check", "-diff", "-no-color");
    expect(hcl).toContain('  required_version = ">= 1.11.0"\n');
    expect(hcl).toContain("    use_lockfile = true\n");
    expect(hcl.match(/^ {2}schema \{$/gm)).toHaveLength(2);
    expect(hcl).toContain(
      "  account_recovery_setting {\n    recovery_mechanism {",
    );
    expect(hcl).toContain('    ignore_changes  = [schema, tags["a b"]]\n');
    expect(hcl).toContain(String.raw`  assume_role_policy = "{\"Version\":`);
  });
});

function createUserPoolStack(): TerraformStack {
  const stack = new TerraformStack(new App(), "auth");
  new AwsProvider(stack, "aws", {
    region: "us-west-2",
    defaultTags: [{ tags: { Project: "veda" } }],
  });
  const backend = new S3Backend(stack, { bucket: "b", key: "k" });
  backend.addOverride("use_lockfile", true);
  stack.addOverride("terraform.required_version", ">= 1.11.0");
  const stage = new TerraformVariable(stack, "stage", {
    type: "string",
    description: 'the "stage"',
  });
  const pool = new CognitoUserPool(stack, "pool", {
    name: `pool-${stage.stringValue}`,
    emailVerificationMessage: "Hello,\n\nyour code is {####}.\n",
    accountRecoverySetting: {
      recoveryMechanism: [{ name: "verified_email", priority: 1 }],
    },
    passwordPolicy: { minimumLength: 12 },
    schema: [
      {
        name: "team",
        attributeDataType: "String",
        stringAttributeConstraints: { maxLength: "256" },
      },
    ],
    lifecycle: {
      preventDestroy: true,
      ignoreChanges: ["schema", 'tags["a b"]'],
    },
  });
  pool.addOverride("schema", [
    {
      name: "group",
      attribute_data_type: "String",
      string_attribute_constraints: { max_length: "16" },
    },
  ]);
  pool.addOverride("user_pool_tier", "ESSENTIALS");
  const ids = TerraformIterator.fromMap({ a: 1, "b.c": 2 });
  new IamRole(stack, "role", {
    forEach: ids,
    name: `reader-${ids.key}`,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Condition: { StringLike: { "a:sub": "$${x}\\*" } } }],
    }),
    inlinePolicy: [
      { name: "p", policy: Fn.jsonencode({ Resource: [pool.arn], "a:b": 1 }) },
    ],
    dependsOn: [pool],
  });
  new TerraformOutput(stack, "pool-arn", {
    value: Fn.conditional(true, pool.arn, "none") as string,
    description: 'ARN\nof the "pool"',
    sensitive: true,
  });
  return stack;
}

describe("comments", () => {
  test("are first in the block, one per line", () => {
    expect(
      formatUntyped(
        resource({ "//": { comments: ["one", "two\nlines"] }, a: 1 }),
      ),
    ).toBe(wrapInResource("# one\n# two lines\na = 1"));
  });

  test("can be the only content of a block", () => {
    expect(formatUntyped(resource({ "//": { comments: ["one"] } }))).toBe(
      wrapInResource("# one"),
    );
  });
});
