import { UserError } from "../../../constructs/errors";
import { isAwsError } from "../aws/errors";
import type { OpenTerminal } from "../cli/terminal";
import { ClientError } from "../client/client-error";
import { retry } from "../system/retry";
import {
  answerChallenge,
  type Challenge,
  type ChallengeAnswer,
} from "./challenges";
import { INVALID_PASSWORD_ERRORS, resetPassword } from "./new-password";
import {
  type AuthFlow,
  getPoolUserName,
  type PasswordSignIn,
  requireUserPoolId,
  signInWithPassword,
} from "./password-sign-in";
import { explainSignInError } from "./sign-in-errors";
import {
  respondToChallenge,
  type SignInResponse,
  type UserPoolConnection,
} from "./user-pool-connection";

const ATTEMPTS = 3;
/** More challenges in a row than any user pool requires. */
const MAX_CHALLENGES = 10;
/** Errors after which the user can answer again in the same session, by challenge. */
const RETRYABLE: Readonly<Record<string, readonly string[]>> = {
  // InvalidParameterException: an attribute has another format
  NEW_PASSWORD_REQUIRED: [
    ...INVALID_PASSWORD_ERRORS,
    "InvalidParameterException",
  ],
  // each code of an app is valid once
  SOFTWARE_TOKEN_MFA: ["CodeMismatchException", "ExpiredCodeException"],
};
const RETRYABLE_CODE_ERRORS = ["CodeMismatchException"];

/** Tokens of a signed-in user. */
export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string | undefined;
}

export interface SignInOptions {
  /** Asked for at the terminal if not set. */
  readonly userName: string | undefined;
  /** Asked for at the terminal if not set, again after an incorrect password. */
  readonly password: string | undefined;
  readonly authFlow: AuthFlow;
  /** If false, the first challenge ends the sign-in. */
  readonly shouldAnswerChallenges: boolean;
  /** If true, the user sets a new password first, by a code that is sent. */
  readonly shouldResetPassword: boolean;
  readonly terminal: OpenTerminal;
}

/**
 * Signs a user in by name and password. The user answers each challenge at the terminal.
 *
 * @throws UserError if the user pool rejects the sign-in
 */
export async function signIn(
  connection: UserPoolConnection,
  options: SignInOptions,
): Promise<Tokens & { readonly userName: string }> {
  // fails before the user enters a password
  if (options.authFlow === "srp") requireUserPoolId(connection);
  const userName =
    options.userName ??
    (await options.terminal("a user name is required").ask("User name: "));
  if (userName === "") throw new UserError("user name is required");
  try {
    let { response, poolUserName } = await enterPassword(
      connection,
      userName,
      options,
    );
    for (let challenges = 0; challenges < MAX_CHALLENGES; challenges++) {
      const { ChallengeName: name, AuthenticationResult: result } = response;
      if (result !== undefined)
        return {
          userName,
          ...requireTokens(result.IdToken, result.RefreshToken),
        };
      poolUserName = getPoolUserName(response, poolUserName);
      const challenge: Challenge = {
        name: name ?? "an unnamed challenge",
        parameters: response.ChallengeParameters ?? {},
        availableChallenges: response.AvailableChallenges ?? [],
        session: response.Session,
        userName,
        poolUserName,
      };
      requirePrompts(options, challenge.name);
      response = await respond(connection, challenge, options.terminal);
    }
  } catch (error) {
    throw explainSignInError(error);
  }
  throw new UserError(
    `the user pool required more than ${MAX_CHALLENGES} challenges in a row`,
  );
}

function requireTokens(
  idToken: string | undefined,
  refreshToken: string | undefined,
): Tokens {
  if (idToken !== undefined) return { idToken, refreshToken };
  throw new UserError("the user pool returned no id token");
}

