import { hasUserPools, parseArn } from "../aws";
import { createTextLimit } from "./limit";

/** Domains in which only AWS creates subdomains. */
const AWS_DOMAINS =
  /(^|\.)(amazoncognito\.com|amazonaws\.com|amazonwebservices\.eu|cloudfront\.net)$/;

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html */
export const DOMAIN_LIMITS = {
  customDomain: {
    subject: "custom domain",
    expected:
      "a subdomain of a domain that you own, such as auth.example.org: at most 63 lowercase letters, digits, hyphens or periods, without https://",
    allows: (value: string) =>
      value.length <= 63 &&
      // the parent of a domain with two labels is a top-level domain, which has no address
      /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.){2,}[a-z][a-z0-9-]*[a-z0-9]$/.test(
        value,
      ) &&
      !AWS_DOMAINS.test(value),
  },
  certificateArn: {
    subject: "certificate ARN",
    expected:
      "the ARN of a certificate of AWS Certificate Manager, arn:<partition>:acm:<Region>:<account>:certificate/<id>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "acm" &&
        hasUserPools(arn.partition) &&
        arn.region !== "" &&
        /^\d{12}$/.test(arn.account) &&
        /^certificate\/[a-zA-Z0-9-]+$/.test(arn.resource)
      );
    },
  },
  hostedZoneId: createTextLimit(
    "hosted zone id",
    [2, 32],
    /^Z[A-Z0-9]+$/,
    "uppercase letters or digits, starting with Z",
  ),
} as const;
