import { UserError } from "../../../constructs/errors";
import type { Terminal } from "../terminal";

/** The policy of constructs/user-pool.ts in words; another user pool has its own, which it tells when it refuses. */
const POLICY =
  "at least 12 characters, with lower-case and upper-case letters, digits and symbols";
const TRIES = 3;

/**
 * Asks for a new password, twice.
 *
 * @throws UserError when it is never typed the same
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  terminal.write(`New password: ${POLICY}.`);
  for (let tries = 1; tries <= TRIES; tries++) {
    const password = await terminal.askHidden("New password: ");
    if (password === "") {
      terminal.write("A password is needed.");
      continue;
    }
    const again = await terminal.askHidden("New password, again: ");
    if (password === again) return password;
    terminal.write("The two are not the same.");
  }
  throw new UserError(
    `no new password was typed twice the same in ${TRIES} tries`,
    "start again; the old one is still valid",
  );
}
