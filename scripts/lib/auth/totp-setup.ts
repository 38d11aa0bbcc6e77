import qrcode from "qrcode-generator";
import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { isAwsError } from "../aws/errors";
import type { Terminal } from "../cli/terminal";
import { retry } from "../system/retry";
import type { UserPoolConnection } from "./user-pool-connection";

/** Name that an authenticator app shows above the user name. */
const ISSUER = "VEDA Auth";
/** White on black, whatever the terminal's colors: cameras read it best. */
const LIGHT_ON_DARK = { on: "\u001B[97;40m", off: "\u001B[0m" };

/**
 * Sets up an authenticator app. Its key is shown on the terminal only.
 *
 * @returns the session that continues the sign-in
 * @throws the SDK's error if the user pool rejects three codes
 */
export async function setUpTotp(
  { client, sdk }: UserPoolConnection,
  userName: string,
  session: string | undefined,
  terminal: Terminal,
): Promise<string | undefined> {
  const { SecretCode: key, Session: associated } = await client.send(
    new sdk.AssociateSoftwareTokenCommand({ Session: session }),
  );
  if (key === undefined)
    throw new UserError(
      "the user pool returned no key for an authenticator app",
    );
  showKey(key, userName, terminal);
  const ask = () => terminal.ask("Code in the app: ");
  let code = await ask();
  return retry(
    async () => {
      const verification = await client.send(
        new sdk.VerifySoftwareTokenCommand({
          Session: associated,
          UserCode: code.replace(/\s/g, ""),
        }),
      );
      if (verification.Status === "ERROR")
        throw new UserError("the code is incorrect");
      return verification.Session;
    },
    {
      attempts: 3,
      recover: async (error) => {
        const isIncorrect =
          error instanceof UserError ||
          isAwsError(
            error,
            "EnableSoftwareTokenMFAException",
            "CodeMismatchException",
            "InvalidParameterException",
          );
        if (!isIncorrect) return false;
        terminal.writeLine("Incorrect code; wait for the next one.");
        code = await ask();
        return true;
      },
    },
  );
}

/**
 * Formats a key as the address that authenticator apps read from a QR code.
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
    "An authenticator app is required. Scan this code with the app, or enter the key:",
  );
  const lines = renderQrCode(uri);
  const width = lines[0]?.length ?? 0;
  // a code that wraps at the terminal's edge cannot be scanned
  if (width <= terminal.columns) {
    const hasColor = (getEnvironment().NO_COLOR ?? "") === "";
    const { on, off } = hasColor ? LIGHT_ON_DARK : { on: "", off: "" };
    for (const line of lines) terminal.writeLine(`${on}${line}${off}`);
  }
  terminal.writeLine(uri);
  terminal.writeLine(`key: ${key.match(/.{1,4}/g)?.join(" ") ?? key}`);
}

/** Renders lines of half blocks: each character is two modules high. */
function renderQrCode(text: string): string[] {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  return code.createASCII(1, 2).split("\n");
}
