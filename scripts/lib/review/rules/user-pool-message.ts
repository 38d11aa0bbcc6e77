import {
  type Attributes,
  readAttribute,
  readText,
  toBlocks,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import { isEmptyEmailMfa } from "./apply-order";
import {
  combineChecks,
  coverAttributes,
  reportChanged,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool");

const MESSAGES = [
  "admin_create_user_config.invite_message_template",
  "email_verification_message",
  "email_verification_subject",
  "sms_verification_message",
  "verification_message_template",
];

/** Attributes of the sender of email. */
const SENDER = [
  "email_sending_account",
  "source_arn",
  "from_email_address",
  "reply_to_email_address",
  "configuration_set",
];

/** Rules about the messages of a user pool, which contain codes, links and temporary passwords. */
export const MESSAGE_RULES = {
  "mfa-message-changed": {
    severity: "weakening",
    covers: covers(
      "email_mfa_configuration",
      "sms_configuration",
      "sms_authentication_message",
    ),
    description:
      "The way in which second factors and codes are sent changes: the email, the text message, or the role that sends it.",
    check: combineChecks(
      (context) =>
        // another rule reports a factor that is added or removed
        [context.before, context.after].some(
          (values) =>
            toBlocks(values.email_mfa_configuration).length === 0 ||
            isEmptyEmailMfa(values),
        )
          ? []
          : reportChanged(
              "email_mfa_configuration",
              text` sends second factors in another email`,
            )(context),
      reportChanged(
        "sms_configuration",
        text` sends text messages in another way`,
      ),
      reportChanged(
        "sms_authentication_message",
        text` sends second factors in another text message`,
      ),
    ),
  },
  "email-sender-changed": {
    severity: "weakening",
    covers: covers("email_configuration"),
    description: "Another email sender sends codes and invitations.",
    check: (context) =>
      isOwnSender(context)
        ? []
        : SENDER.flatMap((attribute) =>
            reportChanged(
              `email_configuration.${attribute}`,
              text` sends email with another ${attribute as Redacted}`,
            )({
              ...context,
              before: removeDefaultSender(context.before),
              after: removeDefaultSender(context.after),
            }),
          ),
  },
  "message-changed": {
    severity: "weakening",
    covers: covers(...MESSAGES),
    description:
      "A message with a code, link or temporary password changes; its links may lead users to another site.",
    check: checkMessages,
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Whether a new user pool sends email from an identity of its own account. */
function isOwnSender({ after, isCreated, accounts }: RuleContext): boolean {
  const arn = readText(after, "email_configuration.source_arn");
  return isCreated && accounts.has(arn?.split(":")[4] ?? "");
}

/** Removes the sender that AWS uses by default. */
function removeDefaultSender(values: Attributes): Attributes {
  const sender = readText(values, "email_configuration.email_sending_account");
  const [block] = toBlocks(values.email_configuration);
  return sender === "COGNITO_DEFAULT"
    ? {
        ...values,
        email_configuration: [{ ...block, email_sending_account: null }],
      }
    : values;
}

/** Reports a message of a new user pool only if it has a link. */
function checkMessages(context: RuleContext): readonly RichText[] {
  const { after, name, isCreated } = context;
  if (!isCreated)
    return MESSAGES.flatMap((path) =>
      reportChanged(path, text` sends another message`)(context),
    );
  return MESSAGES.filter((path) => {
    const reading = readAttribute(after, path);
    return (
      reading.kind === "known" &&
      /https?:|<a\b|href/i.test(JSON.stringify(reading.value))
    );
  }).map(() => text`${name} sends a message with a link`);
}
