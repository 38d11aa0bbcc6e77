import { isPullRequestSubject, parseGitHubSubject } from "../github-claims";
import { createCountLimit, createTextLimit } from "./limit";

/** Audience of the tokens for AWS. */
export const OIDC_AUDIENCE = "sts.amazonaws.com";

/** Whether a text can be a subject in a trust policy, whose characters are of Latin-1. */
function isSubject(value: string): boolean {
  return /^[^\p{Cc}*?\u{100}-\u{10FFFF}]{1,2048}$/u.test(value);
}

export const OIDC_PROVIDER_LIMITS = {
  oidcProviderUrl: {
    subject: "OIDC provider URL",
    expected:
      "a lowercase host with an optional path, without a port, query or fragment, at most 255 characters",
    allows: (value: string) =>
      value.length <= 247 &&
      /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](\/[\w.~-]+)*\/?$/.test(
        value,
      ) &&
      !/\/\.{1,2}(\/|$)/.test(value),
  },
  thumbprint: {
    subject: "thumbprint",
    expected: "40 hex digits",
    allows: (value: string) => /^[0-9a-fA-F]{40}$/.test(value),
  },
  oidcAudience: {
    subject: "audience of an OIDC provider",
    expected: "1-255 characters of Latin-1 without *, ? or spaces",
    allows: (value: string) =>
      value.length <= 255 &&
      /^[\x21-\x29\x2B-\x3E\x40-\x7E\xA1-\xFF]+$/.test(value),
  },
  audiencesPerOidcProvider: createCountLimit(
    "number of audiences of an OIDC provider",
    100,
  ),
  oidcSubject: {
    subject: "OIDC subject",
    expected:
      "the complete subject of a token, in Latin-1 without * or ?, and not of a pull request",
    allows: (value: string) =>
      isSubject(value) && !isPullRequestSubject(parseGitHubSubject(value)),
  },
  oidcReadOnlySubject: {
    subject: "OIDC subject of a read-only role",
    expected: "the complete subject of a token, in Latin-1 without * or ?",
    allows: isSubject,
  },
  githubOwner: createTextLimit(
    "GitHub owner",
    [1, 39],
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    "letters, digits, hyphens or underscores",
  ),
  githubRepository: createTextLimit(
    "GitHub repository",
    [1, 100],
    /^[A-Za-z0-9._-]+$/,
    "letters, digits or any of . _ -",
  ),
  githubId: createTextLimit("GitHub id", [1, 20], /^\d+$/, "digits"),
  githubRef: createTextLimit(
    "GitHub branch, environment or tag",
    [1, 255],
    /^[^\p{Cc}*?\u{100}-\u{10FFFF}]+$/u,
    "characters of Latin-1 without * or ?",
  ),
} as const;
