import { validate } from "../../../constructs/constraints/limit";
import { SIGN_IN_ID_LIMITS, toDomainUrl } from "../auth/sign-in-id-limits";
import type { SignInIds } from "../auth/sign-in-ids";
import { ClientError } from "./client-error";
import {
  BOOLEAN,
  FUNCTION,
  type OptionRule,
  requireValidOptions,
  TEXT,
} from "./options";
import { type OutputIdName, type OutputIds, readOutputIds } from "./output-ids";

const CALLER = "userCredentials";

/** Names a stage by its outputs. */
export interface StageOutputsOptions {
  /**
   * Outputs of a stage, as `veda-auth outputs --format json` or `terraform output -json` prints them, or as variables in
   * upper case.
   */
  readonly outputs: object;
  readonly identityPoolId?: undefined;
  readonly userPoolId?: undefined;
  readonly clientId?: undefined;
  readonly domain?: undefined;
}

/** Names the identity pool alone, for an id token that is provided. */
export interface IdentityPoolOptions {
  readonly outputs?: undefined;
  /** The output `identitypool_id` of a stage. It begins with its Region. */
  readonly identityPoolId: string;
  readonly userPoolId?: undefined;
  readonly clientId?: undefined;
  readonly domain?: undefined;
}

/** Names what a sign-in by password uses. */
export interface SignInIdOptions {
  readonly outputs?: undefined;
  /** The output `identitypool_id` of a stage. It begins with its Region. */
  readonly identityPoolId: string;
  /** The output `userpool_id` of a stage. It begins with its Region. */
  readonly userPoolId: string;
  /** The output `client_id` of a stage. */
  readonly clientId: string;
  readonly domain?: undefined;
}

/** Names what a sign-in through the browser uses. */
export interface BrowserIdOptions extends Omit<SignInIdOptions, "domain"> {
  /** Domain of the sign-in pages: the output `userpool_domain_base_url` of a stage. */
  readonly domain: string;
}

/** Uses an id token that the application has. */
export interface IdTokenOptions {
  /**
   * An id token of the user pool, or a function that returns a valid one for each renewal. A token alone yields credentials
   * until it expires.
   */
  readonly idToken: string | (() => string | Promise<string>);
  readonly signIn?: undefined;
  readonly openBrowser?: undefined;
  readonly identityProvider?: undefined;
  readonly userName?: undefined;
  readonly password?: undefined;
  readonly prompt?: undefined;
  readonly diskCache?: undefined;
  readonly log?: undefined;
}

/** Options of each sign-in. */
interface SignInOptions {
  readonly idToken?: undefined;
  /**
   * Stores the refresh token and the credentials in the cache of the user, in a file that only this user can read. Other
   * processes with the same options share the sign-in.
   *
   * @default false
   */
  readonly diskCache?: boolean | undefined;
  /**
   * Receives the lines for the user, such as the URL of the sign-in, and one for each retry.
   *
   * @default writes to standard error
   */
  readonly log?: ((line: string) => void) | undefined;
}

/** Signs a user in on the sign-in pages in the browser, with PKCE. */
export interface BrowserSignInOptions extends SignInOptions {
  readonly signIn: "browser";
  /**
   * Opens the URL of the sign-in pages. If it returns `false`, the user opens the URL that `log` receives.
   *
   * @default opens the browser of the user
   */
  readonly openBrowser?: ((url: string) => unknown) | undefined;
  /**
   * Name of the only identity provider to use.
   *
   * @default the user selects one on the sign-in pages
   */
  readonly identityProvider?: string | undefined;
  readonly userName?: undefined;
  readonly password?: undefined;
  readonly prompt?: undefined;
}

/** Signs a user in by password, with SRP: the password is not sent. */
export interface PasswordSignInOptions extends SignInOptions {
  readonly signIn: "password";
  readonly userName: string;
  /** The password, or a function that returns it when the user must sign in. */
  readonly password: string | (() => string | Promise<string>);
  /**
   * Asks the user for what the user pool requires in addition, such as a code or a new password.
   *
   * @default the sign-in fails with `sign_in_required` then
   */
  readonly prompt?: UserPrompt | undefined;
  readonly openBrowser?: undefined;
  readonly identityProvider?: undefined;
}

/** Shows text to the user, and asks questions. */
export interface UserPrompt {
  /** Shows a line, which can be secret, such as the key for an authenticator app. */
  readonly show: (line: string) => void;
  /** @param isSecret whether the answer must not be shown, as for a password */
  readonly ask: (question: string, isSecret: boolean) => Promise<string>;
}

/** Configuration of `userCredentials`. */
export type UserCredentialsOptions =
  | ((StageOutputsOptions | IdentityPoolOptions) & IdTokenOptions)
  | ((StageOutputsOptions | BrowserIdOptions) & BrowserSignInOptions)
  | ((StageOutputsOptions | SignInIdOptions) & PasswordSignInOptions);

