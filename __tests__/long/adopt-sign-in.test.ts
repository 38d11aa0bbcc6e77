import * as idp from "@aws-sdk/client-cognito-identity-provider";
import type { Environment } from "../../stacks/config/environment";
import {
  adoptAll,
  LOCAL_STATE,
  withCdkDeployment,
} from "../support/adoption-runs";
import type { CdkDeployment } from "../support/cdk-deployment";
import { describeLocal } from "../support/deployment";
import { createSignInResources } from "../support/sign-in-resources";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(600_000);

const SECRET = "CANARY-OF-THE-PROVIDER";
const ISSUER = "https://id.example.org/realms/veda";
const CUSTOM_DOMAIN = "auth.example.org";
const SES: Environment = {
  EMAIL_IDENTITY_ARN: "arn:aws:ses:us-west-2:000000000000:identity/example.org",
  EMAIL_FROM: "no-reply@example.org",
};

afterAll(() => {
  removeTemporaryDirectories();
});

/** Sets up sign-in features outside the stack; returns the settings that name them. */
async function setUpFeatures(
  app: CdkDeployment,
  ids: Record<string, string>,
): Promise<Environment> {
  const users = app.connectUserPools();
  const UserPoolId = ids.userpool0AC4AA96;
  const { triggerArn, certificateArn } = await createSignInResources(
    app.aws,
    CUSTOM_DOMAIN,
  );
  await users.send(
    new idp.UpdateUserPoolCommand({
      UserPoolId,
      AutoVerifiedAttributes: ["email"],
      UserPoolTier: "PLUS",
      UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" },
      Policies: {
        PasswordPolicy: {
          MinimumLength: 16,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
          TemporaryPasswordValidityDays: 7,
        },
      },
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: SES.EMAIL_IDENTITY_ARN,
        From: SES.EMAIL_FROM,
      },
      LambdaConfig: {
        PreTokenGenerationConfig: {
          LambdaArn: triggerArn,
          LambdaVersion: "V2_0",
        },
      },
    }),
  );
  await users.send(
    new idp.SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  );
  await users.send(
    new idp.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: "Keycloak",
      ProviderType: "OIDC",
      ProviderDetails: {
        client_id: "veda",
        client_secret: SECRET,
        authorize_scopes: "openid email profile",
        oidc_issuer: ISSUER,
        attributes_request_method: "GET",
        authorize_url: `${ISSUER}/protocol/openid-connect/auth`,
        token_url: `${ISSUER}/protocol/openid-connect/token`,
        attributes_url: `${ISSUER}/protocol/openid-connect/userinfo`,
        jwks_uri: `${ISSUER}/protocol/openid-connect/certs`,
      },
      AttributeMapping: { email: "email", username: "sub" },
    }),
  );
  await users.send(
    new idp.UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId: ids.userpoolprogrammaticclientEB48A369,
      SupportedIdentityProviders: ["COGNITO", "Keycloak"],
      ExplicitAuthFlows: [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
      ],
    }),
  );
  await users.send(
    new idp.CreateUserPoolDomainCommand({
      UserPoolId,
      Domain: CUSTOM_DOMAIN,
      CustomDomainConfig: { CertificateArn: certificateArn },
    }),
  );
  return {
    ...SES,
    MFA: "optional",
    FEATURE_PLAN: "PLUS",
    THREAT_PROTECTION: "AUDIT",
    PASSWORD_MIN_LENGTH: "16",
    PRE_TOKEN_GENERATION_ARN: triggerArn,
    PRE_TOKEN_GENERATION_VERSION: "V2_0",
    CUSTOM_DOMAIN,
    CUSTOM_DOMAIN_CERTIFICATE_ARN: certificateArn,
  };
}

describeLocal("sign-in features that were set up outside the stack", () => {
  test("block the adoption until the settings have them, and are then adopted", async () => {
    await withCdkDeployment(LOCAL_STATE, {}, async (app, ids) => {
      const settings = await setUpFeatures(app, ids);
      const blocked = await app.adopt(["plan", "--stage", "dev"]);
      expect(blocked.code).toBe(3);
      for (const [name, value] of Object.entries(settings))
        expect(blocked.stdout).toContain(`\n  ${name}=${value}\n`);
      for (const text of [
        /^unmanaged +identity provider Keycloak$/m,
        /^unmanaged +custom domain auth\.example\.org$/m,
        /mfa_configuration must not change, .*; set MFA$/m,
        /lambda_config must run .*; set PRE_TOKEN_GENERATION_ARN/,
        /user_pool_tier must stay PLUS, got ESSENTIALS; set FEATURE_PLAN$/m,
        /supported_identity_providers must still contain Keycloak, .*; pass the live providers in signIn of the client/,
      ])
        expect(blocked.stdout).toMatch(text);

      app.deployment.write(".env.dev", {
        ...LOCAL_STATE,
        ...settings,
        SIGN_IN_OIDC_NAME: "Keycloak",
        SIGN_IN_OIDC_ISSUER: ISSUER,
        SIGN_IN_OIDC_CLIENT_ID: "veda",
      });
      expect(await adoptAll(app)).toMatch(/^the adoption is finished/m);

      const users = app.connectUserPools();
      const UserPoolId = ids.userpool0AC4AA96;
      const { IdentityProvider: provider } = await users.send(
        new idp.DescribeIdentityProviderCommand({
          UserPoolId,
          ProviderName: "Keycloak",
        }),
      );
      expect(provider?.ProviderDetails?.client_secret).toBe(SECRET);
      const { UserPool: pool } = await users.send(
        new idp.DescribeUserPoolCommand({ UserPoolId }),
      );
      expect(pool).toMatchObject({
        MfaConfiguration: "OPTIONAL",
        UserPoolTier: "PLUS",
        UserPoolAddOns: { AdvancedSecurityMode: "AUDIT" },
        EmailConfiguration: { SourceArn: SES.EMAIL_IDENTITY_ARN },
        LambdaConfig: {
          PreTokenGenerationConfig: { LambdaVersion: "V2_0" },
        },
        CustomDomain: CUSTOM_DOMAIN,
      });
      const printed = [...app.printed, ...app.deployment.printed].join("\n");
      expect(printed).not.toContain(SECRET);
    });
  });
});
