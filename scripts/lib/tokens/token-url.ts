import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import { lookUp } from "../../../stacks/given-settings";

/**
 * Where a hosted domain gives tokens.
 *
 * The secret is sent there, so the domain has to be https; `COGNITO_DOMAIN_ENDPOINT` of the process's environment, and of
 * no file, says where it is reached instead, as a local AWS needs.
 *
 * @throws UserError when the secret would travel in clear
 */
export function tokenUrl(
  domain: { readonly text: string; readonly source: string },
  env: Environment,
): URL {
  const override = lookUp(env, "COGNITO_DOMAIN_ENDPOINT");
  const { text, source } =
    override === undefined
      ? domain
      : { text: override, source: "COGNITO_DOMAIN_ENDPOINT" };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFit =
    url !== undefined &&
    (url.protocol === "https:" ||
      (override !== undefined && isLoopback(url))) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!isFit) {
    throw new UserError(
      `${source} must be a URL with https:// and no user, query or fragment, got ${url === undefined ? "none" : JSON.stringify(url.origin)}`,
      override === undefined
        ? "a client's secret is sent nowhere else; deploy the stage to have the field written anew"
        : "http:// is for an address of this machine alone; unset it to use the stage's own domain",
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/oauth2/token`;
  return url;
}

/** Whether a URL is of this machine, so that what is sent in clear leaves it nowhere. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  );
}
