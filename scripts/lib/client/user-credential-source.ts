import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import {
  getIdentityCredentials,
  readExpiry,
} from "../auth/identity-credentials";
import { signIn } from "../auth/sign-in";
import type { SignInIds } from "../auth/sign-in-ids";
import { connectToUserPool } from "../auth/user-pool-connection";
import {
  createSession,
  getEndpointKey,
  removeCachedSession,
  revokeSession,
  type SignedInUser,
  type UserSession,
  withCachedSession,
} from "../auth/user-session";
import { explainAwsError } from "../aws/errors";
import type { OpenTerminal } from "../cli/terminal";
import { EndpointFailure } from "../http/fetch";
import { ClientError, type ClientErrorCode } from "./client-error";
import { type CredentialSource, SignedOutError } from "./renewed-credentials";
import type {
  BrowserSignInOptions,
  IdTokenOptions,
  PasswordSignInOptions,
  UserCredentialsOptions,
  UserPrompt,
} from "./user-credentials-options";

/** Cached credentials are used as long as no renewal is due. */
const MIN_VALIDITY_MS = 600_000;
/** Time to wait for the sign-in of another process. */
const WAIT_SECONDS = 900;

type SignInOptions = BrowserSignInOptions | PasswordSignInOptions;

/** Thrown for an error of a function of the application, which receives it as it is. */
class CallbackFailure extends Error {
  constructor(readonly reason: unknown) {
    super("a function of the application failed");
  }
}

/** Creates the source of credentials that the options describe. */
export function createCredentialSource(
  ids: SignInIds,
  options: UserCredentialsOptions,
): CredentialSource {
  return options.idToken === undefined
    ? createSignInSource(ids, options)
    : createTokenSource(ids, options);
}

function createTokenSource(
  { identityPoolId }: SignInIds,
  { idToken }: IdTokenOptions,
): CredentialSource {
  return {
    issue: () =>
      withCodes("identity_pool_refused", undefined, async () => {
        const token = await resolveText("idToken", idToken);
        if ((readExpiry(token) ?? Infinity) <= Date.now())
          throw new ClientError(
            "token_expired",
            "idToken has expired",
            typeof idToken === "string"
              ? "set idToken to a function that returns a valid token, or sign the user in with signIn"
              : "return a token that is valid",
          );
        return getIdentityCredentials(identityPoolId, token, "idToken");
      }),
    // the sign-in is that of the application
    signOut: () => Promise.resolve(),
  };
}

function createSignInSource(
  ids: SignInIds,
  options: SignInOptions,
): CredentialSource {
  const { diskCache = false, log = writeToStandardError } = options;
  const cache = {
    key: getCacheKey(ids, options),
    waitSeconds: WAIT_SECONDS,
    log,
  };
  let session: UserSession | undefined;
  let signOuts = 0;
  return {
    issue: (former, signal) =>
      withCodes("sign_in_refused", signal, async () => {
        const source = {
          clientSecret: undefined,
          resolveIds: () => Promise.resolve(ids),
          signIn: () => startSignIn(ids, options, log, signal),
        };
        const signOutsBefore = signOuts;
        const create = async (previous: unknown): Promise<UserSession> => {
          const created = await createSession(source, previous ?? session);
          if (signOuts === signOutsBefore) return created;
          await revokeSession(created, undefined);
          throw new SignedOutError();
        };
        session = diskCache
          ? await withCachedSession(
              {
                ...cache,
                minValidityMs: MIN_VALIDITY_MS,
                shouldRefresh: false,
                former,
              },
              create,
            )
          : await create(undefined);
        return session.credentials;
      }),
    signOut: () =>
      withCodes("sign_in_refused", undefined, async () => {
        signOuts++;
        const ended = session;
        session = undefined;
        if (ended !== undefined) await revokeSession(ended, undefined);
        if (!diskCache) return;
        await removeCachedSession(cache, async (cached) => {
          if (
            cached !== undefined &&
            cached.refreshToken !== ended?.refreshToken
          )
            await revokeSession(cached, undefined);
        });
      }),
  };
}

