import {
  requireAdoptable,
  type LiveStack,
} from "../../../../scripts/lib/adoption/read/live-stack";
import { createLiveStack } from "../../../support/live-stack";

const STACK = createLiveStack({ status: "UPDATE_ROLLBACK_COMPLETE" });

const ssm = (use: unknown): LiveStack => ({
  ...STACK,
  template: {
    Parameters: { Version: { Type: "AWS::SSM::Parameter::Value<String>" } },
    Resources: { A: { Type: "T", Properties: { use } } },
  },
});

describe("a stack can be adopted", () => {
  test("if it allows an update and no resource uses a parameter of SSM", () => {
    expect(() => {
      requireAdoptable(STACK);
    }).not.toThrow();
    expect(() => {
      requireAdoptable(ssm("no reference"));
    }).not.toThrow();
  });

  test.each<[string, LiveStack, RegExp]>([
    [
      "it is nested in another one",
      { ...STACK, parentId: "arn" },
      /must not be a nested stack, got one in arn$/,
    ],
    [
      "it contains a nested stack",
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
      /must not contain nested stacks, got Part$/,
    ],
    [
      "its status allows no update",
      { ...STACK, status: "UPDATE_ROLLBACK_FAILED" },
      /got UPDATE_ROLLBACK_FAILED/,
    ],
    [
      "a resource refers to a parameter of SSM",
      ssm({ Ref: "Version" }),
      /reads from SSM, got Version$/,
    ],
    [
      "a resource substitutes a parameter of SSM",
      ssm({ "Fn::Sub": "a-${Version}" }),
      /got Version$/,
    ],
  ])("fails when %s", (_, stack, message) => {
    expect(() => {
      requireAdoptable(stack);
    }).toThrow(message);
  });
});
