import {
  RETAIN_HANDLE,
  hasRetainHandle,
  isSameExceptPolicies,
  parseTemplate,
  addRetainPolicies,
} from "../../../../scripts/lib/adoption/read/template";
import { findUnretained } from "../../../../scripts/lib/adoption/read/live-stack";
import { UserError } from "../../../../constructs/errors";

const YAML = `AWSTemplateFormatVersion: 2010-09-09
# reviewed
Parameters:
  Name: {Type: String, Default: 'yes'}
Conditions:
  IsOn: !Equals [!Ref Name, "yes"]
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    DeletionPolicy: Delete
    Properties:
      UserPoolName: !Sub "\${Name}-pool" # its name
      UserPoolTags: {Account: 000000000012, Flag: on}
  Role:
    Type: AWS::IAM::Role
    Condition: IsOn
    Properties:
      Description: >-
        folded over
        two lines
      AssumeRolePolicyDocument:
        Statement:
          - Resource: !GetAtt Pool.Arn
            Other: !Join ["", [a, !Ref Pool, !GetAtt [Pool, Arn]]]
            Chosen: !If [IsOn, !Select [0, !GetAZs ""], !Ref "AWS::NoValue"]
`;

describe("a CloudFormation template", () => {
  test("is parsed from JSON", () => {
    const template = parseTemplate(
      '{"Resources":{"Pool":{"Type":"AWS::Cognito::UserPool"}}}',
    );
    expect(template.Resources.Pool?.Type).toBe("AWS::Cognito::UserPool");
  });

  test("is parsed from YAML, with long-form functions", () => {
    const { Pool, Role } = parseTemplate(YAML).Resources;
    expect(Pool?.Properties?.UserPoolName).toEqual({
      "Fn::Sub": "${Name}-pool",
    });
    expect(Role?.Properties?.AssumeRolePolicyDocument).toEqual({
      Statement: [
        {
          Resource: { "Fn::GetAtt": ["Pool", "Arn"] },
          Other: {
            "Fn::Join": [
              "",
              ["a", { Ref: "Pool" }, { "Fn::GetAtt": ["Pool", "Arn"] }],
            ],
          },
          Chosen: {
            "Fn::If": [
              "IsOn",
              { "Fn::Select": [0, { "Fn::GetAZs": "" }] },
              { Ref: "AWS::NoValue" },
            ],
          },
        },
      ],
    });
  });

  test.each([
    ["text", "nothing: [", /must be JSON or YAML with a Resources section/],
    [
      "a template without resources",
      "{}",
      /must be JSON or YAML with a Resources section/,
    ],
    ["a resource without a type", '{"Resources":{"A":{}}}', /Resources/],
  ])("fails when it is %s", (_, text, message) => {
    expect(() => parseTemplate(text)).toThrow(UserError);
    expect(() => parseTemplate(text)).toThrow(message);
  });
});

describe("a template with retain policies", () => {
  test("retains the listed resources, and contains a handle", () => {
    const text = addRetainPolicies(YAML, ["Pool"]);
    const template = parseTemplate(text);
    const resources = ["Pool", "Role"].map((logicalId) => ({
      logicalId,
      type: "T",
      physicalId: logicalId,
      status: "UPDATE_COMPLETE",
    }));
    const stack = { template, processedTemplate: template, resources };
    expect(findUnretained(stack, ["Pool"])).toEqual([]);
    expect(findUnretained(stack, ["Pool", "Role"])).toEqual(["Role"]);
    const changed = { ...stack, processedTemplate: parseTemplate(YAML) };
    expect(findUnretained(changed, ["Pool"])).toEqual(["Pool"]);
    expect(findUnretained({ ...changed, resources: [] }, ["Pool"])).toEqual([]);
    expect(hasRetainHandle(template)).toBe(true);
    expect(hasRetainHandle(parseTemplate(YAML))).toBe(false);
    expect(template.Resources[RETAIN_HANDLE]).toEqual({
      Type: "AWS::CloudFormation::WaitConditionHandle",
    });
  });

  test("stays YAML, with its scalars, short forms and comments", () => {
    const written = addRetainPolicies(YAML, ["Pool", "Role"]);
    for (const text of [
      "AWSTemplateFormatVersion: 2010-09-09",
      "# reviewed",
      "Default: 'yes'",
      '!Sub "${Name}-pool" # its name',
      "Account: 000000000012",
      "Flag: on",
      "!GetAtt Pool.Arn",
    ])
      expect(written).toContain(text);
  });

  test("contains another handle when it is written again", () => {
    const once = parseTemplate(addRetainPolicies(YAML, ["Pool"]));
    const twice = parseTemplate(
      addRetainPolicies(addRetainPolicies(YAML, ["Pool"]), ["Pool"]),
    );
    expect(twice.Resources).toEqual({
      ...once.Resources,
      [`${RETAIN_HANDLE}2`]: {
        Type: "AWS::CloudFormation::WaitConditionHandle",
      },
    });
    expect(isSameExceptPolicies(twice, parseTemplate(YAML))).toBe(true);
    expect(isSameExceptPolicies(once, { Resources: {} })).toBe(false);
  });

  test("stays JSON, without any other change", () => {
    const before = {
      Metadata: { a: 1 },
      Resources: {
        A: { Type: "T", Properties: { list: [{ Ref: "B" }] } },
        B: { Type: "T", DeletionPolicy: "Delete" },
      },
    };
    expect(
      JSON.parse(addRetainPolicies(JSON.stringify(before), ["A"])),
    ).toEqual({
      ...before,
      Resources: {
        A: {
          ...before.Resources.A,
          DeletionPolicy: "Retain",
          UpdateReplacePolicy: "Retain",
        },
        B: before.Resources.B,
        [RETAIN_HANDLE]: { Type: "AWS::CloudFormation::WaitConditionHandle" },
      },
    });
  });
});
