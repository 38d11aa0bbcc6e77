import type { RoleRules } from "../../constructs";
import type { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";
import type { SignInResources } from "./sign-in-resources";
import { createStageConfig } from "./stage";

export const CUSTOM_DOMAIN = "auth.example.org";
/** Name of the policy that bounds the roles of the stage. */
export const BOUNDARY = "veda-auth-stack-boundary";
const COMMON: Environment = {
  STATE_BACKEND: "local",
  OWNER: "operator",
  AWS_ACCOUNT_ID: "000000000000",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  PERMISSIONS_BOUNDARY_POLICY_NAME: BOUNDARY,
};
const CSS = ".submitButton-customizable { background-color: #0b3d91; }";

/** Settings of a stage with every sign-in feature that has a setting. */
export function createEverythingSettings(ids: SignInResources): Environment {
  return {
    ...COMMON,
    MFA: "optional",
    MFA_FACTORS: "TOTP,EMAIL",
    ACCOUNT_RECOVERY: "admin_only",
    PASSWORD_MIN_LENGTH: "16",
    PASSWORD_HISTORY: "5",
    FEATURE_PLAN: "PLUS",
    THREAT_PROTECTION: "AUDIT",
    EMAIL_IDENTITY_ARN:
      "arn:aws:ses:us-west-2:000000000000:identity/example.org",
    EMAIL_FROM: "Sign-in <no-reply@example.org>",
    EMAIL_REPLY_TO: "help@example.org",
    PRE_TOKEN_GENERATION_ARN: ids.triggerArn,
    PRE_TOKEN_GENERATION_VERSION: "V2_0",
    WEB_ACL_ARN: ids.webAclArn,
    CUSTOM_DOMAIN,
    CUSTOM_DOMAIN_CERTIFICATE_ARN: ids.certificateArn,
    CUSTOM_DOMAIN_ZONE_ID: ids.zoneId,
  };
}

/** Settings of the same stage without them. Those that Terraform does not reset go back explicitly. */
const OFF_SETTINGS: Environment = {
  ...COMMON,
  PASSWORD_HISTORY: "0",
  THREAT_PROTECTION: "OFF",
};

/**
 * Adds a stage with every sign-in feature, also those that only code has. It has no risk configuration and no rotation of
 * refresh tokens, which the local AWS does not know, and no branding and log delivery, which the provider 5.100 does not
 * know.
 */
export function addEverything(
  app: AuthApp,
  ids: SignInResources,
  samlMetadataFile: string,
): AuthStack {
  const config = createStageConfig(createEverythingSettings(ids));
  const auth = new AuthStack(app, config, {
    userPool: {
      ...PASSKEYS,
      customAttributes: CUSTOM_ATTRIBUTES,
      triggers: {
        ...config.userPool.triggers,
        preSignUp: ids.triggerArn,
        postAuthentication: ids.triggerArn,
      },
    },
    classicPages: { css: CSS },
    managedLoginVersion: 1,
  });
  const keycloak = auth.addOidcIdentityProvider("Keycloak", {
    issuer: "https://id.example.org/realms/veda",
    clientId: "veda",
    domains: ["example.com"],
    attributes: { email: "email", "custom:department": "department" },
  });
  const university = auth.addSamlIdentityProvider("University", {
    metadataFile: samlMetadataFile,
    domains: ["example.edu"],
    attributes: { email: "mail" },
  });
  const api = auth.addResourceServer("api", { read: "Read" });
  auth.addServiceClient("service", { scopes: [api.scope("read")] });
  auth.addProgrammaticClient("programmatic-client", {
    browserSignIn: true,
    signIn: ["COGNITO", university],
  });
  const page = auth.addFrontendClient("page", {
    callbackUrls: ["https://a.example/"],
    logoutUrls: ["https://a.example/"],
    signIn: [keycloak, university],
  });
  auth.addWebClient("grafana", {
    callbackUrls: ["https://g.example/login"],
    signIn: [keycloak],
  });
  const readers = auth.addGroup("readers", {
    description: "Readers",
    precedence: 1,
    buckets: { "our-data": "read" },
  });
  const rules: RoleRules = {
    rules: [
      {
        claim: "custom:department",
        matchType: "Equals",
        value: "science",
        roleArn: readers.roleArn,
      },
    ],
    ambiguousRoleResolution: "Deny",
  };
  auth.trustClient(page, rules);
  auth.trustProvider(
    "arn:aws:iam::000000000000:oidc-provider/tokens.example",
    rules,
  );
  return auth;
}

/** It is unknown whether AWS resets passkeys that an update omits. */
const PASSKEYS = {
  firstFactors: ["PASSWORD", "WEB_AUTHN"],
  passkeys: { relyingPartyId: CUSTOM_DOMAIN },
} as const;
/** Attributes cannot be removed again. */
const CUSTOM_ATTRIBUTES = {
  department: { type: "String", maxLength: 64 },
  badge: { type: "Number", minimum: 0, maximum: 9_999 },
} as const;

/** Adds the same stage without these features, except for those that cannot be removed. */
export function addWithoutFeatures(app: AuthApp): AuthStack {
  const auth = new AuthStack(app, createStageConfig(OFF_SETTINGS), {
    userPool: {
      ...PASSKEYS,
      customAttributes: CUSTOM_ATTRIBUTES,
    },
  });
  const api = auth.addResourceServer("api", { read: "Read" });
  auth.addServiceClient("service", { scopes: [api.scope("read")] });
  auth.addProgrammaticClient("programmatic-client");
  auth.addGroup("readers", {
    description: "Readers",
    precedence: 1,
    buckets: { "our-data": "read" },
  });
  return auth;
}
