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
  createPolicyDocument,
  type OAuthScope,
  OidcReadOnlyRole,
  type OidcRoleProps,
  toPolicyJson,
} from "../../constructs";
import {
  createApp,
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