/** The session of one user, method or identity provider must not be used for another. */
function getCacheKey(
  ids: SignInIds,
  { signIn: method, userName = "", identityProvider = "" }: SignInOptions,
): readonly string[] {
  const user = [method, userName, identityProvider];
  const endpoints = getEndpointKey(getEnvironment());
  return ["user-credentials", ...user, JSON.stringify([ids, endpoints])];
}

async function startSignIn(
  ids: SignInIds,
  options: SignInOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<SignedInUser> {
  if (options.signIn === "password") {
    const { userName, password, prompt } = options;
    const tokens = await signIn(await connectToUserPool(ids), {
      userName,
      password: await resolveText("password", password),
      authFlow: "srp",
      shouldAnswerChallenges: true,
      shouldResetPassword: false,
      terminal: createTerminal(prompt),
    });
    return { ids, ...tokens };
  }
  const { identityProvider, openBrowser } = options;
  const { getBrowserSignInHost, signInThroughBrowser } =
    await import("../auth/browser-sign-in");
  const host = getBrowserSignInHost();
  const tokens = await signInThroughBrowser(
    ids,
    {
      identityProvider,
      canOpenBrowser: true,
      clientSecret: undefined,
      terminal: undefined,
      log,
      signal,
    },
    openBrowser === undefined
      ? host
      : {
          ...host,
          open: async (url) =>
            (await callBack(() => openBrowser(url))) !== false,
        },
  );
  return { ids, ...tokens };
}

/** Creates a terminal that asks the user of the application. */
function createTerminal(prompt: UserPrompt | undefined): OpenTerminal {
  return (needs = "an answer of the user is required") => {
    if (prompt === undefined)
      throw new ClientError(
        "sign_in_required",
        `${needs}, but the option prompt is not set`,
        'set prompt, or sign in with signIn: "browser"',
      );
    const ask = (question: string, isSecret: boolean): Promise<string> =>
      callBack(() => prompt.ask(question, isSecret));
    return {
      columns: 80,
      writeLine: (line) => {
        prompt.show(line);
      },
      ask: async (question) => (await ask(question, false)).trim(),
      askHidden: (question) => ask(question, true),
      confirm: async (question) =>
        /^y(es)?$/i.test((await ask(`${question} [y/N] `, false)).trim()),
    };
  };
}

/** Returns an option that is text, or a function that returns it. */
async function resolveText(
  name: string,
  option: string | (() => string | Promise<string>),
): Promise<string> {
  if (typeof option === "string") return option;
  const text: unknown = await callBack(option);
  if (typeof text === "string" && text !== "") return text;
  throw new ClientError(
    "invalid_option",
    `userCredentials: ${name} must return text, got ${text === "" ? "empty text" : typeof text}`,
  );
}

async function callBack<T>(callback: () => T | Promise<T>): Promise<T> {
  try {
    return await callback();
  } catch (error) {
    throw new CallbackFailure(error);
  }
}

function writeToStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a job, and adds a code to its error: `code` for a refusal that has none. Errors of other code stay as they are. */
async function withCodes<T>(
  code: ClientErrorCode,
  signal: AbortSignal | undefined,
  job: () => Promise<T>,
): Promise<T> {
  try {
    return await job();
  } catch (error) {
    if (error instanceof CallbackFailure) throw error.reason;
    if (error instanceof ClientError || error === signal?.reason) throw error;
    const explained =
      error instanceof UserError ? error : explainAwsError(error);
    if (explained === undefined) throw error;
    const isRefusal =
      error instanceof UserError && !(error instanceof EndpointFailure);
    throw new ClientError(
      isRefusal ? code : "endpoint_failed",
      explained.message,
      explained.hint,
    );
  }
}
