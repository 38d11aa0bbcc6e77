import { UserError } from "../../../constructs/errors";
import {
  type AuthFlow,
  type PasswordSignIn,
  signInWithPassword,
  validateAuthFlow,
} from "./password-sign-in";
import { resetPassword } from "./new-password";
import {
  answerChallenge,
  type Challenge,
  type ChallengeAnswer,
} from "./challenges";
import { explainSignInError, isAwsError } from "./sign-in-errors";
import type { OpenTerminal } from "../cli/terminal";
import {
  getSecretHashParameter,
  type SignInResponse,
  type UserPoolConnection,
} from "./user-pool-connection";

const TRIES = 3;
/** More challenges in a row than any user pool asks. */
const LONGEST_CHAIN = 10;
/** Refusals of an answer that the user can give again in the same session, by challenge. */
const RETRYABLE: Readonly<Record<string, readonly string[]>> = {
  NEW_PASSWORD_REQUIRED: [
    "InvalidPasswordException",
    "PasswordHistoryPolicyViolationException",
    // an attribute that is not of its form
    "InvalidParameterException",
  ],
  // an app's code is good for once
  SOFTWARE_TOKEN_MFA: ["CodeMismatchException", "ExpiredCodeException"],
};
const RETRYABLE_CODE_ERRORS = ["CodeMismatchException"];

/** What a user has who has signed in. */
export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string | undefined;
}

export interface SignInOptions {
  /** @default asked for */
  readonly userName: string | undefined;
  /** @default asked for, again when it is wrong */
  readonly password: string | undefined;
  /** How the password is proven; no other way is tried when the user pool refuses this one. */
  readonly authFlow: AuthFlow;
  /** Whether challenges are put to the user; else the first ends the sign-in. */
  readonly shouldAnswerChallenges: boolean;
  /** Whether a new password is set first, by a code that is sent. */
  readonly shouldResetPassword: boolean;
  readonly terminal: OpenTerminal;
}

/**
 * Signs a user in by name and password, and puts every challenge to the user until the user pool gives tokens.
 *
 * @throws UserError when it does not, and why
 */
export async function signIn(
  calls: UserPoolConnection,
  options: SignInOptions,
): Promise<Tokens & { readonly userName: string }> {
  validateAuthFlow(calls, options.authFlow);
  const userName =
    options.userName ??
    (await options.terminal("a user name is needed").ask("User name: "));
  if (userName === "") throw new UserError("user name must be given, got none");
  try {
    let { response: answer, poolUserName: poolName } = await start(
      calls,
      userName,
      options,
    );
    for (let challenges = 0; challenges < LONGEST_CHAIN; challenges++) {
      const { ChallengeName: name, AuthenticationResult: result } = answer;
      if (result !== undefined)
        return {
          userName,
          ...requireTokens(result.IdToken, result.RefreshToken),
        };
      // a user pool need not repeat it
      poolName = answer.ChallengeParameters?.USER_ID_FOR_SRP ?? poolName;
      const challenge: Challenge = {
        name: name ?? "an unnamed challenge",
        parameters: answer.ChallengeParameters ?? {},
        availableChallenges: answer.AvailableChallenges ?? [],
        session: answer.Session,
        userName,
        poolUserName: poolName,
      };
      requireLeave(options, challenge.name);
      answer = await respond(calls, challenge, options);
    }
  } catch (error) {
    throw explainSignInError(error);
  }
  throw new UserError(
    `the user pool asked for more than ${LONGEST_CHAIN} proofs in a row`,
  );
}

/** Tokens as the SDK gives them, where they are there. */
export function requireTokens(
  idToken: string | undefined,
  refreshToken: string | undefined,
): Tokens {
  if (idToken !== undefined) return { idToken, refreshToken };
  throw new UserError("the user pool gave no id token");
}

async function start(
  calls: UserPoolConnection,
  userName: string,
  options: SignInOptions,
): Promise<PasswordSignIn> {
  const { terminal, authFlow } = options;
  let { password } = options;
  const reset = async (): Promise<void> => {
    requireLeave(options, "a password reset");
    const needs = `the password of ${userName} is to be reset`;
    password = await resetPassword(calls, userName, terminal(needs));
  };
  if (options.shouldResetPassword) await reset();
  for (let tries = 1; ; tries++) {
    const tried =
      password ??
      (await terminal(`the password of ${userName} is needed`).askHidden(
        `Password of ${userName}: `,
      ));
    try {
      return await signInWithPassword(calls, authFlow, userName, tried);
    } catch (error) {
      if (tries === TRIES) throw error;
      if (isAwsError(error, "PasswordResetRequiredException")) await reset();
      else if (password === undefined && isWrongPassword(error))
        terminal().writeLine("Incorrect user name or password.");
      else throw error;
    }
  }
}

/** Another refusal of the same name is final: a user who is disabled, or has tried too often. */
function isWrongPassword(error: unknown): boolean {
  return (
    isAwsError(error, "NotAuthorizedException") &&
    /incorrect username or password/i.test(error.message)
  );
}

async function respond(
  calls: UserPoolConnection,
  challenge: Challenge,
  { terminal }: SignInOptions,
): Promise<SignInResponse> {
  const { client, sdk, clientId } = calls;
  const mendable = RETRYABLE[challenge.name] ?? RETRYABLE_CODE_ERRORS;
  let refused: ChallengeAnswer | undefined;
  for (let tries = 1; ; tries++) {
    const answer = await answerChallenge(challenge, {
      calls,
      terminal,
      rejectedAnswer: refused,
    });
    try {
      return await client.send(
        new sdk.RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: challenge.name as typeof sdk.ChallengeNameType.SMS_MFA,
          ChallengeResponses: {
            ...answer.responses,
            ...getSecretHashParameter(calls, challenge.poolUserName),
          },
          Session: answer.session,
        }),
      );
    } catch (error) {
      if (tries === TRIES || !isAwsError(error, ...mendable)) throw error;
      terminal().writeLine((explainSignInError(error) as Error).message);
      refused = error.name === "InvalidParameterException" ? undefined : answer;
    }
  }
}

function requireLeave(
  { shouldAnswerChallenges: resolvesChallenges }: SignInOptions,
  name: string,
): void {
  if (resolvesChallenges) return;
  throw new UserError(
    `the user pool asks for ${name}, and RESOLVE_CHALLENGES=false leaves it unanswered`,
    "sign in once on a terminal without RESOLVE_CHALLENGES=false",
  );
}

/**
 * New tokens for a refresh token; `undefined` when it is good for none any more.
 *
 * The call is the one that serves clients with and without rotation of refresh tokens: `REFRESH_TOKEN_AUTH` is refused
 * where they rotate.
 *
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
    const isOver = isAwsError(
      error,
      "NotAuthorizedException",
      "RefreshTokenReuseException",
      "ResourceNotFoundException",
      "UserNotFoundException",
    );
    if (isOver) return undefined;
    throw explainSignInError(error);
  }
}

/** Has a user pool take a refresh token back, and every token that came from it. */
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
    throw explainSignInError(error);
  }
}
