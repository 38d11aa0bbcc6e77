// not all limits: the client loads them when it is loaded
import type { Limit } from "../../../constructs/constraints/limit";
import { USER_POOL_LIMITS } from "../../../constructs/constraints/user-pool";

const CLIENT_ID: Limit<string> = {
  subject: "client id",
  expected: "1-128 letters, digits or any of _ +",
  allows: (value) => /^[\w+]{1,128}$/.test(value),
};
const IDENTITY_POOL_ID: Limit<string> = {
  subject: "identity pool id",
  expected: "of the form <region>:<uuid>",
  allows: (value) => /^[a-z]{2,}(-[a-z]+)+-\d+:[0-9a-f-]{1,36}$/i.test(value),
};
const DOMAIN: Limit<string> = {
  subject: "domain",
  expected: "a host name or an https URL without path or query",
  allows: (value) => {
    const url = toDomainUrl(value);
    if (!URL.canParse(url)) return false;
    const { protocol, hostname, origin } = new URL(url);
    return (
      protocol === "https:" &&
      hostname.includes(".") &&
      url.replace(/\/$/, "").toLowerCase() === origin
    );
  },
};

/** Limits of the ids that a sign-in uses, in the order of their errors. */
export const SIGN_IN_ID_LIMITS = {
  identityPoolId: IDENTITY_POOL_ID,
  clientId: CLIENT_ID,
  userPoolId: USER_POOL_LIMITS.userPoolId,
  domain: DOMAIN,
} as const satisfies Readonly<Record<string, Limit<string>>>;

export type SignInIdName = keyof typeof SIGN_IN_ID_LIMITS;

export function toDomainUrl(domain: string): string {
  return /^[a-z]+:\/\//i.test(domain) ? domain : `https://${domain}`;
}
