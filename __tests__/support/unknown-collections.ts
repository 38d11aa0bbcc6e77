import { Fn, TerraformOutput, Token } from "cdktf";
import type { Construct } from "constructs";
import * as constructs from "../../constructs";
import type { AuthStack } from "../../stacks/auth-stack";
import { createUserPool } from "./user-pools";

const ROLE = "arn:aws:iam::123456789012:role/reader";
const STATEMENT: constructs.IdentityStatement = {
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "*",
};
const userPool = createUserPool("us-west-2_Abc");
const provider: constructs.IOidcProvider = {
  issuer: "issuer.example.org",
  providerArn: "arn:aws:iam::123456789012:oidc-provider/issuer.example.org",
};

/** Creates a list that only Terraform knows. */
export function createUnknownList<T extends string>(...items: T[]): T[] {
  return Fn.split(",", items.join(",")) as T[];
}

/** Creates a map that only Terraform knows. */
export function createUnknownMap(
  items: Readonly<Record<string, string>>,
): Record<string, string> {
  return Token.asStringMap(Fn.merge([items]));
}

/** Creates a number that only Terraform knows. */
export function createUnknownNumber(value: number): number {
  return Token.asNumber(Fn.tonumber(String(value)));
}

/** A property with a value that only Terraform knows, and what the stack then has. */
interface Row {
  readonly build: (auth: AuthStack, scope: Construct) => void;
  /** Part of the stack's JSON. */
  readonly expected: string | RegExp;
}

const list = createUnknownList;

function role(statement: Partial<constructs.IdentityStatement>): Row["build"] {
  return (_, scope) => {
    new constructs.IdentityPoolRole(scope, "role", {
      identityPoolId: "us-west-2:1",
      roleName: `role-${scope.node.id.toLowerCase()}`,
      statements: [{ ...STATEMENT, ...statement }],
    });
  };
}

function oidcRole(props: Partial<constructs.OidcRoleProps>): Row["build"] {
  return (_, scope) => {
    new constructs.OidcRole(scope, "role", {
      provider,
      roleName: `role-${scope.node.id.toLowerCase()}`,
      subjects: ["subject"],
      ...props,
    });
  };
}

function secret(props: Partial<constructs.ClientSecretProps>): Row["build"] {
  return (_, scope) => {
    new constructs.ClientSecret(scope, "secret", {
      secretName: scope.node.id,
      fields: { client_id: "i" },
      clientSecret: "s",
      recoveryDays: 7,
      ...props,
    });
  };
}

function frontend(
  props: Partial<constructs.FrontendClientProps>,
): Row["build"] {
  return (_, scope) => {
    new constructs.FrontendClient(scope, "client", {
      userPool,
      clientName: "page",
      callbackUrls: ["https://a.example.org"],
      ...props,
    });
  };
}

function client(
  settings: Partial<ConstructorParameters<typeof constructs.UserPoolClient>[2]>,
): Row["build"] {
  return (_, scope) => {
    new constructs.UserPoolClient(scope, "client", {
      userPool,
      clientName: "client",
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      oauth: null,
      ...settings,
    });
  };
}

function oidcIdentityProvider(
  options: Partial<constructs.OidcIdentityProviderProps>,
): Row["build"] {
  return (_, scope) => {
    new constructs.OidcIdentityProvider(scope, "provider", {
      userPool,
      providerName: "Keycloak",
      issuer: "https://keycloak.example.org/realms/veda",
      clientId: "veda",
      attributes: { email: "email" },
      ...options,
    });
  };
}

function pool(options: Partial<constructs.UserPoolOptions>): Row["build"] {
  return (_, scope) => {
    new constructs.UserPool(scope, "pool", {
      userPoolName: "pool",
      deletionProtection: false,
      mfa: null,
      email: null,
      ...options,
    });
  };
}

const URLS = ["https://a.example.org", "https://b.example.org"] as const;
const SPLIT_URLS =
  '${split(\\",\\", \\"https://a.example.org,https://b.example.org\\")}';

