import qrcode from "qrcode-generator";
import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { isAwsError } from "./sign-in-errors";
import type { Terminal } from "../cli/terminal";
import type { UserPoolConnection } from "./user-pool-connection";

/** Name that an authenticator app shows above the user's. */
const ISSUER = "VEDA Auth";
const TRIES = 3;
const WRONG_CODE = "That code is not the right one; wait for the next.";
/** White on black whatever the terminal's own colours are: a camera reads it better. */
const LIGHT_ON_DARK = { on: "\u001B[97;40m", off: "\u001B[0m" };

/**
 * Has a user add an authenticator app, whose key is shown on the terminal and nowhere else.
 *
 * @returns the session that goes on with the sign-in
 * @throws the SDK's error when every code is refused
 */
export async function setUpTotp(
  { client, sdk }: UserPoolConnection,
  userName: string,
  session: string | undefined,
  terminal: Terminal,
): Promise<string | undefined> {
  const association = await client.send(
    new sdk.AssociateSoftwareTokenCommand({ Session: session }),
  );
  const { SecretCode: key } = association;
  if (key === undefined)
    throw new UserError("the user pool gave no key for an authenticator app");
  showKey(key, userName, terminal);
  for (let tries = 1; ; tries++) {
    const code = await terminal.ask("Code that the app shows: ");
    try {
      const verification = await client.send(
        new sdk.VerifySoftwareTokenCommand({
          Session: association.Session,
          UserCode: code.replace(/\s/g, ""),
        }),
      );
      if (verification.Status !== "ERROR") return verification.Session;
      if (tries === TRIES) throw new UserError("the code is not the right one");
      terminal.writeLine(WRONG_CODE);
    } catch (error) {
      const isWrong = isAwsError(
        error,
        "EnableSoftwareTokenMFAException",
        "CodeMismatchException",
        "InvalidParameterException",
      );
      if (!isWrong || tries === TRIES) throw error;
      terminal.writeLine(WRONG_CODE);
    }
  }
}

/**
 * Address of a key, as authenticator apps read it from a QR code.
 *
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function formatOtpauthUri(key: string, userName: string): string {
  const issuer = encodeURIComponent(ISSUER);
  const label = `${issuer}:${encodeURIComponent(userName)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${issuer}`;
}

function showKey(key: string, userName: string, terminal: Terminal): void {
  const uri = formatOtpauthUri(key, userName);
  terminal.writeLine(
    "An authenticator app is needed. Scan this with it, or type its key:",
  );
  const lines = qrCode(uri);
  const width = lines[0]?.length ?? 0;
  // broken at the terminal's edge it cannot be read
  if (width <= terminal.columns) {
    const { on, off } = isColoured() ? LIGHT_ON_DARK : { on: "", off: "" };
    for (const line of lines) terminal.writeLine(`${on}${line}${off}`);
  }
  terminal.writeLine(uri);
  terminal.writeLine(`key: ${key.match(/.{1,4}/g)?.join(" ") ?? key}`);
}

function isColoured(): boolean {
  return (getEnvironment().NO_COLOR ?? "") === "";
}

/** Lines of half blocks, each character two modules high. */
function qrCode(text: string): string[] {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  return code.createASCII(1, 2).split("\n");
}
