import { BASE } from "../plan-cases";
import {
  addBlock,
  combineEdits,
  editBlock,
  findInstance,
  getAddress,
  removeResources,
  setAttributes,
  setStateAttributes,
  type Edit,
  type Json,
} from "../plan-edits";
import {
  addResource,
  ATTACHMENT,
  changeState,
  POOL,
  type DangerousCases,
} from "./resources";

/** Secrets of identity providers that no output of a review may contain. */
export const PLANTED_PROVIDER = {
  current: "planted-idp-current-71c9",
  literal: "planted-idp-literal-c04e",
  unknownKey: "planted-idp-future-key-55d1",
  ignored: "planted-idp-ignored-8e2f",
  privateKey:
    "-----BEGIN PRIVATE KEY-----\nMIGTplantedIdpKEYplantedIdpKEY7\n-----END PRIVATE KEY-----",
};

const PROVIDER_TYPE = "aws_cognito_identity_provider";
const KEYCLOAK = `${PROVIDER_TYPE}.keycloak`;
const CILOGON = `${PROVIDER_TYPE}.cilogon`;
const UNIVERSITY = `${PROVIDER_TYPE}.university`;
const PORTAL = "aws_cognito_user_pool_client.portal";
const ACCOUNT = "000000000000";
const FUNCTION = `arn:aws:lambda:us-west-2:${ACCOUNT}:function:grant`;
const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/a`;

function metadata(certificate: string): string {
  return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.edu/shibboleth"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate.repeat(40)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.edu/sso"/></IDPSSODescriptor></EntityDescriptor>`;
}

