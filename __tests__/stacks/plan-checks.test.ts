import { Fn, Testing } from "cdktf";
import { ClientSecret, OidcReadOnlyRole } from "../../constructs";
import { parseJsonObject } from "../../scripts/lib/system/json-object";
import { AuthStack } from "../../stacks/auth-stack";
import type { FrontendClientOptions } from "../../stacks/user-pool-clients";
import {
  createApp,
  createStageConfig,
  removeTemporaryDirectories,
} from "../support/stage";
import { TerraformSyntax } from "../support/terraform-syntax";
import { createUnknownList } from "../support/unknown-collections";

afterAll(removeTemporaryDirectories);

const GITHUB = "token.actions.githubusercontent.com";
const BUILDERS = {
  "a role in production": (text: string) => {
    const stack = new AuthStack(
      createApp(),
      createStageConfig({ STAGE: "prod" }),
    );
    stack.addOidcProvider({ origin: "existing", issuer: GITHUB });
    stack.addOidcRole("role", { subjects: createUnknownList(text) });
    return stack;
  },
  "a role": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    stack.addOidcProvider({ origin: "existing", issuer: GITHUB });
    stack.addOidcRole("role", { subjects: ["repo:o/r:ref:a", Fn.lower(text)] });
    return stack;
  },
  "a read-only role": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    new OidcReadOnlyRole(stack, "role", {
      provider: { issuer: "a.example.org", providerArn: "arn" },
      roleName: "role",
      subjects: [`repo:${Fn.lower(text)}`],
      statements: [],
    });
    return stack;
  },
  "a bucket": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    const buckets = { [Fn.lower(text)]: "read" } as const;
    stack.addGroup("g", { description: "", precedence: 1, buckets });
    return stack;
  },
  "a prefix": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    const grant = { permission: "read", prefix: Fn.lower(text) } as const;
    const buckets = { "a-bucket": grant };
    stack.addGroup("g", { description: "", precedence: 1, buckets });
    return stack;
  },
  "a reader": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    new ClientSecret(stack, "secret", {
      secretName: "s",
      fields: {},
      clientSecret: null,
      recoveryDays: 7,
      readerRoleArns: createUnknownList(text),
    });
    return stack;
  },
  "a read attribute": (text: string) => {
    const stack = new AuthStack(createApp(), createStageConfig());
    addPage(stack, { readAttributes: createUnknownList(text) });
    return stack;
  },
  "a read attribute of an existing user pool": (text: string) => {
    const config = createStageConfig({ USER_POOL_ID: "us-west-2_Example" });
    const stack = new AuthStack(createApp(), config);
    addPage(stack, { readAttributes: createUnknownList(text) });
    return stack;
  },
  "a written attribute of an existing user pool": (text: string) => {
    const config = createStageConfig({ USER_POOL_ID: "us-west-2_Example" });
    const stack = new AuthStack(createApp(), config);
    addPage(stack, { writeAttributes: createUnknownList(text) });
    return stack;
  },
} as const;
const CASES: readonly (readonly [keyof typeof BUILDERS, string, string?])[] = [
  ["a role in production", "repo:o/r:environment:prod"],
  ["a role in production", "repo:o/r:workflow:x:environment:prod:ref:y"],
  ["a role in production", "repo:o/r:ref:refs/heads/main", "environment"],
  ["a role in production", "repo:o/r:ref:environment:prod", "environment"],
  ["a role in production", "repo:o/r:environment:*", "environment"],
  ["a role in production", "repository_owner:o:environment:x", "repository"],
  ["a role", "repo:o/r:ref:refs/heads/pull_request"],
  ["a role", "repository_id:7:ref:refs/heads/main"],
  ["a role", "repo:o/r:pull_request", "pull request"],
  ["a role", "repo:o/r:ref:refs/pull/1/merge", "pull request"],
  ["a role", "repo:o/r:event_name:pull_request_target", "pull request"],
  ["a role", "repo:o/*:ref:refs/heads/main", "repository"],
  ["a role", "repository_id:*:ref:refs/heads/main", "repository"],
  ["a read-only role", "o/r:pull_request"],
  ["a read-only role", "o/*:pull_request", "repository"],
  ["a bucket", "a-bucket"],
  ["a bucket", "*", "Bucket names"],
  ["a prefix", "a/b/"],
  ["a prefix", "a", "Bucket prefixes"],
  ["a prefix", "*/", "Bucket prefixes"],
  ["a reader", "arn:aws:iam::123456789012:role/a/b"],
  ["a reader", "*", "Readers"],
  ["a reader", "arn:aws:iam::123456789012:root", "Readers"],
  ["a reader", "arn:aws:iam::123456789012:role/*", "Readers"],
  ["a read attribute", "email"],
  ["a read attribute", "custom:groups", "can read must be"],
  ["a read attribute of an existing user pool", "email"],
  ["a read attribute of an existing user pool", "custom:groups"],
  ["a read attribute of an existing user pool", "groups", "can read must be"],
  [
    "a written attribute of an existing user pool",
    "custom:groups",
    "can write must be",
  ],
];

function addPage(stack: AuthStack, attributes: Partial<FrontendClientOptions>) {
  const callbackUrls = ["https://a.example/"];
  stack.addFrontendClient("page", { callbackUrls, ...attributes });
}

/** Returns the conditions that Terraform checks before it plans the resources of a stack. */
function listPreconditions(stack: AuthStack): readonly unknown[] {
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    resource: Record<
      string,
      Record<string, { lifecycle?: { precondition?: readonly unknown[] } }>
    >;
  };
  return Object.values(resource)
    .flatMap((resources) => Object.values(resources))
    .flatMap(({ lifecycle }) => lifecycle?.precondition ?? []);
}

describe("a security rule for values that only Terraform knows", () => {
  let diagnostics: readonly {
    readonly detail: string;
    readonly snippet: { readonly context: string };
  }[] = [];

  beforeAll(() => {
    const syntax = new TerraformSyntax();
    const resources = CASES.map(([name, text], index) => {
      const precondition = listPreconditions(BUILDERS[name](text));
      return [`case-${index}`, { lifecycle: { precondition } }];
    });
    const here = syntax.write("checks", {
      "main.tf.json": JSON.stringify({
        resource: { terraform_data: Object.fromEntries(resources) as unknown },
      }),
    });
    syntax.terraform(here, "init", "-no-color");
    const { output } = syntax.run(here, "plan", "-json");
    diagnostics = output.split("\n").flatMap((line) => {
      const { diagnostic } = parseJsonObject(line);
      return diagnostic === undefined ? [] : [diagnostic as never];
    });
  });

  test.each(CASES.map((one, index) => ({ one, index })))(
    "is checked by Terraform: $one.0, $one.1",
    ({ one: [, , message], index }) => {
      const errors = diagnostics
        .filter(({ snippet }) => snippet.context.includes(`.case-${index}.`))
        .map(({ detail }) => detail);
      expect(errors).toEqual(
        message === undefined ? [] : [expect.stringContaining(message)],
      );
    },
  );

  test("changes no other lifecycle", () => {
    expect(Testing.synth(BUILDERS["a bucket"]("a-bucket"))).toContain(
      '"ignore_changes": [',
    );
  });
});
