import { TerraformResource, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import * as constructs from "../../constructs";
import { AuthStack } from "../../stacks/auth-stack";
import {
  createApp,
  createStageConfig,
  removeTemporaryDirectories,
} from "../support/stage";
import { createUserPool } from "../support/user-pools";

afterAll(removeTemporaryDirectories);

const userPool = createUserPool();
const CLIENT = { userPool, clientName: "client" };
const PAGE = { ...CLIENT, callbackUrls: ["https://a.example/"] };
const ROLE = "arn:aws:iam::123456789012:role/reader";
const PROVIDER = {
  userPool,
  providerName: "Keycloak",
  attributes: { email: "email" },
} as const;
const OIDC_ROLE = {
  provider: constructs.OidcProvider.fromArn(
    "arn:aws:iam::123456789012:oidc-provider/issuer.example",
  ),
  roleName: "role",
  subjects: ["subject"],
};
const POLICY = {
  policyName: "policy",
  statements: [constructs.allow("Read", "s3:GetObject", "*")],
};

type Create = (scope: TerraformStack, id: string) => Construct;

/** Constructs of the library, by the names of their classes. */
const CONSTRUCTS: Readonly<Record<string, Create>> = {
  BoundaryPolicy: (scope, id) =>
    new constructs.BoundaryPolicy(scope, id, {
      policyName: "boundary",
      buckets: ["a-bucket"],
      stateBucket: "a-state",
      stateEncryptionKeyArn: null,
    }),
  ClassicPages: (scope, id) =>
    new constructs.ClassicPages(scope, id, {
      userPool,
      domain: constructs.UserPoolDomain.fromPrefix(scope, "veda"),
      css: ".banner-customizable {\n  background-color: #fff;\n}",
    }),
  ClientSecret: (scope, id) =>
    new constructs.ClientSecret(scope, id, {
      secretName: "secret",
      fields: { client_id: "a" },
      clientSecret: "s",
      recoveryDays: 7,
    }),
  CustomDomain: (scope, id) =>
    new constructs.CustomDomain(scope, id, {
      userPool,
      domain: "auth.example.org",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a",
      zoneId: "Z1",
    }),
  FrontendClient: (scope, id) => new constructs.FrontendClient(scope, id, PAGE),
  IdentityPool: (scope, id) =>
    new constructs.IdentityPool(scope, id, {
      userPool,
      identityPoolName: "pool",
      authenticatedRoleName: "authenticated",
    }),
  IdentityPoolRole: (scope, id) =>
    new constructs.IdentityPoolRole(scope, id, {
      identityPoolId: "us-west-2:1",
      roleName: "group",
      statements: POLICY.statements,
    }),
  LogDelivery: (scope, id) =>
    new constructs.LogDelivery(scope, id, {
      userPool,
      options: {
        events: "userNotification",
        logGroupArn: "arn:aws:logs:us-west-2:123456789012:log-group:auth",
      },
    }),
  ManagedLoginBranding: (scope, id) =>
    new constructs.ManagedLoginBranding(scope, id, {
      userPool,
      clientId: "client",
      style: null,
    }),
  ManagedPolicy: (scope, id) =>
    new constructs.ManagedPolicy(scope, id, { ...POLICY, description: "A" }),
  OidcIdentityProvider: (scope, id) =>
    new constructs.OidcIdentityProvider(scope, id, {
      ...PROVIDER,
      issuer: "https://keycloak.example.org/realms/veda",
      clientId: "veda",
    }),
  OidcProvider: (scope, id) =>
    new constructs.OidcProvider(scope, id, { issuer: "issuer.example" }),
  OidcReadOnlyRole: (scope, id) =>
    new constructs.OidcReadOnlyRole(scope, id, OIDC_ROLE),
  OidcRole: (scope, id) => new constructs.OidcRole(scope, id, OIDC_ROLE),
  ProgrammaticClient: (scope, id) =>
    new constructs.ProgrammaticClient(scope, id, CLIENT),
  ResourceServer: (scope, id) =>
    new constructs.ResourceServer(scope, id, {
      userPool,
      identifier: "api",
      scopes: { read: "Read" },
    }),
  SamlIdentityProvider: (scope, id) =>
    new constructs.SamlIdentityProvider(scope, id, {
      ...PROVIDER,
      metadataUrl: "https://idp.example.org/metadata",
    }),
  ServiceClient: (scope, id) =>
    new constructs.ServiceClient(scope, id, {
      ...CLIENT,
      scopes: ["api/read"],
    }),
  StateBucket: (scope, id) =>
    new constructs.StateBucket(scope, id, {
      bucketName: "a-state",
      accountId: "123456789012",
      encryptionKeyArn: null,
    }),
  StateEncryptionKey: (scope, id) =>
    new constructs.StateEncryptionKey(scope, id, {
      accountId: "123456789012",
      alias: "alias/a-state",
    }),
  UserPool: (scope, id) =>
    new constructs.UserPool(scope, id, {
      userPoolName: "pool",
      deletionProtection: true,
      mfa: null,
      email: null,
    }),
  UserPoolClient: (scope, id) =>
    new constructs.UserPoolClient(scope, id, {
      ...CLIENT,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      oauth: null,
    }),
  UserPoolDomain: (scope, id) =>
    new constructs.UserPoolDomain(scope, id, { userPool, prefix: "veda" }),
  UserPoolGroup: (scope, id) =>
    new constructs.UserPoolGroup(scope, id, {
      userPool,
      groupName: "group",
      description: "",
      precedence: 1,
      roleArn: ROLE,
    }),
  WebClient: (scope, id) => new constructs.WebClient(scope, id, PAGE),
};

/** Base classes that no code can instantiate. */
const ABSTRACT = ["IdentityProvider"];

test("the table has every construct", () => {
  const names = Object.entries(constructs as Readonly<Record<string, unknown>>)
    .filter(
      ([, value]) =>
        typeof value === "function" && value.prototype instanceof Construct,
    )
    .map(([name]) => name);
  expect([...Object.keys(CONSTRUCTS), ...ABSTRACT].sort()).toEqual(
    names.sort(),
  );
});

describe.each(Object.entries(CONSTRUCTS))("%s", (name, create) => {
  const build = () => {
    const auth = new AuthStack(createApp(), createStageConfig());
    const construct = create(auth, "own");
    return { auth, construct, child: construct.node.defaultChild };
  };

  test("has its primary resource as the default child", () => {
    const { construct, child } = build();
    expect(child?.node.id).toBe("Resource");
    expect(child).toBe(construct.node.tryFindChild("Resource"));
    expect(TerraformResource.isTerraformResource(child)).toBe(true);
  });

  test("has an override in both syntaxes", () => {
    const { auth, child } = build();
    (child as TerraformResource).addOverride("lifecycle.prevent_destroy", true);
    (child as TerraformResource).addOverride("provider", `aws.${name}`);
    expect(JSON.stringify(auth.toTerraform())).toContain(`"aws.${name}"`);
    expect(auth.toHclTerraform().hcl).toContain(`aws.${name}`);
  });
});
