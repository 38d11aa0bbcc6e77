import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { Construct } from "constructs";
import { describeLocal } from "../support/deployment";
import {
  createStageConfig,
  removeTemporaryDirectories,
} from "../support/stage";
import { ACCEPTED } from "../support/unknown-collections";
import { ValidatedStages } from "../support/validated-stages";

afterAll(removeTemporaryDirectories);

interface Change {
  readonly address: string;
  readonly change: { readonly after: Readonly<Record<string, unknown>> };
}

/** Blocks of Terraform's language with parts of the provider's schema. */
const BLOCKS: Readonly<Record<string, unknown>> = {
  removed: [{ from: "aws_iam_role.old", lifecycle: { destroy: false } }],
  moved: [{ from: "aws_iam_role.a", to: 'aws_iam_role.each["b"]' }],
  import: [
    {
      for_each: { b: "role-${1 + 1}" },
      to: "aws_iam_role.each[each.key]",
      id: "${each.value}",
      provider: "aws.west",
    },
  ],
  check: {
    bucket: {
      data: { aws_s3_bucket: { b: { bucket: "a-${local.name}" } } },
      assert: [
        {
          condition: "${data.aws_s3_bucket.b.region == local.name}",
          error_message: "No: ${local.name}",
        },
      ],
    },
    document: {
      data: {
        aws_iam_policy_document: {
          scoped: {
            statement: [
              {
                actions: ["s3:*"],
                condition: [
                  { test: "Bool", variable: "a:b", values: ["$${true}"] },
                ],
              },
            ],
          },
        },
      },
      assert: {
        condition: "${data.aws_iam_policy_document.scoped.json != local.name}",
        error_message: "No.",
      },
    },
  },
  ephemeral: {
    aws_secretsmanager_random_password: {
      p: {
        password_length: 20,
        lifecycle: {
          postcondition: {
            condition: '${self.random_password != ""}',
            error_message: "No.",
          },
        },
      },
    },
    aws_kms_secrets: {
      s: { secret: [{ name: "a", payload: "b" }], provider: "aws.west" },
    },
  },
  locals: { name: "x" },
  "resource.aws_iam_role.each": {
    for_each: { b: 1 },
    assume_role_policy: "{}",
    inline_policy: [
      { name: "a", policy: "{}" },
      { name: "b", policy: "{}" },
    ],
    tags: { "a b": "${each.key}" },
    provider: "aws.west",
  },
  "resource.aws_cognito_user_pool.other": {
    name: "other",
    schema: [
      {
        name: "a",
        attribute_data_type: "String",
        string_attribute_constraints: [{ max_length: "16" }],
      },
    ],
  },
  "resource.aws_db_instance.timeouts": {
    instance_class: "db.t3.micro",
    timeouts: { create: "5m" },
  },
  "data.aws_iam_policy_document.raw": {
    statement: [
      {
        sid: "a",
        actions: ["s3:*"],
        principals: [{ type: "AWS", identifiers: ["*"] }],
      },
      { sid: "b", actions: ["s3:*"] },
    ],
  },
  "provider.aws.1": {
    alias: "west",
    region: "us-west-1",
    assume_role: [{ role_arn: "arn:aws:iam::123456789012:role/r" }],
    default_tags: [{ tags: { a: "b" } }],
  },
};

/** Properties of resources that the first version of the provider does not have, so that it cannot plan them. */
const LATER: readonly string[] = ["BrandingStyle.settings"];

describeLocal("both syntaxes of Terraform", () => {
  test("have the same plan of every list, map and number that only Terraform knows", async () => {
    const { json, hcl } = await new ValidatedStages().plan(
      createStageConfig(),
      (auth) => {
        for (const [name, { build }] of Object.entries(ACCEPTED))
          if (!LATER.includes(name))
            build(auth, new Construct(auth, name.replace(".", "-")));
      },
    );
    expect(hcl).toEqual(json);
    const changes = json as readonly Change[];
    const getAfter = (address: string) =>
      changes.find((change) => change.address.includes(address))?.change.after;
    const getPolicy = (address: string, name = "policy") =>
      JSON.parse(String(getAfter(address)?.[name])) as unknown;
    expect(
      getPolicy("aws_iam_role.OidcRoleProps-subjects", "assume_role_policy"),
    ).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: { "issuer.example.org:sub": ["one", "two"] },
          },
        },
      ],
    });
    expect(getPolicy("aws_iam_policy.BoundaryScope-buckets")).toMatchObject({
      Statement: [
        {
          Resource: [
            "arn:aws:s3:::a-bucket",
            "arn:aws:s3:::b-*",
            "arn:aws:s3:::a-bucket/*",
            "arn:aws:s3:::b-*/*",
          ],
        },
        {},
      ],
    });
    expect(
      getPolicy("aws_iam_role_policy.PolicyStatement-Condition"),
    ).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: { "aws:PrincipalTag/a": "b" },
            StringLike: { "aws:PrincipalTag/c": ["d", "e"] },
          },
        },
      ],
    });
    expect(
      getAfter("aws_cognito_identity_pool.IdentityPoolProps"),
    ).toMatchObject({
      cognito_identity_providers: [{ client_id: "a" }, { client_id: "b" }],
    });
    expect(
      getAfter("aws_iam_role_policy_attachment.OidcRoleProps"),
    ).toMatchObject({ policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
  }, 600_000);

  test("are valid with every block, of elements and of overrides", async () => {
    await new ValidatedStages().validateStack(createStageConfig(), (auth) => {
      for (const [name, block] of Object.entries(BLOCKS))
        auth.addOverride(name, block);
      new DataAwsIamPolicyDocument(auth, "typed", {
        statement: [{ actions: ["s3:*"], resources: ["*"] }],
      });
    });
  }, 600_000);
});
