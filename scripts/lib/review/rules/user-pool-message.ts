import {
  toBlocks,
  readAttribute,
  readText,
  type Attributes,
} from "../../plan/attribute";
import { literal, text, type RichText } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  coverAttributes,
  type Rule,
  type RuleContext,
} from "./rule";

const TYPE = "aws_cognito_user_pool";

const covers = coverAttributes(TYPE);

/** What weakens the messages of a user pool, which carry codes, links and temporary passwords. */
export const MESSAGE_RULES = {
  "mfa-message-changed": {
    severity: "weakening",
    covers: covers(
      "email_mfa_configuration",
      "sms_configuration",
      "sms_authentication_message",
    ),
    description:
      "The way in which second factors and codes are sent changes: the e-mail, the text message, or the role that sends it.",
    check: combineChecks(
      reportChanged(
        "email_mfa_configuration",
        literal(" sends second factors by another e-mail"),
      ),
      reportChanged(
        "sms_configuration",
        literal(" sends text messages in another way"),
      ),
      reportChanged(
        "sms_authentication_message",
        literal(" sends second factors by another text message"),
      ),
    ),
  },
  "email-sender-changed": {
    severity: "weakening",
    covers: covers("email_configuration"),
    description: "Codes and invitations are sent by another e-mail sender.",
    check: ({ before, after, ...context }) =>
      reportChanged(
        "email_configuration",
        literal(" sends e-mail in another way"),
      )({
        ...context,
        before: withoutDefaultSender(before),
        after: withoutDefaultSender(after),
      }),
  },
  "message-changed": {
    severity: "weakening",
    covers: covers(
      "admin_create_user_config.invite_message_template",
      "email_verification_message",
      "email_verification_subject",
      "sms_verification_message",
      "verification_message_template",
    ),
    description:
      "A message with a code, link or temporary password has another text; links in it lead users elsewhere.",
    check: messages,
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** AWS sends e-mail itself unless the code says otherwise. */
function withoutDefaultSender(values: Attributes): Attributes {
  const sender = readText(values, "email_configuration.email_sending_account");
  const [block] = toBlocks(values.email_configuration);
  return sender === "COGNITO_DEFAULT"
    ? {
        ...values,
        email_configuration: [{ ...block, email_sending_account: null }],
      }
    : values;
}

const MESSAGES: readonly string[] = [
  "admin_create_user_config.invite_message_template",
  "email_verification_message",
  "email_verification_subject",
  "sms_verification_message",
  "verification_message_template",
];

/** A message of a new user pool leads nowhere else unless it has a link. */
function messages(context: RuleContext): readonly RichText[] {
  if (!context.isCreated)
    return MESSAGES.flatMap((path) =>
      reportChanged(path, literal(" sends another message"))(context),
    );
  const { after, name } = context;
  return MESSAGES.filter((path) => {
    const reading = readAttribute(after, path);
    return (
      reading.kind === "known" &&
      /https?:|<a\b|href/i.test(JSON.stringify(reading.value))
    );
  }).map(() => text`${name} sends a message with a link`);
}
