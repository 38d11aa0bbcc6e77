import {
  combineEdits,
  editBlock,
  setAttributes,
  type Edit,
  type Json,
} from "../plan-edits";
import {
  addUnknownSource,
  ATTACHMENT,
  IDENTITY_POOL,
  changeState,
  UNKNOWN_TEXT,
  UNKNOWN_BOOLEAN,
  UNKNOWN_LIST,
  setUnknown,
  PROVIDER,
  READERS,
  addResource,
  type DangerousCases,
} from "./resources";

const ANOTHER = "cognito-idp.us-west-2.amazonaws.com/us-west-2_another01";
const ADMIN_ROLE = "arn:aws:iam::000000000000:role/administrator";
const oidc = (role: string): Edit =>
  setAttributes(IDENTITY_POOL, { openid_connect_provider_arns: [role] });

const mapping = (edit: (mappings: Json[]) => void): Edit =>
  editBlock(ATTACHMENT, (values) => {
    edit(values.role_mapping as Json[]);
  });
const providers = (edit: (list: Json[]) => void): Edit =>
  editBlock(IDENTITY_POOL, (values) => {
    edit(values.cognito_identity_providers as Json[]);
  });

const USER = {
  user_pool_id: "{{user_pool_id}}",
  username: "operator",
  attributes: { email: "operator@example.com" },
};
const LOGIN = {
  user_pool_id: "{{user_pool_id}}",
  provider_name: "Login",
  provider_type: "OIDC",
  provider_details: {
    client_id: "login-client",
    client_secret: "planted-provider-secret-02bd",
    oidc_issuer: "https://idp.example.com",
    authorize_scopes: "openid",
    attributes_request_method: "GET",
  },
  attribute_mapping: { email: "email", username: "sub" },
};

/** State of something that belongs to the user pool. */
function inPool(type: string, name: string, attributes: Json): Edit {
  return (state) => {
    const outputs = state.outputs as { userpool_id: { value: string } };
    const user_pool_id = outputs.userpool_id.value;
    const own = String(attributes.username ?? attributes.provider_name);
    const separator = type === "aws_cognito_user" ? "/" : ":";
    const id = `${user_pool_id}${separator}${own}`;
    changeState(type, name, { ...attributes, user_pool_id, id })(state);
  };
}

const user = inPool("aws_cognito_user", "operator", {
  ...USER,
  enabled: true,
  status: "CONFIRMED",
});
const login = inPool("aws_cognito_identity_provider", "login", LOGIN);
const changedLogin = (values: Json): Edit =>
  addResource("aws_cognito_identity_provider", "login", {
    ...LOGIN,
    ...values,
  });

