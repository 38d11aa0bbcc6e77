import { UserError } from "../../../constructs/errors";
import { isTokenText } from "./token-endpoint";

/** Response of the sign-in pages: a code, or an error. */
export type AuthorizationResponse =
  | { readonly code: string }
  | { readonly error: string; readonly description: string };

/** The request of a sign-in, for the explanation of an error. */
export interface AuthorizationContext {
  readonly clientId: string;
  /** Host of the sign-in pages. */
  readonly host: string;
  readonly callbackUrl: string;
  readonly scope: string;
  readonly identityProvider: string | undefined;
}

/** Code that a user pool issues, if it is pasted alone. */
const CODE = /^[\w.~-]{8,2048}$/;

/** Returns the response in the query of a callback URL, or `undefined` if it is no response to this sign-in. */
export function parseResponse(
  query: URLSearchParams,
  state: string,
): AuthorizationResponse | undefined {
  if (query.get("state") !== state) return undefined;
  const [code, error] = [query.get("code"), query.get("error")];
  if (error !== null)
    return { error, description: query.get("error_description") ?? "" };
  return isTokenText(code) ? { code } : undefined;
}

/**
 * Parses what a user pasted: the URL that the browser shows after the sign-in, its query, or the code alone.
 *
 * @returns the response, or a sentence that explains why the text has none; the text is not repeated
 */
export function parsePastedResponse(
  pasted: string,
  state: string,
): AuthorizationResponse | string {
  // chat programs add characters without width, and mail programs enclose a URL
  const text = pasted
    .replace(/\p{C}/gu, "")
    .trim()
    .replace(/^[<"'“‘«`]+|[>"'”’»`]+$/g, "");
  if (text === "") return "The URL is required.";
  if (CODE.test(text)) return { code: text };
  // a terminal can wrap a URL
  const query = parseQuery(text.replace(/\s/g, ""));
  if (query === undefined) return "This is neither a URL nor a code.";
  const response = parseResponse(query, state);
  if (response !== undefined) return response;
  // the page of an error has no state
  const [error, code] = [query.get("error"), query.get("code")];
  if (error !== null && !query.has("state"))
    return { error, description: query.get("error_description") ?? "" };
  if (code === null)
    return "The URL has no code: paste the one that the browser shows after the sign-in.";
  // a line break ends the answer
  if (state.startsWith(query.get("state") ?? ""))
    return "The URL is incomplete: paste the whole URL in one line, or the value of code alone.";
  return "The URL is of another sign-in: paste the one of the URL above.";
}

function parseQuery(text: string): URLSearchParams | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(text) && URL.canParse(text))
    return new URL(text).searchParams;
  // an address bar can hide the scheme
  const [url = ""] = text.split("#", 1);
  return /[?&=]/.test(url)
    ? new URLSearchParams(url.slice(url.indexOf("?") + 1))
    : undefined;
}

/** An error of the sign-in pages. The texts are of another machine. */
export type AuthorizationError = Extract<
  AuthorizationResponse,
  { readonly error: string }
>;

/** Explains an error in the request of a sign-in; returns `undefined` for another error. */
export function explainRequestError(
  { error, description }: AuthorizationError,
  context: AuthorizationContext,
): UserError | undefined {
  const { clientId, host, callbackUrl, scope, identityProvider } = context;
  const reason = getReason(error, description);
  const deploy =
    "deploy the stage with BROWSER_SIGN_IN=true, or use the client of a stage that has it";
  const isError = (code: string, text: RegExp): boolean =>
    error === code || text.test(`${error} ${description}`);
  if (isError("redirect_mismatch", /redirect.?(uri|mismatch)/i))
    return new UserError(
      `client ${clientId} does not allow the callback URL ${callbackUrl}`,
      deploy,
    );
  if (isError("unauthorized_client", /code flow/i))
    return new UserError(
      `client ${clientId} does not allow sign-in through the browser: ${reason}`,
      deploy,
    );
  if (isError("invalid_scope", /invalid.?scope/i))
    return new UserError(
      `client ${clientId} does not allow the scope ${scope}`,
      deploy,
    );
  if (isError("invalid_client", /client .*(not (found|exist)|does not exist)/i))
    return new UserError(
      `the user pool of ${host} has no client ${clientId}`,
      "use domain and client of the same user pool, such as those of one stage",
    );
  if (
    identityProvider !== undefined &&
    /identity.?provider.*(not found|not exist|not enabled|not supported)|login option is not available/i.test(
      `${error} ${description}`,
    )
  )
    return new UserError(
      `the client does not allow the identity provider ${JSON.stringify(identityProvider)}: ${reason}`,
      "check the name of the identity provider, which is case-sensitive, or omit it to select the provider in the browser",
    );
  return undefined;
}

/** Explains an error of a sign-in whose request is valid. An identity provider can use the same codes for its own client. */
export function explainResponseError({
  error,
  description,
}: AuthorizationError): UserError {
  const reason = getReason(error, description);
  if (error === "access_denied")
    return new UserError(
      `the sign-in was denied${description === "" ? "" : `: ${reason}`}`,
      "sign in again; if it is denied again, ask an administrator of the user pool or of your institution",
    );
  return new UserError(
    `the sign-in failed: ${reason}`,
    /already found an entry/i.test(description)
      ? "sign in again: the user was linked at this sign-in"
      : "sign in again, or ask an administrator of the user pool",
  );
}

/** Returns a text for one line of a terminal. */
function getReason(error: string, description: string): string {
  const text = description === "" ? error : description;
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length <= 300 ? line : `${line.slice(0, 300)}…`;
}