/** Rows of properties that accept a value that only Terraform knows. The names of calls of a stage contain a space. */
export const ACCEPTED: Readonly<Record<string, Row>> = {
  "ManagedPolicyProps.statements": {
    build: (_, scope) =>
      new constructs.ManagedPolicy(scope, "policy", {
        policyName: "statements",
        description: "Some",
        statements: [{ ...STATEMENT, Resource: list("arn:aws:s3:::a") }],
      }),
    expected: /Resource.*:\$\{jsonencode\(split\(/,
  },
  "UsedResources.triggerArns": {
    build: (_, scope) =>
      new constructs.ManagedPolicy(scope, "policy", {
        policyName: "triggers",
        description: "Some",
        statements: constructs.createUseStatements({
          region: "us-west-2",
          accountId: "123456789012",
          stage: "dev",
          stackName: "our-auth-dev",
          stateBucket: "our-state",
          stateKey: "key",
          stateEncryptionKeyArn: null,
          boundaryPolicyArn: "arn:aws:iam::123456789012:policy/boundary",
          deployRolePath: "/our-auth-account/",
          environmentSecretName: "our-auth-dev-env",
          triggerArns: list(
            "arn:aws:lambda:us-west-2:123456789012:function:add-groups",
          ),
        }),
      }),
    expected: /Resource.*:\$\{jsonencode\(split\(.*function:add-groups/,
  },
  "BoundaryScope.buckets": {
    build: (_, scope) =>
      new constructs.BoundaryPolicy(scope, "policy", {
        policyName: "buckets",
        buckets: list("a-bucket", "b-*"),
        stateBucket: "a-state",
        stateEncryptionKeyArn: null,
      }),
    expected:
      /jsonencode\(concat\(formatlist\(.*arn:aws:s3:::%s.*, split.*arn:aws:s3:::%s\/\*/,
  },
  "ClientAttributes.readAttributes": {
    build: frontend({ readAttributes: list("email", "name") }),
    expected:
      /"precondition":\[\{"condition":"\$\{alltrue\(.*contains\(.*"read_attributes":"\$\{split\(/,
  },
  "ClientAttributes.writeAttributes": {
    build: frontend({ writeAttributes: list("email", "name") }),
    expected:
      /"precondition":\[\{"condition":"\$\{alltrue\(.*contains\(.*"write_attributes":"\$\{split\(/,
  },
  "ClientSecretProps.fields": {
    build: secret({ fields: createUnknownMap({ flow: "x" }) }),
    expected: "${jsonencode(merge(merge({",
  },
  "ClientSecretProps.readerRoleArns": {
    build: secret({ readerRoleArns: list(ROLE, `${ROLE}2`) }),
    expected: /AWS.*:\$\{jsonencode\(split\(/,
  },
  "ClientSecretProps.recoveryDays": {
    build: secret({ recoveryDays: createUnknownNumber(7) }),
    expected: '"recovery_window_in_days":"${tonumber(',
  },
  "ClientSettings.callbackUrls": {
    build: client({
      oauth: { flow: "code", scopes: ["openid"], callbackUrls: list(...URLS) },
    }),
    expected: `"callback_urls":"${SPLIT_URLS}"`,
  },
  "ClientSettings.explicitAuthFlows": {
    build: client({ explicitAuthFlows: list("ALLOW_REFRESH_TOKEN_AUTH") }),
    expected: '"explicit_auth_flows":"${split(',
  },
  "ClientSettings.logoutUrls": {
    build: client({
      oauth: {
        flow: "code",
        scopes: ["openid"],
        callbackUrls: [...URLS],
        logoutUrls: list(...URLS),
      },
    }),
    expected: `"logout_urls":"${SPLIT_URLS}"`,
  },
  "ClientSettings.scopes": {
    build: client({
      oauth: {
        flow: "code",
        scopes: list("openid", "email"),
        callbackUrls: [...URLS],
      },
    }),
    expected: '"allowed_oauth_scopes":"${split(',
  },
  "FrontendClientProps.callbackUrls": {
    build: frontend({ callbackUrls: list(...URLS) }),
    expected: `"callback_urls":"${SPLIT_URLS}"`,
  },
  "FrontendClientProps.logoutUrls": {
    build: frontend({ logoutUrls: list(...URLS) }),
    expected: `"logout_urls":"${SPLIT_URLS}"`,
  },
  "GroupOptions.precedence": {
    build: (auth) => {
      const precedence = createUnknownNumber(3);
      for (const roleArn of [ROLE, `${ROLE}2`])
        auth.addGroupWithRole(`precedence-${roleArn.length}`, {
          description: "",
          precedence,
          roleArn,
        });
    },
    expected: '"precedence":"${tonumber(',
  },
  "IdentityPoolProps.trustedClientIds": {
    build: (_, scope) =>
      new constructs.IdentityPool(scope, "pool", {
        userPool,
        identityPoolName: "pool",
        authenticatedRoleName: "pool-authenticated",
        trustedClientIds: () => list("a", "b"),
      }),
    expected:
      /"dynamic":\{"role_mapping":\{"content":\{.*\$\{role_mapping.value\}","type":"Token"\},"for_each":"\$\{split\(/,
  },
  "IdentityPoolRoleProps.statements": {
    build: role({ Action: list("s3:GetObject", "s3:PutObject") }),
    expected: /Action.*:\$\{jsonencode\(split\(/,
  },
  "IdentityStatement.Resource": {
    build: role({ Resource: list("arn:aws:s3:::a", "arn:aws:s3:::b") }),
    expected: /Resource.*:\$\{jsonencode\(split\(/,
  },
  "IdentityProviderProps.domains": {
    build: oidcIdentityProvider({ domains: list("a.example", "b.example") }),
    expected: '"idp_identifiers":"${split(',
  },
  "OidcIdentityProviderProps.scopes": {
    build: oidcIdentityProvider({ scopes: list("openid", "email") }),
    expected: '"authorize_scopes":"${join(\\" \\", split(',
  },
  "IOidcProvider.audiences": {
    build: oidcRole({ provider: { ...provider, audiences: list("a", "b") } }),
    expected: /:aud.*:\$\{jsonencode\(split\(/,
  },
  "IssuerConfig.audiences": {
    build: (auth) => {
      auth.addOidcProvider({
        origin: "created",
        issuer: "audiences.example.org",
        audiences: list("a", "b"),
      });
    },
    expected: '"client_id_list":"${split(',
  },
  "OidcProviderProps.audiences": {
    build: (_, scope) =>
      new constructs.OidcProvider(scope, "provider", {
        issuer: "issuer.example.org",
        audiences: list("a", "b"),
      }),
    expected: '"client_id_list":"${split(',
  },
  "OidcRoleProps.managedPolicyArns": {
    build: oidcRole({
      managedPolicyArns: list("arn:aws:iam::aws:policy/ReadOnlyAccess"),
    }),
    expected: /"for_each":"\$\{toset\(split\(.*"policy_arn":"\$\{each.value\}"/,
  },
  "OidcRoleProps.statements": {
    build: oidcRole({
      statements: [{ ...STATEMENT, Action: list("s3:GetObject") }],
    }),
    expected: /Action.*:\$\{jsonencode\(split\(/,
  },
  "OidcRoleProps.subjects": {
    build: oidcRole({ subjects: list("one", "two") }),
    expected: /:sub.*:\$\{jsonencode\(split\(/,
  },
  "PolicyStatement.Action": {
    build: (_, scope) =>
      new constructs.OidcReadOnlyRole(scope, "role", {
        provider,
        roleName: "read-only",
        subjects: ["subject"],
        statements: [{ ...STATEMENT, Action: list("s3:GetObject") }],
      }),
    expected: /"precondition":\[\{"condition":"\$\{alltrue\(\[ for /,
  },
  "PolicyStatement.Condition": {
    build: role({
      Condition: {
        StringEquals: createUnknownMap({ "aws:PrincipalTag/a": "b" }),
        StringLike: { "aws:PrincipalTag/c": list("d", "e") },
      },
    }),
    expected:
      /StringEquals.*:\$\{jsonencode\(merge\(.*aws:PrincipalTag\/c.*:\$\{jsonencode\(split\(/,
  },
  "PolicyStatement.Principal": {
    build: secret({ readerRoleArns: list(ROLE) }),
    expected: /Principal.*AWS.*:\$\{jsonencode\(split\(/,
  },
  "PolicyStatement.Resource": {
    build: role({ Effect: "Deny", Resource: list("arn:aws:s3:::c") }),
    expected: /Resource.*:\$\{jsonencode\(split\(/,
  },
  "ProgrammaticClientProps.callbackUrls": {
    build: (auth) =>
      auth.addProgrammaticClient("programmatic-client", {
        callbackUrls: list(...URLS),
      }),
    expected: `"callback_urls":"${SPLIT_URLS}"`,
  },
  "RefreshTokenRotation.gracePeriodSeconds": {
    build: frontend({
      refreshTokenRotation: { gracePeriodSeconds: createUnknownNumber(5) },
    }),
    expected: '"retry_grace_period_seconds":"${tonumber(',
  },
  "ResourceServerProps.scopes": {
    build: (_, scope) =>
      new constructs.ResourceServer(scope, "server", {
        userPool,
        identifier: "server",
        scopes: createUnknownMap({ read: "Read" }),
      }).scope("read"),
    expected:
      /"dynamic":\{"scope":\{"content":\{"scope_description":"\$\{each.value\}","scope_name":"\$\{each.key\}"\},"for_each":"\$\{merge\(/,
  },
  "ServiceClientProps.scopes": {
    build: (auth) => {
      auth.addResourceServer("known", { read: "Read" });
      auth.addServiceClient("service", { scopes: list("known-server/read") });
      auth.addResourceServer("later", { read: "Read" });
    },
    expected:
      /"allowed_oauth_scopes":"\$\{split.*"depends_on":\["aws_cognito_resource_server\.[^"]*known[^"]*","aws_cognito_resource_server\.[^"]*later.*\\"scope\\" = join\(\\" \\", split\(/,
  },
  "SignInClientProps.scopes": {
    build: (auth) => {
      auth.addWebClient("scopes", {
        callbackUrls: [...URLS],
        scopes: list("openid", "email"),
      });
    },
    expected:
      /"allowed_oauth_scopes":"\$\{split.*\\"scope\\" = join\(\\" \\", split\(/,
  },
  "SignInUrlOptions.scopes": {
    build: (auth) => {
      const page = auth.addFrontendClient("links", { callbackUrls: [...URLS] });
      new TerraformOutput(auth, "link", {
        value: auth.domain.signInUrl(page, {
          redirectUri: URLS[0],
          scopes: list("openid", "email"),
        }),
      });
    },
    expected: /&scope=\$\{urlencode\(join\(\\" \\", split\(/,
  },
  "TokenValidity.accessTokenMinutes": {
    build: frontend({ accessTokenMinutes: createUnknownNumber(5) }),
    expected: '"access_token_validity":"${tonumber(',
  },
  "TokenValidity.idTokenMinutes": {
    build: frontend({ idTokenMinutes: createUnknownNumber(5) }),
    expected: '"id_token_validity":"${tonumber(',
  },
  "TokenValidity.refreshTokenDays": {
    build: frontend({ refreshTokenDays: createUnknownNumber(5) }),
    expected: '"refresh_token_validity":"${tonumber(',
  },
  "BrandingStyle.settings": {
    build: (_, scope) =>
      new constructs.ManagedLoginBranding(scope, "branding", {
        userPool,
        clientId: "client",
        style: { settings: createUnknownMap({ a: "b" }) },
      }),
    expected: '"settings":"${jsonencode(merge(',
  },
  "UserPoolGroupProps.precedence": {
    build: (_, scope) =>
      new constructs.UserPoolGroup(scope, "group", {
        userPool,
        groupName: "group",
        description: "",
        precedence: createUnknownNumber(5),
        roleArn: ROLE,
      }),
    expected: '"precedence":"${tonumber(',
  },
  "NumberAttribute.maximum": {
    build: pool({
      customAttributes: {
        level: { type: "Number", minimum: 1, maximum: createUnknownNumber(5) },
      },
    }),
    expected: /"max_value":"\$\{tonumber\(/,
  },
  "NumberAttribute.minimum": {
    build: pool({
      customAttributes: {
        level: { type: "Number", minimum: createUnknownNumber(1), maximum: 5 },
      },
    }),
    expected: /"min_value":"\$\{tonumber\(/,
  },
  "PasswordPolicy.history": {
    build: pool({ password: { history: createUnknownNumber(5) } }),
    expected: '"password_history_size":"${tonumber(',
  },
  "PasswordPolicy.minimumLength": {
    build: pool({ password: { minimumLength: createUnknownNumber(14) } }),
    expected: '"minimum_length":"${tonumber(',
  },
  "StringAttribute.maxLength": {
    build: pool({
      customAttributes: {
        orcid: { type: "String", maxLength: createUnknownNumber(19) },
      },
    }),
    expected: /"max_length":"\$\{tonumber\(/,
  },
  "StringAttribute.minLength": {
    build: pool({
      customAttributes: {
        orcid: { type: "String", minLength: createUnknownNumber(19) },
      },
    }),
    expected: /"min_length":"\$\{tonumber\(/,
  },
  "UserPoolOptions.firstFactors": {
    build: pool({ firstFactors: list("PASSWORD", "EMAIL_OTP") }),
    expected: '"allowed_first_auth_factors":"${split(',
  },
};
