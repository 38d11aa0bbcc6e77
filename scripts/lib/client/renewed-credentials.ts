import { RenewedToken, type Validity } from "../auth/renewed-token";
import type { Credentials } from "../auth/identity-credentials";
import { waitUntilAborted } from "../system/abort";
import type { Clock } from "../system/clock";
import { ClientError } from "./client-error";

/** After a sign-in that failed, no other one starts for this time: a program must not ask its user again and again. */
const SIGN_IN_PAUSE_MS = 300_000;

/** AWS credentials of a user's role, in the shape of the AWS SDK. */
export interface UserAwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Options of one call for credentials. */
export interface GetUserCredentialsOptions {
  /**
   * Requests new credentials, even if the current ones are valid, or a pause after a failure has not passed. Credentials that
   * are only seconds old are returned again.
   *
   * @default false
   */
  readonly forceRefresh?: boolean | undefined;
  /**
   * Makes this caller stop waiting. When no caller waits any more, a sign-in in the browser ends.
   *
   * @default waits until the credentials are returned, or an attempt fails
   */
  readonly signal?: AbortSignal | undefined;
}

/** A credential provider of the AWS SDK: the option `credentials` of its clients. */
export interface UserCredentials {
  /**
   * Returns valid credentials: the current ones, renewed ones, or those of a sign-in.
   *
   * @throws ClientError if there are none; the reason of the signal if it is aborted
   */
  (options?: GetUserCredentialsOptions): Promise<UserAwsCredentials>;
  /**
   * Discards the credentials, revokes the refresh token of a sign-in, and ends a sign-in that is under way. Credentials that
   * were already issued remain valid until they expire.
   */
  signOut(): Promise<void>;
}

/** Where credentials come from: sign-ins of a user, or id tokens of the application. */
export interface CredentialSource {
  /**
   * @param former credentials that must be replaced
   * @param signal ends a sign-in that waits for the user
   */
  readonly issue: (
    former: Credentials | undefined,
    signal: AbortSignal,
  ) => Promise<Credentials>;
  readonly signOut: () => Promise<void>;
}

/** Thrown if the user signs out during a sign-in or a renewal. */
export class SignedOutError extends ClientError {
  constructor() {
    super(
      "sign_in_required",
      "the user signed out before the credentials were issued",
      "request credentials again to sign in",
    );
  }
}

interface IssuedCredentials extends Validity {
  readonly credentials: Credentials;
}

/** Creates the provider of a source: one request for all callers, renewals ahead of expiry, and pauses after failures. */
export function createUserCredentials(
  source: CredentialSource,
  clock: Clock,
): UserCredentials {
  let waiting = 0;
  let end = new AbortController();
  const isEnded = (error: unknown): boolean =>
    end.signal.aborted &&
    error === end.signal.reason &&
    !(error instanceof SignedOutError);
  const createRenewed = (): RenewedToken<IssuedCredentials> =>
    new RenewedToken(
      async (former) => {
        end = new AbortController();
        const requestedAt = clock.now();
        const credentials = await source.issue(former?.credentials, end.signal);
        const expiresAt = Date.parse(credentials.Expiration);
        return { credentials, requestedAt, expiresAt };
      },
      clock,
      (error) => (isEnded(error) ? 0 : getPauseMs(error)),
    );
  let renewed = createRenewed();

  const get = async (
    options: GetUserCredentialsOptions = {},
  ): Promise<UserAwsCredentials> => {
    const { forceRefresh = false, signal } = options;
    signal?.throwIfAborted();
    const job = forceRefresh ? renewed.renew() : renewed.get();
    waiting++;
    let current: IssuedCredentials;
    try {
      current = await waitUntilAborted(job, signal);
    } catch (error) {
      // this caller joined a sign-in that another caller had just ended
      if (isEnded(error) && signal?.aborted !== true) return await get(options);
      throw error;
    } finally {
      waiting--;
      if (signal?.aborted === true && waiting === 0) end.abort(signal.reason);
    }
    return toUserAwsCredentials(current.credentials);
  };
  return Object.assign(get, {
    signOut: async (): Promise<void> => {
      renewed = createRenewed();
      end.abort(new SignedOutError());
      await source.signOut();
    },
  });
}

/** Returns the pause after a failed sign-in. Other failures have pauses that grow. */
function getPauseMs(error: unknown): number | undefined {
  return error instanceof ClientError && error.code.startsWith("sign_in_")
    ? SIGN_IN_PAUSE_MS
    : undefined;
}

function toUserAwsCredentials({
  AccessKeyId: accessKeyId,
  SecretKey: secretAccessKey,
  SessionToken: sessionToken,
  Expiration,
}: Credentials): UserAwsCredentials {
  const expiration = new Date(Expiration);
  return { accessKeyId, secretAccessKey, sessionToken, expiration };
}
