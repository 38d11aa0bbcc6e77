import { UserError } from "../../../constructs/errors";
import {
  explainStepError,
  findErrorLine,
  listDiagnostics,
  listPlannedChanges,
  redact,
  StepError,
} from "./reasons";

const toLines = (...values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

test("explains an AWS error by its code and first line", () => {
  const error = Object.assign(new Error("no such pool\nmore"), {
    name: "ResourceNotFoundException",
  });
  expect(explainStepError(error)).toEqual([
    "ResourceNotFoundException: no such pool",
  ]);
  expect(explainStepError(new Error("plain"))).toEqual(["plain"]);
  expect(explainStepError(new StepError(["a", "b"]))).toEqual(["a", "b"]);
  expect(explainStepError("text")).toEqual(["text"]);
});

test("explains the error of a command by its output, without progress and hint", () => {
  const output =
    "Reading outputs…\nHTTP 500; trying again in 0.3 s\nthe domain did not respond\nhint: wait";
  expect(
    explainStepError(new UserError(`token failed with exit code 1\n${output}`)),
  ).toEqual(["token failed with exit code 1: the domain did not respond"]);
  expect(findErrorLine("")).toBe("no message");
});

test("lists each error of Terraform once, with its address and without the id of the request", () => {
  const diagnostic = {
    severity: "error",
    address: "aws_iam_role.x",
    summary:
      "creating IAM Role: operation error IAM: CreateRole, https response error StatusCode: 501, RequestID: 7-8, api error NotImplemented: not here\nmore",
    detail: "",
  };
  const output = toLines(
    { type: "version" },
    { type: "diagnostic", diagnostic },
    { type: "diagnostic", diagnostic },
    { type: "diagnostic", diagnostic: { severity: "warning", summary: "old" } },
    {
      type: "diagnostic",
      diagnostic: { severity: "error", summary: "Invalid", detail: "a\nb" },
    },
  );
  expect(listDiagnostics(`no json\n${output}`)).toEqual([
    "aws_iam_role.x: creating IAM Role: operation error IAM: CreateRole, StatusCode: 501, NotImplemented: not here",
    "Invalid: a",
  ]);
});

test("lists planned changes of resources and outputs", () => {
  const resource = { addr: "aws_iam_role.x" };
  expect(
    listPlannedChanges(
      toLines(
        { type: "planned_change", change: { resource, action: "update" } },
        { type: "resource_drift", change: { resource, action: "update" } },
        { type: "outputs", outputs: { a: { action: "create" }, b: {} } },
        { type: "outputs", outputs: { c: { action: "noop" } } },
      ),
    ),
  ).toEqual(["aws_iam_role.x: update", "output a: create"]);
});

test("replaces the longest text first", () => {
  const redacted = { "h:1": "(endpoint)", "http://h:1": "(endpoint)" };
  expect(redact("Post http://h:1/ to h:1", redacted)).toBe(
    "Post (endpoint)/ to (endpoint)",
  );
});
