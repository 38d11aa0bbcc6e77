import {
  LIMITS,
  findViolation,
  type Limit,
} from "../../constructs/constraints";

/** What is accepted of a setting, and the parts of its text that are not. */
export class InvalidValue {
  constructor(
    readonly expected: string,
    readonly values: readonly string[],
  ) {}
}

interface Setting<T> {
  /** Default as the documentation writes it. */
  readonly default: string;
  readonly description: string;
  readonly parse: (text: string) => T | InvalidValue;
}

/** What a stage can be called, in a file's name too. */
export const STAGE_NAME_PATTERN = /^[a-z0-9-]{1,100}$/;
/** {@link STAGE_NAME_PATTERN} in words. */
export const STAGE_NAME_RULE = "1-100 lower-case letters, digits or hyphens";

/** The table of settings: each is read, checked and documented by its row alone. */
export const SETTINGS = {
  APP_NAME: setting(
    "`veda-auth-stack`",
    "first half of the stack name",
    matching(
      /^[a-z][a-z0-9-]{0,99}$/,
      "1-100 lower-case letters, digits or hyphens, a letter first",
    ),
  ),
  STAGE: setting(
    "OS user name, made fit",
    "second half of the stack name; unset, there is one stack for each file `.env.<stage>`; must be given where `CI` is set",
    matching(STAGE_NAME_PATTERN, STAGE_NAME_RULE),
  ),
  OWNER: setting("OS user name", "tag `Owner`", limited(LIMITS.tagValue)),
  PROJECT: setting("`veda`", "tag `Project`", limited(LIMITS.tagValue)),
  AWS_REGION: setting(
    "`us-west-2`",
    "Region of every resource",
    limited(LIMITS.region),
  ),
  AWS_ACCOUNT_ID: setting(
    "none",
    "the one account that may be deployed to",
    limited(LIMITS.accountId),
  ),
  DATA_MANAGERS_ROLE_ARN: setting(
    "none",
    "existing role of the group `veda-data-store-managers`",
    limited(LIMITS.roleArn),
  ),
  DATA_MANAGERS_GROUP: setting(
    "`true` when the role is given",
    "`false` leaves the group `veda-data-store-managers` out",
    boolean,
  ),
  COGNITO_GROUPS: setting(
    "`false`",
    "the four groups of the VEDA data store's buckets",
    boolean,
  ),
  IDENTITY_POOL_ARN: setting(
    "none",
    "existing identity pool to use instead of a new one",
    limited(LIMITS.identityPoolArn),
  ),
  USER_POOL_ID: setting(
    "none",
    "existing user pool to use instead of a new one",
    limited(LIMITS.userPoolId),
  ),
  USER_POOL_DOMAIN: setting(
    "none",
    "domain prefix that the existing user pool already has",
    limited(LIMITS.domainPrefix),
  ),
  OIDC_PROVIDER_URL: setting(
    "none",
    "issuer whose workloads can assume roles, such as GitHub Actions",
    oidcIssuer,
  ),
  OIDC_THUMBPRINT: setting(
    "none",
    "thumbprint of the issuer's certificate, 40 hex digits",
    limited(LIMITS.thumbprint),
  ),
  OIDC_PROVIDER_EXISTS: setting(
    "`false`",
    "look the OIDC provider up, never make it",
    boolean,
  ),
  PERMISSIONS_BOUNDARY_POLICY_NAME: setting(
    "none",
    "name of the account's policy that bounds every role",
    limited(LIMITS.policyName),
  ),
  PERMISSIONS_BOUNDARY_EXISTS: setting(
    "`false`",
    "somebody else has made that policy: the account stack does not make it",
    boolean,
  ),
  BOUNDARY_BUCKETS: setting(
    "`veda-data-store*`",
    "comma-separated buckets that roles may use within the account stack's boundary; `*` may end a name",
    list(
      {
        subject: "bucket",
        expected: "a bucket's name, or how some begin, with * at its end",
        allows: (text) =>
          /^[a-z0-9][a-z0-9.-]{1,61}\*$/.test(text) ||
          LIMITS.bucketName.allows(text),
      },
      50,
    ),
  ),
  STATE_BUCKET_NAME: setting(
    "none",
    "bucket of the Terraform state; required unless `STATE_BACKEND=local`",
    limited(LIMITS.bucketName),
  ),
  STATE_BUCKET_KEY: setting(
    "`{APP_NAME}/{STAGE}/terraform.tfstate`",
    "object of the Terraform state; without `*` and `?`, and never another stage's or the account's",
    limited(LIMITS.stateKey),
  ),
  STATE_CUSTOMER_KEY: setting(
    "`false`",
    "encrypt the state with the account stack's own KMS key; comes with `AWS_ACCOUNT_ID`",
    boolean,
  ),
  STATE_BACKEND: setting(
    "`s3`",
    "`s3`, or `local` for a state file in the project's folder",
    oneOf("s3", "local"),
  ),
  DASHBOARD_CALLBACK_URLS: setting(
    "none",
    "comma-separated; make the frontend client `veda-dashboard`",
    list(LIMITS.callbackUrl, 100),
  ),
  DASHBOARD_LOGOUT_URLS: setting(
    "none",
    "comma-separated; where signing out may lead",
    list(LIMITS.callbackUrl, 100),
  ),
  PROGRAMMATIC_CALLBACK_URLS: setting(
    "none",
    "comma-separated; give the programmatic client the code flow on these alone",
    list(LIMITS.callbackUrl, 100),
  ),
  SECRET_RECOVERY_DAYS: setting(
    "`7`",
    "days for which a deleted secret can be restored: 0 or 7-30",
    wholeNumber(LIMITS.secretRecoveryDays),
  ),
  DELETION_PROTECTION: setting(
    "`true`",
    "whether the user pool refuses to be deleted",
    boolean,
  ),
  SECRET_ROLE_ACCESS: setting(
    "none",
    "comma-separated ARNs of roles that may read the service secrets",
    list(LIMITS.roleArn),
  ),
  ACCOUNT_STACK: setting(
    "`false`",
    "also the stack `{APP_NAME}-account`, of what the stages of an account share; alone it is `STAGE=account`",
    boolean,
  ),
  ACCOUNT_STAGES: setting(
    "the files `.env.<stage>`, else `STAGE`",
    "comma-separated stages that CI deploys in the account; no name begins another, as `dev` begins `dev-2`",
    list(
      {
        subject: "stage",
        expected: STAGE_NAME_RULE,
        allows: (text) => STAGE_NAME_PATTERN.test(text),
      },
      100,
    ),
  ),
  GITHUB_REPOSITORY: setting(
    "none",
    "`owner/name` of the repository whose workflows deploy",
    githubRepository,
  ),
  GITHUB_OWNER_ID: setting(
    "none",
    "number of its owner, which nobody can take over with the name",
    limited(LIMITS.githubId),
  ),
  GITHUB_REPOSITORY_ID: setting(
    "none",
    "its own number; comes with `GITHUB_OWNER_ID`",
    limited(LIMITS.githubId),
  ),
  GITHUB_ENVIRONMENT: setting(
    "the stage's name",
    "GitHub environment whose jobs may change the stage, spelled as GitHub shows it; unique regardless of case",
    limited(LIMITS.githubRef),
  ),
  BOOTSTRAP_QUALIFIER: setting(
    "ignored",
    "accepted for old files; has no meaning here",
    (text) => text,
  ),
} satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** What {@link SETTINGS} parse to; a setting that is not given is absent. */
export type Settings = {
  [N in SettingName]?: Exclude<
    ReturnType<(typeof SETTINGS)[N]["parse"]>,
    InvalidValue
  >;
};

