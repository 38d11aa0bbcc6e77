import { randomBytes } from "node:crypto";
import { ignoreAwsError } from "../aws/errors";
import type { LocalAws } from "../local-aws/local-aws";

/** Account of the local AWS. */
export const ACCOUNT_ID = "000000000000";

/** What a stage with every part on finds in its account, made by others before it. */
export const DEMO_ACCOUNT = {
  stateBucket: "veda-auth-demo-state",
  managersRole: "veda-data-access",
  boundaryPolicy: "veda-auth-boundary",
} as const;

/** Ways to call the services of a local AWS. */
export function createClientConfig({ endpoint }: Pick<LocalAws, "endpoint">) {
  return {
    endpoint,
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

/** Makes what {@link DEMO_ACCOUNT} names; what is there already stays. */
export async function prepareAccount(aws: LocalAws): Promise<void> {
  const [s3, iam] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@aws-sdk/client-iam"),
  ]);
  const config = createClientConfig(aws);
  const buckets = new s3.S3Client({ ...config, forcePathStyle: true });
  const roles = new iam.IAMClient(config);
  const { stateBucket, managersRole, boundaryPolicy } = DEMO_ACCOUNT;
  await ignoreAwsError({ names: /^BucketAlreadyOwnedByYou$/ }, () =>
    buckets.send(
      new s3.CreateBucketCommand({
        Bucket: stateBucket,
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    ),
  );
  await ignoreAwsError({ names: /^EntityAlreadyExistsException$/ }, () =>
    roles.send(
      new iam.CreateRoleCommand({
        RoleName: managersRole,
        AssumeRolePolicyDocument: document({
          Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
          Action: "sts:AssumeRole",
        }),
      }),
    ),
  );
  await ignoreAwsError({ names: /^EntityAlreadyExistsException$/ }, () =>
    roles.send(
      new iam.CreatePolicyCommand({
        PolicyName: boundaryPolicy,
        PolicyDocument: document({ Action: "s3:*", Resource: "*" }),
      }),
    ),
  );
}

/** A user of a pool, who can sign in. */
export interface DemoUser {
  readonly userName: string;
  readonly password: string;
}

/** Makes a user in a group, as an administrator does. */
export async function createUser(
  aws: Pick<LocalAws, "endpoint">,
  userPoolId: string,
  group: string,
): Promise<DemoUser> {
  const idp = await import("@aws-sdk/client-cognito-identity-provider");
  const users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const userName = `demo-${randomBytes(4).toString("hex")}`;
  const password = `Aa1!${randomBytes(12).toString("hex")}`;
  const user = { UserPoolId: userPoolId, Username: userName };
  await users.send(
    new idp.AdminCreateUserCommand({
      ...user,
      MessageAction: "SUPPRESS",
      UserAttributes: [
        { Name: "email", Value: `${userName}@example.com` },
        { Name: "email_verified", Value: "true" },
      ],
    }),
  );
  await users.send(
    new idp.AdminSetUserPasswordCommand({
      ...user,
      Password: password,
      Permanent: true,
    }),
  );
  await users.send(
    new idp.AdminAddUserToGroupCommand({ ...user, GroupName: group }),
  );
  return { userName, password };
}

/** What is left of a stage in the account, by kind and name. */
export async function listStackResources(
  aws: LocalAws,
  stack: string,
): Promise<string[]> {
  const [idp, identity, secrets, iam] = await Promise.all([
    import("@aws-sdk/client-cognito-identity-provider"),
    import("@aws-sdk/client-cognito-identity"),
    import("@aws-sdk/client-secrets-manager"),
    import("@aws-sdk/client-iam"),
  ]);
  const config = createClientConfig(aws);
  const roles = new iam.IAMClient(config);
  const [pools, identityPools, secretList, roleList, providers] =
    await Promise.all([
      new idp.CognitoIdentityProviderClient(config).send(
        new idp.ListUserPoolsCommand({ MaxResults: 60 }),
      ),
      new identity.CognitoIdentityClient(config).send(
        new identity.ListIdentityPoolsCommand({ MaxResults: 60 }),
      ),
      new secrets.SecretsManagerClient(config).send(
        new secrets.ListSecretsCommand({ IncludePlannedDeletion: true }),
      ),
      roles.send(new iam.ListRolesCommand({})),
      roles.send(new iam.ListOpenIDConnectProvidersCommand({})),
    ]);
  const named = (kind: string, names: readonly (string | undefined)[]) =>
    names
      .filter((name) => name?.startsWith(stack))
      .map((name) => `${kind} ${name ?? ""}`);
  return [
    ...named(
      "user pool",
      (pools.UserPools ?? []).map(({ Name }) => Name),
    ),
    ...named(
      "identity pool",
      (identityPools.IdentityPools ?? []).map((pool) => pool.IdentityPoolName),
    ),
    ...named(
      "secret",
      (secretList.SecretList ?? []).map(({ Name }) => Name),
    ),
    ...named(
      "role",
      (roleList.Roles ?? []).map(({ RoleName }) => RoleName),
    ),
    ...(providers.OpenIDConnectProviderList ?? []).map(
      ({ Arn }) => `OIDC provider ${Arn ?? ""}`,
    ),
  ];
}

function document(statement: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...statement }],
  });
}
