import type { CognitoUserPoolConfig } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Token } from "cdktf";
import { formatValue, LIMITS } from "./constraints";
import type { FirstFactor, Mfa, UserPoolOptions } from "./user-pool-options";
import {
  check,
  checkEach,
  checkNotEmpty,
  isUnknown,
  toList,
} from "./validation";

/** Returns the errors of how users sign in. */
export function checkSignIn(options: UserPoolOptions): (string | undefined)[] {
  return [
    ...(options.mfa === null ? [] : checkMfa(options.mfa, options)),
    ...checkFirstFactors(options),
    check(LIMITS.relyingPartyId, options.passkeys?.relyingPartyId),
  ];
}

function checkMfa(
  { required, factors }: Mfa,
  { email, accountRecovery = "verified_email", ...options }: UserPoolOptions,
): (string | undefined)[] {
  if (isUnknown(factors) || factors.some((one) => Token.isUnresolved(one)))
    return [
      "MFA factors must be known at synth, got those that only Terraform knows",
    ];
  const hasEmail = factors.includes("EMAIL");
  const passwordless = listFactors(options.firstFactors).filter(
    (factor) => factor !== "PASSWORD",
  );
  return [
    checkNotEmpty("MFA factors", factors),
    ...checkEach(LIMITS.mfaFactor, factors),
    hasEmail && email === null
      ? "MFA factor EMAIL requires email through Amazon SES"
      : undefined,
    hasEmail && accountRecovery === "verified_email"
      ? `account recovery must be "admin_only" if MFA has the factor EMAIL, got "${accountRecovery}"`
      : undefined,
    required && passwordless.length > 0
      ? `first factors must be PASSWORD only if MFA is required, got ${formatValue(options.firstFactors)}`
      : undefined,
  ];
}

function checkFirstFactors({
  firstFactors,
  passkeys,
}: UserPoolOptions): (string | undefined)[] {
  const factors = listFactors(firstFactors);
  const hasPasskeys = factors.includes("WEB_AUTHN");
  const isKnown = firstFactors === undefined || !isUnknown(firstFactors);
  return [
    factors.length > 0 && !factors.includes("PASSWORD")
      ? `first factors must contain PASSWORD, got ${formatValue(factors)}`
      : undefined,
    firstFactors === undefined
      ? undefined
      : checkNotEmpty("first factors", firstFactors),
    ...checkEach(LIMITS.firstFactor, factors),
    hasPasskeys && passkeys === undefined
      ? "first factor WEB_AUTHN requires passkeys with a relying party id"
      : undefined,
    isKnown && !hasPasskeys && passkeys !== undefined
      ? "passkeys require the first factor WEB_AUTHN"
      : undefined,
  ];
}

/** Lists the first factors, unless only Terraform knows them. */
export function listFactors(
  factors: readonly FirstFactor[] = [],
): readonly FirstFactor[] {
  return isUnknown(factors) ? [] : factors;
}

/**
 * Creates the attributes of how users sign in. AWS refuses the block of a factor, even of one that is off, if MFA is off. While
 * MFA is on, each factor has its block, because Terraform does not turn off what is absent.
 */
export function createSignInAttributes({
  mfa,
  firstFactors,
  passkeys,
  accountRecovery = "verified_email",
}: UserPoolOptions): Partial<CognitoUserPoolConfig> {
  return {
    accountRecoverySetting: {
      recoveryMechanism: [{ name: accountRecovery, priority: 1 }],
    },
    ...(mfa !== null && {
      mfaConfiguration: mfa.required ? "ON" : "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: mfa.factors.includes("TOTP") },
      ...(mfa.factors.includes("EMAIL") && {
        emailMfaConfiguration: {
          subject: "Your sign-in code",
          message: "Your sign-in code is {####}",
        },
      }),
    }),
    ...(firstFactors !== undefined && {
      signInPolicy: { allowedFirstAuthFactors: [...toList(firstFactors)] },
    }),
    ...(passkeys !== undefined && {
      webAuthnConfiguration: {
        relyingPartyId: passkeys.relyingPartyId,
        userVerification: passkeys.userVerification ?? "required",
      },
    }),
  };
}
