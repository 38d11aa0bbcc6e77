import { UserError } from "../../../constructs/errors";
import { askNewPassword } from "./new-password";
import type { OpenTerminal, Terminal } from "../cli/terminal";
import { setUpTotp } from "./totp-setup";
import type { UserPoolConnection } from "./user-pool-connection";

/** What a user pool asks of a user before it gives tokens. */
export interface Challenge {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of challenges that `SELECT_CHALLENGE` offers. */
  readonly availableChallenges: readonly string[];
  readonly session: string | undefined;
  /** Name that the user signed in with. */
  readonly userName: string;
  /** Name that the user pool knows the user by. */
  readonly poolUserName: string;
}

/** What the user answers. */
export interface ChallengeAnswer {
  readonly responses: Readonly<Record<string, string>>;
  /** A session that takes the place of the challenge's. */
  readonly session?: string | undefined;
}

export interface ChallengeContext {
  readonly calls: UserPoolConnection;
  readonly terminal: Terminal;
  /** The answer that was refused, when the challenge is asked again. */
  readonly rejectedAnswer: ChallengeAnswer | undefined;
}

type Handler = (
  challenge: Challenge,
  context: ChallengeContext,
) => Promise<ChallengeAnswer>;

/** Ways to prove who one is, by the names of their challenges. */
const MFA_METHODS: Readonly<Record<string, string>> = {
  SOFTWARE_TOKEN_MFA: "a code of your authenticator app",
  SMS_MFA: "a code by text message",
  SMS_OTP: "a code by text message",
  EMAIL_OTP: "a code by e-mail",
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  NEW_PASSWORD_REQUIRED: answerNewPassword,
  SELECT_CHALLENGE: async (challenge, { terminal }) =>
    select(challenge, challenge.availableChallenges, terminal),
  SELECT_MFA_TYPE: async (challenge, { terminal }) =>
    select(challenge, names(challenge.parameters.MFAS_CAN_CHOOSE), terminal),
  SOFTWARE_TOKEN_MFA: code(
    "SOFTWARE_TOKEN_MFA_CODE",
    () => "Code of your authenticator app: ",
  ),
  SMS_MFA: code("SMS_MFA_CODE", sentCode("text message")),
  SMS_OTP: code("SMS_OTP_CODE", sentCode("text message")),
  EMAIL_OTP: code("EMAIL_OTP_CODE", sentCode("e-mail")),
  MFA_SETUP: answerSetup,
};

/**
 * Asks a user what a challenge asks.
 *
 * @throws UserError when the challenge is none that can be answered on a terminal
 */
export async function answerChallenge(
  challenge: Challenge,
  context: Omit<ChallengeContext, "terminal"> & {
    readonly terminal: OpenTerminal;
  },
): Promise<ChallengeAnswer> {
  const { name, userName, poolUserName: poolName } = challenge;
  const handler = HANDLERS[name];
  if (handler === undefined) {
    throw new UserError(
      `the user pool asks for ${name}, which cannot be answered here`,
      "sign in on the user pool's own pages, or give ID_TOKEN",
    );
  }
  const terminal = context.terminal(
    `the user pool asks ${userName} for ${name}`,
  );
  const { responses, session } = await handler(challenge, {
    ...context,
    terminal,
  });
  return {
    responses: { ...responses, USERNAME: poolName },
    session: session ?? challenge.session,
  };
}

/** The attributes are kept from an answer whose password was refused. */
async function answerNewPassword(
  { parameters }: Challenge,
  { terminal, rejectedAnswer: refused }: ChallengeContext,
): Promise<ChallengeAnswer> {
  const NEW_PASSWORD = await askNewPassword(terminal);
  if (refused !== undefined)
    return { responses: { ...refused.responses, NEW_PASSWORD } };
  const attributes: Record<string, string> = {};
  for (const required of names(parameters.requiredAttributes)) {
    const attribute = required.replace(/^userAttributes\./, "");
    attributes[`userAttributes.${attribute}`] = await terminal.ask(
      `${attribute} (required): `,
    );
  }
  return { responses: { ...attributes, NEW_PASSWORD } };
}

async function select(
  challenge: Challenge,
  offered: readonly string[],
  terminal: Terminal,
): Promise<ChallengeAnswer> {
  const ways = offered.filter((name) => name in MFA_METHODS);
  if (ways.length === 0) throw noWay(challenge, offered);
  terminal.writeLine("One more proof is needed:");
  ways.forEach((name, index) => {
    terminal.writeLine(`  ${index + 1}  ${MFA_METHODS[name] ?? name}`);
  });
  for (;;) {
    const choice = await terminal.ask(`Which one, 1 to ${ways.length}? `);
    const ANSWER = /^\d$/.test(choice) ? ways[Number(choice) - 1] : undefined;
    if (ANSWER !== undefined) return { responses: { ANSWER } };
  }
}

async function answerSetup(
  challenge: Challenge,
  { calls, terminal }: ChallengeContext,
): Promise<ChallengeAnswer> {
  const { userName, session, parameters } = challenge;
  const offered = names(parameters.MFAS_CAN_SETUP);
  if (offered.length > 0 && !offered.includes("SOFTWARE_TOKEN_MFA"))
    throw noWay(challenge, offered);
  return {
    responses: {},
    session: await setUpTotp(calls, userName, session, terminal),
  };
}

function code(
  response: string,
  question: (challenge: Challenge) => string,
): Handler {
  return async (challenge, { terminal }) => {
    const typed = await terminal.ask(question(challenge));
    return { responses: { [response]: typed.replace(/\s/g, "") } };
  };
}

function sentCode(medium: string): (challenge: Challenge) => string {
  return ({ parameters: { CODE_DELIVERY_DESTINATION: address } }) =>
    `Code sent by ${medium}${address === undefined ? "" : ` to ${address}`}: `;
}

function noWay(
  { name, userName }: Challenge,
  offered: readonly string[],
): UserError {
  return new UserError(
    `the user pool asks ${userName} for ${name} by ${offered.join(" or ") || "nothing"}, which cannot be done here`,
    "an administrator gives the user a phone number or e-mail address, or switches authenticator apps on",
  );
}

/** Names in a list that AWS writes as JSON. */
function names(text = "[]"): string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list)
      ? list.filter((name) => typeof name === "string")
      : [];
  } catch {
    return [];
  }
}