async function enterPassword(
  connection: UserPoolConnection,
  userName: string,
  options: SignInOptions,
): Promise<PasswordSignIn> {
  const { terminal, authFlow } = options;
  let { password } = options;
  const reset = async (): Promise<void> => {
    requirePrompts(options, "a password reset");
    const needs = `a password reset of ${userName} is required`;
    password = await resetPassword(connection, userName, terminal(needs));
  };
  if (options.shouldResetPassword) await reset();
  return retry(
    async () =>
      signInWithPassword(
        connection,
        authFlow,
        userName,
        password ??
          (await terminal(`the password of ${userName} is required`).askHidden(
            `Password of ${userName}: `,
          )),
      ),
    {
      attempts: ATTEMPTS,
      recover: async (error) => {
        if (isAwsError(error, "PasswordResetRequiredException")) {
          await reset();
          return true;
        }
        // the same error code with another text is final, such as for a disabled user
        const isIncorrect =
          isAwsError(error, "NotAuthorizedException") &&
          /incorrect username or password/i.test(error.message);
        if (password !== undefined || !isIncorrect) return false;
        terminal().writeLine("Incorrect user name or password.");
        return true;
      },
    },
  );
}

async function respond(
  connection: UserPoolConnection,
  challenge: Challenge,
  terminal: OpenTerminal,
): Promise<SignInResponse> {
  const { name, poolUserName } = challenge;
  const ask = (previousAnswer?: ChallengeAnswer) =>
    answerChallenge(challenge, { connection, terminal, previousAnswer });
  // errors of the questions are final: only the response to the user pool is retried
  let answer = await ask();
  return retry(
    () =>
      respondToChallenge(
        connection,
        name,
        answer.session ?? challenge.session,
        poolUserName,
        answer.responses,
      ),
    {
      attempts: ATTEMPTS,
      recover: async (error) => {
        const retryable = RETRYABLE[name] ?? RETRYABLE_CODE_ERRORS;
        if (!isAwsError(error, ...retryable)) return false;
        terminal().writeLine((explainSignInError(error) as Error).message);
        answer = await ask(
          error.name === "InvalidParameterException" ? undefined : answer,
        );
        return true;
      },
    },
  );
}

function requirePrompts(
  { shouldAnswerChallenges }: SignInOptions,
  challenge: string,
): void {
  if (shouldAnswerChallenges) return;
  throw new UserError(
    `the user pool requires ${challenge}, which RESOLVE_CHALLENGES=false leaves unanswered`,
    "sign in once at a terminal without RESOLVE_CHALLENGES=false",
  );
}

/**
 * Returns new tokens for a refresh token, or `undefined` if it is no longer valid.
 *
 * `GetTokensFromRefreshToken` supports clients with and without refresh token rotation; `REFRESH_TOKEN_AUTH` does not.
 *
 * @throws ClientError if the user is disabled: another sign-in would ask the user in vain
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 */
export async function refreshTokens(
  { client, sdk, clientId, clientSecret }: UserPoolConnection,
  refreshToken: string,
): Promise<Tokens | undefined> {
  try {
    const { AuthenticationResult: result } = await client.send(
      new sdk.GetTokensFromRefreshTokenCommand({
        ClientId: clientId,
        ClientSecret: clientSecret,
        RefreshToken: refreshToken,
      }),
    );
    return requireTokens(result?.IdToken, result?.RefreshToken ?? refreshToken);
  } catch (error) {
    if (isDisabled(error))
      throw new ClientError(
        "sign_in_refused",
        "the sign-in cannot be renewed: the user is disabled",
        "ask an administrator of the user pool to enable the user; to sign in as another user, sign out first",
      );
    const isInvalid = isAwsError(
      error,
      "NotAuthorizedException",
      "RefreshTokenReuseException",
      "ResourceNotFoundException",
      "UserNotFoundException",
    );
    if (isInvalid) return undefined;
    throw explainSignInError(error);
  }
}

/** AWS has no other code for a disabled user. */
function isDisabled(error: unknown): boolean {
  return (
    isAwsError(error, "NotAuthorizedException") &&
    /user is disabled/i.test(error.message)
  );
}

/** Revokes a refresh token, and every token that was issued for it. */
export async function revokeToken(
  { client, sdk, clientId, clientSecret }: UserPoolConnection,
  refreshToken: string,
): Promise<void> {
  try {
    await client.send(
      new sdk.RevokeTokenCommand({
        ClientId: clientId,
        ClientSecret: clientSecret,
        Token: refreshToken,
      }),
    );
  } catch (error) {
    // the client was deleted, and its tokens with it
    if (isAwsError(error, "ResourceNotFoundException")) return;
    throw explainSignInError(error);
  }
}
