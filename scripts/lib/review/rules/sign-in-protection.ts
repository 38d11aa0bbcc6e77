import { readText, toBlocks } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import {
  combineChecks,
  coverAttributes,
  findMissing,
  isPartlyUnknown,
  limitToExisting,
  REPLACES,
  reportAdded,
  reportChanged,
  reportDowngraded,
  reportNames,
  reportRemoved,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const RISK = "aws_cognito_risk_configuration";
const LOG = "aws_cognito_log_delivery_configuration";

const TAKEOVER = "account_takeover_risk_configuration";
const CREDENTIALS = "compromised_credentials_risk_configuration";
const EXCEPTIONS = "risk_exception_configuration";

/** Reactions to a risky sign-in, the weakest first. */
const REACTIONS = ["NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK"];

const covers = coverAttributes(RISK);

/** Rules about the protection of sign-ins: reactions to risks, web ACLs and logs of users. */
export const SIGN_IN_PROTECTION_RULES = {
  "risk-reaction-weakened": {
    severity: "weakening",
    covers: covers(`${TAKEOVER}.actions`, CREDENTIALS),
    description: "Threat protection reacts less to a risky sign-in.",
    check: limitToExisting(
      combineChecks(
        ...["low", "medium", "high"].map((level) =>
          reportDowngraded(
            `${TAKEOVER}.actions.${level}_action.event_action`,
            REACTIONS,
            text` reacts less to a risky sign-in`,
          ),
        ),
        reportDowngraded(
          `${CREDENTIALS}.actions.event_action`,
          REACTIONS,
          text` reacts less to compromised passwords`,
        ),
        reportRemoved(
          `${CREDENTIALS}.event_filter`,
          text` no longer checks for compromised passwords on `,
        ),
      ),
    ),
  },
  "risk-exception-added": {
    severity: "weakening",
    covers: covers(EXCEPTIONS),
    description:
      "Threat protection ignores sign-ins from IP addresses, or no longer blocks those from others.",
    check: combineChecks(
      reportAdded(
        `${EXCEPTIONS}.skipped_ip_range_list`,
        text` does not check sign-ins from `,
      ),
      reportRemoved(
        `${EXCEPTIONS}.blocked_ip_range_list`,
        text` no longer blocks sign-ins from `,
      ),
    ),
  },
  "risk-message-changed": {
    severity: "weakening",
    covers: covers(
      `${TAKEOVER}.notify_configuration`,
      ...["low", "medium", "high"].map(
        (level) => `${TAKEOVER}.actions.${level}_action.notify`,
      ),
    ),
    description:
      "The email about a risky sign-in changes, or its sender; its links may lead users to another site.",
    check: limitToExisting(
      reportChanged(
        `${TAKEOVER}.notify_configuration`,
        text` warns users of risky sign-ins in another email`,
      ),
    ),
  },
  "user-log-changed": {
    severity: "weakening",
    covers: { [LOG]: ["log_configurations"] },
    description:
      "The activity of users is no longer logged, or is logged to another destination.",
    check: checkLogs,
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const SIGN_IN_PROTECTION_TYPES = {
  [RISK]: {
    ignored: { [REPLACES]: "client_id user_pool_id" },
  },
  [LOG]: { ignored: { [REPLACES]: "user_pool_id" } },
  aws_wafv2_web_acl_association: {
    ignored: { [REPLACES]: "resource_arn web_acl_arn" },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** Destinations of a log, of which a configuration has one. */
const DESTINATIONS = [
  "cloud_watch_logs_configuration.log_group_arn",
  "firehose_configuration.stream_arn",
  "s3_configuration.bucket_arn",
];

/** Reports logs that end, and new destinations in another account. */
function checkLogs(context: RuleContext): readonly RichText[] {
  const { before, after, name, accounts, isCreated } = context;
  if (isPartlyUnknown(after, "log_configurations")) return [];
  const [from, to] = [listLogs(before), listLogs(after)];
  const isForeign = (destination: Redacted): boolean => {
    const account = destination.split(":")[4] ?? "";
    return /^\d{12}$/.test(account) && !accounts.has(account);
  };
  const added = to.filter(
    (log) => !from.some((earlier) => isSameLog(earlier, log)),
  );
  return [
    ...reportNames(
      findMissing(
        to.map(({ event }) => event),
        from.map(({ event }) => event),
      ),
      text`${name} no longer logs `,
    ),
    ...added
      .filter(({ destination }) => !isCreated || isForeign(destination))
      .map(
        ({ event, destination }) =>
          text`${name} logs ${event} to ${destination}`,
      ),
  ];
}

interface Log {
  readonly event: Redacted;
  readonly level: Redacted | undefined;
  readonly destination: Redacted;
}

function listLogs(values: RuleContext["after"]): readonly Log[] {
  return toBlocks(values.log_configurations).map((log) => ({
    event: readText(log, "event_source") ?? ("" as Redacted),
    level: readText(log, "log_level"),
    destination:
      DESTINATIONS.flatMap((path) => readText(log, path) ?? [])[0] ??
      ("" as Redacted),
  }));
}

function isSameLog(one: Log, other: Log): boolean {
  return (
    one.event === other.event &&
    one.level === other.level &&
    one.destination === other.destination
  );
}
