import { randomBytes } from "node:crypto";
import { createUser } from "../auth/create-user";
import { ignoreAwsError } from "../aws/errors";
import type { LocalAws } from "../local-aws/local-aws";

/** Account of the local AWS. */
export const ACCOUNT_ID = "000000000000";

/** Existing resources that a complete stage uses. */
export const DEMO_ACCOUNT = {
  stateBucket: "veda-auth-demo-state",
  managersRole: "veda-data-access",
  boundaryPolicy: "veda-auth-boundary",
} as const;

/** Returns the configuration of an SDK client for a local AWS. */
export function createClientConfig({ endpoint }: Pick<LocalAws, "endpoint">) {
  return {
    endpoint,
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
}

/** Creates the resources of {@link DEMO_ACCOUNT}, unless they exist. */
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
  await buckets.send(
    new s3.PutBucketVersioningCommand({
      Bucket: stateBucket,
      VersioningConfiguration: { Status: "Enabled" },
    }),
  );
  await ignoreAwsError({ names: /^EntityAlreadyExistsException$/ }, () =>
    roles.send(
      new iam.CreateRoleCommand({
        RoleName: managersRole,
        AssumeRolePolicyDocument: createPolicy({
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
        PolicyDocument: createPolicy({ Action: "s3:*", Resource: "*" }),
      }),
    ),
  );
}

/** Returns whether the state bucket of {@link DEMO_ACCOUNT} has a state. */
export async function hasState(
  aws: Pick<LocalAws, "endpoint">,
  key: string,
): Promise<boolean> {
  const { HeadObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const config = { ...createClientConfig(aws), forcePathStyle: true };
  const object = { Bucket: DEMO_ACCOUNT.stateBucket, Key: key };
  const found = await ignoreAwsError({ names: /^NotFound$/ }, () =>
    new S3Client(config).send(new HeadObjectCommand(object)),
  );
  return found !== undefined;
}

/** Creates a user who can sign in with a password. */
export async function createDemoUser(
  aws: Pick<LocalAws, "endpoint">,
  userPoolId: string,
  groups: readonly string[],
) {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = new sdk.CognitoIdentityProviderClient(createClientConfig(aws));
  const userName = `demo-${randomBytes(4).toString("hex")}`;
  const password = `Aa1!${randomBytes(12).toString("hex")}`;
  await createUser(
    { userPoolId, sdk, client },
    {
      userName,
      email: `${userName}@example.com`,
      groups,
      choosePassword: () => Promise.resolve(password),
    },
    () => undefined,
  );
  return { userName, password };
}

function createPolicy(statement: object): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...statement }],
  });
}
