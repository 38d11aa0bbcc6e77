import { UserError } from "../../../constructs/errors";
import { describeUserPoolEndpoint } from "../aws/client";
import { formatCommand } from "../cli/invocation";
import { explainCreateUserError } from "./create-user-errors";
import { isExternalUser } from "./linked-identities";
import type { PasswordPolicy } from "./password-policy";
import { requireGroups } from "./pool-groups";
import {
  addUserToGroup,
  createPoolUser,
  findUser,
  formatAwsCommand,
  HAS_PASSWORD,
  HAS_TEMPORARY_PASSWORD,
  listGroupsOfUser,
  listUsersWithEmail,
  type PoolUser,
  readUserPool,
  setPassword,
  type UserPoolAdmin,
} from "./user-pool-admin";

/** The user pools of this project have the email address as an alias, so a user name cannot have its form. */
export const USER_NAME = {
  expected:
    "1-128 characters without spaces, and no email address: the user can sign in with the one in --email as well",
  allows: (text: string) =>
    /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(text) &&
    !/^[^@]+@[^@]+\.[^@]+$/.test(text),
};

/** @see https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
export const EMAIL = {
  expected: "an email address, such as ada@example.org",
  allows: (text: string) =>
    text.length <= 2048 &&
    /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)+$/i.test(
      text,
    ),
};

export interface NewUser {
  readonly userName: string;
  readonly email: string;
  /** Groups of the user, without repetitions. */
  readonly groups: readonly string[];
  /**
   * Returns a password that meets the policy. Called only if the password is set, before any change.
   *
   * @default Cognito sends an email with a temporary password
   */
  readonly choosePassword?:
    ((policy: PasswordPolicy) => Promise<string>) | undefined;
}

/** A user who exists, with all groups. */
export interface CreatedUser {
  readonly userName: string;
  readonly status: string;
  readonly groups: readonly string[];
  readonly poolHasGroups: boolean;
}

/** The user pool before a run, and what the run changes. */
interface UserPlan {
  readonly existing: PoolUser | undefined;
  readonly groupsBefore: readonly string[];
  readonly missingGroups: readonly string[];
  readonly setsPassword: boolean;
  readonly temporaryPasswordDays: number;
}

/**
 * Creates a user, or completes a user who exists: sets a password that is still temporary, and adds missing groups. A password
 * that the user chose is not changed.
 *
 * @param log receives the changes, before the first is made
 * @throws UserError if a group does not exist, the email address is of another user, or AWS refuses a change
 */
export async function createUser(
  pool: UserPoolAdmin,
  user: NewUser,
  log: (line: string) => void,
): Promise<CreatedUser> {
  try {
    const settings = await readUserPool(pool);
    requireGroups(pool, user.groups, settings.groups);
    const existing = await findUser(pool, user.userName);
    if (existing === undefined) await requireFreeEmail(pool, user.email);
    else requireSameEmail(pool, existing, user.email);
    const { userName } = existing ?? user;
    const groupsBefore =
      existing === undefined ? [] : await listGroupsOfUser(pool, userName);
    const plan = {
      existing,
      groupsBefore,
      missingGroups: user.groups.filter(
        (group) => !groupsBefore.includes(group),
      ),
      setsPassword:
        user.choosePassword !== undefined &&
        (existing?.status ?? HAS_TEMPORARY_PASSWORD) === HAS_TEMPORARY_PASSWORD,
      temporaryPasswordDays: settings.temporaryPasswordDays,
    };
    log(`In user pool ${pool.userPoolId}${describeUserPoolEndpoint()}:`);
    for (const line of formatPlan(pool, user, plan)) log(`  - ${line}`);

    const password = plan.setsPassword
      ? await user.choosePassword?.(settings.passwordPolicy)
      : undefined;
    if (existing === undefined)
      await createPoolUser(pool, user, {
        sendsEmail: !plan.setsPassword,
        isVerified: true,
      });
    if (password !== undefined) await setPassword(pool, userName, password);
    for (const group of plan.missingGroups)
      await addUserToGroup(pool, userName, group);
    return {
      userName,
      status: plan.setsPassword
        ? HAS_PASSWORD
        : (existing?.status ?? HAS_TEMPORARY_PASSWORD),
      groups: [...groupsBefore, ...plan.missingGroups],
      poolHasGroups: settings.groups.length > 0,
    };
  } catch (error) {
    throw explainCreateUserError(error, user);
  }
}

/** Describes the changes, and what stays the same. */
function formatPlan(
  pool: UserPoolAdmin,
  { userName, email, groups }: NewUser,
  { existing, groupsBefore, setsPassword, temporaryPasswordDays }: UserPlan,
): readonly string[] {
  return [
    ...(existing === undefined
      ? [`create user ${userName} with email address ${email}`]
      : [`user ${existing.userName} exists, with status ${existing.status}`]),
    ...(existing?.isEnabled === false
      ? [
          `the user cannot sign in until you enable it: ${formatAwsCommand(pool, "admin-enable-user", userName)}`,
        ]
      : []),
    setsPassword
      ? "set the password"
      : existing === undefined
        ? `send an email with a temporary password, which is valid for ${temporaryPasswordDays} days`
        : existing.status === HAS_TEMPORARY_PASSWORD
          ? `send no further email; to send another temporary password: ${formatAwsCommand(pool, "admin-create-user", userName)} --message-action RESEND --desired-delivery-mediums EMAIL`
          : isExternalUser(existing)
            ? "the user signs in with an identity provider, and has no password"
            : `do not change the password, which the user can reset with ${formatCommand("credentials", "--reset-password")}`,
    ...groups.map((group) =>
      groupsBefore.includes(group)
        ? `the user is in group ${group}`
        : `add the user to group ${group}`,
    ),
  ];
}

async function requireFreeEmail(
  pool: UserPoolAdmin,
  email: string,
): Promise<void> {
  const [other] = await listUsersWithEmail(pool, email);
  if (other === undefined) return;
  throw new UserError(
    `email address ${email} must not be that of another user, got user ${other}`,
    `use another address, or --user-name ${other} to add groups to that user`,
  );
}

function requireSameEmail(
  pool: UserPoolAdmin,
  { userName, email }: PoolUser,
  expected: string,
): void {
  if (email?.toLowerCase() === expected.toLowerCase()) return;
  throw new UserError(
    `user ${userName} exists, and must have the email address ${expected}, got ${email ?? "none"}`,
    `use another user name, or change the address: ${formatAwsCommand(pool, "admin-update-user-attributes", userName)} --user-attributes Name=email,Value=${expected} Name=email_verified,Value=true`,
  );
}