/** Identity pools, users and identity providers. */
export const IDENTITY_CASES: DangerousCases = {
  "identity-pool-oidc-provider": {
    edit: (stack) => {
      const [name = ""] = Object.keys(
        (stack.resource as Record<string, Json>)
          .aws_iam_openid_connect_provider ?? {},
      );
      oidc(`\${aws_iam_openid_connect_provider.${name}.arn}`)(stack);
    },
    expect: [
      "identity pool: users of token.actions.githubusercontent.com sign in",
    ],
  },
  "identity-pool-foreign-oidc-provider": {
    edit: oidc("arn:aws:iam::000000000000:oidc-provider/idp.example.com"),
    expect: ["identity pool: users of idp.example.com sign in"],
  },
  "identity-pool-oidc-providers-unknown": {
    edit: setUnknown(IDENTITY_POOL, {
      openid_connect_provider_arns: UNKNOWN_LIST,
    }),
    expect: ["identity pool: OIDC providers known only after apply"],
  },
  "identity-pool-saml-provider": {
    edit: setAttributes(IDENTITY_POOL, {
      saml_provider_arns: ["arn:aws:iam::000000000000:saml-provider/partner"],
    }),
    expect: ["identity pool: users of SAML provider partner sign in"],
  },
  "identity-pool-login-provider": {
    edit: setAttributes(IDENTITY_POOL, {
      supported_login_providers: { "graph.facebook.com": "1234567890" },
    }),
    expect: ["identity pool: users of graph.facebook.com sign in"],
  },
  "identity-pool-developer-provider": {
    edit: setAttributes(IDENTITY_POOL, {
      developer_provider_name: "login.example",
    }),
    expect: ["identity pool: backend login.example vouches for any user"],
  },
  "identity-pool-another-user-pool": {
    edit: providers((list) => {
      for (const provider of list) provider.provider_name = ANOTHER;
    }),
    expect: ["identity pool: users of user pool us-west-2_another01 sign in"],
  },
  "identity-pool-user-pool-added": {
    edit: providers((list) => {
      list.push({ ...list[0], provider_name: ANOTHER });
    }),
    expect: ["identity pool: users of user pool us-west-2_another01 sign in"],
  },
  "identity-pool-foreign-client": {
    edit: providers((list) => {
      list.push({ ...list[0], client_id: "foreignclient0000000000000" });
    }),
    expect: ["identity pool: users of client foreignclient… sign in"],
  },
  "identity-pool-providers-unknown": {
    edit: combineEdits(
      addUnknownSource(),
      providers((list) => {
        for (const provider of list) provider.client_id = UNKNOWN_TEXT;
      }),
    ),
    expect: ["identity pool: clients known only after apply"],
  },
  "identity-pool-unauthenticated-unknown": {
    edit: setUnknown(IDENTITY_POOL, {
      allow_unauthenticated_identities: UNKNOWN_BOOLEAN,
    }),
    expect: ["allow_unauthenticated_identities: known only after apply"],
  },
  "identity-pool-classic-flow-unknown": {
    edit: setUnknown(IDENTITY_POOL, { allow_classic_flow: UNKNOWN_BOOLEAN }),
    expect: ["allow_classic_flow: known only after apply"],
  },
  "identity-pool-token-check-unknown": {
    edit: combineEdits(
      addUnknownSource(),
      providers((list) => {
        for (const provider of list)
          provider.server_side_token_check = UNKNOWN_BOOLEAN;
      }),
    ),
    expect: ["server_side_token_check: known only after apply"],
  },
  "created-identity-pool-unauthenticated": {
    edit: addResource("aws_cognito_identity_pool", "open", {
      identity_pool_name: "open",
      allow_unauthenticated_identities: true,
      allow_classic_flow: true,
    }),
    expect: [
      "new identity pool open: unauthenticated identities",
      "new identity pool open: classic flow",
    ],
  },
  "role-mapping-unknown": {
    edit: combineEdits(
      addUnknownSource("Token"),
      mapping((mappings) => {
        for (const one of mappings) one.type = UNKNOWN_TEXT;
      }),
    ),
    expect: ["role mapping: known only after apply"],
  },
  "role-mapping-ambiguous-unknown": {
    edit: combineEdits(
      addUnknownSource("AuthenticatedRole"),
      mapping((mappings) => {
        for (const one of mappings)
          one.ambiguous_role_resolution = UNKNOWN_TEXT;
      }),
    ),
    expect: ["role mapping without a group's role: known only after apply"],
  },
  "role-mapping-ambiguous-authenticated": {
    edit: mapping((mappings) => {
      for (const one of mappings)
        one.ambiguous_role_resolution = "AuthenticatedRole";
    }),
    expect: ["users without a group: assume the authenticated role"],
  },
  "role-mapping-rules": {
    edit: mapping((mappings) => {
      for (const one of mappings)
        Object.assign(one, {
          type: "Rules",
          mapping_rule: [
            {
              claim: "email",
              match_type: "Contains",
              value: "@",
              role_arn: ADMIN_ROLE,
            },
          ],
        });
    }),
    expect: ["users whose email contains @: assume role administrator"],
  },
  "role-mapping-removed": {
    edit: setAttributes(ATTACHMENT, { role_mapping: undefined }),
    expect: ["every signed-in user: assumes the authenticated role"],
  },
  "attachment-roles-unknown": {
    edit: setUnknown(ATTACHMENT, { roles: { authenticated: UNKNOWN_TEXT } }),
    expect: ["authenticated role: known only after apply"],
  },
  "attachment-unauthenticated-role": {
    edit: editBlock(ATTACHMENT, (values) => {
      (values.roles as Json).unauthenticated = ADMIN_ROLE;
    }),
    expect: ["unauthenticated identities: assume role administrator"],
  },
  "principal-tags": {
    edit: (stack) => {
      const [pool = ""] = Object.keys(
        (stack.resource as Record<string, Json>).aws_cognito_identity_pool ??
          {},
      );
      addResource("aws_cognito_identity_pool_provider_principal_tag", "tags", {
        identity_pool_id: `\${aws_cognito_identity_pool.${pool}.id}`,
        identity_provider_name: ANOTHER,
        use_defaults: false,
        principal_tags: { Stack: "custom:stack" },
      })(stack);
    },
    expect: ["session tag Stack: set from a user's attribute"],
  },
  "user-destroyed": {
    state: user,
    expect: ["user operator is deleted"],
  },
  "user-replaced": {
    state: user,
    edit: addResource("aws_cognito_user", "operator", {
      ...USER,
      username: "manager",
    }),
    expect: ["user operator is replaced"],
  },
  "user-disabled": {
    state: user,
    edit: addResource("aws_cognito_user", "operator", {
      ...USER,
      enabled: false,
    }),
    expect: ["user operator is disabled"],
  },
  "user-created": {
    edit: combineEdits(
      addResource("aws_cognito_user", "operator", {
        ...USER,
        password: "Planted-password-77bd!",
      }),
      addResource("aws_cognito_user_in_group", "operator", {
        user_pool_id: "{{user_pool_id}}",
        username: "operator",
        group_name: "veda-staging-writers",
      }),
    ),
    expect: ["user operator is created, a member of veda-staging-writers"],
  },
  "user-joins-group": {
    edit: addResource("aws_cognito_user_in_group", "operator", {
      user_pool_id: "{{user_pool_id}}",
      username: "operator",
      group_name: "veda-staging-writers",
    }),
    expect: ["user operator joins group veda-staging-writers"],
  },
  "identity-provider-created": {
    edit: changedLogin({}),
    expect: ["users of idp.example.com can sign in"],
  },
  "identity-provider-issuer": {
    state: login,
    edit: changedLogin({
      provider_details: {
        ...LOGIN.provider_details,
        oidc_issuer: "https://attacker.example",
      },
    }),
    expect: ["identity provider Login: another issuer"],
  },
  "identity-provider-secret": {
    state: login,
    edit: changedLogin({
      provider_details: {
        ...LOGIN.provider_details,
        client_secret: "planted-new-value-31ac",
      },
    }),
    expect: ["identity provider Login: another client secret"],
  },
  "identity-provider-mapping": {
    state: login,
    edit: changedLogin({
      attribute_mapping: { email: "upn", username: "email" },
    }),
    expect: ["identity provider Login: attributes come from other claims"],
  },
  "identity-provider-identifiers": {
    state: login,
    edit: changedLogin({ idp_identifiers: ["example.com"] }),
    expect: ["identity provider Login: answers for example.com"],
  },
  "identity-provider-details-unknown": {
    state: login,
    edit: combineEdits(
      addUnknownSource("https://idp.example.com"),
      changedLogin({
        provider_details: {
          ...LOGIN.provider_details,
          oidc_issuer: UNKNOWN_TEXT,
        },
      }),
    ),
    expect: ["identity provider Login: known only after apply"],
  },
  "identity-provider-removed": {
    state: login,
    expect: ["identity provider Login: its users can no longer sign in"],
  },
  "group-role-unknown": {
    edit: setUnknown(READERS, { role_arn: UNKNOWN_TEXT }),
    expect: ["role of group veda-readers: known only after apply"],
  },
  "group-role-administrator": {
    edit: setAttributes(READERS, { role_arn: ADMIN_ROLE }),
    expect: ["group veda-readers: assumes role administrator"],
  },
  "oidc-provider-url": {
    edit: setAttributes(PROVIDER, { url: "https://attacker.example" }),
    expect: ["OIDC provider: replaced with attacker.example"],
  },
};
