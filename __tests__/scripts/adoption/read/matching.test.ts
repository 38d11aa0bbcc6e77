import type {
  AdoptedType,
  LiveResource,
} from "../../../../scripts/lib/adoption/read/live-resources";
import {
  createLiveResource,
  createLiveStack,
} from "../../../support/live-stack";
import { matchResources } from "../../../../scripts/lib/adoption/read/matching";
import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";
import { RETAIN_HANDLE } from "../../../../scripts/lib/adoption/read/template";

const CONFIGURATION = new TerraformConfiguration(
  JSON.stringify({
    resource: {
      aws_cognito_user_pool: { pool: { name: "app-dev" } },
      aws_cognito_user_pool_client: { people: { name: "programmatic-client" } },
      aws_cognito_user_group: {
        readers: { name: "readers", role_arn: "${aws_iam_role.readers.arn}" },
      },
      aws_iam_role: {
        readers: { name: "app-dev-readers" },
        authenticated: { name: "app-dev-authenticated" },
      },
      aws_iam_role_policy: {
        readers: { role: "${aws_iam_role.readers.id}" },
      },
      aws_cognito_identity_pool_roles_attachment: {
        roles: {
          roles: { authenticated: "${aws_iam_role.authenticated.arn}" },
        },
      },
      aws_secretsmanager_secret_version: { version: {} },
    },
  }),
);

const arn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

const TERRAFORM_TYPES: Record<string, AdoptedType> = {
  "AWS::Cognito::UserPool": "aws_cognito_user_pool",
  "AWS::Cognito::UserPoolClient": "aws_cognito_user_pool_client",
  "AWS::Cognito::UserPoolGroup": "aws_cognito_user_group",
  "AWS::Cognito::IdentityPoolRoleAttachment":
    "aws_cognito_identity_pool_roles_attachment",
  "AWS::IAM::Role": "aws_iam_role",
  "AWS::IAM::Policy": "aws_iam_role_policy",
};

function live(
  type: string,
  key: string,
  parts: Partial<LiveResource> = {},
): LiveResource {
  const terraformType = TERRAFORM_TYPES[type];
  return createLiveResource(type, key, {
    ...(terraformType !== undefined && { terraformType }),
    ...parts,
  });
}

const ALL: readonly LiveResource[] = [
  live("AWS::Cognito::UserPool", "app-dev"),
  live("AWS::Cognito::UserPoolClient", "programmatic-client"),
  live("AWS::Cognito::UserPoolGroup", "readers", {
    attributes: { RoleArn: arn("app-dev-readersrole-1X") },
  }),
  live("AWS::IAM::Role", "app-dev-readersrole-1X"),
  live("AWS::IAM::Role", "app-dev-authenticated-2X"),
  live("AWS::IAM::Role", "app-dev-unauthenticated-3X"),
  live("AWS::IAM::Policy", "readersDefaultPolicy", {
    attributes: { RoleName: "app-dev-readersrole-1X" },
  }),
  live("AWS::Cognito::IdentityPoolRoleAttachment", "pool", {
    attributes: {
      Roles: {
        authenticated: arn("app-dev-authenticated-2X"),
        unauthenticated: arn("app-dev-unauthenticated-3X"),
      },
    },
  }),
];

function match(
  resources: readonly LiveResource[],
  properties: Readonly<Record<string, object>> = {},
) {
  const template = {
    Resources: Object.fromEntries(
      resources.map(({ logicalId, type }) => [
        logicalId,
        { Type: type, Properties: { ...properties[logicalId] } },
      ]),
    ),
  };
  const stack = createLiveStack({ resources, template });
  const found = matchResources(resources, CONFIGURATION, stack);
  return {
    adopted: Object.fromEntries(
      found.adopted.map(({ configured, live: { key } }) => [
        configured.address,
        key,
      ]),
    ),
    overwritten: found.overwritten.map(({ configured }) => configured.address),
    missing: found.missing.map(({ address }) => address),
    stackOnly: found.stackOnly.map(({ key }) => key),
    unmatched: found.unmatched.map(({ key }) => key),
    deleted: found.deleted.map(({ key }) => key),
  };
}

