import * as fc from "fast-check";
import { parseArn } from "../../constructs/aws";

describe("an ARN", () => {
  test("is split into its fields", () => {
    expect(parseArn("arn:aws:iam::123456789012:role/reader")).toEqual({
      partition: "aws",
      service: "iam",
      region: "",
      account: "123456789012",
      resource: "role/reader",
    });
  });

  test("keeps the colons of its resource", () => {
    expect(
      parseArn("arn:aws:secretsmanager:us-west-2:123456789012:secret:a:b")
        ?.resource,
    ).toBe("secret:a:b");
  });

  test.each([
    "",
    "reader",
    "role/reader",
    "arn",
    "arn:aws",
    "arn:aws:iam",
    "arn:aws:iam:",
    "arn:aws:iam::123456789012",
    "arn::iam::123456789012:role/reader",
    "arn:aws:::123456789012:role/reader",
    "urn:aws:iam::123456789012:role/reader",
    " arn:aws:iam::123456789012:role/reader",
  ])("is not %j", (text) => {
    expect(parseArn(text)).toBeUndefined();
  });

  test("is the same after its fields are put together again", () => {
    const field = fc.stringMatching(/^[a-z0-9-]+$/);
    const optional = fc.stringMatching(/^[a-z0-9-]*$/);
    fc.assert(
      fc.property(
        field,
        field,
        optional,
        optional,
        fc.string(),
        (partition, service, region, account, resource) => {
          expect(
            parseArn(
              `arn:${partition}:${service}:${region}:${account}:${resource}`,
            ),
          ).toEqual({ partition, service, region, account, resource });
        },
      ),
    );
  });
});