/** An OIDC provider with its endpoints, whose secret is set outside Terraform. */
function oidc(name: string, clientSecret: string): Json {
  const issuer = `https://${name.toLowerCase()}.example.org/realms/veda`;
  return {
    provider_name: name,
    provider_type: "OIDC",
    provider_details: {
      client_id: `${name.toLowerCase()}-client`,
      client_secret: clientSecret,
      oidc_issuer: issuer,
      authorize_scopes: "openid email",
      attributes_request_method: "GET",
      authorize_url: `${issuer}/auth`,
      token_url: `${issuer}/token`,
      attributes_url: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/certs`,
    },
    attribute_mapping: { email: "email", username: "sub" },
    lifecycle: { ignore_changes: ['provider_details["client_secret"]'] },
  };
}

/** Adds a resource of the user pool. */
function addInPool(type: string, name: string, values: Json): Edit {
  return (stack) => {
    const user_pool_id = `\${${getAddress(stack, POOL)}.id}`;
    addResource(type, name, { user_pool_id, ...values })(stack);
  };
}

/** Adds three identity providers to a stage, and a client at which their users sign in. */
export const SIGN_IN_BASE: Edit = combineEdits(
  BASE,
  addInPool(
    PROVIDER_TYPE,
    "keycloak",
    oidc("Keycloak", "set-with-identity-provider-secret"),
  ),
  addInPool(
    PROVIDER_TYPE,
    "cilogon",
    oidc("CILogon", '${sensitive("set-with-identity-provider-secret")}'),
  ),
  addInPool(PROVIDER_TYPE, "university", {
    provider_name: "University",
    provider_type: "SAML",
    provider_details: { MetadataFile: metadata("MIIC1234") },
    attribute_mapping: { email: "mail" },
    lifecycle: {
      ignore_changes: ['provider_details["ActiveEncryptionCertificate"]'],
    },
  }),
  addInPool("aws_cognito_user_pool_client", "portal", {
    name: "portal",
    callback_urls: ["https://portal.example/"],
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_flows: ["code"],
    allowed_oauth_scopes: ["openid", "email"],
    explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
    supported_identity_providers: [
      "COGNITO",
      "${aws_cognito_identity_provider.keycloak.provider_name}",
      "${aws_cognito_identity_provider.university.provider_name}",
    ],
    write_attributes: ["email"],
    prevent_user_existence_errors: "ENABLED",
    enable_token_revocation: true,
  }),
);

/** Sets keys of a provider's connection in the code. */
function setDetails(address: string, details: Json): Edit {
  return editBlock(address, (values) => {
    Object.assign(values.provider_details as Json, details);
  });
}

/** Sets keys of providers' connections in the state, as after a rotation of their secrets. */
function rotate(...addresses: readonly string[]): Edit {
  return (state) => {
    for (const address of addresses) {
      const { attributes } = findInstance(state, address);
      Object.assign((attributes as Json).provider_details as Json, {
        client_secret: PLANTED_PROVIDER.current,
      });
    }
  };
}

function firstFactors(...others: readonly string[]): Json {
  return {
    sign_in_policy: { allowed_first_auth_factors: ["PASSWORD", ...others] },
  };
}

/** Puts blocks into lists, as a state has them. */
function inState(values: Json): Edit {
  return setStateAttributes(
    POOL,
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        typeof value === "object" ? [value] : value,
      ]),
    ),
  );
}

const SES = {
  email_configuration: {
    email_sending_account: "DEVELOPER",
    source_arn: `arn:aws:ses:us-west-2:${ACCOUNT}:identity/example.org`,
  },
};
const EMAIL_FACTOR = {
  email_mfa_configuration: { subject: "Code", message: "{####}" },
};
const TOTP = { software_token_mfa_configuration: { enabled: true } };
const RECOVERY = {
  account_recovery_setting: {
    recovery_mechanism: [{ name: "admin_only", priority: 1 }],
  },
};

const LITERAL_PROVIDER = {
  provider_name: "Partner",
  provider_type: "OIDC",
  provider_details: {
    ...(oidc("Partner", PLANTED_PROVIDER.literal).provider_details as Json),
    future_key: PLANTED_PROVIDER.unknownKey,
  },
};

/** Identity providers and other ways to sign in; their plans are in the archive `sign-in-plans`. */
export const SIGN_IN_CASES: DangerousCases = {
  "provider-created": {
    edit: combineEdits(
      addInPool(PROVIDER_TYPE, "partner", LITERAL_PROVIDER),
      addInPool(PROVIDER_TYPE, "apple", {
        provider_name: "SignInWithApple",
        provider_type: "SignInWithApple",
        provider_details: {
          client_id: "org.example.app",
          team_id: "TEAM123456",
          key_id: "KEY1234567",
          private_key: PLANTED_PROVIDER.privateKey,
          authorize_scopes: "email",
        },
      }),
    ),
    expect: ["users of Partner sign in", "users of SignInWithApple sign in"],
  },
  "provider-updated-after-rotation": {
    state: rotate(KEYCLOAK, CILOGON),
    edit: combineEdits(
      setDetails(KEYCLOAK, { authorize_scopes: "openid email groups" }),
      setDetails(CILOGON, { authorize_scopes: "openid email groups" }),
    ),
    expect: ["Keycloak and CILogon: another scope"],
  },
  "provider-secret-drift": {
    state: rotate(KEYCLOAK, CILOGON),
    refresh: true,
    edit: setDetails(KEYCLOAK, { authorize_scopes: "openid" }),
    expect: ["the secrets of Keycloak and CILogon changed outside Terraform"],
  },
  "provider-imported": {
    state: (state) => {
      state.resources = (state.resources as readonly Json[]).filter(
        ({ name }) => name !== "keycloak",
      );
    },
    edit: (stack) => {
      setDetails(KEYCLOAK, { authorize_scopes: "openid" })(stack);
      addBlock(
        ["import"],
        [{ to: KEYCLOAK, id: "{{user_pool_id}}:Keycloak" }],
      )(stack);
    },
    expect: ["Keycloak is imported with another scope"],
  },
  "provider-destroyed": {
    state: rotate(KEYCLOAK, CILOGON),
    edit: combineEdits(
      setAttributes(PORTAL, { supported_identity_providers: ["COGNITO"] }),
      removeResources(KEYCLOAK, CILOGON),
    ),
    expect: ["users of Keycloak and CILogon can no longer sign in"],
  },
  "provider-secret-no-longer-ignored": {
    state: rotate(KEYCLOAK, CILOGON),
    edit: combineEdits(
      setAttributes(KEYCLOAK, { lifecycle: undefined }),
      setAttributes(CILOGON, { lifecycle: undefined }),
    ),
    expect: ["the secrets of Keycloak and CILogon are replaced"],
  },
  "provider-secret-ignored-in-code": {
    state: rotate(KEYCLOAK),
    edit: setDetails(KEYCLOAK, {
      client_secret: PLANTED_PROVIDER.ignored,
      authorize_scopes: "openid",
    }),
    expect: ["Keycloak: another scope"],
  },
  "provider-renamed": {
    state: rotate(KEYCLOAK),
    edit: setAttributes(KEYCLOAK, { provider_name: "Login" }),
    expect: ["users of Keycloak are new users"],
  },
  "provider-secret-output": {
    state: rotate(KEYCLOAK),
    edit: combineEdits(
      addBlock(["output", "all_details"], {
        value: `\${${KEYCLOAK}.provider_details}`,
      }),
      addBlock(["output", "identity_provider"], {
        value: `see \${${KEYCLOAK}.provider_details["client_secret"]}`,
      }),
    ),
    expect: ["the outputs show the secret of Keycloak"],
  },
  "provider-issuer-changed": {
    edit: setDetails(KEYCLOAK, { oidc_issuer: "https://attacker.example" }),
    expect: ["users of attacker.example sign in as users of Keycloak"],
  },
  "provider-metadata-changed": {
    edit: setDetails(UNIVERSITY, { MetadataFile: metadata("MIIC9876") }),
    expect: ["University: another certificate"],
  },
  "provider-maps-groups": {
    edit: editBlock(KEYCLOAK, (values) => {
      Object.assign(values.attribute_mapping as Json, {
        "custom:groups": "groups",
      });
    }),
    expect: ["Keycloak sets custom:groups"],
  },
  "provider-maps-username": {
    edit: editBlock(KEYCLOAK, (values) => {
      Object.assign(values.attribute_mapping as Json, {
        username: "preferred_username",
      });
    }),
    expect: ["Keycloak decides who a user is by preferred_username"],
  },
  "client-provider-added": {
    edit: editBlock(PORTAL, (values) => {
      values.supported_identity_providers = [
        ...(values.supported_identity_providers as string[]),
        "CILogon",
      ];
    }),
    expect: ["portal: users of CILogon sign in"],
  },
  "client-provider-removed": {
    edit: setAttributes(PORTAL, { supported_identity_providers: ["COGNITO"] }),
    expect: ["portal: users of Keycloak and University do not sign in"],
  },
  "client-password-flow-added": {
    edit: setAttributes(PORTAL, {
      explicit_auth_flows: [
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
      ],
    }),
    expect: ["portal: sign-in with a password by API"],
  },
  "client-writes-groups": {
    edit: combineEdits(
      setAttributes(PORTAL, {
        write_attributes: ["custom:groups", "email"],
        allowed_oauth_scopes: [
          "openid",
          "email",
          "aws.cognito.signin.user.admin",
        ],
      }),
      editBlock(ATTACHMENT, (values) => {
        for (const mapping of values.role_mapping as Json[])
          Object.assign(mapping, {
            type: "Rules",
            mapping_rule: [
              {
                claim: "custom:groups",
                match_type: "Contains",
                value: "veda-readers",
                role_arn: `arn:aws:iam::${ACCOUNT}:role/readers`,
              },
            ],
          });
      }),
    ),
    expect: [
      "users choose their role by custom:groups",
      "veda-readers-admin matches veda-readers",
    ],
  },
  "mfa-optional": {
    state: inState({ mfa_configuration: "ON", ...TOTP }),
    edit: setAttributes(POOL, { mfa_configuration: "OPTIONAL", ...TOTP }),
    expect: ["MFA is optional"],
  },
  "mfa-off-with-a-factor": {
    state: inState({ mfa_configuration: "ON", ...TOTP }),
    edit: setAttributes(POOL, {
      mfa_configuration: "OFF",
      software_token_mfa_configuration: { enabled: false },
    }),
    expect: ["MFA is off", "the apply fails"],
  },
  "mfa-email-with-its-sender": {
    state: inState({ mfa_configuration: "OPTIONAL", ...TOTP, ...RECOVERY }),
    edit: setAttributes(POOL, {
      mfa_configuration: "OPTIONAL",
      ...TOTP,
      ...RECOVERY,
      ...SES,
      ...EMAIL_FACTOR,
    }),
    expect: ["the apply fails: first SES, then email MFA"],
  },
  "mfa-email-with-its-plan": {
    state: inState({ user_pool_tier: "LITE", ...SES, ...RECOVERY }),
    edit: setAttributes(POOL, {
      mfa_configuration: "ON",
      ...RECOVERY,
      ...SES,
      ...EMAIL_FACTOR,
    }),
    expect: ["the apply fails: first the plan, then email MFA"],
  },
  "mfa-required-instead-of-codes": {
    state: inState({
      mfa_configuration: "OPTIONAL",
      ...TOTP,
      ...firstFactors("EMAIL_OTP"),
    }),
    edit: setAttributes(POOL, {
      mfa_configuration: "ON",
      ...TOTP,
      ...firstFactors(),
    }),
    expect: ["the apply fails: first no EMAIL_OTP, then required MFA"],
  },
  "mfa-required-with-codes": {
    edit: setAttributes(POOL, {
      mfa_configuration: "ON",
      ...TOTP,
      ...firstFactors("EMAIL_OTP"),
    }),
    expect: ["the apply fails: EMAIL_OTP and required MFA"],
  },
  "passkeys-removed": {
    state: inState({
      ...firstFactors("WEB_AUTHN"),
      web_authn_configuration: { relying_party_id: "auth.example" },
    }),
    edit: setAttributes(POOL, firstFactors()),
    expect: ["users can no longer sign in with a passkey"],
  },
  "password-history-shorter": {
    state: (state) => {
      const { attributes } = findInstance(state, POOL);
      const [policy] = (attributes as Json).password_policy as Json[];
      Object.assign(policy ?? {}, { password_history_size: 12 });
    },
    expect: ["old passwords are allowed"],
  },
  "plan-lowered": {
    state: inState({
      user_pool_tier: "PLUS",
      user_pool_add_ons: { advanced_security_mode: "ENFORCED" },
    }),
    edit: setAttributes(POOL, {
      user_pool_tier: "ESSENTIALS",
      user_pool_add_ons: { advanced_security_mode: "OFF" },
    }),
    expect: ["plan ESSENTIALS", "threat protection is off"],
  },
  "attribute-removed": {
    state: (state) => {
      const { attributes } = findInstance(state, POOL);
      const { schema } = attributes as { schema: Json[] };
      schema.push({
        ...schema[0],
        name: "groups",
        required: false,
      });
    },
    expect: ["the apply fails: custom:groups cannot be removed"],
  },
  "token-trigger-added": {
    edit: setAttributes(POOL, {
      lambda_config: {
        pre_token_generation_config: {
          lambda_arn: FUNCTION,
          lambda_version: "V2_0",
        },
      },
    }),
    expect: ["function grant can put any group into tokens"],
  },
  "token-trigger-replaced": {
    state: inState({ lambda_config: { pre_token_generation: FUNCTION } }),
    edit: setAttributes(POOL, {
      lambda_config: { pre_token_generation: `${FUNCTION}-2` },
    }),
    expect: ["function grant-2 can put any group into tokens"],
  },
  "function-called-by-any-pool": {
    edit: addResource("aws_lambda_permission", "trigger", {
      action: "lambda:InvokeFunction",
      function_name: FUNCTION,
      principal: "cognito-idp.amazonaws.com",
    }),
    expect: ["user pools of any account call function grant"],
  },
  "web-acl-removed": {
    state: (state) => {
      const { attributes } = findInstance(state, POOL);
      const { arn } = attributes as { arn: string };
      const web_acl_arn = `arn:aws:wafv2:us-west-2:${ACCOUNT}:regional/webacl/x/1`;
      changeState("aws_wafv2_web_acl_association", "web_acl", {
        id: `${web_acl_arn},${arn}`,
        resource_arn: arn,
        web_acl_arn,
      })(state);
    },
    expect: ["requests are no longer filtered"],
  },
  "custom-domain-certificate": {
    state: (state) => {
      const { attributes } = findInstance(state, POOL);
      const { id } = attributes as { id: string };
      changeState("aws_cognito_user_pool_domain", "custom", {
        id: "auth.example.org",
        domain: "auth.example.org",
        certificate_arn: CERTIFICATE,
        managed_login_version: 1,
        user_pool_id: id,
      })(state);
    },
    edit: addInPool("aws_cognito_user_pool_domain", "custom", {
      domain: "auth.example.org",
      certificate_arn: CERTIFICATE.replace("us-east-1", "eu-west-1"),
      managed_login_version: 2,
    }),
    expect: ["another certificate", "the apply fails", "other sign-in pages"],
  },
  "record-of-another-server": {
    edit: addResource("aws_route53_record", "custom", {
      zone_id: "Z1",
      name: "auth.example.org",
      type: "A",
      alias: {
        name: "attacker.example",
        zone_id: "Z2FDTNDATAQYW2",
        evaluate_target_health: false,
      },
    }),
    expect: ["auth.example.org leads to attacker.example"],
  },
};
