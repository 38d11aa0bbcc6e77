import {
  getEnvironment,
  getSetting,
} from "../../../../stacks/config/environment";
import { getCertificateRegion } from "../../../../constructs/aws";
import { readCertificateExpiry } from "../../http/certificate-expiry";
import type { Check, CheckResult, DoctorContext } from "../check";
import { formatAwsFix } from "../format-fix";
import { readText } from "../state-attributes";

const WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

/** Checks the certificate that the custom domain shows. */
export const CUSTOM_DOMAIN_CERTIFICATE: Check = {
  id: "custom-domain-certificate",
  section: "Quotas and certificates",
  run: async (context) => {
    const { userpool_custom_domain_base_url: text } = context.outputs;
    if (text === undefined)
      return { status: "skipped", message: "the stage has no custom domain" };
    if (getSetting(getEnvironment(), "COGNITO_DOMAIN_ENDPOINT") !== undefined)
      return {
        status: "skipped",
        message: "COGNITO_DOMAIN_ENDPOINT replaces the domain",
      };
    return checkExpiry(new URL(text), context);
  },
};

/** Connects to a domain, and checks when its certificate expires. */
async function checkExpiry(
  url: URL,
  context: DoctorContext,
): Promise<CheckResult> {
  const expiry = await readCertificateExpiry(url);
  if (typeof expiry === "string")
    return {
      status: "failed",
      message: `the custom domain ${url.host} cannot be reached: ${expiry}`,
      fix: `create the DNS record of ${url.host} with the value of the output userpool_custom_domain_target, and check the certificate: ${formatDescribe(context)}`,
    };
  const days = Math.floor((expiry.getTime() - context.now.getTime()) / DAY_MS);
  const day = expiry.toISOString().slice(0, 10);
  return days >= WARNING_DAYS
    ? {
        status: "ok",
        message: `the certificate of ${url.host} is valid until ${day}`,
      }
    : {
        status: days < 0 ? "failed" : "warning",
        message: `the certificate of ${url.host} ${days < 0 ? "expired" : "expires"} on ${day}`,
        fix: `find out why AWS Certificate Manager does not renew it: ${formatDescribe(context)}`,
      };
}

function formatDescribe(context: DoctorContext): string {
  const { region } = context;
  const arn =
    context
      .listResources("aws_cognito_user_pool_domain")
      .map(({ attributes }) => readText(attributes, "certificate_arn"))
      .find((one) => one !== "") ?? "<arn>";
  return formatAwsFix(
    context,
    `acm describe-certificate --region ${getCertificateRegion(region) ?? region} --certificate-arn ${arn}`,
  );
}
