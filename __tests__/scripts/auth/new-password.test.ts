import { askNewPassword } from "../../../scripts/lib/auth/new-password";
import {
  describePolicy,
  toPasswordPolicy,
} from "../../../scripts/lib/auth/password-policy";
import { FakeTerminal } from "../../support/fake-terminal";

const COMPLETE = "New-pass-word1";
const AGAIN = "New password, again: ";

test("a password that meets the policy is asked for twice", async () => {
  const terminal = new FakeTerminal(COMPLETE, COMPLETE);
  expect(await askNewPassword(terminal)).toBe(COMPLETE);
  expect(terminal.shown).toEqual([
    "New password: at least 12 characters, with lower-case letters, upper-case letters, digits and symbols.",
    "New password: ",
    AGAIN,
  ]);
});

test.each([
  ["Password-1", "2 more characters"],
  ["Password-12", "1 more character"],
  ["password-1234", "an upper-case letter"],
  ["PASSWORD-1234", "a lower-case letter"],
  ["Password-word", "a digit"],
  ["Password12345", "a symbol"],
  ["Pässwörtñ1234", "a symbol"],
  ["password", "4 more characters, an upper-case letter, a digit, a symbol"],
])(
  "%j is not asked for again before its problem is shown",
  async (weak, missing) => {
    const terminal = new FakeTerminal(weak, COMPLETE, COMPLETE);
    expect(await askNewPassword(terminal)).toBe(COMPLETE);
    expect(terminal.shown.slice(1)).toEqual([
      "New password: ",
      expect.stringContaining(`The password lacks ${missing}: `),
      "New password, or Enter to use this one: ",
      AGAIN,
    ]);
  },
);

test("a user can insist on a password that a weaker policy allows", async () => {
  const terminal = new FakeTerminal("secret", "", "secret");
  expect(await askNewPassword(terminal)).toBe("secret");
});

const SYMBOLS = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

test.each(Array.from(SYMBOLS))("%j is a symbol", async (symbol) => {
  const password = `Passw${symbol}ord1234`;
  expect(await askNewPassword(new FakeTerminal(password, password))).toBe(
    password,
  );
});

test("fewer characters than any user pool allows are refused with the whole policy", async () => {
  const terminal = new FakeTerminal("Ab1-5", "", COMPLETE, COMPLETE);
  expect(await askNewPassword(terminal)).toBe(COMPLETE);
  expect(terminal.shown).toContain(
    "The password must have at least 12 characters, with lower-case letters, upper-case letters, digits and symbols.",
  );
  expect(terminal.shown).toContain("The password is required.");
});

test("no message repeats a password", async () => {
  const terminal = new FakeTerminal(
    "canary",
    "canary-canary",
    "",
    "canary",
    COMPLETE,
    COMPLETE,
  );
  await askNewPassword(terminal);
  expect(terminal.shown.join("\n")).not.toContain("canary");
});

test("a password that begins or ends with a space is refused", async () => {
  const terminal = new FakeTerminal(` ${COMPLETE}`, COMPLETE, COMPLETE);
  expect(await askNewPassword(terminal)).toBe(COMPLETE);
  expect(terminal.shown).toContain(
    "The password must not begin or end with a space.",
  );
});

test("the known policy of a user pool leaves no choice", async () => {
  const policy = toPasswordPolicy({
    MinimumLength: 8,
    RequireUppercase: true,
    RequireNumbers: true,
  });
  const terminal = new FakeTerminal(
    "short",
    "canary",
    "",
    "Secret12",
    "Secret12",
  );
  expect(await askNewPassword(terminal, policy)).toBe("Secret12");
  expect(terminal.shown).toEqual([
    "New password: at least 8 characters, with upper-case letters and digits.",
    "New password: ",
    "The password must have at least 8 characters, with upper-case letters and digits.",
    "New password: ",
    "The password lacks 2 more characters, an upper-case letter, a digit.",
    "New password: ",
    "The password is required.",
    "New password: ",
    AGAIN,
  ]);
});

test.each([
  [{}, "at least 6 characters"],
  [{ MinimumLength: 99 }, "at least 99 characters"],
  [{ RequireSymbols: true }, "at least 6 characters, with symbols"],
])("the policy %j is described", (policy, description) => {
  expect(describePolicy(toPasswordPolicy(policy))).toBe(description);
});