const TEXT_OR_FUNCTION: OptionRule = {
  requirement: "text or a function",
  isValid: (value) =>
    FUNCTION.isValid(value) || (typeof value === "string" && value !== ""),
};
const OBJECT: OptionRule = {
  requirement: "an object",
  isValid: (value) => typeof value === "object" && value !== null,
};

const RULES = {
  outputs: OBJECT,
  identityPoolId: TEXT,
  userPoolId: TEXT,
  clientId: TEXT,
  domain: TEXT,
  idToken: TEXT_OR_FUNCTION,
  signIn: {
    requirement: '"browser" or "password"',
    isValid: (value) => value === "browser" || value === "password",
  },
  openBrowser: FUNCTION,
  identityProvider: TEXT,
  userName: TEXT,
  password: TEXT_OR_FUNCTION,
  prompt: {
    requirement: "an object with the functions show and ask",
    isValid: (value) =>
      OBJECT.isValid(value) &&
      ["show", "ask"].every((name) =>
        FUNCTION.isValid((value as Readonly<Record<string, unknown>>)[name]),
      ),
  },
  diskCache: BOOLEAN,
  log: FUNCTION,
} as const satisfies Readonly<Record<keyof UserCredentialsOptions, OptionRule>>;

type OptionName = keyof typeof RULES;

/** A way to get an id token: its options, those that it requires, and the ids. */
interface Method {
  readonly text: string;
  readonly requires: readonly OptionName[];
  readonly allows: readonly OptionName[];
  readonly ids: readonly OutputIdName[];
}

const METHODS: Readonly<Record<"idToken" | "browser" | "password", Method>> = {
  idToken: {
    text: "idToken",
    requires: [],
    allows: ["idToken"],
    ids: ["identityPoolId"],
  },
  browser: {
    text: 'signIn: "browser"',
    requires: [],
    allows: ["signIn", "openBrowser", "identityProvider", "diskCache", "log"],
    ids: ["identityPoolId", "userPoolId", "clientId", "domain"],
  },
  password: {
    text: 'signIn: "password"',
    requires: ["userName", "password"],
    allows: ["signIn", "prompt", "diskCache", "log"],
    ids: ["identityPoolId", "userPoolId", "clientId"],
  },
};

/**
 * Validates the options, and returns the ids that they name.
 *
 * @throws ClientError that lists every problem; no value of an option is repeated, apart from an invalid id
 */
export function resolveUserCredentialsOptions(
  options: UserCredentialsOptions,
): SignInIds {
  requireValidOptions<object>(CALLER, options, RULES);
  const set = (Object.keys(RULES) as OptionName[]).filter(
    (name) => options[name] !== undefined,
  );
  const { idToken, signIn } = options;
  if ((idToken === undefined) === (signIn === undefined))
    throw createOptionError([
      `either signIn or idToken is required, got ${idToken === undefined ? "neither" : "both"}`,
    ]);
  const method = METHODS[signIn ?? "idToken"];
  const { text, requires, ids: idNames } = method;
  const isOutputs = options.outputs !== undefined;
  const required = [...requires, ...(isOutputs ? [] : idNames)];
  const allowed = [...method.allows, ...required, "outputs"];
  const problems = [
    ...required
      .filter((name) => !set.includes(name))
      .map((name) => `${name} is required with ${text}`),
    ...set
      .filter((name) => !allowed.includes(name))
      .map((name) =>
        isOutputs && name in SIGN_IN_ID_LIMITS
          ? `${name} must not be used together with outputs`
          : `${name} must not be used together with ${text}`,
      ),
  ];
  if (problems.length > 0) throw createOptionError(problems);
  const ids =
    options.outputs === undefined
      ? pickIds(options, idNames)
      : readOutputIds(CALLER, options.outputs, idNames);
  const invalid = idNames
    .map((name) => validate(SIGN_IN_ID_LIMITS[name], ids[name] ?? ""))
    .filter((problem) => problem !== undefined);
  if (invalid.length > 0) throw createOptionError(invalid);
  return toSignInIds(ids);
}

function pickIds(
  options: UserCredentialsOptions,
  names: readonly OutputIdName[],
): OutputIds {
  return Object.fromEntries(names.map((name) => [name, options[name]]));
}

function toSignInIds({
  identityPoolId = "",
  userPoolId,
  clientId = "",
  domain,
}: OutputIds): SignInIds {
  return {
    ...(userPoolId !== undefined && { userPoolId }),
    clientId,
    clientRegion: userPoolId?.split("_", 1)[0] ?? "",
    identityPoolId,
    ...(domain !== undefined && { domain: toDomainUrl(domain) }),
  };
}

function createOptionError(problems: readonly string[]): ClientError {
  return new ClientError("invalid_option", `${CALLER}: ${problems.join("; ")}`);
}
