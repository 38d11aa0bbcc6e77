import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import {
  createPolicyDocument,
  type IdentityStatement,
} from "../../constructs/policy-document";
import { ACCOUNT_ID, createClientConfig } from "../../scripts/lib/demo/account";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config/environment";

/** Condition keys for which the local AWS has no value. */
const KEYS_WITHOUT_VALUE = [
  "iam:PermissionsBoundary",
  "iam:PassedToService",
  "secretsmanager:BlockPublicPolicy",
];

/** The permissions of a role, and its temporary credentials. */
export interface RoleSession {
  /** Statements of the role's original policy. */
  readonly statements: readonly IdentityStatement[];
  readonly variables: Environment;
}

/**
 * Assumes a role as the account's root user, although the role trusts only GitHub. The local AWS then evaluates names of
 * roles, secrets and states, and tags of roles.
 */
export async function assumeRole(
  aws: Pick<LocalAws, "endpoint">,
  roleName: string,
): Promise<RoleSession> {
  const config = createClientConfig(aws);
  const roles = new iam.IAMClient(config);
  const ofRole = { RoleName: roleName, PolicyName: roleName };
  const { PolicyDocument } = await roles.send(
    new iam.GetRolePolicyCommand(ofRole),
  );
  const { Statement: statements } = JSON.parse(
    decodeURIComponent(PolicyDocument ?? ""),
  ) as { readonly Statement: readonly IdentityStatement[] };
  await roles.send(
    new iam.PutRolePolicyCommand({
      ...ofRole,
      PolicyDocument: JSON.stringify(
        createPolicyDocument(...statements.map(toLocalAwsStatement)),
      ),
    }),
  );
  await roles.send(
    new iam.UpdateAssumeRolePolicyCommand({
      RoleName: roleName,
      PolicyDocument: JSON.stringify(
        createPolicyDocument({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
          Action: "sts:AssumeRole",
        }),
      ),
    }),
  );
  const { Role } = await roles.send(
    new iam.GetRoleCommand({ RoleName: roleName }),
  );
  const { Credentials } = await new sts.STSClient(config).send(
    new sts.AssumeRoleCommand({
      RoleArn: Role?.Arn,
      RoleSessionName: "tested",
    }),
  );
  return {
    statements,
    variables: {
      AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey,
      AWS_SESSION_TOKEN: Credentials?.SessionToken,
    },
  };
}

/**
 * Removes the parts of a statement that the local AWS cannot evaluate: tags of pools, and the ARN of a pool or an OIDC
 * provider in a call.
 */
function toLocalAwsStatement(statement: IdentityStatement): IdentityStatement {
  if (statement.Effect === "Deny") return statement;
  const { Condition = {}, ...rest } = statement;
  const isOn = (services: RegExp) =>
    [statement.Action].flat().every((action) => services.test(action));
  if (isOn(/^cognito-|^iam:(Get|List)OpenIDConnectProvider/))
    return { ...rest, Resource: "*" };
  const known = Object.entries(Condition)
    .map(
      ([operator, keys]) =>
        [
          operator,
          Object.fromEntries(
            Object.entries(keys).filter(
              ([key]) => !KEYS_WITHOUT_VALUE.includes(key),
            ),
          ),
        ] as const,
    )
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return { ...rest, Condition: Object.fromEntries(known) };
}
