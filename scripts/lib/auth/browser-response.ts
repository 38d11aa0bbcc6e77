import { UserError } from "../../../constructs/errors";
import { isCommand } from "../cli/invocation";
import type { Terminal } from "../cli/terminal";
import { ClientError } from "../client/client-error";
import { waitUntilAborted } from "../system/abort";
import {
  type AuthorizationResponse,
  parsePastedResponse,
} from "./authorization-response";
import type { LoopbackCallback } from "./loopback-callback";

/** Texts that a user can paste before the sign-in ends. */
const PASTE_ATTEMPTS = 5;

/** A sign-in that waits for its response. */
export interface PendingSignIn {
  readonly url: URL;
  readonly state: string;
  readonly callback: LoopbackCallback | undefined;
  /** `undefined` if the user cannot paste the response. */
  readonly terminal: Terminal | undefined;
  /** Opens the URL, and returns whether that was possible. `undefined` if the user opens it. */
  readonly open: (() => Promise<boolean>) | undefined;
  readonly waitMinutes: number;
  readonly log: (line: string) => void;
  /** Ends the sign-in. */
  readonly signal: AbortSignal | undefined;
}

/** Waits for the response of the browser of this machine, or for what the user pastes. */
export async function receiveResponse({
  url,
  state,
  callback,
  terminal,
  open,
  waitMinutes,
  log,
  signal: callerSignal,
}: PendingSignIn): Promise<AuthorizationResponse> {
  const write = (line: string): void => {
    log(line);
    // the AWS CLI hides the standard error of a credential_process
    if (!process.stderr.isTTY) terminal?.writeLine(line);
  };
  const ended = new AbortController();
  const { signal } = ended;
  const waiting = callback === undefined ? [] : [callback.response];
  const wait = (
    answer: Promise<AuthorizationResponse>,
  ): Promise<AuthorizationResponse> =>
    waitUntilAborted(Promise.race([...waiting, answer]), callerSignal);
  try {
    callerSignal?.throwIfAborted();
    if (open !== undefined && (await open())) {
      write("The browser opens. If it shows no page, open this URL:");
      write(url.href);
      write(
        `Waiting ${waitMinutes} minutes for the sign-in in the browser${terminal === undefined ? "" : "; Ctrl-C ends the command"}…`,
      );
      return await wait(expire(waitMinutes, signal));
    }
    if (terminal === undefined) {
      write("Open this URL in a browser on this machine:");
      write(url.href);
      return await wait(expire(waitMinutes, signal));
    }
    if (open !== undefined)
      write("No browser can be opened here, such as in a session of SSH.");
    write("Open this URL in a browser, on any machine:");
    write(url.href);
    write(
      "After the sign-in, the browser shows a page, or that 127.0.0.1 cannot be reached. Paste the URL of that page.",
    );
    return await wait(askForResponse(terminal, state, waitMinutes, signal));
  } finally {
    ended.abort();
  }
}

function expire(minutes: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new ClientError(
          "sign_in_required",
          `the browser returned no response within ${minutes} minutes`,
          isCommand()
            ? "sign in again; if the browser runs on another machine, or cannot reach this one, use --no-browser"
            : "sign in again, in a browser on this machine",
        ),
      );
    }, minutes * 60_000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
    });
  });
}

async function askForResponse(
  terminal: Terminal,
  state: string,
  minutes: number,
  signal: AbortSignal,
): Promise<AuthorizationResponse> {
  for (let attempt = 1; ; attempt++) {
    const pasted = await terminal.ask("URL or code: ", { signal, minutes });
    const response = parsePastedResponse(pasted, state);
    if (typeof response !== "string") return response;
    if (attempt === PASTE_ATTEMPTS)
      throw new UserError(
        "the URL of the response is required",
        "sign in again, and paste the whole URL from the address bar",
      );
    terminal.writeLine(response);
  }
}
