import { UserError } from "../../../constructs/errors";
import { createSrpKeys, signPasswordChallenge } from "./srp";
import {
  getSecretHashParameter,
  type SignInResponse,
  type UserPoolConnection,
} from "./user-pool-connection";

/**
 * Ways to prove a password: `srp` proves it without sending it, `password` sends it to the user pool.
 *
 * Which one is used is the user's choice alone: neither a user pool's refusal nor a file of settings changes it.
 */
export const AUTH_FLOWS = ["srp", "password"] as const;

export type AuthFlow = (typeof AUTH_FLOWS)[number];

/** What a user pool answers to a right password. */
export interface PasswordSignIn {
  readonly response: SignInResponse;
  /** Name that the user pool knows the user by: another one than that of a sign-in by alias. */
  readonly poolUserName: string;
}

/**
 * Signs a user in by password, up to the first challenge that asks for something else.
 *
 * @throws UserError when what SRP needs is missing: the user pool's id, or a part of its challenge
 * @throws the SDK's error when the user pool refuses
 */
export async function signInWithPassword(
  calls: UserPoolConnection,
  flow: AuthFlow,
  userName: string,
  password: string,
): Promise<PasswordSignIn> {
  return flow === "srp"
    ? provePassword(calls, userName, password)
    : sendPassword(calls, userName, password);
}

/**
 * Checks what a flow needs, before a password is asked for.
 *
 * @throws UserError when the user pool's id, which SRP needs, is missing
 */
export function validateAuthFlow(
  calls: UserPoolConnection,
  flow: AuthFlow,
): void {
  if (flow === "srp") requireUserPoolId(calls);
}

async function sendPassword(
  calls: UserPoolConnection,
  userName: string,
  password: string,
): Promise<PasswordSignIn> {
  const { client, sdk, clientId } = calls;
  const answer = await client.send(
    new sdk.InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: {
        USERNAME: userName,
        PASSWORD: password,
        ...getSecretHashParameter(calls, userName),
      },
    }),
  );
  return { response: answer, poolUserName: poolNameIn(answer, userName) };
}

async function provePassword(
  calls: UserPoolConnection,
  userName: string,
  password: string,
): Promise<PasswordSignIn> {
  const { client, sdk, clientId } = calls;
  const userPoolId = requireUserPoolId(calls);
  const keys = createSrpKeys();
  let answer: SignInResponse = await client.send(
    new sdk.InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: {
        USERNAME: userName,
        SRP_A: keys.publicKey,
        ...getSecretHashParameter(calls, userName),
      },
    }),
  );
  if (canSelectSrp(answer))
    answer = await respond(calls, answer, poolNameIn(answer, userName), {
      ANSWER: "PASSWORD_SRP",
      SRP_A: keys.publicKey,
    });
  const poolName = poolNameIn(answer, userName);
  if (answer.ChallengeName !== "PASSWORD_VERIFIER")
    return { response: answer, poolUserName: poolName };
  const claim = signPasswordChallenge(
    keys,
    userPoolId,
    password,
    answer.ChallengeParameters ?? {},
    new Date(),
  );
  answer = await respond(calls, answer, poolName, { ...claim });
  return { response: answer, poolUserName: poolName };
}

/** Whether a user pool leaves it to the user how to sign in, and SRP is among the ways. */
function canSelectSrp({
  ChallengeName: name,
  AvailableChallenges: available,
}: SignInResponse): boolean {
  return (
    name === "SELECT_CHALLENGE" && available?.includes("PASSWORD_SRP") === true
  );
}

async function respond(
  calls: UserPoolConnection,
  { ChallengeName: name, Session: session }: SignInResponse,
  poolName: string,
  responses: Readonly<Record<string, string>>,
): Promise<SignInResponse> {
  const { client, sdk, clientId } = calls;
  return client.send(
    new sdk.RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName: name as typeof sdk.ChallengeNameType.PASSWORD_VERIFIER,
      ChallengeResponses: {
        ...responses,
        USERNAME: poolName,
        ...getSecretHashParameter(calls, poolName),
      },
      Session: session,
    }),
  );
}

function poolNameIn(
  { ChallengeParameters: parameters }: SignInResponse,
  userName: string,
): string {
  return parameters?.USER_ID_FOR_SRP ?? userName;
}

function requireUserPoolId({ userPoolId }: UserPoolConnection): string {
  if (userPoolId !== undefined) return userPoolId;
  throw new UserError(
    "user pool id is required to sign in with SRP",
    "set --user-pool-id or USER_POOL_ID: it is a stage's output userpool_id",
  );
}
