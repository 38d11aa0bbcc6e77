import { UserError } from "../../../constructs/errors";
import {
  type FederatedIdentity,
  listIdentityProviders,
  listMappedAttributes,
  SUBJECT_ATTRIBUTE,
} from "./link-user-calls";
import { quoteShellWord } from "../system/shell";
import { isExternalUser, type LinkedIdentity } from "./linked-identities";
import { formatChoices } from "./pool-groups";
import {
  findUser,
  formatAwsCommand,
  listUsersWithEmail,
  type PoolUser,
  type UserPoolAdmin,
} from "./user-pool-admin";

/** Identities that a user can have. @see https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html */
const MAX_IDENTITIES = 5;
/** Characters of a user name. */
const MAX_USER_NAME = 128;
/** Types of identity providers whose claims can be mapped to any attribute. */
const MAPPING_TYPES = ["OIDC", "SAML"];

export interface UserToLink {
  readonly userName: string;
  /** Required for a user who does not exist. */
  readonly email: string | undefined;
  /** Groups of the user, without repetitions. */
  readonly groups: readonly string[];
  readonly identity: FederatedIdentity;
  /** Returns whether the identity gets an existing user, who can have permissions. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** Requires an identity provider that exists, and an attribute that it maps. */
export async function requireProvider(
  pool: UserPoolAdmin,
  { provider, attribute }: FederatedIdentity,
): Promise<void> {
  const types = await listIdentityProviders(pool);
  const type = types.get(provider);
  if (type === undefined)
    throw new UserError(
      `identity provider ${JSON.stringify(provider)} does not exist in user pool ${pool.userPoolId}; no user was changed`,
      types.size === 0
        ? "the user pool has no identity providers: configure one, and deploy the stage"
        : formatChoices(provider, "identity providers", [...types.keys()]),
    );
  if (attribute === undefined) return;
  if (!MAPPING_TYPES.includes(type))
    throw new UserError(
      `--attribute requires an identity provider of type ${MAPPING_TYPES.join(" or ")}, got ${provider} of type ${type}`,
      "omit --attribute, and use the subject",
    );
  const mapped = await listMappedAttributes(pool, provider);
  if (!mapped.includes(attribute))
    throw new UserError(
      `--attribute must be an attribute that ${provider} maps a claim to, got ${JSON.stringify(attribute)}`,
      mapped.length === 0
        ? `${provider} maps no attribute`
        : formatChoices(attribute, "mapped attributes", mapped),
    );
}

/** Requires a user whom no sign-in with an identity provider created: AWS links other users only. */
export function requireLocalUser(user: PoolUser): void {
  if (!isExternalUser(user)) return;
  throw new UserError(
    `user ${user.userName} must be a local user, got one whom a sign-in with an identity provider created`,
    "use the name of a new or a local user",
  );
}

/** Requires an identity, and for a new user an email address, that no other user has. */
export async function requireNewIdentity(
  pool: UserPoolAdmin,
  { userName, email, identity, groups }: UserToLink,
  existing: PoolUser | undefined,
): Promise<void> {
  const { provider, subject, attribute } = identity;
  const profileName = `${provider}_${subject}`;
  if (userName.toLowerCase() === profileName.toLowerCase())
    throw new UserError(
      `user name ${userName} must not be the one that a sign-in with the identity creates`,
      "use another user name, such as ada",
    );
  const profile =
    attribute === undefined && profileName.length <= MAX_USER_NAME
      ? await findUser(pool, profileName)
      : undefined;
  if (profile !== undefined)
    throw createProfileError(pool, identity, profile.userName, groups);
  if (existing !== undefined) {
    requireCompatible(existing, email);
    return;
  }
  if (email === undefined)
    throw new UserError(
      `user ${userName} does not exist, so --email is required`,
      "name the email address of the user, or an existing user",
    );
  const [other] = await listUsersWithEmail(pool, email);
  if (other === undefined) return;
  const owner = await findUser(pool, other);
  if (
    owner !== undefined &&
    isExternalUser(owner) &&
    hasProvider(owner, provider)
  )
    throw createProfileError(pool, identity, other, groups);
  throw new UserError(
    `email address ${email} must not be that of another user, got user ${other}`,
    `use another address, or --user-name ${other} to link that user`,
  );
}

function requireCompatible(
  { userName, email, identities }: PoolUser,
  expected: string | undefined,
): void {
  if (expected !== undefined && email?.toLowerCase() !== expected.toLowerCase())
    throw new UserError(
      `user ${userName} exists, and must have the email address ${expected}, got ${email ?? "none"}`,
      "use another user name, or omit --email to link that user",
    );
  if (identities.length >= MAX_IDENTITIES)
    throw new UserError(
      `user ${userName} must have fewer than ${MAX_IDENTITIES} identities to get another one`,
      "unlink an identity that is not used any more, with --unlink",
    );
}

/** AWS refuses to link an identity that has signed in. */
function createProfileError(
  pool: UserPoolAdmin,
  identity: FederatedIdentity,
  profile: string,
  [group]: readonly string[],
): UserError {
  return new UserError(
    `${formatIdentity(identity)} must not have signed in, got user ${profile} of a former sign-in`,
    `add that user to a group instead: ${formatAwsCommand(pool, "admin-add-user-to-group", profile)} --group-name ${group === undefined ? "<group>" : quoteShellWord(group)}; or delete it, and run the command again: ${formatAwsCommand(pool, "admin-delete-user", profile)}`,
  );
}

/** Returns a predicate for identities of a user that are this one. */
export function isSame({ provider, subject }: FederatedIdentity) {
  return (other: LinkedIdentity): boolean =>
    other.provider === provider && other.subject === subject;
}

/** Returns whether a user can sign in with an identity provider. */
export function hasProvider(
  { identities }: PoolUser,
  provider: string,
): boolean {
  return identities.some((known) => known.provider === provider);
}

export function formatIdentity({
  provider,
  subject,
  attribute = SUBJECT_ATTRIBUTE,
}: FederatedIdentity): string {
  const noun =
    attribute === SUBJECT_ATTRIBUTE ? "subject" : `attribute ${attribute}`;
  return `${noun} ${JSON.stringify(subject)} of ${provider}`;
}
