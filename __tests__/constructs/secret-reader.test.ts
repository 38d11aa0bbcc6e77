import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, TerraformVariable } from "cdktf";
import { Construct, RootConstruct } from "constructs";
import {
  ClientSecret,
  type ClientSecretProps,
} from "../../constructs/client-secret";
import { IdentityPoolRole } from "../../constructs/identity-pool-role";
import { OidcProvider } from "../../constructs/oidc-provider";
import { OidcRole } from "../../constructs/oidc-role";
import type { RoleReference } from "../../constructs/role";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  parsePolicy,
  synthesizeConstructs,
} from "../support/synth";

type CreateRole = (scope: TerraformStack) => RoleReference;

const ROLE = "arn:aws:iam::123456789012:role/team/reader";
const OTHER = "arn:aws:iam::999988887777:role/reader";

function addSecret(
  scope: TerraformStack,
  props: Partial<ClientSecretProps> = {},
): ClientSecret {
  return new ClientSecret(scope, "secret", {
    secretName: "auth-dev/robot",
    fields: { client_id: "a" },
    clientSecret: "s",
    recoveryDays: 7,
    ...props,
  });
}

function createIamRole(scope: Construct, id = "worker"): IamRole {
  return new IamRole(scope, id, { name: id, assumeRolePolicy: "{}" });
}

function synthesizeReaders(
  createRole: CreateRole,
  props: Partial<ClientSecretProps> = {},
) {
  return synthesizeConstructs((scope) => {
    addSecret(scope, props).grantRead(createRole(scope));
  });
}

function readPolicy(createRole: CreateRole, props = {}) {
  return getOnlyResource(
    synthesizeReaders(createRole, props),
    "aws_iam_role_policy",
  );
}

function listErrors(
  createRole: CreateRole,
  props: Partial<ClientSecretProps> = {},
): string[] {
  return collectErrors((scope) => {
    addSecret(scope, props).grantRead(createRole(scope));
  });
}

describe("a role that can read a secret", () => {
  test("gets a policy of its own, and the secret none", () => {
    const configuration = synthesizeReaders(createIamRole);
    expect(configuration.resource).not.toHaveProperty(
      "aws_secretsmanager_secret_policy",
    );
    const policy = getOnlyResource(configuration, "aws_iam_role_policy");
    expect(policy).toMatchObject({
      name: "read-auth-dev-robot-541590e2",
      role: "${aws_iam_role.worker.name}",
    });
    expect(policy).not.toHaveProperty("lifecycle");
    expect(parsePolicy(policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadSecret",
          Effect: "Allow",
          Action: [
            "secretsmanager:GetSecretValue",
            "secretsmanager:DescribeSecret",
          ],
          Resource: expect.stringMatching(
            /^\$\{aws_secretsmanager_secret\.secret_\w+\.arn\}$/,
          ) as string,
        },
      ],
    });
    expect(listErrors(createIamRole)).toEqual([]);
  });

  test.each<[string, CreateRole, RegExp]>([
    [
      "of an identity pool",
      (scope) =>
        new IdentityPoolRole(scope, "group", {
          identityPoolId: "us-west-2:1",
          roleName: "group",
          statements: [],
        }),
      /^\$\{aws_iam_role\.group_\w+\.name\}$/,
    ],
    [
      "of an OIDC provider",
      (scope) =>
        new OidcRole(scope, "deploy", {
          provider: OidcProvider.fromArn(
            "arn:aws:iam::123456789012:oidc-provider/issuer.example",
          ),
          roleName: "deploy",
          subjects: ["subject"],
        }),
      /^\$\{aws_iam_role\.deploy_\w+\.name\}$/,
    ],
    ["with a name", () => "reader", /^reader$/],
    ["with an ARN", () => ROLE, /^reader$/],
    ["with a text of Terraform", createUnknownText, /^\$\{basename\(/],
    ["of a group", () => ({ roleArn: ROLE, roleName: "reader" }), /^reader$/],
  ])("can be one %s", (_, createRole, roleName) => {
    expect(readPolicy(createRole).role).toMatch(roleName);
    expect(listErrors(createRole)).toEqual([]);
  });

  test("has one policy for each secret, and one for each role", () => {
    const { resource } = synthesizeConstructs((scope) => {
      const role = createIamRole(scope);
      const secret = addSecret(scope);
      for (const reader of [role, "other", role, ROLE, createUnknownText()])
        secret.grantRead(reader);
    });
    const policies = Object.values(resource.aws_iam_role_policy ?? {});
    expect(policies.map(({ role }) => String(role)).sort()).toEqual([
      "${aws_iam_role.worker.name}",
      expect.stringContaining("basename"),
      "other",
      "reader",
    ]);
    const names = ["a/b", "a-b", "n".repeat(512)].map(
      (secretName) => readPolicy(() => "reader", { secretName }).name,
    );
    expect(new Set(names).size).toBe(3);
    expect(names[2]).toHaveLength(114);
    expect(
      readPolicy(() => "reader", { secretName: createUnknownText() }),
    ).toMatchObject({ name_prefix: "read-secret-" });
  });

  test.each<[string, (scope: TerraformStack) => RoleReference[]]>([
    [
      "constructs whose paths differ in hyphens",
      (scope) => [
        createIamRole(new Construct(scope, "a"), "b-c"),
        createIamRole(new Construct(scope, "a-b"), "c"),
      ],
    ],
    [
      "a construct and a name that is its id",
      (scope) => [createIamRole(scope), "worker"],
    ],
    ["one that Terraform knows, and 1", () => [createUnknownText(), "1"]],
  ])("has a policy next to that of another role: %s", (_, createRoles) => {
    const { resource } = synthesizeConstructs((scope) => {
      const secret = addSecret(scope);
      for (const role of createRoles(scope)) secret.grantRead(role);
    });
    expect(Object.keys(resource.aws_iam_role_policy ?? {})).toHaveLength(2);
  });

  test("has one policy if only Terraform knows its ARN", () => {
    const grant = (calls: number) =>
      synthesizeConstructs((scope) => {
        const arn = new TerraformVariable(scope, "arn", {});
        const secret = addSecret(scope);
        // each text is a token of its own
        for (let call = 0; call < calls; call += 1)
          secret.grantRead(arn.stringValue);
      }).resource.aws_iam_role_policy;
    expect(grant(2)).toEqual(grant(1));
  });

  test("has a known name if only Terraform knows its account", () => {
    const arn = ROLE.replace("123456789012", createUnknownText());
    const { role, lifecycle } = readPolicy(() => arn);
    expect(role).toBe("reader");
    expect(JSON.stringify(lifecycle)).toContain("timestamp(), ");
  });
});

