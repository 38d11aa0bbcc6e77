import { createTextLimit } from "./limit";

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const BUCKET_LIMITS = {
  bucketName: {
    subject: "bucket name",
    expected:
      "3-63 lowercase letters, digits, hyphens or single dots, starting and ending with a letter or digit, not an IP address, and without a prefix or suffix that AWS reserves",
    allows: (value: string) =>
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) &&
      !value.includes("..") &&
      !/^\d+\.\d+\.\d+\.\d+$/.test(value) &&
      !/^(xn--|sthree-|amzn-s3-demo-)/.test(value) &&
      !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(value),
  },
  bucketPrefix: {
    ...createTextLimit(
      "bucket prefix",
      [2, 1024],
      // without the slash, the prefix 2026 matches 2026-secret/ too
      // the policy of a role can have characters of Latin-1 only
      /^(?!\/)[^\p{Cc}*?\u{100}-\u{10FFFF}]+\/$/u,
      "characters of Latin-1 without * or ?, not starting with /, and ending with /",
    ),
    canContainPolicyVariables: true,
  },
  stateKey: {
    subject: "state key",
    expected:
      "at most 1017 bytes without control characters, * or ?, not starting or ending with /, without empty, . or .. segments, and not ending with .tflock",
    allows: (value: string) =>
      value.length > 0 &&
      Buffer.byteLength(value) <= 1017 &&
      // * and ? are wildcards in the policies of the roles for CI
      !/[\p{Cc}*?]|^\/|\/$|\/\/|(^|\/)\.{1,2}(\/|$)|\.tflock$/u.test(value),
  },
} as const;
