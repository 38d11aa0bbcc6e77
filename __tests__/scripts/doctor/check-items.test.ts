import { UserError } from "../../../constructs/errors";
import { MissingPermission } from "../../../scripts/lib/doctor/check";
import {
  checkItems,
  type ItemFinding,
} from "../../../scripts/lib/doctor/check-items";
import type { CheckResult } from "../../../scripts/lib/doctor/check";

const SENTENCES = {
  ok: "each object is well",
  bad: "objects have problems",
  none: "there is no object",
};

/** Checks objects, of which each has findings or an error. */
function check(
  items: Readonly<Record<string, readonly ItemFinding[] | Error>>,
): Promise<CheckResult> {
  return checkItems(
    Object.entries(items),
    SENTENCES,
    ([name]) => name,
    ([, result]) =>
      result instanceof Error
        ? Promise.reject(result)
        : Promise.resolve(result),
  );
}

const failed = (text: string, fix?: string): readonly ItemFinding[] => [
  { status: "failed", text, ...(fix !== undefined && { fix }) },
];
const warning = (text: string, fix: string): readonly ItemFinding[] => [
  { status: "warning", text, fix },
];
const denied = new MissingPermission("iam:GetRole");

test("is ok if all objects are well", async () => {
  expect(await check({ a: [], b: [] })).toEqual({
    status: "ok",
    message: "each object is well (2)",
  });
});

test("is skipped without objects", async () => {
  expect(await check({})).toEqual({
    status: "skipped",
    message: "there is no object",
  });
});

test("reports the worst status, and the objects that have it", async () => {
  expect(
    await check({
      a: warning("a: minor", "deploy"),
      b: [...failed("b: first", "deploy"), ...failed("b: second", "deploy")],
      c: [],
    }),
  ).toEqual({
    status: "failed",
    message: "objects have problems (1 of 3)",
    details: ["a: minor", "b: first", "b: second"],
    fix: "deploy",
  });
});

test("names the fix of each object if they differ", async () => {
  expect(
    await check({
      a: warning("a: minor", "first"),
      b: failed("b: major", "second"),
      c: failed("c: major"),
    }),
  ).toEqual({
    status: "failed",
    message: "objects have problems (2 of 3)",
    details: ["a: minor; fix: first", "b: major; fix: second", "c: major"],
    fix: "second",
  });
});

test("is not ok if an object cannot be checked", async () => {
  expect(await check({ a: [], b: denied, c: [] })).toEqual({
    status: "skipped",
    message: "missing permission iam:GetRole (1 of 3)",
    details: ["skipped: b: missing permission iam:GetRole"],
  });
});

test("reports a problem, and what was not checked", async () => {
  expect(await check({ a: failed("a: major"), b: denied })).toEqual({
    status: "failed",
    message: "objects have problems (1 of 2)",
    details: ["a: major", "skipped: b: missing permission iam:GetRole"],
  });
});

test("reports an error of one object as its problem", async () => {
  const error = new UserError("the domain cannot be reached", "try again");
  expect(await check({ a: [], b: error })).toEqual({
    status: "failed",
    message: "objects have problems (1 of 2)",
    details: ["b: the domain cannot be reached"],
    fix: "try again",
  });
});

test("fails with the error that all objects have", async () => {
  await expect(check({ a: denied, b: denied })).rejects.toBe(denied);
});

test("fails with an error of another kind", async () => {
  const error = new TypeError("unknown");
  await expect(check({ a: [], b: error })).rejects.toBe(error);
});

const throttled = Object.assign(new Error("Rate exceeded"), {
  name: "TooManyRequestsException",
  $fault: "client",
});

test("does not report an object as bad if AWS throttles its calls", async () => {
  expect(await check({ a: [], b: throttled })).toMatchObject({
    status: "skipped",
    message: expect.stringMatching(/^AWS throttled .* \(1 of 2\)$/) as string,
  });
  expect(await check({ a: failed("a: major"), b: throttled })).toMatchObject({
    status: "failed",
    message: "objects have problems (1 of 2)",
  });
  await expect(check({ a: throttled, b: throttled })).rejects.toThrow(
    "AWS throttled",
  );
});
