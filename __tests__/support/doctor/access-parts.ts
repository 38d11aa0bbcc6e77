import { getUserPoolProviderName } from "../../../constructs/aws";
import { createIdentityPoolTrustStatement } from "../../../constructs/identity-pool-trust";
import {
  ACCOUNT,
  CANARY,
  type DoctorStage,
  IDENTITY_POOL_ID,
  REGION,
  STACK,
  type StateResource,
  USER_POOL_ID,
} from "./doctor-stage";
import { AwsFailure } from "./fake-aws-apis";
import { createSigningCertificate, formatSamlMetadata } from "../saml-metadata";

const GITHUB = "token.actions.githubusercontent.com";
export const OIDC_PROVIDER_ARN = `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`;
export const READERS_ROLE = `arn:aws:iam::${ACCOUNT}:role/${STACK}-readers`;
/** A role that another stack manages. */
export const MANAGERS_ROLE = `arn:aws:iam::${ACCOUNT}:role/data/managers`;
const PUBLISHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/${STACK}-publisher`;
const AUTHENTICATED_ROLE = `arn:aws:iam::${ACCOUNT}:role/${STACK}-authenticated`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const PROVIDER = getUserPoolProviderName(REGION, USER_POOL_ID);

/** The statement by which a role trusts the identity pool of the stage. */
export const POOL_TRUST = createIdentityPoolTrustStatement(
  IDENTITY_POOL_ID,
  REGION,
);

/** Creates the statement by which a role trusts runs on GitHub. */
export function createGitHubTrust(subject: string): object {
  return {
    Effect: "Allow",
    Principal: { Federated: OIDC_PROVIDER_ARN },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        [`${GITHUB}:aud`]: "sts.amazonaws.com",
        [`${GITHUB}:sub`]: subject,
      },
    },
  };
}

const GITHUB_TRUST = createGitHubTrust(
  "repo:example@1/veda-auth@2:ref:refs/heads/main",
);

const RULE = {
  claim: "department",
  match_type: "Equals",
  value: "science",
  role_arn: READERS_ROLE,
};

export function createAccessResources(): StateResource[] {
  const create = (type: string, name: string, attributes: object) => ({
    type,
    name,
    attributes: { ...attributes },
  });
  return [
    create("aws_cognito_identity_pool", "pool", {
      id: IDENTITY_POOL_ID,
      cognito_identity_providers: [
        { client_id: "programmatic", provider_name: PROVIDER },
        { client_id: "grafana-id", provider_name: PROVIDER },
      ],
    }),
    create("aws_cognito_identity_pool_roles_attachment", "roles", {
      identity_pool_id: IDENTITY_POOL_ID,
      roles: { authenticated: AUTHENTICATED_ROLE },
      role_mapping: [
        {
          identity_provider: `${PROVIDER}:programmatic`,
          type: "Token",
          ambiguous_role_resolution: "Deny",
          mapping_rule: [],
        },
        {
          identity_provider: `${PROVIDER}:grafana-id`,
          type: "Rules",
          ambiguous_role_resolution: "Deny",
          mapping_rule: [RULE],
        },
      ],
    }),
    create("aws_cognito_user_group", "readers", {
      name: "readers",
      role_arn: READERS_ROLE,
    }),
    create("aws_cognito_user_group", "managers", {
      name: "managers",
      role_arn: MANAGERS_ROLE,
    }),
    create("aws_iam_role", "readers", {
      name: `${STACK}-readers`,
      arn: READERS_ROLE,
      permissions_boundary: BOUNDARY,
      assume_role_policy: JSON.stringify(POOL_TRUST),
    }),
    create("aws_iam_role", "publisher", {
      name: `${STACK}-publisher`,
      arn: PUBLISHER_ROLE,
      assume_role_policy: JSON.stringify(GITHUB_TRUST),
    }),
    create("aws_iam_openid_connect_provider", "github", {
      arn: OIDC_PROVIDER_ARN,
    }),
    create("aws_cognito_identity_provider", "keycloak", {
      provider_name: "Keycloak",
      provider_type: "OIDC",
    }),
    create("aws_cognito_identity_provider", "university", {
      provider_name: "University",
      provider_type: "SAML",
    }),
  ];
}

/** The role mappings of the identity pool, as AWS returns them. */
export function createRoleMappings(): Record<string, object> {
  return {
    [`${PROVIDER}:programmatic`]: {
      Type: "Token",
      AmbiguousRoleResolution: "Deny",
    },
    [`${PROVIDER}:grafana-id`]: {
      Type: "Rules",
      AmbiguousRoleResolution: "Deny",
      RulesConfiguration: {
        Rules: [
          {
            Claim: RULE.claim,
            MatchType: RULE.match_type,
            Value: RULE.value,
            RoleARN: RULE.role_arn,
          },
        ],
      },
    },
  };
}

/** The identity pool, as AWS describes it. */
export function createPool(): {
  readonly CognitoIdentityProviders: readonly object[];
} {
  return {
    CognitoIdentityProviders: ["programmatic", "grafana-id"].map(
      (ClientId) => ({
        ClientId,
        ProviderName: PROVIDER,
        ServerSideTokenCheck: true,
      }),
    ),
  };
}

const ROLES = [
  {
    ...createRole(READERS_ROLE, POOL_TRUST),
    PermissionsBoundary: { PermissionsBoundaryArn: BOUNDARY },
  },
  createRole(MANAGERS_ROLE, POOL_TRUST),
  createRole(PUBLISHER_ROLE, GITHUB_TRUST),
];

/** Returns a role, as IAM does. */
export function createRole(
  arn: string,
  statement: object,
): { readonly Arn: string } {
  return {
    RoleName: arn.split("/").at(-1),
    Arn: arn,
    AssumeRolePolicyDocument: encodeURIComponent(
      JSON.stringify({ Version: "2012-10-17", Statement: statement }),
    ),
  } as { readonly Arn: string };
}

export function createAccessAnswers(): DoctorStage["answers"] {
  return {
    "cognito-identity:DescribeIdentityPool": {
      IdentityPoolId: IDENTITY_POOL_ID,
      AllowUnauthenticatedIdentities: false,
      ...createPool(),
    },
    "cognito-identity:GetIdentityPoolRoles": {
      Roles: { authenticated: AUTHENTICATED_ROLE },
      RoleMappings: createRoleMappings(),
    },
    "cognito-idp:ListGroups": {
      Groups: [
        { GroupName: "readers", RoleArn: READERS_ROLE },
        { GroupName: "managers", RoleArn: MANAGERS_ROLE },
      ],
    },
    "cognito-idp:ListUserPoolClients": { UserPoolClients: createItems(3) },
    "cognito-idp:ListResourceServers": { ResourceServers: createItems(1) },
    "cognito-idp:ListIdentityProviders": { Providers: createItems(2) },
    "cognito-idp:DescribeIdentityProvider": ({ ProviderName: name }) =>
      createProvider(
        name === "University"
          ? { MetadataFile: METADATA.valid }
          : { client_secret: CANARY },
      ),
    "iam:GetOpenIDConnectProvider": {
      Url: GITHUB,
      ClientIDList: ["sts.amazonaws.com"],
    },
    "iam:GetAccountSummary": {
      SummaryMap: new Map([
        ["Roles", 100],
        ["RolesQuota", 1000],
        ["Policies", 10],
        ["PoliciesQuota", 1500],
      ]),
    },
    "iam:GetRole": ({ RoleName: name }) => {
      const role = ROLES.find(({ Arn }) => Arn.endsWith(`/${String(name)}`));
      return role === undefined ? NO_ROLE : { Role: role };
    },
  };
}

export const NO_ROLE = new AwsFailure("NoSuchEntity", "not found", 404);

/** Creates the items of a listing. */
export function createItems(count: number): object[] {
  return Array.from({ length: count }, () => ({}));
}

/** Metadata of a SAML identity provider, which {@link prepareParts} creates. */
export const METADATA = { valid: "", expiring: "", expired: "" };

/** Creates the certificates. */
export async function prepareParts(): Promise<void> {
  const create = async (from: number, to: number): Promise<string> =>
    formatSamlMetadata({
      certificates: [await createSigningCertificate(from, to)],
    });
  METADATA.valid = await create(-1, 365);
  METADATA.expiring = await create(-1, 10);
  METADATA.expired = await create(-10, -1);
}

/** Returns an identity provider, as AWS describes it. */
export function createProvider(details: object): object {
  return { IdentityProvider: { ProviderDetails: details } };
}