describe("live resources", () => {
  test("are matched by name, and roles by the resources that refer to them", () => {
    expect(match(ALL)).toEqual({
      adopted: {
        "aws_cognito_user_pool.pool": "app-dev",
        "aws_cognito_user_pool_client.people": "programmatic-client",
        "aws_cognito_user_group.readers": "readers",
        "aws_iam_role.readers": "app-dev-readersrole-1X",
        "aws_iam_role.authenticated": "app-dev-authenticated-2X",
        "aws_iam_role_policy.readers": "readersDefaultPolicy",
      },
      overwritten: ["aws_cognito_identity_pool_roles_attachment.roles"],
      missing: ["aws_secretsmanager_secret_version.version"],
      stackOnly: ["app-dev-unauthenticated-3X"],
      unmatched: [],
      deleted: [],
    });
  });

  describe("with a function that implements custom resources", () => {
    const trust = encodeURIComponent(
      JSON.stringify({
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: ["lambda.amazonaws.com"] },
          },
        ],
      }),
    );
    const own: readonly LiveResource[] = [
      live("AWS::Lambda::Function", "describe"),
      live("AWS::IAM::Role", "describe-role", {
        attributes: { AssumeRolePolicyDocument: trust },
      }),
      live("AWS::Logs::LogGroup", "describe-log"),
      live("Custom::DescribeClient", "answer"),
      live("AWS::CDK::Metadata", "metadata"),
      live("AWS::CloudFormation::WaitConditionHandle", "url", {
        logicalId: RETAIN_HANDLE,
      }),
    ];
    const properties = {
      Iddescribe: { Role: { "Fn::GetAtt": ["Iddescriberole", "Arn"] } },
      Iddescribelog: {
        LogGroupName: { "Fn::Sub": "/aws/lambda/${Iddescribe}" },
      },
      Idanswer: {
        ServiceToken: { "Fn::GetAtt": ["Iddescribe", "Arn"] },
        Create: '{"service":"CognitoIdentityServiceProvider","action":"a"}',
      },
    };

    test("are stack-only if only the function uses them", () => {
      const { stackOnly } = match(own, properties);
      expect(stackOnly).toEqual(own.map(({ key }) => key));
    });

    test("are unmatched if the user pool invokes the function", () => {
      const pool = live("AWS::Cognito::UserPool", "app-dev", {
        attributes: {
          LambdaConfig: {
            PreSignUp:
              "arn:aws:lambda:us-west-2:000000000000:function:describe",
          },
        },
      });
      const { unmatched } = match([pool, ...own], properties);
      expect(unmatched).toEqual(["describe", "describe-role", "describe-log"]);
    });

    test("are stack-only with the retention of the function's log", () => {
      const retention = live("Custom::LogRetention", "retention");
      const retained = { ...properties, Idretention: { LogGroupName: "a" } };
      expect(match([...own, retention], retained).unmatched).toEqual([]);
      const destroyed = {
        ...properties,
        Idretention: { LogGroupName: "a", RemovalPolicy: "destroy" },
      };
      expect(match([...own, retention], destroyed).unmatched).toEqual([
        "retention",
      ]);
    });

    test("are unmatched if the function refers to them, or another function uses them", () => {
      const other = live("AWS::Lambda::Function", "trigger");
      const { unmatched } = match([...own, other], {
        ...properties,
        Iddescribe: {
          Role: { "Fn::GetAtt": ["Iddescriberole", "Arn"] },
          Environment: { T: { "Fn::GetAtt": ["Idtrigger", "Arn"] } },
        },
        Idtrigger: { Role: { "Fn::GetAtt": ["Iddescriberole", "Arn"] } },
      });
      expect(unmatched).toEqual(["describe-role", "trigger"]);
    });

    test.each([
      ["not readable", "%7B%"],
      ["not a policy", '{"Statement":[]}'],
      [
        "for another service too",
        trust.replace("%5B%22lambda", "%5B%22ec2.amazonaws.com%22%2C%22lambda"),
      ],
      ["for all but functions", trust.replace("Principal", "NotPrincipal")],
    ])("contain an unmatched role if its trust policy is %s", (_, document) => {
      const [, role] = own;
      const changed = own.map((resource) =>
        resource === role
          ? { ...role, attributes: { AssumeRolePolicyDocument: document } }
          : resource,
      );
      expect(match(changed, properties).unmatched).toContain("describe-role");
    });

    test("are unmatched if the function implements no custom resource", () => {
      const { unmatched } = match(
        [
          live("AWS::Lambda::Function", "describe"),
          live("AWS::Lambda::Permission", "permission"),
        ],
        { Idpermission: { FunctionName: { Ref: "Iddescribe" } } },
      );
      expect(unmatched).toEqual(["describe", "permission"]);
    });
  });

  test("are unmatched without a configured counterpart, including a custom resource that deletes", () => {
    const { unmatched, stackOnly } = match([
      live("AWS::Cognito::UserPoolClient", "other"),
      live("Custom::S3AutoDeleteObjects", "deletes"),
    ]);
    expect(unmatched).toEqual(["other", "deletes"]);
    expect(stackOnly).toEqual([]);
  });

  test("are unmatched if two have the same name", () => {
    const two = ["one", "two"].map((logicalId) =>
      live("AWS::Cognito::UserPoolClient", "programmatic-client", {
        logicalId,
      }),
    );
    expect(match(two).unmatched).toHaveLength(2);
  });

  test("are matched with a domain of the same kind only", () => {
    const configuration = new TerraformConfiguration(
      JSON.stringify({
        resource: {
          aws_cognito_user_pool_domain: {
            prefix: { domain: "app-dev" },
            custom: { domain: "auth.example.org", certificate_arn: "arn:acm" },
          },
        },
      }),
    );
    const domain = (key: string, CustomDomainConfig: object) =>
      live("AWS::Cognito::UserPoolDomain", key, {
        terraformType: "aws_cognito_user_pool_domain",
        attributes: { CustomDomainConfig },
      });
    const match = (...domains: readonly LiveResource[]) => {
      const { adopted } = matchResources(
        domains,
        configuration,
        createLiveStack(),
      );
      return adopted.map((pair) => [pair.configured.name, pair.live.key]);
    };
    const custom = domain("login.example.org", { CertificateArn: "arn:acm" });
    expect(match(custom)).toEqual([["custom", "login.example.org"]]);
    expect(match(custom, domain("old-dev", {}))).toEqual([
      ["prefix", "old-dev"],
      ["custom", "login.example.org"],
    ]);
  });

  test("are neither unmatched nor stack-only if they are outside the stack", () => {
    const provider = live(
      "AWS::Cognito::UserPoolIdentityProvider",
      "Keycloak",
      {
        terraformType: "aws_cognito_identity_provider",
        logicalId: "",
      },
    );
    const match = (resource: object) =>
      matchResources(
        [provider],
        new TerraformConfiguration(JSON.stringify({ resource })),
        createLiveStack(),
      );
    expect(match({})).toMatchObject({
      adopted: [],
      unmatched: [],
      stackOnly: [],
    });
    expect(
      match({
        aws_cognito_identity_provider: { it: { provider_name: "Keycloak" } },
      }).adopted,
    ).toMatchObject([{ live: provider }]);
  });

  test("contain the role of a deleted group, by the template", () => {
    const { adopted, missing } = match(
      [
        live("AWS::Cognito::UserPoolGroup", "readers", { isPresent: false }),
        live("AWS::IAM::Role", "app-dev-readersrole-1X"),
      ],
      {
        Idreaders: {
          RoleArn: { "Fn::GetAtt": ["Idappdevreadersrole1X", "Arn"] },
        },
      },
    );
    expect(adopted).toEqual({
      "aws_iam_role.readers": "app-dev-readersrole-1X",
    });
    expect(missing).toContain("aws_cognito_user_group.readers");
  });

  test("are reported as deleted if AWS does not have them", () => {
    const { deleted, missing } = match([
      live("AWS::Cognito::UserPoolClient", "id", { isPresent: false }),
    ]);
    expect(deleted).toEqual(["id"]);
    expect(missing).toContain("aws_cognito_user_pool_client.people");
  });
});
