import { UserError } from "../../../constructs/errors";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import { parseJsonObject } from "../system/json-object";
import {
  type AuthorizationContext,
  explainRequestError,
  explainResponseError,
} from "./authorization-response";

/**
 * Requests the sign-in pages before the user opens them. The pages show some errors to the browser only, such as a callback
 * URL that is not registered: the command would wait for a response in vain.
 *
 * @returns whether the pages accept the request; `false` if they refuse programs
 * @throws UserError if the pages cannot be reached, or return an error
 */
export async function checkSignInPages(
  url: URL,
  context: AuthorizationContext,
  log: (line: string) => void,
  options: Pick<FetchOptions, "pause"> = {},
): Promise<boolean> {
  const { status, headers, text } = await fetchWithRetry(
    url,
    { headers: { accept: "text/html" } },
    {
      ...options,
      log,
      subject: `the sign-in pages at ${url.host}`,
      hints: {
        unreachable:
          "check the network, a proxy, and that the domain of the user pool exists",
      },
    },
  );
  const location = headers.get("location") ?? "";
  const query =
    status >= 300 && status < 400 && URL.canParse(location, url.href)
      ? new URL(location, url.href).searchParams
      : undefined;
  const { error, error_description, __type, message } =
    status >= 400 && status < 500 ? parseJsonObject(text) : {};
  const code = query?.get("error") ?? error ?? __type;
  if (typeof code !== "string" || code === "") {
    // another error, such as of a firewall, can be for programs only
    if (status !== 400 && status !== 404) return status < 400;
    throw new UserError(
      `the sign-in pages at ${url.host} must ask for the user, got HTTP ${status}`,
      "check that the domain exists, and that it is of the user pool of the client",
    );
  }
  const description =
    query?.get("error_description") ?? error_description ?? message;
  const response = {
    error: code,
    description: typeof description === "string" ? description : "",
  };
  throw (
    explainRequestError(response, context) ?? explainResponseError(response)
  );
}
