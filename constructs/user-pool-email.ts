import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Token } from "cdktf";
import { LIMITS } from "./constraints";
import type { SesEmail, UserPoolEmail } from "./user-pool-options";
import { check, checkArnLocation } from "./validation";

/** Returns the options of Amazon SES, if a user pool sends its email through it. */
export function getSesEmail(email: UserPoolEmail): SesEmail | undefined {
  return email === null || email === "COGNITO_DEFAULT" ? undefined : email;
}

/** Returns the errors of the sender. */
export function checkEmail(
  email: UserPoolEmail,
  region: string,
): (string | undefined)[] {
  const ses = getSesEmail(email);
  if (ses === undefined) return [];
  const { identityArn, from, replyTo, configurationSet } = ses;
  return [
    check(LIMITS.emailIdentityArn, identityArn),
    ...checkArnLocation(
      LIMITS.emailIdentityArn.subject,
      identityArn,
      region,
      undefined,
    ),
    check(LIMITS.emailFrom, from),
    check(LIMITS.emailReplyTo, replyTo),
    check(LIMITS.configurationSet, configurationSet),
    checkSender(identityArn, from),
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

/** Creates the attribute of the sender, if it is set. */
export function createEmailAttributes(
  email: UserPoolEmail,
): Pick<CognitoUserPoolConfig, "emailConfiguration"> {
  if (email === null) return {};
  if (email === "COGNITO_DEFAULT")
    return { emailConfiguration: { emailSendingAccount: email } };
  const { identityArn, from, replyTo, configurationSet } = email;
  return {
    emailConfiguration: {
      emailSendingAccount: "DEVELOPER",
      sourceArn: identityArn,
      fromEmailAddress: from,
      ...(replyTo !== undefined && { replyToEmailAddress: replyTo }),
      ...(configurationSet !== undefined && { configurationSet }),
    },
  };
}
