import { UserError } from "../../../constructs/errors";
import { createSrpKeys, signPasswordChallenge } from "./srp";
import {
  initiateAuth,
  respondToChallenge,
  type SignInResponse,
  type UserPoolConnection,
} from "./user-pool-connection";

/**
 * Flows of a sign-in by password: `srp` proves the password without sending it, `password` sends it to the user pool.
 *
 * The user alone chooses the flow: neither an error of the user pool nor a settings file changes it.
 */

export type AuthFlow = "srp" | "password";

/** Response to a correct password. */
export interface PasswordSignIn {
  readonly response: SignInResponse;
  /** Name of the user in the user pool, which differs from an alias. */
  readonly poolUserName: string;
}

/**
 * Signs a user in by password, up to the first challenge of another kind.
 *
 * @throws UserError if SRP lacks the user pool id, or a part of the challenge
 * @throws the SDK's error if the user pool rejects the request
 */
export async function signInWithPassword(
  connection: UserPoolConnection,
  flow: AuthFlow,
  userName: string,
  password: string,
): Promise<PasswordSignIn> {
  if (flow === "srp") return provePassword(connection, userName, password);
  const response = await initiateAuth(
    connection,
    "USER_PASSWORD_AUTH",
    userName,
    { PASSWORD: password },
  );
  return { response, poolUserName: getPoolUserName(response, userName) };
}

/**
 * Returns the user pool id, which SRP requires.
 *
 * @throws UserError if it is not set
 */
export function requireUserPoolId({ userPoolId }: UserPoolConnection): string {
  if (userPoolId !== undefined) return userPoolId;
  throw new UserError(
    "user pool id is required to sign in with SRP",
    "set --user-pool-id or USER_POOL_ID: it is a stage's output userpool_id",
  );
}

async function provePassword(
  connection: UserPoolConnection,
  userName: string,
  password: string,
): Promise<PasswordSignIn> {
  const userPoolId = requireUserPoolId(connection);
  const keys = createSrpKeys();
  let response = await initiateAuth(connection, "USER_SRP_AUTH", userName, {
    SRP_A: keys.publicKey,
  });
  const respond = (
    responses: Readonly<Record<string, string>>,
  ): Promise<SignInResponse> =>
    respondToChallenge(
      connection,
      response.ChallengeName,
      response.Session,
      getPoolUserName(response, userName),
      responses,
    );
  if (
    response.ChallengeName === "SELECT_CHALLENGE" &&
    response.AvailableChallenges?.includes("PASSWORD_SRP") === true
  )
    response = await respond({
      ANSWER: "PASSWORD_SRP",
      SRP_A: keys.publicKey,
    });
  const poolUserName = getPoolUserName(response, userName);
  if (response.ChallengeName !== "PASSWORD_VERIFIER")
    return { response, poolUserName };
  const claim = signPasswordChallenge(
    keys,
    userPoolId,
    password,
    response.ChallengeParameters ?? {},
    new Date(),
  );
  return { response: await respond(claim), poolUserName };
}

/** Returns the name of the user in the user pool, or `known` if the response does not repeat it. */
export function getPoolUserName(
  { ChallengeParameters: parameters }: SignInResponse,
  known: string,
): string {
  return parameters?.USER_ID_FOR_SRP ?? known;
}
