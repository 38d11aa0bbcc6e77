import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { UserError } from "../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { ignoreAwsError } from "../aws/errors";
import { listAll, PAGE_SIZE } from "../aws/listings";
import { type LinkedIdentity, parseIdentities } from "./linked-identities";
import { quoteShellWord } from "../system/shell";
import { type PasswordPolicy, toPasswordPolicy } from "./password-policy";

/** A user pool as its administrators call it, with AWS credentials. */
export interface UserPoolAdmin {
  readonly userPoolId: string;
  readonly sdk: typeof idp;
  readonly client: idp.CognitoIdentityProviderClient;
}

export interface UserPoolSettings {
  readonly passwordPolicy: PasswordPolicy;
  readonly temporaryPasswordDays: number;
  readonly groups: readonly string[];
}

/** A user of a user pool. */
export interface PoolUser {
  readonly userName: string;
  readonly email: string | undefined;
  readonly status: string;
  readonly isEnabled: boolean;
  readonly identities: readonly LinkedIdentity[];
}

/** Status of a user whose password is temporary. */
export const HAS_TEMPORARY_PASSWORD = "FORCE_CHANGE_PASSWORD";
/** Status of a user who can sign in. */
export const HAS_PASSWORD = "CONFIRMED";

/** Validity of a temporary password in days if a user pool does not set it. */
const DEFAULT_DAYS = 7;

export async function connectToAdminApi(
  userPoolId: string,
  target: AwsTarget,
): Promise<UserPoolAdmin> {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await createAwsClient(
    sdk.CognitoIdentityProviderClient,
    target,
  );
  return { userPoolId, sdk, client };
}

/**
 * Reads the settings and the groups of a user pool.
 *
 * @throws UserError if users have no names, but sign in with an email address or phone number only
 */
export async function readUserPool({
  userPoolId: UserPoolId,
  sdk,
  client,
}: UserPoolAdmin): Promise<UserPoolSettings> {
  const { UserPool: pool } = await client.send(
    new sdk.DescribeUserPoolCommand({ UserPoolId }),
  );
  const { UsernameAttributes: attributes = [] } = pool ?? {};
  if (attributes.length > 0)
    throw new UserError(
      `user pool ${UserPoolId} must have user names, got users who sign in with ${attributes.join(" or ")} only`,
      "create the user with the AWS CLI: aws cognito-idp admin-create-user",
    );
  const policy = pool?.Policies?.PasswordPolicy ?? {};
  const groups = await listAll(
    sdk.paginateListGroups({ client }, { UserPoolId, Limit: PAGE_SIZE }),
    ({ Groups }) => Groups,
  );
  return {
    passwordPolicy: toPasswordPolicy(policy),
    temporaryPasswordDays: policy.TemporaryPasswordValidityDays ?? DEFAULT_DAYS,
    groups: groups.map(({ GroupName = "" }) => GroupName),
  };
}

/** Returns the user with a name, or `undefined` if there is none. */
export async function findUser(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  Username: string,
): Promise<PoolUser | undefined> {
  const user = await ignoreAwsError({ names: /^UserNotFoundException$/ }, () =>
    client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username })),
  );
  const findAttribute = (name: string): string | undefined =>
    user?.UserAttributes?.find(({ Name }) => Name === name)?.Value;
  return (
    user && {
      userName: user.Username ?? Username,
      email: findAttribute("email"),
      status: user.UserStatus ?? "UNKNOWN",
      isEnabled: user.Enabled ?? true,
      identities: parseIdentities(findAttribute("identities")),
    }
  );
}

/** Returns the names of the users with an email address, whether they verified it or not. */
export async function listUsersWithEmail(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  email: string,
): Promise<readonly string[]> {
  const users = await listAll(
    sdk.paginateListUsers(
      { client },
      { UserPoolId, Filter: `email = "${email}"` },
    ),
    ({ Users }) => Users,
  );
  return users.map(({ Username = "" }) => Username);
}

/** Returns the names of the groups of a user. */
export async function listGroupsOfUser(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  Username: string,
): Promise<readonly string[]> {
  const groups = await listAll(
    sdk.paginateAdminListGroupsForUser(
      { client },
      { UserPoolId, Username, Limit: PAGE_SIZE },
    ),
    ({ Groups }) => Groups,
  );
  return groups.map(({ GroupName = "" }) => GroupName);
}

/**
 * Creates a user with a temporary password of Cognito.
 *
 * @param options `sendsEmail`: whether Cognito sends the password by email; `isVerified`: whether the email address counts as
 * verified
 */
export async function createPoolUser(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  { userName, email }: { readonly userName: string; readonly email: string },
  {
    sendsEmail,
    isVerified,
  }: { readonly sendsEmail: boolean; readonly isVerified: boolean },
): Promise<void> {
  await client.send(
    new sdk.AdminCreateUserCommand({
      UserPoolId,
      Username: userName,
      ...(sendsEmail
        ? { DesiredDeliveryMediums: ["EMAIL"] }
        : { MessageAction: "SUPPRESS" }),
      UserAttributes: [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: String(isVerified) },
      ],
    }),
  );
}

/** Sets a password that the user does not have to replace. */
export async function setPassword(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  Username: string,
  Password: string,
): Promise<void> {
  await client.send(
    new sdk.AdminSetUserPasswordCommand({
      UserPoolId,
      Username,
      Password,
      Permanent: true,
    }),
  );
}

export async function addUserToGroup(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  Username: string,
  GroupName: string,
): Promise<void> {
  await client.send(
    new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }),
  );
}

/** Formats a command of the AWS CLI about a user. */
export function formatAwsCommand(
  { userPoolId }: UserPoolAdmin,
  name: string,
  userName: string,
): string {
  const [region = ""] = userPoolId.split("_");
  return `aws cognito-idp ${name} --region ${region} --user-pool-id ${userPoolId} --username ${quoteShellWord(userName)}`;
}
