import { UsageError } from "../cli/usage-error";
import type { AuthFlow } from "./password-sign-in";

/** How a user signs in through the browser, on the pages of the user pool or of the user's institution. */
export interface BrowserMethod {
  /** Name of the only identity provider to use. @default the user selects one on the sign-in pages */
  readonly identityProvider: string | undefined;
  /** If false, the user opens the URL on any machine, and pastes the URL of the response. */
  readonly canOpenBrowser: boolean;
}

/** A sign-in by password at the terminal, or one in the browser. */
export interface SignInMethod {
  readonly authFlow: AuthFlow;
  /** Replaces the sign-in by password. */
  readonly browser: BrowserMethod | undefined;
}

/** Options that select the method. */
export interface SignInMethodValues {
  readonly "auth-flow"?: AuthFlow | "browser" | undefined;
  readonly "identity-provider"?: string | undefined;
  readonly "no-browser"?: boolean;
  readonly domain?: string | undefined;
  readonly "user-name"?: string | undefined;
  readonly "reset-password"?: boolean;
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html */
const PROVIDER_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,32}$/u;

/**
 * Resolves the method of a sign-in. Only options select it: a settings file must not make the command send the password.
 *
 * @throws UsageError if options contradict each other
 */
export function resolveSignInMethod(values: SignInMethodValues): SignInMethod {
  const { "auth-flow": flow, "identity-provider": identityProvider } = values;
  const implying = ["identity-provider", "no-browser", "domain"] as const;
  const implied = implying.find((name) => isSet(values[name]));
  if (flow === "browser" || (flow === undefined && implied !== undefined)) {
    const conflicting = ["user-name", "reset-password"] as const;
    const conflict = conflicting.find((name) => isSet(values[name]));
    if (conflict !== undefined)
      throw new UsageError(
        `--${conflict} must not be used together with ${flow === undefined ? `--${implied ?? ""}` : "--auth-flow browser"}`,
        "the sign-in pages ask for the user, and reset passwords",
      );
    if (identityProvider !== undefined && !PROVIDER_NAME.test(identityProvider))
      throw new UsageError(
        `--identity-provider must be a name of 1-32 characters without spaces, got ${JSON.stringify(identityProvider)}`,
      );
    const canOpenBrowser = values["no-browser"] !== true;
    return { authFlow: "srp", browser: { identityProvider, canOpenBrowser } };
  }
  if (implied !== undefined)
    throw new UsageError(
      `--${implied} requires --auth-flow browser, got ${flow ?? ""}`,
    );
  return { authFlow: flow ?? "srp", browser: undefined };
}

function isSet(value: string | boolean | undefined): boolean {
  return value !== undefined && value !== false;
}
