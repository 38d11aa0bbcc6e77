import { Configuration } from "../../../scripts/lib/plan/configuration";
import {
  parseModuleScope,
  removeInstanceKeys,
} from "../../../scripts/lib/plan/resource-address";

const ROLE = "aws_iam_role.reader";
const ROOT = { module: "", key: "" };

/** A configuration of modules, each with the expressions of its one resource. */
function configuration(root: object, ...planned: readonly string[]) {
  return new Configuration({ root_module: root }, (address) =>
    planned.includes(address),
  );
}

function template(text: string) {
  return { constant_value: text };
}

test.each([
  ["aws_iam_role.a", "", ""],
  ['aws_iam_role.a["x"]', "", '["x"]'],
  ["aws_iam_role.a[0]", "", "[0]"],
  ['aws_iam_role.a["x.y]z"]', "", '["x.y]z"]'],
  ["module.auth.aws_iam_role.a", "module.auth.", ""],
  [
    'module.auth["x"].module.inner[1].aws_iam_role.a["k"]',
    'module.auth["x"].module.inner[1].',
    '["k"]',
  ],
  ['module.auth["a.b"].aws_iam_role.a', 'module.auth["a.b"].', ""],
])("the scope of %s is module %j with key %j", (address, module, key) => {
  expect(parseModuleScope(address)).toEqual({ module, key });
});

test("an address without instance keys is that of the configuration", () => {
  expect(removeInstanceKeys('module.a["x"].aws_iam_role.b[0]')).toBe(
    "module.a.aws_iam_role.b",
  );
  expect(removeInstanceKeys('aws_iam_role.b["a]\\"[0]"]')).toBe(
    "aws_iam_role.b",
  );
});

describe("a template of the root", () => {
  const resolve = (text: string, ...planned: readonly string[]) =>
    configuration({}, ...planned).resolveExpression(template(text), ROOT);

  test.each<[string, string, readonly string[], string]>([
    ["a text", "plain", [], "plain"],
    ["a reference", `\${${ROLE}.arn}`, [ROLE], `\${${ROLE}.arn}`],
    ["spaces in it", `\${ ${ROLE}.arn }`, [ROLE], `\${${ROLE}.arn}`],
    [
      "a reference in a text",
      `a/\${${ROLE}.name}/b`,
      [ROLE],
      `a/\${${ROLE}.name}/b`,
    ],
    ["a key", `\${${ROLE}["x"].arn}`, [`${ROLE}["x"]`], `\${${ROLE}["x"].arn}`],
    ["an index", `\${${ROLE}[0].arn}`, [`${ROLE}[0]`], `\${${ROLE}[0].arn}`],
    [
      "quotes of a key within JSON",
      `{"a":"\${${ROLE}["x"].arn}"}`,
      [`${ROLE}["x"]`],
      JSON.stringify({ a: `\${${ROLE}["x"].arn}` }),
    ],
    ["an escaped reference", "$${a.b.arn} %%{x}", [], "${a.b.arn} %{x}"],
    ["a dollar sign", "$5 and 100%", [], "$5 and 100%"],
  ])("with %s", (_, text, planned, expected) => {
    expect(resolve(text, ...planned)).toEqual({
      text: expected,
      isCertain: true,
    });
  });

  test("is still JSON if a key has quotes", () => {
    const resolved = resolve(
      `{"Principal":{"Federated":"\${aws_iam_openid_connect_provider.g["g"].arn}"}}`,
      'aws_iam_openid_connect_provider.g["g"]',
    );
    expect(JSON.parse(resolved?.text ?? "")).toEqual({
      Principal: {
        Federated: '${aws_iam_openid_connect_provider.g["g"].arn}',
      },
    });
  });

  test.each<[string, string]>([
    ["a resource that is not planned", "${aws_iam_role.other.arn}"],
    ["a key that is not planned", `\${${ROLE}["y"].arn}`],
    ["a key that is an expression", `\${${ROLE}[local.k].arn}`],
    ["an attribute that does not identify", `\${${ROLE}.description}`],
    ["a path into an attribute", `\${${ROLE}.inline_policy[0].name}`],
    ["a call", `\${upper(${ROLE}.arn)}`],
    ["a call within JSON", `{"a":"\${jsonencode(${ROLE}.arn)}"}`],
    ["an operator", `\${${ROLE}.arn == "" ? "a" : "b"}`],
    ["a splat", `\${${ROLE}[*].arn}`],
    ["a local value", "${local.arn}"],
    ["a data source", "${data.aws_iam_role.reader.arn}"],
    ["a variable of the root", "${var.arn}"],
    ["a directive", "%{ if true }a%{ endif }"],
    ["an interpolation that does not end", `\${${ROLE}.arn`],
    ["a resource of another provider", "${random_id.a.id}"],
  ])("does not resolve %s", (_, text) => {
    expect(resolve(text, ROLE, `${ROLE}["x"]`)).toBeUndefined();
  });
});

