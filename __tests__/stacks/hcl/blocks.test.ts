import { App, CloudBackend, NamedCloudWorkspace, TerraformStack } from "cdktf";
import type { JsonObject } from "../../../stacks/hcl/json";
import { formatStackHcl } from "../../../stacks/hcl/stack-hcl";
import { formatHcl } from "../../../stacks/hcl/writer";
import { UserError } from "../../../constructs/errors";
import { CONFIGURATIONS, REFUSED } from "../../support/terraform-blocks";
import { removeTemporaryDirectories } from "../../support/stage";
import { TerraformSyntax } from "../../support/terraform-syntax";

const CHILD = `terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.other]
    }
  }
}
variable "input" {}
resource "terraform_data" "x" {
  input    = var.input
  provider = terraform.other
}
`;

afterAll(removeTemporaryDirectories);

/** Removes the time, and the text of constants, which is that of the syntax. Planned values remain. */
function normalizePlan(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) =>
    /^(timestamp|constant_value)$/.test(key) ? undefined : value,
  );
}

describe("a block in both syntaxes of Terraform", () => {
  const syntax = new TerraformSyntax();
  let count = 0;
  const format = (configuration: JsonObject): [string, string][] => [
    ["main.tf.json", JSON.stringify(configuration)],
    ["main.tf", formatHcl(configuration, {})],
  ];

  /** Plans a configuration, or validates it if its backend needs a network. */
  function evaluate(file: string, content: string, isOffline: boolean) {
    count += 1;
    const here = syntax.write(`case-${count}`, {
      [file]: content,
      "child/main.tf": CHILD,
    });
    const run = (...args: string[]) => syntax.run(here, ...args, "-no-color");
    const results = isOffline
      ? [run("init"), run("plan", "-out=plan")]
      : [run("init", "-backend=false"), run("validate")];
    return {
      problems: results.map(({ status, output }) =>
        status === 0 ? "" : `${file}: ${output}`,
      ),
      showPlan: () =>
        normalizePlan(syntax.terraform(here, "show", "-json", "plan")),
      isFormatted: () => run("fmt", "-check", "-diff"),
    };
  }

  test.each(Object.entries(CONFIGURATIONS))(
    "is planned equally: %s",
    (name, configuration) => {
      const isOffline = !/remote|cloud/.test(name);
      const runs = format(configuration).map(([file, content]) =>
        evaluate(file, content, isOffline),
      );
      expect(runs.flatMap(({ problems }) => problems).join("")).toBe("");
      const [json, hcl] = runs;
      if (isOffline) expect(hcl?.showPlan()).toEqual(json?.showPlan());
      expect(hcl?.isFormatted()).toEqual({ status: 0, output: "" });
    },
  );

  test.each(Object.entries(REFUSED))(
    "is refused equally: %s",
    (_, [configuration, message]) => {
      for (const [file, content] of format(configuration))
        expect(evaluate(file, content, true).problems.join("")).toMatch(
          message,
        );
    },
  );

  test("has references and templates where Terraform reads them", () => {
    expect(
      formatHcl(
        {
          terraform: {
            experiments: ["a_b"],
            provider_meta: { x: { a: "${b}" } },
            required_providers: {
              x: { source: "o/x", configuration_aliases: ["x.east"] },
            },
            backend: {
              kubernetes: { exec: [{ command: "$c", args: ["${d}"] }] },
              s3: { assume_role: { role_arn: "${e}" } },
            },
          },
          module: { m: { source: "./${f}", version: "~> 1" } },
        },
        {},
      ),
    ).toBe(`terraform {
  experiments = [a_b]

  backend "kubernetes" {
    exec {
      args    = ["$\${d}"]
      command = "$c"
    }
  }

  backend "s3" {
    assume_role = {
      role_arn = "$\${e}"
    }
  }

  provider_meta "x" {
    a = b
  }

  required_providers {
    x = {
      configuration_aliases = [x.east]
      source                = "o/x"
    }
  }
}

module "m" {
  source  = "./$\${f}"
  version = "~> 1"
}
`);
  });

  test("can be Terraform Cloud of cdktf", () => {
    const stack = new TerraformStack(new App(), "cloud");
    new CloudBackend(stack, {
      organization: "o",
      workspaces: new NamedCloudWorkspace("w"),
    });
    stack.addOverride("removed", [
      { from: "aws_x.y", lifecycle: { destroy: false } },
    ]);
    expect(formatStackHcl(stack).hcl).toBe(`terraform {
  cloud {
    organization = "o"

    workspaces {
      name = "w"
    }
  }
}

removed {
  from = aws_x.y

  lifecycle {
    destroy = false
  }
}
`);
  });
});

describe("what the native syntax cannot express", () => {
  test.each<[string, JsonObject, string]>([
    [
      "an unknown top-level block",
      { resources: {}, outputs: {} },
      'top-level block must be one of terraform, provider, locals, variable, data, ephemeral, resource, module, output, check, moved, removed, import, got "outputs" and "resources"',
    ],
    [
      "a block that is a text",
      { check: "text" },
      'check block must be an object or a list of objects, got "text"',
    ],
    [
      "a block with a number in its list",
      { resource: { aws_iam_role: { r: [{ name: "r" }, 7] } } },
      "resource block must be an object or a list of objects, got 7",
    ],
    [
      "a name that is no identifier",
      { locals: { "a b": 1 } },
      'argument must have letters, digits, _ and - in its name, got "a b"',
    ],
    [
      "a heredoc in an expression",
      { locals: { a: "${<<E\na\nE\n}" } },
      'template must close every quote and bracket and contain no heredoc, got "${<<E\\na\\nE\\n}"',
    ],
  ])("fails for %s", (_, configuration, message) => {
    const format = () => formatHcl(configuration, {});
    expect(format).toThrow(UserError);
    expect(format).toThrow(message);
  });
});
