import type { CognitoUserPoolEmailConfiguration } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Token } from "cdktf";
import { LIMITS } from "./constraints";
import type { SesEmail } from "./user-pool-options";
import { check, checkArnLocation } from "./validation";

/** Returns the errors of the sender. */
export function checkEmail(
  { identityArn, from, replyTo, configurationSet }: SesEmail,
  region: string,
): (string | undefined)[] {
  const { subject } = LIMITS.emailIdentityArn;
  const errors = [
    check(LIMITS.emailIdentityArn, identityArn),
    check(LIMITS.emailFrom, from),
  ];
  return [
    ...errors,
    errors.every((error) => error === undefined)
      ? checkSender(identityArn, from)
      : undefined,
    // the identity can be that of another account
    ...checkArnLocation(subject, identityArn, region, undefined),
    check(LIMITS.emailReplyTo, replyTo),
    check(LIMITS.configurationSet, configurationSet),
  ];
}

/** Amazon SES sends from the addresses of the identity's domain and of its subdomains, or from the one address. */
function checkSender(identityArn: string, from: string): string | undefined {
  if (Token.isUnresolved(identityArn) || Token.isUnresolved(from))
    return undefined;
  const [, identity = ""] = identityArn.toLowerCase().split(":identity/");
  const address = from.toLowerCase().replace(/^.*<|>$/g, "");
  const [user = "", domain = ""] = address.split("@");
  const isCovered = identity.includes("@")
    ? identity === `${user.replace(/\+.*/, "")}@${domain}` ||
      identity === address
    : `.${domain}`.endsWith(`.${identity}`);
  return isCovered
    ? undefined
    : `${LIMITS.emailFrom.subject} must be an address of the identity "${identity}", got "${from}"`;
}

/** Creates the block of the sender. */
export function createEmailConfiguration({
  identityArn,
  from,
  replyTo,
  configurationSet,
}: SesEmail): CognitoUserPoolEmailConfiguration {
  return {
    emailSendingAccount: "DEVELOPER",
    sourceArn: identityArn,
    fromEmailAddress: from,
    ...(replyTo !== undefined && { replyToEmailAddress: replyTo }),
    ...(configurationSet !== undefined && { configurationSet }),
  };
}
