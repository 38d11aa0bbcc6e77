import { UserError } from "../../../constructs/errors";
import { describeUserPoolEndpoint } from "../aws/client";
import { isAwsError } from "../aws/errors";
import {
  type FederatedIdentity,
  linkIdentity,
  revokeSignIns,
  unlinkIdentity,
} from "./link-user-calls";
import {
  formatIdentity,
  hasProvider,
  isSame,
  requireLocalUser,
  requireNewIdentity,
  requireProvider,
  type UserToLink,
} from "./link-user-checks";
import { explainLinkUserError, OCCUPIED } from "./link-user-errors";
import { requireGroups } from "./pool-groups";
import {
  addUserToGroup,
  createPoolUser,
  findUser,
  formatAwsCommand,
  HAS_TEMPORARY_PASSWORD,
  listGroupsOfUser,
  type PoolUser,
  readUserPool,
  type UserPoolAdmin,
} from "./user-pool-admin";

/** A user after a run. */
export interface LinkedUser {
  readonly userName: string;
  readonly provider: string;
  readonly subject: string;
  readonly isLinked: boolean;
  readonly groups: readonly string[];
}

type Log = (line: string) => void;

/**
 * Links an identity to a local user, who is created if there is none. The user gets the groups last, so that an interruption
 * leaves an identity without their permissions. The next run completes it.
 *
 * @param log receives the changes, before the first is made
 * @throws UserError if the provider or a group does not exist, or the identity or the user cannot be linked
 */
export async function linkUser(
  pool: UserPoolAdmin,
  request: UserToLink,
  log: Log,
): Promise<LinkedUser> {
  const { identity, email, groups } = request;
  let isCreated = false;
  try {
    const settings = await readUserPool(pool);
    requireGroups(pool, groups, settings.groups);
    await requireProvider(pool, identity);
    const existing = await findUser(pool, request.userName);
    if (existing !== undefined) requireLocalUser(existing);
    const isLinked = existing?.identities.some(isSame(identity)) === true;
    if (!isLinked) await requireNewIdentity(pool, request, existing);
    const userName = existing?.userName ?? request.userName;
    const groupsBefore =
      existing === undefined ? [] : await listGroupsOfUser(pool, userName);
    const missing = groups.filter((group) => !groupsBefore.includes(group));

    log(`In user pool ${pool.userPoolId}${describeUserPoolEndpoint()}:`);
    for (const line of [
      ...formatUser(pool, request, existing),
      isLinked
        ? `${formatIdentity(identity)} is linked to the user`
        : `link ${formatIdentity(identity)} to the user`,
      ...(identity.attribute === undefined
        ? []
        : [
            `anyone who gets this value of ${identity.attribute} from ${identity.provider} signs in as the user`,
          ]),
      ...groups.map((group) =>
        missing.includes(group)
          ? `add the user to group ${group}`
          : `the user is in group ${group}`,
      ),
    ])
      log(`  - ${line}`);
    if (existing !== undefined && !isLinked)
      await confirm(request, existing, groupsBefore);

    if (existing === undefined) {
      await createPoolUser(
        pool,
        { userName, email: email ?? "" },
        { sendsEmail: false, isVerified: false },
      );
      isCreated = true;
    }
    if (!isLinked) await link(pool, userName, identity);
    for (const group of missing) await addUserToGroup(pool, userName, group);
    const { provider, subject } = identity;
    const all = [...groupsBefore, ...missing];
    return { userName, provider, subject, isLinked: true, groups: all };
  } catch (error) {
    if (isCreated)
      log(
        `user ${request.userName} was created, but is not complete: run the command again, or delete the user: ${formatAwsCommand(pool, "admin-delete-user", request.userName)}`,
      );
    throw explainLinkUserError(error, request.userName, email, identity);
  }
}

/**
 * Ends the link between an identity and a user, and the sign-ins of the user. The user and its groups remain. A second run
 * completes an interrupted one.
 *
 * @throws UserError if the user or the provider does not exist
 */
export async function unlinkUser(
  pool: UserPoolAdmin,
  { userName, identity }: Pick<UserToLink, "userName" | "identity">,
  log: Log,
): Promise<LinkedUser> {
  const { provider, subject, attribute } = identity;
  try {
    await requireProvider(pool, identity);
    const user = await findUser(pool, userName);
    if (user === undefined)
      throw new UserError(
        `user ${userName} does not exist in user pool ${pool.userPoolId}`,
        "check --user-name and --stage",
      );
    requireLocalUser(user);
    // the attribute of a link is not in the user's identities; AWS ends it whichever user has it
    const canBeLinked =
      attribute === undefined
        ? user.identities.some(isSame(identity))
        : hasProvider(user, provider);
    const wasLinked = canBeLinked && (await unlinkIdentity(pool, identity));
    // also without a link: a former run can have ended before
    await revokeSignIns(pool, user.userName);
    log(
      `${formatIdentity(identity)} is ${wasLinked ? "no longer" : "not"} linked to user ${user.userName}, whose refresh tokens are revoked; AWS credentials that were issued remain valid for up to an hour`,
    );
    const groups = await listGroupsOfUser(pool, user.userName);
    return {
      userName: user.userName,
      provider,
      subject,
      isLinked: false,
      groups,
    };
  } catch (error) {
    throw explainLinkUserError(error, userName, undefined, identity);
  }
}

function formatUser(
  pool: UserPoolAdmin,
  { userName, email = "" }: UserToLink,
  existing: PoolUser | undefined,
): readonly string[] {
  if (existing === undefined)
    return [
      `create user ${userName} with email address ${email}, who can sign in with the identity only; send no email`,
    ];
  return [
    `user ${existing.userName} exists, with status ${existing.status}`,
    ...existing.identities.map(
      ({ provider, subject }) =>
        `the user can sign in with subject ${JSON.stringify(subject)} of ${provider}`,
    ),
    ...(existing.isEnabled
      ? []
      : [
          `the user cannot sign in until you enable it: ${formatAwsCommand(pool, "admin-enable-user", existing.userName)}`,
        ]),
  ];
}

/** Asks whether the identity gets a user who has more than an interrupted run leaves. */
async function confirm(
  { identity, email, groups, confirm: ask }: UserToLink,
  { userName, status, identities }: PoolUser,
  groupsBefore: readonly string[],
): Promise<void> {
  const isFromInterruptedRun =
    email !== undefined &&
    status === HAS_TEMPORARY_PASSWORD &&
    identities.length === 0 &&
    groupsBefore.every((group) => groups.includes(group));
  if (isFromInterruptedRun) return;
  const list = groupsBefore.length === 0 ? "no group" : groupsBefore.join(", ");
  const isConfirmed = await ask(
    `Let ${formatIdentity(identity)} sign in as user ${userName}, who is in ${list}?`,
  );
  if (!isConfirmed)
    throw new UserError("no user was changed: the link was not confirmed");
}

/** Links an identity. A request that AWS processed, but whose response was lost, is repeated by the SDK and refused. */
async function link(
  pool: UserPoolAdmin,
  userName: string,
  identity: FederatedIdentity,
): Promise<void> {
  try {
    await linkIdentity(pool, userName, identity);
  } catch (error) {
    const user = isAwsError(error, ...OCCUPIED)
      ? await findUser(pool, userName)
      : undefined;
    if (user?.identities.some(isSame(identity)) !== true) throw error;
  }
}