function setting<T>(
  defaultText: string,
  meaning: string,
  parse: Setting<T>["parse"],
): Setting<T> {
  return { default: defaultText, description: meaning, parse };
}

function matching(pattern: RegExp, accepts: string) {
  return (text: string) =>
    pattern.test(text) ? text : new InvalidValue(accepts, [text]);
}

function limited(limit: Limit<string>) {
  return (text: string) => {
    const accepts = findViolation(limit, text);
    return accepts === undefined ? text : new InvalidValue(accepts, [text]);
  };
}

function list(limit: Limit<string>, most = Infinity) {
  return (text: string): readonly string[] | InvalidValue => {
    const items = [...new Set(text.split(",").map((item) => item.trim()))];
    const bad = items.filter(
      (item) => findViolation(limit, item) !== undefined,
    );
    if (bad.length > 0) {
      return new InvalidValue(`comma-separated, each ${limit.expected}`, bad);
    }
    return items.length <= most
      ? items
      : new InvalidValue(`at most ${most}, comma-separated`, [
          `${items.length}`,
        ]);
  };
}

function wholeNumber(limit: Limit<number>) {
  return (text: string) =>
    /^\d+$/.test(text) && limit.allows(Number(text))
      ? Number(text)
      : new InvalidValue(limit.expected, [text]);
}

function oneOf<T extends string>(...values: readonly T[]) {
  return (text: string) =>
    values.find((value) => value === text.toLowerCase()) ??
    new InvalidValue(`one of ${values.join(", ")}`, [text]);
}

function oidcIssuer(text: string): string | InvalidValue {
  const [host = "", ...rest] = text.replace(/^https:\/\//i, "").split("/");
  const issuer = [host.toLowerCase(), ...rest].join("/");
  return LIMITS.oidcProviderUrl.allows(issuer)
    ? issuer
    : new InvalidValue(
        `${LIMITS.oidcProviderUrl.expected}, with or without https://`,
        [text],
      );
}

function githubRepository(text: string) {
  const [owner = "", name = "", ...rest] = text.split("/");
  const isFit =
    rest.length === 0 &&
    LIMITS.githubOwner.allows(owner) &&
    LIMITS.githubRepository.allows(name);
  return isFit
    ? { owner, name }
    : new InvalidValue("owner/name, as GitHub writes it", [text]);
}

const TRUE = ["1", "true", "t", "yes", "y", "on"];
const FALSE = ["0", "false", "f", "no", "n", "off"];

/** What is accepted as true or false, in words. */
export const BOOLEAN_RULE = `one of ${[...TRUE, ...FALSE].join(", ")}`;

/** `undefined` for a text that is neither true nor false. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

function boolean(text: string): boolean | InvalidValue {
  return parseBoolean(text) ?? new InvalidValue(BOOLEAN_RULE, [text]);
}
