import type { JsonObject } from "../../stacks/hcl/json";

const NASTY = 'a "b" \\ $${c} %%{d}\n<<EOT\n\té😀';
const data = (name: string, body: JsonObject = {}): JsonObject => ({
  resource: { terraform_data: { [name]: body } },
});

/** Configurations with each block, which Terraform plans without a state. */
export const CONFIGURATIONS: Readonly<Record<string, JsonObject>> = {
  "removed, with a lifecycle and provisioners": {
    removed: [
      {
        from: "terraform_data.old",
        lifecycle: { destroy: false },
      },
      {
        from: "module.gone.terraform_data.old",
        lifecycle: [{ destroy: true }],
        connection: { host: "h" },
        provisioner: [
          { "local-exec": { when: "destroy", command: `echo '${NASTY}'` } },
        ],
      },
    ],
  },
  "one removed block that is no list": {
    removed: { from: "terraform_data.old", lifecycle: { destroy: false } },
  },
  "check, with a data source of its own": {
    check: {
      state: {
        data: {
          terraform_remote_state: {
            other: {
              backend: "local",
              config: { path: "other.tfstate" },
              defaults: { a: NASTY },
              depends_on: ["terraform_data.one"],
            },
          },
        },
        assert: [
          {
            condition:
              '${data.terraform_remote_state.other.outputs.a != "${local.a}"}',
            error_message: `No: ${NASTY} \${local.a}`,
          },
          { condition: "${local.a != null}", error_message: "No." },
        ],
      },
      "other-1": {
        assert: { condition: "${length(local.a) < 2}", error_message: "No." },
      },
    },
    locals: { a: "x" },
    ...data("one"),
  },
  "moved, with keys": {
    moved: [
      { from: 'terraform_data.old["a b"]', to: 'terraform_data.new["a.b"]' },
      { from: "terraform_data.first", to: "terraform_data.second[0]" },
      { from: "module.a[0].terraform_data.x", to: "terraform_data.third" },
    ],
    resource: {
      terraform_data: {
        new: { for_each: { "a.b": 1 } },
        second: { count: 1 },
        third: {},
      },
    },
  },
  "import, with for_each": {
    import: [
      {
        for_each: { a: `id \${1 + 1}`, "b.c": NASTY },
        to: "terraform_data.each[each.key]",
        id: "${each.value}",
      },
      { to: "terraform_data.one", id: "x-${local.id}-%%{y}" },
    ],
    locals: { id: "i" },
    resource: {
      terraform_data: { each: { for_each: { a: 1, "b.c": 2 } }, one: {} },
    },
  },
  "variable, with every argument": {
    variable: {
      text: {
        type: "string",
        default: NASTY,
        description: NASTY,
        nullable: false,
        sensitive: true,
        ephemeral: false,
        validation: [
          { condition: "${var.text != null}", error_message: `${NASTY}.` },
          { condition: '${var.text != "${var.short}"}', error_message: "No." },
        ],
      },
      list: { type: "list(string)", default: ["${a}", "%{b}"] },
      nothing: { default: null },
      object: {
        type: 'object({a = optional(string, "x"), b = map(any)})',
        default: { b: { "c d": "1", "${e}": "true" } },
      },
      short: { ephemeral: true, default: 1 },
    },
  },
  "output, with every argument": {
    output: {
      secret: {
        value: "${terraform_data.one.id}",
        sensitive: true,
        ephemeral: false,
        description: NASTY,
        depends_on: ["terraform_data.one"],
        precondition: [
          {
            condition: "${terraform_data.one.id != null}",
            error_message: `No \${1}: ${NASTY}`,
          },
        ],
      },
      nested: { value: [{ "a b": [null, 1.5, true, NASTY] }, {}, []] },
    },
    ...data("one"),
  },
  "terraform, with backend, versions and providers": {
    terraform: {
      required_version: ">= 1.11.0, < 2.0.0",
      required_providers: {
        terraform: { source: "terraform.io/builtin/terraform" },
      },
      backend: { local: { path: "$${x}.tfstate" } },
    },
    provider: { terraform: [{}, { alias: "other" }] },
    ...data("one", { provider: "terraform.other" }),
  },
  "terraform, with a remote backend": {
    terraform: {
      backend: {
        remote: {
          hostname: "tf.example.org",
          organization: "o",
          workspaces: { name: "w" },
        },
      },
    },
  },
  "terraform, with cloud": {
    terraform: {
      cloud: {
        hostname: "tf.example.org",
        organization: "o",
        workspaces: [{ tags: ["a", "b"], project: "p" }],
      },
    },
  },
  "module, with providers and each": {
    module: {
      m: {
        source: "./child",
        for_each: { a: NASTY },
        input: { "a b": "${each.value}", c: [{ d: null }] },
        providers: { "terraform.other": "terraform.west" },
        depends_on: ["terraform_data.one"],
      },
    },
    terraform: {
      required_providers: {
        terraform: { source: "terraform.io/builtin/terraform" },
      },
    },
    provider: { terraform: [{ alias: "west" }] },
    ...data("one"),
  },
  "locals, of every type": {
    locals: {
      a: null,
      b: [],
      c: {},
      d: [{ e: [{ f: "${local.g}" }] }],
      g: NASTY,
      "h-1": 1e21,
      é: -0.5,
      for: "${[for x in [1]: x]}",
    },
    output: { all: { value: "${[local.d, local.h-1, local.é, local.for]}" } },
  },
  "resource, with every block of the language": {
    ...data("one", {
      lifecycle: {
        create_before_destroy: true,
        ignore_changes: "all",
        precondition: {
          condition: "${path.root != null}",
          error_message: "No.",
        },
        postcondition: [
          { condition: '${self.id != ""}', error_message: "No." },
        ],
      },
      connection: { type: "ssh", host: "${self.id}" },
      provisioner: [
        { "local-exec": { command: NASTY, on_failure: "continue" } },
        { "local-exec": [{ command: "true", when: "destroy" }] },
      ],
      input: [{ a: 1 }, { b: null }],
    }),
  },
  "empty and absent blocks": {
    removed: [],
    import: null,
    moved: [],
    terraform: {},
    locals: {},
    variable: { v: { default: "", validation: [] } },
    ...data("one", { lifecycle: {}, connection: null }),
  },
};
/** Configurations that Terraform refuses in both syntaxes, with a part of its message. */
export const REFUSED: Readonly<Record<string, readonly [JsonObject, RegExp]>> =
  {
    "removed that is still declared": [
      { removed: [{ from: "terraform_data.one" }], ...data("one") },
      /Removed resource still exists/,
    ],
    "removed without an address": [
      { removed: [{ lifecycle: { destroy: false } }] },
      /"from" is required/,
    ],
    "check without an assertion": [
      { check: { c: {} } },
      /Zero assert blocks|at least one "assert" block/,
    ],
    "moved with an index of an expression": [
      {
        moved: [{ from: "terraform_data.a[local.x]", to: "terraform_data.b" }],
      },
      /Invalid expression/,
    ],
    "import of a resource that is not declared": [
      { import: [{ to: "terraform_data.none", id: "x" }] },
      /target resource address does not exist|does not exist/i,
    ],
    "ephemeral of an unknown type": [
      { ephemeral: { terraform_none: { x: { a: 1 } } } },
      /terraform_none/,
    ],
    "a label with quotes": [
      { resource: { terraform_data: { 'a"b': {} } } },
      /Invalid resource name/,
    ],
    "an experiment that does not exist": [
      { terraform: { experiments: ["none"] } },
      /experimental features/,
    ],
    "an ephemeral output of the root module": [
      { output: { o: { value: 1, ephemeral: true } } },
      /Ephemeral output not allowed/,
    ],
  };
