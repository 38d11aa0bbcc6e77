import { TerraformOutput, type TerraformStack } from "cdktf";
import { type IUserPool, UserPool } from "../../constructs/user-pool";
import {
  collectErrors,
  createUnknownText,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const ARN =
  "arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_Example";
const ISSUER = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Example";

function importById(scope: TerraformStack, userPoolId = "us-west-2_Example") {
  return UserPool.fromUserPoolId(scope, "pool", userPoolId);
}

function importByArn(scope: TerraformStack, userPoolArn = ARN) {
  return UserPool.fromUserPoolArn(scope, "pool", userPoolArn);
}

function readPool(
  importPool: (scope: TerraformStack) => IUserPool,
  name: "issuer" | "userPoolArn" | "userPoolId",
): unknown {
  return resolveValue((scope) => importPool(scope)[name]);
}

describe("a user pool that is imported by its id", () => {
  test("has its id and issuer, and creates nothing", () => {
    const { data, resource } = synthesizeConstructs((scope) => {
      const { userPoolId, issuer, customAttributes } = importById(scope);
      expect(userPoolId).toBe("us-west-2_Example");
      expect(issuer).toBe(ISSUER);
      expect(customAttributes).toBeUndefined();
    });
    expect(data).toEqual({});
    expect(resource).toEqual({});
    expect(
      collectErrors((scope) => {
        importById(scope);
      }),
    ).toEqual([]);
  });

  test("has an ARN in the account of the provider, with one data source", () => {
    const { data } = synthesizeConstructs((scope) => {
      const pool = importById(scope);
      for (const id of ["one", "two"])
        new TerraformOutput(scope, id, { value: pool.userPoolArn });
    });
    expect(Object.keys(data)).toEqual(["aws_caller_identity"]);
    expect(Object.values(data.aws_caller_identity ?? {})).toHaveLength(1);
    expect(readPool(importById, "userPoolArn")).toMatch(
      /^arn:aws:cognito-idp:us-west-2:\$\{data\.aws_caller_identity\.pool_account_\w+\.account_id\}:userpool\/us-west-2_Example$/,
    );
  });

  test("has an ARN in the partition of the Region", () => {
    synthesizeConstructs((scope) => {
      expect(importById(scope, "us-gov-west-1_Example").userPoolArn).toMatch(
        /^arn:aws-us-gov:cognito-idp:us-gov-west-1:/,
      );
    }, "us-gov-west-1");
  });

  test("can have an id that only Terraform knows", () => {
    expect(
      collectErrors((scope) => {
        importById(scope, createUnknownText());
      }),
    ).toEqual([]);
  });

  test.each([
    ["us-west-2", /^user pool id must be 1-55 characters .*, got "us-west-2"$/],
    [
      "us-west-1_Example",
      /^user pool must be in Region "us-west-2" of the AWS provider, got "us-west-1_Example"$/,
    ],
    // the name of a Region is not the start of another one
    [
      "us-west-21_Example",
      /^user pool must be in Region "us-west-2" .*got "us-west-21_Example"$/,
    ],
  ])("fails when its id is %j", (userPoolId, message) => {
    expect(
      collectErrors((scope) => {
        importById(scope, userPoolId);
      }),
    ).toEqual([expect.stringMatching(message)]);
  });
});

describe("a user pool that is imported by its ARN", () => {
  test("has its id, issuer and ARN, and creates nothing", () => {
    const { data } = synthesizeConstructs((scope) => {
      const { userPoolArn, userPoolId, issuer } = importByArn(scope);
      expect(userPoolArn).toBe(ARN);
      expect(userPoolId).toBe("us-west-2_Example");
      expect(issuer).toBe(ISSUER);
    });
    expect(data).toEqual({});
  });

  test("has the id in an ARN of which only Terraform knows the account", () => {
    const arn = ARN.replace("123456789012", createUnknownText());
    expect(readPool((scope) => importByArn(scope, arn), "issuer")).toBe(ISSUER);
  });

  test("can have an ARN that only Terraform knows", () => {
    const importPool = (scope: TerraformStack) =>
      importByArn(scope, createUnknownText());
    expect(
      collectErrors((scope) => {
        importPool(scope);
      }),
    ).toEqual([]);
    expect(readPool(importPool, "userPoolId")).toMatch(
      /^\$\{element\(split\("\/", .*\), 1\)\}$/,
    );
  });

  test.each([
    ["us-west-2_Example", /^user pool ARN must be the ARN of a user pool, /],
    [
      ARN.replaceAll("us-west-2", "us-east-1"),
      /^user pool must be in Region "us-west-2" of the AWS provider, got "arn:aws:cognito-idp:us-east-1:/,
    ],
  ])("fails when its ARN is %j", (userPoolArn, message) => {
    expect(
      collectErrors((scope) => {
        importByArn(scope, userPoolArn);
      }),
    ).toEqual([expect.stringMatching(message)]);
  });
});
