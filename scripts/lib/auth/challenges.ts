import { UserError } from "../../../constructs/errors";
import type { OpenTerminal, Terminal } from "../cli/terminal";
import { parseJson } from "../system/json-object";
import { askNewPassword } from "./new-password";
import { setUpTotp } from "./totp-setup";
import type { UserPoolConnection } from "./user-pool-connection";

/** A challenge of a user pool, which a user answers before the user pool issues tokens. */
export interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Challenges that `SELECT_CHALLENGE` offers. */
  readonly availableChallenges: readonly string[];
  readonly session: string | undefined;
  /** Name that the user signed in with. */
  readonly userName: string;
  /** Name of the user in the user pool. */
  readonly poolUserName: string;
}

export interface ChallengeAnswer {
  readonly responses: Readonly<Record<string, string>>;
  /** Session that replaces the challenge's. */
  readonly session?: string | undefined;
}

export interface ChallengeContext {
  readonly connection: UserPoolConnection;
  readonly terminal: OpenTerminal;
  /** Previous answer, if it was invalid. */
  readonly previousAnswer: ChallengeAnswer | undefined;
}

type Handler = (
  challenge: Challenge,
  terminal: Terminal,
  context: ChallengeContext,
) => Promise<ChallengeAnswer>;

/** Descriptions of MFA methods, by their challenges. */
const MFA_METHODS: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "a code of your authenticator app",
  SMS_MFA: "a code by text message",
  SMS_OTP: "a code by text message",
  EMAIL_OTP: "a code by email",
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  NEW_PASSWORD_REQUIRED: answerNewPassword,
  SELECT_CHALLENGE: async (challenge, terminal) =>
    selectMethod(challenge, challenge.availableChallenges, terminal),
  SELECT_MFA_TYPE: async (challenge, terminal) =>
    selectMethod(
      challenge,
      parseNames(challenge.parameters.MFAS_CAN_CHOOSE),
      terminal,
    ),
  SOFTWARE_TOKEN_MFA: createCodeHandler(
    "SOFTWARE_TOKEN_MFA_CODE",
    "of your authenticator app",
  ),
  SMS_MFA: createCodeHandler("SMS_MFA_CODE", "sent by text message"),
  SMS_OTP: createCodeHandler("SMS_OTP_CODE", "sent by text message"),
  EMAIL_OTP: createCodeHandler("EMAIL_OTP_CODE", "sent by email"),
  MFA_SETUP: answerMfaSetup,
};

/**
 * Asks the user to answer a challenge.
 *
 * @throws UserError if the challenge cannot be answered at a terminal
 */
export async function answerChallenge(
  challenge: Challenge,
  context: ChallengeContext,
): Promise<ChallengeAnswer> {
  const { name, userName } = challenge;
  const handler = HANDLERS[name];
  if (handler === undefined) {
    throw new UserError(
      `the user pool requires ${name}, which a sign-in by password does not support`,
      "sign in through the browser, or provide an id token",
    );
  }
  const terminal = context.terminal(
    `the user pool requires ${name} of ${userName}`,
  );
  return handler(challenge, terminal, context);
}

/** Repeats the attributes of an answer whose password was invalid. */
async function answerNewPassword(
  { parameters }: Challenge,
  terminal: Terminal,
  { previousAnswer }: ChallengeContext,
): Promise<ChallengeAnswer> {
  const NEW_PASSWORD = await askNewPassword(terminal);
  if (previousAnswer !== undefined)
    return { responses: { ...previousAnswer.responses, NEW_PASSWORD } };
  const attributes: Record<string, string> = {};
  for (const required of parseNames(parameters.requiredAttributes)) {
    const attribute = required.replace(/^userAttributes\./, "");
    attributes[`userAttributes.${attribute}`] = await terminal.ask(
      `${attribute} (required): `,
    );
  }
  return { responses: { ...attributes, NEW_PASSWORD } };
}

async function selectMethod(
  challenge: Challenge,
  offered: readonly string[],
  terminal: Terminal,
): Promise<ChallengeAnswer> {
  const methods = offered.filter((name) => name in MFA_METHODS);
  if (methods.length === 0) throw unsupportedMethods(challenge, offered);
  terminal.writeLine("Another factor is required:");
  methods.forEach((name, index) => {
    terminal.writeLine(`  ${index + 1}  ${MFA_METHODS[name] ?? name}`);
  });
  for (;;) {
    const choice = await terminal.ask(`Which one, 1 to ${methods.length}? `);
    const ANSWER = /^\d$/.test(choice)
      ? methods[Number(choice) - 1]
      : undefined;
    if (ANSWER !== undefined) return { responses: { ANSWER } };
  }
}

async function answerMfaSetup(
  challenge: Challenge,
  terminal: Terminal,
  { connection }: ChallengeContext,
): Promise<ChallengeAnswer> {
  const { userName, session, parameters } = challenge;
  const offered = parseNames(parameters.MFAS_CAN_SETUP);
  if (offered.length > 0 && !offered.includes("SOFTWARE_TOKEN_MFA"))
    throw unsupportedMethods(challenge, offered);
  return {
    responses: {},
    session: await setUpTotp(connection, userName, session, terminal),
  };
}

/** @param response name of the response that holds the code */
function createCodeHandler(response: string, source: string): Handler {
  return async ({ parameters }, terminal) => {
    const { CODE_DELIVERY_DESTINATION: address } = parameters;
    const recipient = address === undefined ? "" : ` to ${address}`;
    const code = await terminal.ask(`Code ${source}${recipient}: `);
    return { responses: { [response]: code.replace(/\s/g, "") } };
  };
}

function unsupportedMethods(
  { name, userName }: Challenge,
  offered: readonly string[],
): UserError {
  return new UserError(
    `the user pool requires ${name} of ${userName} by ${offered.join(" or ") || "no method"}, which a sign-in by password does not support`,
    "ask an administrator to add a phone number or email address of the user, or to enable authenticator apps",
  );
}

/** Parses a list of names that AWS writes as JSON. */
function parseNames(text = "[]"): string[] {
  const list = parseJson(text);
  return Array.isArray(list)
    ? list.filter((name) => typeof name === "string")
    : [];
}
