import {
  extractPlanText,
  findJson,
  parseJsonOutput,
} from "../../../scripts/lib/terraform/output";

const VALUE = { a: { b: '}"{\\' }, c: ["{"] };
const LINE = JSON.stringify(VALUE);

describe("the JSON in the output of a command", () => {
  test.each([
    ["alone", LINE],
    ["over several lines", JSON.stringify(VALUE, null, 2)],
    [
      "in the output of the wrapper of setup-terraform",
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
    ["an incomplete object", `x\n${LINE.slice(0, -1)}`],
    ["two objects", `${LINE}\n${LINE}`],
    ["an object in the middle of a line", `stdout: ${LINE}`],
    ["something else in braces", "{ not JSON }"],
  ])("is undefined for %s", (_, output) => {
    expect(findJson(output)).toBeUndefined();
    expect(() => parseJsonOutput(output, "output")).toThrow(
      "terraform output must print JSON, got another format",
    );
  });
});

test("the text of a plan has no lines of a wrapper", () => {
  const text =
    '  # a will be created\n  + note = "::debug::x"\n\nPlan: 1 to add';
  expect(
    extractPlanText(
      `[command]/bin/terraform plan -out=p\n${text}\n::debug::Terraform exited with code 2.%0A\n::debug::stdout: ${text.replaceAll("\n", "%0A")}\n::set-output name=exitcode::2\n`,
    ),
  ).toBe(text.trim());
});

test("the text of a plan has no progress of reading", () => {
  const progress = [
    "aws_a.b: Refreshing state... [id=b]",
    "data.aws_a.b: Reading...",
    "data.aws_a.b: Read complete after 0s [id=b]",
    "ephemeral.aws_a.b: Opening...",
    "ephemeral.aws_a.b: Still opening... [10s elapsed]",
    "ephemeral.aws_a.b: Opening complete after 0s",
    "ephemeral.aws_a.b: Closing...",
    "ephemeral.aws_a.b: Closing complete after 0s",
  ];
  expect(extractPlanText(`${progress.join("\n")}\n\nNo changes.\n`)).toBe(
    "No changes.",
  );
});

test.each([
  "Saved the plan to: p.tfplan\n\nTo perform exactly these actions, run:\n",
  "Saved the plan to:\n/tmp/long/p.tfplan\n\nTo perform exactly these actions, run:\n",
  "Note: You didn't use the -out option to save this plan, so Terraform can't\nguarantee to take exactly these actions.\n",
])("the text of a plan has no notes about a plan file: %j", (note) => {
  const plan = "  # a will be created\n\nPlan: 1 to add\n";
  for (const line of [`\n${"─".repeat(77)}\n\n`, "\n"])
    expect(extractPlanText(plan + line + note)).toBe(plan.trim());
});
