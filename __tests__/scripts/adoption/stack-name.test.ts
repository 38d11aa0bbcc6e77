import { parseStackName } from "../../../scripts/lib/adoption/record";

describe("the name of a stack", () => {
  test("is itself, or part of the ARN", () => {
    expect(parseStackName("veda-auth-stack-dev")).toBe("veda-auth-stack-dev");
    expect(
      parseStackName(
        "arn:aws-us-gov:cloudformation:us-gov-west-1:000000000000:stack/Auth/0a-1",
      ),
    ).toBe("Auth");
  });

  test.each(["", "..", "../..", "a/b", "-a", "a_b", "arn:aws:s3:::stack/a/1"])(
    "fails when it is %j",
    (name) => {
      expect(() => parseStackName(name)).toThrow(
        /^--stack-name must be a stack's name/,
      );
    },
  );
});
