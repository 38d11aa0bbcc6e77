import type { LiveResource } from "../../../../scripts/lib/adoption/read/live-resources";
import type { LiveStack } from "../../../../scripts/lib/adoption/read/live-stack";
import { matchResources } from "../../../../scripts/lib/adoption/read/matching";
import { TerraformConfiguration } from "../../../../scripts/lib/adoption/read/terraform-configuration";
import { RETAIN_HANDLE } from "../../../../scripts/lib/adoption/read/template";

const CODE = new TerraformConfiguration(
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

function live(
  type: string,
  key: string,
  more: Partial<LiveResource> = {},
): LiveResource {
  const terraformTypes: Record<string, string> = {
    "AWS::Cognito::UserPool": "aws_cognito_user_pool",
    "AWS::Cognito::UserPoolClient": "aws_cognito_user_pool_client",
    "AWS::Cognito::UserPoolGroup": "aws_cognito_user_group",
    "AWS::Cognito::IdentityPoolRoleAttachment":
      "aws_cognito_identity_pool_roles_attachment",
    "AWS::IAM::Role": "aws_iam_role",
    "AWS::IAM::Policy": "aws_iam_role_policy",
  };
  const terraformType = terraformTypes[type];
  return {
    logicalId: `Id${key.replace(/\W/g, "")}`,
    type,
    physicalId: key,
    status: "CREATE_COMPLETE",
    key,
    importId: key,
    isThere: true,
    facts: {},
    ...(terraformType !== undefined && { terraformType }),
    ...more,
  };
}

const ALL: readonly LiveResource[] = [
  live("AWS::Cognito::UserPool", "app-dev"),
  live("AWS::Cognito::UserPoolClient", "programmatic-client"),
  live("AWS::Cognito::UserPoolGroup", "readers", {
    facts: { RoleArn: arn("app-dev-readersrole-1X") },
  }),
  live("AWS::IAM::Role", "app-dev-readersrole-1X"),
  live("AWS::IAM::Role", "app-dev-authenticated-2X"),
  live("AWS::IAM::Role", "app-dev-guests-3X"),
  live("AWS::IAM::Policy", "readersDefaultPolicy", {
    facts: { RoleName: "app-dev-readersrole-1X" },
  }),
  live("AWS::Cognito::IdentityPoolRoleAttachment", "pool", {
    facts: {
      Roles: {
        authenticated: arn("app-dev-authenticated-2X"),
        unauthenticated: arn("app-dev-guests-3X"),
      },
    },
  }),
];

function stackOf(
  resources: readonly LiveResource[],
  properties: Readonly<Record<string, object>>,
): LiveStack {
  const template = {
    Resources: Object.fromEntries(
      resources.map(({ logicalId, type }) => [
        logicalId,
        { Type: type, Properties: { ...properties[logicalId] } },
      ]),
    ),
  };
  return {
    name: "app-dev",
    id: "arn:aws:cloudformation:us-west-2:000000000000:stack/app-dev/1",
    status: "CREATE_COMPLETE",
    isTerminationProtected: false,
    parentId: undefined,
    capabilities: [],
    parameters: {},
    outputs: [],
    resources,
    templateText: "",
    template,
    processed: template,
  };
}

function matched(
  resources: readonly LiveResource[],
  properties: Readonly<Record<string, object>> = {},
) {
  const found = matchResources(resources, CODE, stackOf(resources, properties));
  return {
    adopted: Object.fromEntries(
      found.adopted.map(({ code, live: { key } }) => [code.address, key]),
    ),
    createdOver: found.createdOver.map(({ code }) => code.address),
    missing: found.missing.map(({ address }) => address),
    leftBehind: found.leftBehind.map(({ key }) => key),
    unmatched: found.unmatched.map(({ key }) => key),
    gone: found.gone.map(({ key }) => key),
  };
}

describe("what is live", () => {
  test("goes with the code by names, and roles by what points at them", () => {
    expect(matched(ALL)).toEqual({
      adopted: {
        "aws_cognito_user_pool.pool": "app-dev",
        "aws_cognito_user_pool_client.people": "programmatic-client",
        "aws_cognito_user_group.readers": "readers",
        "aws_iam_role.readers": "app-dev-readersrole-1X",
        "aws_iam_role.authenticated": "app-dev-authenticated-2X",
        "aws_iam_role_policy.readers": "readersDefaultPolicy",
      },
      createdOver: ["aws_cognito_identity_pool_roles_attachment.roles"],
      missing: ["aws_secretsmanager_secret_version.version"],
      leftBehind: ["app-dev-guests-3X"],
      unmatched: [],
      gone: [],
    });
  });

  describe("with a function that makes custom resources", () => {
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
        facts: { AssumeRolePolicyDocument: trust },
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

    test("is left behind with all that only it has a use for", () => {
      const { leftBehind } = matched(own, properties);
      expect(leftBehind).toEqual(own.map(({ key }) => key));
    });

    test("is unmatched, its role too, where the user pool calls it", () => {
      const pool = live("AWS::Cognito::UserPool", "app-dev", {
        facts: {
          LambdaConfig: {
            PreSignUp:
              "arn:aws:lambda:us-west-2:000000000000:function:describe",
          },
        },
      });
      const { unmatched } = matched([pool, ...own], properties);
      expect(unmatched).toEqual(["describe", "describe-role", "describe-log"]);
    });

    test("is left behind with the retention of its log", () => {
      const retention = live("Custom::LogRetention", "retention");
      const keeps = { ...properties, Idretention: { LogGroupName: "a" } };
      expect(matched([...own, retention], keeps).unmatched).toEqual([]);
      const destroys = {
        ...properties,
        Idretention: { LogGroupName: "a", RemovalPolicy: "destroy" },
      };
      expect(matched([...own, retention], destroys).unmatched).toEqual([
        "retention",
      ]);
    });

    test("keeps a function that it names, and a role that another one has too", () => {
      const other = live("AWS::Lambda::Function", "trigger");
      const { unmatched } = matched([...own, other], {
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
      ["no policy", '{"Statement":[]}'],
      [
        "also for another service",
        trust.replace("%5B%22lambda", "%5B%22ec2.amazonaws.com%22%2C%22lambda"),
      ],
      ["for all but functions", trust.replace("Principal", "NotPrincipal")],
    ])("does not take a role along whose trust is %s", (_, document) => {
      const [, role] = own;
      const changed = own.map((resource) =>
        resource === role
          ? { ...role, facts: { AssumeRolePolicyDocument: document } }
          : resource,
      );
      expect(matched(changed, properties).unmatched).toContain("describe-role");
    });

    test("is unmatched where no custom resource is made by it", () => {
      const { unmatched } = matched(
        [
          live("AWS::Lambda::Function", "describe"),
          live("AWS::Lambda::Permission", "let-in"),
        ],
        { Idletin: { FunctionName: { Ref: "Iddescribe" } } },
      );
      expect(unmatched).toEqual(["describe", "let-in"]);
    });
  });

  test("is unmatched where the code has nothing for it, a custom resource that deletes among that", () => {
    const { unmatched, leftBehind } = matched([
      live("AWS::Cognito::UserPoolClient", "somebody-elses"),
      live("Custom::S3AutoDeleteObjects", "deletes"),
    ]);
    expect(unmatched).toEqual(["somebody-elses", "deletes"]);
    expect(leftBehind).toEqual([]);
  });

  test("is not matched by a name that two have", () => {
    const two = ["one", "two"].map((logicalId) =>
      live("AWS::Cognito::UserPoolClient", "programmatic-client", {
        logicalId,
      }),
    );
    expect(matched(two).unmatched).toHaveLength(2);
  });

  test("is a role of a group that somebody deleted, by the template", () => {
    const { adopted, missing } = matched(
      [
        live("AWS::Cognito::UserPoolGroup", "readers", { isThere: false }),
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

  test("is told as gone where somebody deleted it by hand", () => {
    const { gone, missing } = matched([
      live("AWS::Cognito::UserPoolClient", "id", { isThere: false }),
    ]);
    expect(gone).toEqual(["id"]);
    expect(missing).toContain("aws_cognito_user_pool_client.people");
  });
});
