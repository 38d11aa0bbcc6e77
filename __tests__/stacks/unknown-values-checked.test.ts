import {
  Fn,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import {
  type BucketGrant,
  ClientSecret,
  createPolicyDocument,
  type OAuthScope,
  OidcReadOnlyRole,
  type OidcRoleProps,
  toPolicyJson,
} from "../../constructs";
import { AuthStack } from "../../stacks/auth-stack";
import { parseJsonObject } from "../../scripts/lib/system/json-object";
import {
  createApp,
  createStageConfig,
  listProblems,
  removeTemporaryDirectories,
} from "../support/stage";
import { createUnknownText } from "../support/synth";
import { TerraformSyntax } from "../support/terraform-syntax";
import {
  createUnknownList,
  createUnknownMap,
} from "../support/unknown-collections";

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
      region: "us-west-2",
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
];

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

test("a text that only Terraform knows adds nothing to a policy", () => {
  const syntax = new TerraformSyntax();
  const value = 'a","b\\c${d}\n"]},{';
  const stack = new TerraformStack(createApp(), "stack");
  const text = new TerraformVariable(stack, "text", {
    type: "string",
    default: value,
  }).stringValue;
  const statement = {
    Effect: "Allow",
    Action: "a:B",
    Resource: [`x/${text}/\${aws:username}"`, text],
    Condition: { Bool: { [`tag/${text}`]: text } },
  } as const;
  new TerraformOutput(stack, "policy", {
    value: toPolicyJson(createPolicyDocument(statement)),
  });
  const plan = syntax.plan("text", { "main.tf.json": Testing.synth(stack) });
  const { planned_values: planned } = plan as {
    planned_values: { outputs: { policy: { value: string } } };
  };
  expect(JSON.parse(planned.outputs.policy.value)).toMatchObject({
    Statement: [
      {
        Resource: [`x/${value}/\${aws:username}"`, value],
        Condition: { Bool: { [`tag/${value}`]: value } },
      },
    ],
  });
});

describe("a value that Terraform cannot combine", () => {
  const addRole = (subjects: OidcRoleProps["subjects"]) =>
    listProblems((auth) => {
      auth.addOidcProvider({
        origin: "existing",
        issuer: "token.actions.githubusercontent.com",
      });
      auth.addOidcRole("role", { subjects });
    });

  const buckets = (grants: Readonly<Record<string, BucketGrant>>) =>
    listProblems((auth) => {
      auth.addGroup("g", { description: "", precedence: 1, buckets: grants });
    });

  test("fails when the buckets of a group are unknown", () => {
    expect(buckets(createUnknownMap({ "a-bucket": "read" }) as never)).toEqual([
      "buckets of a group must be known at synth, got a map that only Terraform knows (veda-auth-stack-dev, role of group g)",
    ]);
  });

  test.each([
    [createUnknownText(), "a text that only Terraform knows"],
    ["write", '"write"'],
  ])("fails when a permission is %s", (permission, got) => {
    expect(buckets({ "a-bucket": permission as BucketGrant })).toEqual([
      `permission on bucket "a-bucket" must be "read" or "read-write", got ${got} (veda-auth-stack-dev, role of group g)`,
    ]);
  });

  test("fails when the claim keys of a subject are unknown", () => {
    const claimKeys = createUnknownList("repo", "context") as never;
    const subject = { owner: "o", repo: "r", branch: "main", claimKeys };
    expect(addRole([subject])).toContain(
      "GitHub claim keys must be known at synth, got a list that only Terraform knows (veda-auth-stack-dev, OIDC role role)",
    );
  });

  test("does not fail for unknown parts of a subject", () => {
    const [owner, repo, branch] = [
      createUnknownText(),
      createUnknownText(),
      createUnknownText(),
    ];
    const ids = { ownerId: createUnknownText(), repoId: createUnknownText() };
    expect(addRole([{ owner, repo, branch, ...ids }])).toEqual([]);
  });

  test("does not fail for an unknown bucket or prefix", () => {
    const prefix = createUnknownText();
    expect(
      buckets({ [createUnknownText()]: { permission: "read", prefix } }),
    ).toEqual([]);
  });

  test.each<[string, (list: string[]) => string[]]>([
    ["an item is added to a list", (list) => [...list, "https://a.example"]],
    ["an item is selected by an index", (list) => ["b:/", list[0] ?? ""]],
  ])("fails when %s", (_, change) => {
    const list = createUnknownList("https://a.example");
    const hint =
      "must be a single value, got a list or a map that only Terraform knows: combine lists with Fn.concat, and select an item with Fn.element or Fn.lookup";
    expect(
      listProblems((auth) => {
        auth.addResourceServer("api", { read: "Read" });
        auth.addFrontendClient("page", { callbackUrls: change(list) });
        auth.addServiceClient("service", {
          scopes: ["api-server/read", ...change(list)] as OAuthScope[],
        });
      }),
    ).toEqual(
      expect.arrayContaining([
        `callback URL ${hint} (veda-auth-stack-dev, client page)`,
        `scope of "service" ${hint} (veda-auth-stack-dev/clients)`,
      ]),
    );
    expect(() =>
      toPolicyJson(
        createPolicyDocument({
          Effect: "Allow",
          Action: change(list),
          Resource: "*",
        }),
      ),
    ).toThrow(`item of a policy ${hint}`);
  });

  test.each([
    ["a list", createUnknownList("a:C")],
    ["the list of a function", Fn.concat([createUnknownList("a:C")])],
  ])("fails when %s is in a list of a policy", (_, item) => {
    const Action = ["a:B", item as string];
    const statement = { Effect: "Allow", Action, Resource: "*" } as const;
    expect(() => toPolicyJson(createPolicyDocument(statement))).toThrow(
      "item of a policy must be a single value",
    );
  });

  test("fails when a statement of a read-only role is unknown", () => {
    expect(
      listProblems((auth) => {
        new OidcReadOnlyRole(auth, "role", {
          provider: { issuer: "a.example.org", providerArn: "arn" },
          region: "us-west-2",
          roleName: "role",
          subjects: ["subject"],
          statements: [Token.asAny(createUnknownMap({})) as never],
        });
      }),
    ).toEqual([
      "statements of a read-only role must be known at synth, got a statement that only Terraform knows (veda-auth-stack-dev/role)",
    ]);
  });

  test("fails when the statements or managed policies of a read-only role are unknown", () => {
    const unknown = createUnknownList("a");
    const problems = listProblems((auth) => {
      new OidcReadOnlyRole(auth, "role", {
        provider: { issuer: "a.example.org", providerArn: createUnknownText() },
        region: "us-west-2",
        roleName: "role",
        subjects: ["subject"],
        statements: unknown as never,
        managedPolicyArns: unknown,
      });
    });
    expect(problems).toEqual([
      "statements of a read-only role must be known at synth, got a list that only Terraform knows (veda-auth-stack-dev/role)",
      "managed policies of a read-only role must be none, got a list that only Terraform knows (veda-auth-stack-dev/role)",
    ]);
  });
});