describe("keys of an instance", () => {
  const resolve = (text: string, key: string) =>
    configuration(
      {},
      `${ROLE}["a"]`,
      `${ROLE}["b"]`,
      `${ROLE}[0]`,
      `${ROLE}[1]`,
    ).resolveExpression(template(text), { module: "", key })?.text;

  test.each([
    [`\${${ROLE}[each.key].arn}`, '["b"]', `\${${ROLE}["b"].arn}`],
    [`\${${ROLE}[ each.key ].arn}`, '["a"]', `\${${ROLE}["a"].arn}`],
    [`\${${ROLE}[count.index].arn}`, "[1]", `\${${ROLE}[1].arn}`],
    [`\${${ROLE}["b"].arn}`, '["a"]', `\${${ROLE}["b"].arn}`],
  ])("%s of %s is %s", (text, key, expected) => {
    expect(resolve(text, key)).toBe(expected);
  });

  test.each([
    [`\${${ROLE}[each.value].arn}`, '["b"]'],
    [`\${${ROLE}[count.index + 1].arn}`, "[0]"],
    [`\${${ROLE}["c"].arn}`, '["a"]'],
    [`\${${ROLE}[local.k].arn}`, '["a"]'],
    [`\${${ROLE}[each.key].arn}`, '["c"]'],
  ])("%s of %s is not resolved", (text, key) => {
    expect(resolve(text, key)).toBeUndefined();
  });
});

