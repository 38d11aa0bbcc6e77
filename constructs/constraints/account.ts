import { getPartition, hasUserPools } from "../aws";
import { createTextLimit } from "./limit";

export const ACCOUNT_LIMITS = {
  accountId: {
    subject: "account id",
    expected: "12 digits",
    allows: (value: string) => /^\d{12}$/.test(value),
  },
  region: {
    subject: "Region",
    expected:
      "an AWS Region with user pools, such as us-west-2 or us-gov-west-1",
    allows: (value: string) =>
      /^(eusc-)?[a-z]{2}(-gov)?-[a-z]+-\d$/.test(value) &&
      hasUserPools(getPartition(value)),
  },
  tagValue: createTextLimit(
    "tag value",
    [0, 256],
    /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/iu,
    "letters, digits, spaces or any of _ . : / = + - @, not starting with aws:",
  ),
} as const;
