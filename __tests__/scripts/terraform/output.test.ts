import {
  findJson,
  parseJsonOutput,
} from "../../../scripts/lib/terraform/output";

const VALUE = { a: { b: '}"{\\' }, c: ["{"] };
const LINE = JSON.stringify(VALUE);

describe("the JSON that a command prints", () => {
  test.each([
    ["alone", LINE],
    ["over several lines", JSON.stringify(VALUE, null, 2)],
    [
      "in what setup-terraform's wrapper prints",
      `[command]/usr/bin/terraform show -json plan\n${LINE}\n::debug::Terraform exited with code 0.%0A\n::debug::stdout: ${LINE}%0A\n::set-output name=stdout::${LINE}%0A\n`,
    ],
    ["followed by noise in its own line", `note\n${LINE}::debug::done`],
    ["after several lines", `one\ntwo\r\n${JSON.stringify(VALUE, null, 1)}\nx`],
  ])("is found %s", (_, output) => {
    expect(findJson(output)?.value).toEqual(VALUE);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "No changes."],
    ["a list", "[1]"],
    ["an object that is cut", `x\n${LINE.slice(0, -1)}`],
    ["two objects, of which neither can be trusted", `${LINE}\n${LINE}`],
    ["an object in the middle of a line", `stdout: ${LINE}`],
    ["something else in braces", "{ not JSON }"],
  ])("is none when there is %s", (_, output) => {
    expect(findJson(output)).toBeUndefined();
    expect(() => parseJsonOutput(output, "output")).toThrow(
      "terraform output must give JSON, got something else",
    );
  });
});
