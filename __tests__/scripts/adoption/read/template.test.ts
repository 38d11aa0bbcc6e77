import {
  RETAIN_HANDLE,
  hasRetainHandle,
  isSameExceptPolicies,
  findUnretained,
  parseTemplate,
  addRetainPolicies,
} from "../../../../scripts/lib/adoption/read/template";
import { UserError } from "../../../../constructs/errors";

const YAML = `AWSTemplateFormatVersion: 2010-09-09
# made by hand
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

describe("a template of CloudFormation", () => {
  test("is read from JSON as it is", () => {
    const template = parseTemplate(
      '{"Resources":{"Pool":{"Type":"AWS::Cognito::UserPool"}}}',
    );
    expect(template.Resources.Pool?.Type).toBe("AWS::Cognito::UserPool");
  });

  test("is read from YAML in the long form", () => {
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
    ["of text", "nothing: [", /must be JSON or YAML with Resources/],
    ["without resources", "{}", /must be JSON or YAML with Resources/],
    ["with resources of no type", '{"Resources":{"A":{}}}', /Resources/],
  ])("fails when it is %s", (_, text, message) => {
    expect(() => parseTemplate(text)).toThrow(UserError);
    expect(() => parseTemplate(text)).toThrow(message);
  });
});

describe("a template that retains", () => {
  test("keeps what is named, when it is deleted and when it is replaced, and has a handle", () => {
    const text = addRetainPolicies(YAML, ["Pool"]);
    const template = parseTemplate(text);
    const resources = ["Pool", "Role"].map((logicalId) => ({
      logicalId,
      type: "T",
      physicalId: logicalId,
      status: "UPDATE_COMPLETE",
    }));
    const stack = { template, processed: template, resources };
    expect(findUnretained(stack, ["Pool"])).toEqual([]);
    expect(findUnretained(stack, ["Pool", "Role"])).toEqual(["Role"]);
    const changed = { ...stack, processed: parseTemplate(YAML) };
    expect(findUnretained(changed, ["Pool"])).toEqual(["Pool"]);
    expect(findUnretained({ ...changed, resources: [] }, ["Pool"])).toEqual([]);
    expect(hasRetainHandle(template)).toBe(true);
    expect(hasRetainHandle(parseTemplate(YAML))).toBe(false);
    expect(template.Resources[RETAIN_HANDLE]).toEqual({
      Type: "AWS::CloudFormation::WaitConditionHandle",
    });
  });

  test("stays YAML, with its scalars, short forms and comments as they were", () => {
    const text = addRetainPolicies(YAML, ["Pool", "Role"]);
    for (const kept of [
      "AWSTemplateFormatVersion: 2010-09-09",
      "# made by hand",
      "Default: 'yes'",
      '!Sub "${Name}-pool" # its name',
      "Account: 000000000012",
      "Flag: on",
      "!GetAtt Pool.Arn",
    ])
      expect(text).toContain(kept);
  });

  test("has another handle when it is written again, and is the same but for that", () => {
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

  test("of JSON says nothing else differently", () => {
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
