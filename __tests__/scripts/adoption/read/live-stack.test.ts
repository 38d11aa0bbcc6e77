import {
  validateStack,
  type LiveStack,
} from "../../../../scripts/lib/adoption/read/live-stack";

const TEMPLATE = { Resources: { A: { Type: "T" } } };
const STACK: LiveStack = {
  name: "app-dev",
  id: "arn:aws:cloudformation:us-west-2:000000000000:stack/app-dev/1",
  status: "UPDATE_ROLLBACK_COMPLETE",
  isTerminationProtected: false,
  parentId: undefined,
  capabilities: [],
  parameters: {},
  outputs: [],
  resources: [],
  templateText: "",
  template: TEMPLATE,
  processed: TEMPLATE,
};

const ssm = (use: unknown): LiveStack => ({
  ...STACK,
  template: {
    Parameters: { Version: { Type: "AWS::SSM::Parameter::Value<String>" } },
    Resources: { A: { Type: "T", Properties: { use } } },
  },
});

describe("a stack can be adopted", () => {
  test("when it takes an update, whatever parameter its rules use", () => {
    expect(validateStack(STACK)).toBeUndefined();
    expect(validateStack(ssm("no reference"))).toBeUndefined();
  });

  test.each<[string, LiveStack, RegExp]>([
    [
      "it is a part of another",
      { ...STACK, parentId: "arn" },
      /must stand by itself/,
    ],
    [
      "it has parts",
      {
        ...STACK,
        resources: [
          {
            logicalId: "Part",
            type: "AWS::CloudFormation::Stack",
            physicalId: "arn",
            status: "CREATE_COMPLETE",
          },
        ],
      },
      /must hold no stack of its own, got Part/,
    ],
    [
      "it takes no update",
      { ...STACK, status: "UPDATE_ROLLBACK_FAILED" },
      /got UPDATE_ROLLBACK_FAILED/,
    ],
    [
      "an update reads a value anew",
      ssm({ Ref: "Version" }),
      /no parameter that an update reads anew from SSM, got Version/,
    ],
    [
      "an update reads a part of a value anew",
      ssm({ "Fn::Sub": "a-${Version}" }),
      /got Version/,
    ],
  ])("fails when %s", (_, stack, message) => {
    expect(validateStack(stack)?.message).toMatch(message);
  });
});