describe("modules", () => {
  const inner = {
    resources: [{ address: ROLE, expressions: { name: template("r") } }],
    outputs: {
      arn: { expression: template(`\${${ROLE}.arn}`) },
      listed: { expression: { references: [`${ROLE}.arn`, ROLE] } },
    },
  };
  const root = {
    resources: [{ address: "aws_cognito_user_group.g", expressions: {} }],
    module_calls: {
      auth: {
        expressions: { role: template("${aws_iam_role.outer.arn}") },
        module: inner,
      },
      each: { for_each_expression: {}, expressions: {}, module: inner },
    },
  };
  const all = configuration(
    root,
    `module.auth.${ROLE}`,
    `module.each["x"].${ROLE}`,
    "aws_iam_role.outer",
  );

  test("have resources by their addresses without keys", () => {
    expect([...all.resources.keys()].sort()).toEqual([
      "aws_cognito_user_group.g",
      `module.auth.${ROLE}`,
      `module.each.${ROLE}`,
    ]);
    expect(all.resources.get(`module.each.${ROLE}`)?.isOptional).toBe(true);
    expect(all.resources.get(`module.auth.${ROLE}`)?.isOptional).toBe(false);
    expect(all.listModuleCalls().map(([address]) => address)).toEqual([
      "module.auth",
      "module.each",
    ]);
  });

  test.each<[string, string, string, string]>([
    [
      "of a resource of the own module",
      "module.auth.",
      `\${${ROLE}.arn}`,
      `\${module.auth.${ROLE}.arn}`,
    ],
    [
      "of a resource of an instance of the own module",
      'module.each["x"].',
      `\${${ROLE}.arn}`,
      `\${module.each["x"].${ROLE}.arn}`,
    ],
    [
      "of a variable, to a resource of the caller",
      "module.auth.",
      "${var.role}",
      "${aws_iam_role.outer.arn}",
    ],
    [
      "of an output of a module",
      "",
      "${module.auth.arn}",
      `\${module.auth.${ROLE}.arn}`,
    ],
    [
      "of an output of an instance of a module",
      "",
      '${module.each["x"].arn}',
      `\${module.each["x"].${ROLE}.arn}`,
    ],
  ])("resolve a reference %s", (_, module, text, expected) => {
    expect(all.resolveExpression(template(text), { module, key: "" })).toEqual({
      text: expected,
      isCertain: true,
    });
  });

  test.each<[string, string, string]>([
    ["a resource of the caller", "module.auth.", "${aws_iam_role.outer.arn}"],
    ["a resource of a module from outside", "", `\${${ROLE}.arn}`],
    ["a variable that the call does not set", "module.auth.", "${var.other}"],
    ["a missing output", "", "${module.auth.other}"],
    ["an instance that is not planned", "", '${module.each["y"].arn}'],
  ])("do not resolve %s", (_, module, text) => {
    expect(
      all.resolveExpression(template(text), { module, key: "" }),
    ).toBeUndefined();
  });

  test("resolve an output of listed references, which is uncertain", () => {
    expect(
      all.resolveExpression(template("a ${module.auth.listed}"), ROOT),
    ).toEqual({ text: `a \${module.auth.${ROLE}.arn}`, isCertain: false });
  });

  test("resolve a variable with the key of the calling instance", () => {
    const nested = configuration(
      {
        module_calls: {
          each: {
            for_each_expression: {},
            expressions: {
              role: template("${aws_iam_role.outer[each.key].arn}"),
            },
            module: { resources: [] },
          },
        },
      },
      'aws_iam_role.outer["x"]',
      'aws_iam_role.outer["y"]',
    );
    expect(
      nested.resolveExpression(template("${var.role}"), {
        module: 'module.each["y"].',
        key: '["x"]',
      })?.text,
    ).toBe('${aws_iam_role.outer["y"].arn}');
  });

  test("that refer to each other are not resolved", () => {
    const circle = configuration({
      module_calls: {
        a: {
          expressions: { v: template("${module.a.o}") },
          module: { outputs: { o: { expression: template("${var.v}") } } },
        },
      },
    });
    expect(
      circle.resolveExpression(template("${module.a.o}"), ROOT),
    ).toBeUndefined();
  });
});

describe("an expression that lists references", () => {
  const resolve = (...references: readonly string[]) =>
    configuration({}, ROLE).resolveExpression({ references }, ROOT);

  test("to one attribute is uncertain", () => {
    expect(resolve(`${ROLE}.arn`, ROLE)).toEqual({
      text: `\${${ROLE}.arn}`,
      isCertain: false,
    });
  });

  test.each([
    ["nothing", []],
    ["two resources", [`${ROLE}.arn`, ROLE, "aws_iam_role.b.arn"]],
    ["a variable as well", [`${ROLE}.arn`, ROLE, "var.suffix"]],
    ["a whole resource", [ROLE]],
  ])("to %s is unknown", (_, references) => {
    expect(resolve(...references)).toBeUndefined();
  });
});

test.each<[unknown, string | undefined]>([
  [{ constant_value: 12 }, "12"],
  [{ constant_value: true }, "true"],
  [{ constant_value: ["a"] }, undefined],
  [{ constant_value: null }, undefined],
  [{}, undefined],
  [undefined, undefined],
  ["text", undefined],
])("the expression %j has the value %j", (expression, expected) => {
  expect(configuration({}).resolveExpression(expression, ROOT)?.text).toBe(
    expected,
  );
});

test.each([undefined, null, "x", [], {}, { root_module: [] }])(
  "a configuration that is %j has no resources",
  (json) => {
    const none = new Configuration(json, () => true);
    expect([...none.resources]).toEqual([]);
    expect(none.hasRootModule).toBe(false);
  },
);