describe("the account of a role that can read a secret", () => {
  test.each<[string, CreateRole]>([
    ["an ARN", () => ROLE],
    ["a text of Terraform", createUnknownText],
  ])("is compared by Terraform if the role is %s", (_, createRole) => {
    const { precondition } = readPolicy(createRole).lifecycle as {
      precondition: { condition: string; error_message: string }[];
    };
    expect(precondition).toHaveLength(1);
    expect(precondition[0]?.condition).toMatch(
      /startswith\(.*element\(split\(":", .*\), 4\).*== element\(split\(":", aws_secretsmanager_secret\.secret_\w+\.arn\), 4\)/,
    );
    expect(precondition[0]?.error_message).toMatch(
      /^A role that reads .* must be in its account/,
    );
  });

  test("is not compared if the role is a name", () => {
    expect(readPolicy(() => "reader")).not.toHaveProperty("lifecycle");
  });

  test("is that of the secret if it is known", () => {
    expect(listErrors(() => ROLE, { accountId: "123456789012" })).toEqual([]);
    expect(listErrors(() => OTHER, { accountId: "123456789012" })).toEqual([
      `role ARN must be in account "123456789012", got "${OTHER}"`,
    ]);
    expect(
      listErrors(() => ({ roleArn: OTHER, roleName: "reader" }), {
        accountId: "123456789012",
      }),
    ).toHaveLength(1);
  });

  test("is compared for each ARN with the same name", () => {
    const errors = collectErrors((scope) => {
      const secret = addSecret(scope, { accountId: "123456789012" });
      for (const role of [ROLE, OTHER]) secret.grantRead(role);
    });
    expect(errors).toEqual([
      `role ARN must be in account "123456789012", got "${OTHER}"`,
    ]);
  });
});

describe("a reader of a secret fails when", () => {
  test.each<[string, RoleReference, RegExp]>([
    ["its name is invalid", "a b", /^role name must be .*got "a b"$/],
    ["its ARN is a root", "arn:aws:iam::123456789012:root", /^role ARN must/],
    [
      "its ARN is in another partition",
      ROLE.replace("aws", "aws-us-gov"),
      /^role ARN must be in partition "aws" of Region "us-west-2"/,
    ],
  ])("%s", (_, role, message) => {
    expect(listErrors(() => role)[0]).toMatch(message);
  });

  test("it is a role of another stack", () => {
    const app = new RootConstruct();
    const [stack, other] = ["one", "two"].map((id) => {
      const created = new TerraformStack(app, id);
      new AwsProvider(created, "aws", { region: "us-west-2" });
      return created;
    }) as [TerraformStack, TerraformStack];
    addSecret(stack).grantRead(createIamRole(other));
    expect(
      stack.node.findAll().flatMap(({ node }) => node.validate()),
    ).toContain(
      'role must be of the same stack, or the ARN of a role, got "two/worker" of another stack',
    );
  });
});
