import { Readable } from "node:stream";
import { readPassword } from "../../../scripts/lib/auth/password-input";
import { PROJECT_POLICY } from "../../../scripts/lib/auth/password-policy";

function read(...chunks: readonly (string | Buffer)[]): Promise<string> {
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  return readPassword(PROJECT_POLICY, input);
}

test.each(["", "\n", "\r\n"])(
  "a password is the input without %j at its end",
  async (end) => {
    expect(await read("Canary-", `pass word1${end}`)).toBe("Canary-pass word1");
  },
);

test("a character can be in two chunks", async () => {
  const bytes = Buffer.from("Canary-pässword1");
  expect(await read(bytes.subarray(0, 9), bytes.subarray(9))).toBe(
    "Canary-pässword1",
  );
});

test.each([
  ["", "is required"],
  ["\n", "is required"],
  [
    "Can-1\n",
    "must have at least 12 characters, with lower-case letters, upper-case letters, digits and symbols",
  ],
  ["Canary-1", "lacks 4 more characters"],
  ["canary-pass-word", "lacks an upper-case letter, a digit"],
  [" Canary-pass-word1", "must not begin or end with a space"],
  ["Canary-pass-word1 \n", "must not begin or end with a space"],
  ["Canary-pass-word1\nCanary-pass-word1\n", "must be one line, got several"],
  [`Canary-1${"x".repeat(300)}`, "must have at most 256 characters"],
  ["Canary-1".repeat(5_000), "must have at most 256 characters"],
])("fails for %.40j, without a part of it", async (input, problem) => {
  await expect(read(input)).rejects.toMatchObject({
    message: `the password on standard input ${problem}; no user was changed`,
    hint: "the user pool requires at least 12 characters, with lower-case letters, upper-case letters, digits and symbols",
  });
});
