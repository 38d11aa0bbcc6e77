import { readText, toBlocks, toTexts } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import type { Snapshot } from "../../plan/snapshot";
import {
  ASSIGNED,
  combineChecks,
  coverAttributes,
  getMembers,
  isSameValue,
  isUnknown,
  limitToExisting,
  REPLACES,
  reportChanged,
  reportNames,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const DOMAIN = "aws_cognito_user_pool_domain";
const RECORD = "aws_route53_record";
const CUSTOMIZATION = "aws_cognito_user_pool_ui_customization";
const BRANDING = "aws_cognito_managed_login_branding";

const USER_POOL = "aws_cognito_user_pool";
/** Attributes that determine how the sign-in pages look. */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  [CUSTOMIZATION]: ["css", "image_file"],
  [BRANDING]: ["asset", "settings", "use_cognito_provided_values"],
};

const covers = coverAttributes(DOMAIN);
const coversRecord = coverAttributes(RECORD);

/** Attributes that determine where a DNS record leads to. */
const TARGETS = [
  "alias",
  "records",
  "set_identifier",
  "cidr_routing_policy",
  "failover_routing_policy",
  "geolocation_routing_policy",
  "geoproximity_routing_policy",
  "latency_routing_policy",
  "multivalue_answer_routing_policy",
  "weighted_routing_policy",
  "health_check_id",
];

/** Rules about the sign-in pages of a user pool, and about their domain. */
export const SIGN_IN_PAGE_RULES = {
  "domain-certificate-region": {
    severity: "breaking",
    covers: covers("certificate_arn"),
    description:
      "The certificate of a custom domain is not in us-east-1, so that the apply fails.",
    check: checkCertificateRegion,
  },
  "domain-certificate-changed": {
    severity: "weakening",
    covers: covers("certificate_arn"),
    description: "A custom domain uses another certificate.",
    check: (context) =>
      // a domain that gets its first certificate is replaced
      readText(context.before, "certificate_arn") === undefined
        ? []
        : reportChanged(
            "certificate_arn",
            text` uses another certificate`,
          )(context),
  },
  "managed-login-version-changed": {
    severity: "breaking",
    covers: covers("managed_login_version"),
    description:
      "The sign-in pages change to another version. In version 2, a client without branding has no sign-in pages.",
    check: limitToExisting(
      reportChanged(
        "managed_login_version",
        text` has another version of the sign-in pages, with its own branding`,
      ),
    ),
  },
  "sign-in-page-changed": {
    severity: "weakening",
    covers: LOOKS,
    description:
      "The sign-in pages of an existing user pool look different, so that users may not recognize them.",
    check: checkLook,
  },
  "passkeys-moved": {
    severity: "breaking",
    covers: covers("domain"),
    description:
      "A user pool with passkeys gets a custom domain, which becomes the domain of passkeys: existing ones stop working unless relying_party_id is set.",
    check: checkPasskeys,
  },
  "dns-record-changed": {
    severity: "weakening",
    covers: coversRecord(...TARGETS),
    description: "A name leads to another server than the sign-in pages.",
    check: combineChecks(
      ...TARGETS.map((path) =>
        limitToExisting(reportChanged(path, text` leads to another server`)),
      ),
      checkNewRecord,
    ),
  },
  "dns-record-overwritten": {
    severity: "weakening",
    covers: coversRecord("allow_overwrite"),
    description: "A DNS record replaces one that exists outside Terraform.",
    check: ({ before, after, name }) =>
      after.allow_overwrite === true && before.allow_overwrite !== true
        ? [text`${name} overwrites a record that exists outside Terraform`]
        : [],
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const SIGN_IN_PAGE_TYPES = {
  [DOMAIN]: {
    ignored: {
      [ASSIGNED]:
        "aws_account_id cloudfront_distribution cloudfront_distribution_arn cloudfront_distribution_zone_id s3_bucket version",
      [REPLACES]: "user_pool_id",
    },
  },
  [RECORD]: {
    ignored: {
      [ASSIGNED]: "fqdn",
      [REPLACES]: "name type zone_id",
      "how long resolvers cache the record": "ttl",
    },
  },
  [CUSTOMIZATION]: {
    ignored: {
      [ASSIGNED]: "creation_date css_version image_url last_modified_date",
      [REPLACES]: "client_id user_pool_id",
    },
  },
  [BRANDING]: {
    ignored: {
      [ASSIGNED]: "managed_login_branding_id settings_all",
      [REPLACES]: "client_id user_pool_id",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** CloudFront, which serves the pages, uses certificates of us-east-1 only. The provider does not check it. */
function checkCertificateRegion({
  after,
  name,
}: RuleContext): readonly RichText[] {
  const arn = readText(after, "certificate_arn");
  const [, , , region = "us-east-1"] =
    arn?.startsWith("arn:") === true ? arn.split(":") : [];
  return arn === undefined || region === "us-east-1"
    ? []
    : [
        text`${name}: the apply fails, since the certificate ${arn} must be in us-east-1`,
      ];
}

/** The pages of a new user pool are not known to any user. */
function checkLook(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore } = context;
  const paths = LOOKS[context.resource.type] ?? [];
  const isNewPool = snapshotBefore.listByType(USER_POOL).length === 0;
  const changed = paths.filter(
    (path) => !isSameValue(before[path], after[path]),
  );
  return isNewPool
    ? []
    : reportNames(changed as Redacted[], text`${name} looks different: `);
}

function checkPasskeys(context: RuleContext): readonly RichText[] {
  const { after, isCreated, name, snapshotBefore } = context;
  const pool = snapshotBefore.find(USER_POOL, after.user_pool_id);
  const isCustom =
    readText(after, "certificate_arn") !== undefined ||
    isUnknown(after, "certificate_arn");
  const hasPasskeys =
    pool !== undefined &&
    getMembers(pool.values, "sign_in_policy.allowed_first_auth_factors").some(
      (factor) => factor === "WEB_AUTHN",
    ) &&
    readText(pool.values, "web_authn_configuration.relying_party_id") ===
      undefined;
  return isCreated && isCustom && hasPasskeys
    ? [
        text`${name} becomes the domain of passkeys, so that existing passkeys stop working: set relying_party_id first`,
      ]
    : [];
}

/** A record of this project is an alias of the distribution that serves the sign-in pages. */
function checkNewRecord(context: RuleContext): readonly RichText[] {
  const { after, isCreated, name, snapshotAfter } = context;
  if (!isCreated) return [];
  const targets = [
    ...toBlocks(after.alias).flatMap((alias) => readText(alias, "name") ?? []),
    ...toTexts(after.records),
  ];
  const foreign = targets.filter(
    (target) => !isSignInPage(target, snapshotAfter),
  );
  return foreign.map((target) => text`${name} leads to ${target}`);
}

/** Whether a name is that of the distribution of a user pool's domain. */
function isSignInPage(target: Redacted, snapshot: Snapshot): boolean {
  return snapshot
    .listByType(DOMAIN)
    .some(({ address, values }) =>
      ["cloudfront_distribution", "cloudfront_distribution_arn"].some(
        (attribute) =>
          target === `\${${address}.${attribute}}` ||
          target === values[attribute],
      ),
    );
}
