import { LIMITS } from "../../constructs/constraints";
import { defineSetting, parseFlag, parseText } from "./setting-row";

/** Rows of the table that configure the custom domain of a user pool. */
export const DOMAIN_SETTINGS = {
  customDomain: {
    domain: defineSetting("CUSTOM_DOMAIN", {
      parse: parseText(LIMITS.customDomain),
      description:
        "Host name of the sign-in pages, such as `auth.example.org`, in addition to the prefix domain. Its parent must have an A record.",
      requires: ["CUSTOM_DOMAIN_CERTIFICATE_ARN"],
    }),
    certificateArn: defineSetting("CUSTOM_DOMAIN_CERTIFICATE_ARN", {
      parse: parseText(LIMITS.certificateArn),
      description:
        "Certificate of the custom domain in AWS Certificate Manager, in `us-east-1` whatever the Region of the user pool.",
      requires: ["CUSTOM_DOMAIN"],
    }),
    zoneId: defineSetting("CUSTOM_DOMAIN_ZONE_ID", {
      parse: parseText(LIMITS.hostedZoneId),
      description:
        "Hosted zone in Route 53 in which the record of the custom domain is created. Without it, create the record yourself.",
      requires: ["CUSTOM_DOMAIN"],
    }),
    isInSecrets: defineSetting("CUSTOM_DOMAIN_IN_SECRETS", {
      parse: parseFlag,
      default: false,
      description:
        "Writes the custom domain, not the prefix domain, to the secrets of clients.",
      requires: ["CUSTOM_DOMAIN"],
    }),
  },
};
