import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { Environment } from "../../stacks/config/environment";
import {
  addBlock,
  getAddress,
  combineEdits,
  findBlock,
  editBlock,
  removeResources,
  findInstance,
  editPolicy,
  setAttributes,
  setStateAttributes,
  type Edit,
  type Json,
} from "./plan-edits";

/** A plan of the full stage after a change. */
export interface PlanCase {
  /** Changes the code. */
  readonly edit?: Edit;
  /** Changes the state before the plan. */
  readonly state?: Edit;
  /** Changes AWS before the plan, also for the cases after it. */
  readonly prepare?: (aws: LocalAws) => Promise<void>;
  /** Starts with an empty state. */
  readonly fromNothing?: true;
  /** Refreshes the state from AWS. @default AWS is assumed to match the state */
  readonly refresh?: true;
  /** Other arguments of `terraform plan`. */
  readonly args?: readonly string[];
  /** Returns more files of the working directory, such as a child module; runs before `edit` and may change the stack. */
  readonly files?: (stack: Json) => Readonly<Record<string, Json>>;
  /** Other settings of the stage, which is then synthesized again. */
  readonly settings?: Environment;
  /** Edits the text of `main.ts`, from which the stage is then synthesized. */
  readonly main?: (text: string) => string;
  /** Plans with OpenTofu. */
  readonly opentofu?: boolean;
}

const GITHUB = "token.actions.githubusercontent.com";
const POOL = "aws_cognito_user_pool.user-pool";
const DASHBOARD = "aws_cognito_user_pool_client.veda-dashboard";
const WORKFLOWS = "aws_cognito_user_pool_client.workflows-client";
const SERVER = "aws_cognito_resource_server.veda-stac-ingestion-registry";
const DOMAIN = "aws_cognito_user_pool_domain.domain";
const READERS = "aws_cognito_user_group.veda-readers";
const READERS_ROLE = "aws_iam_role.veda-readers";
const READERS_POLICY = "aws_iam_role_policy.veda-readers_policy";
const WRITERS_POLICY = "aws_iam_role_policy.veda-writers_policy";
const IDENTITY_POOL = "aws_cognito_identity_pool.identity-pool";
const ATTACHMENT =
  "aws_cognito_identity_pool_roles_attachment.identity-pool_roles";
const PROVIDER = "aws_iam_openid_connect_provider.oidc-provider";
const DEPLOYER = "aws_iam_role.deployer";
const SECRET = "aws_secretsmanager_secret.workflows-client";
const VERSION = "aws_secretsmanager_secret_version.workflows-client_version";
const SECRET_POLICY =
  "aws_secretsmanager_secret_policy.workflows-client_policy";
const SERVER_ID = "veda-stac-ingestion-registry-server";
const STORE = "arn:aws:s3:::veda-data-store";
const WRITE = {
  Effect: "Allow",
  Action: ["s3:PutObject", "s3:DeleteObject*"],
  Resource: `${STORE}/*`,
};

/** The changes of every case to the synthesized stage. */
export const BASE: Edit = combineEdits(
  // allows replacements to be planned
  setAttributes(POOL, { lifecycle: undefined }),
  addBlock(["resource", "aws_iam_role", "deployer"], {
    name: "veda-auth-stack-dev-deployer",
    assume_role_policy: githubTrust({
      StringEquals: subjects("repo:o/r:ref:refs/heads/main"),
    }),
  }),
);

/** Secrets that no output of a review may contain. */
export const PLANTED = {
  variable: "planted-variable-9f3c",
  unmarked: "planted-unmarked-17aa",
  provider: "planted-provider-secret-02bd",
  inJson: "planted-in-json-55e1",
  output: "planted-output-c4d8",
  described: "planted-described-7be0",
  key: "-----BEGIN RSA PRIVATE KEY-----\nMIIBplantedKEYplantedKEYplanted\n-----END RSA PRIVATE KEY-----",
  token:
    "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidG9rZW4ifQ.cGxhbnRlZHNpZ25hdHVyZQ",
};

/** A name with markup of every output format. */
export const HOSTILE =
  "`` ` ```\n| a | b |\n<script>alert(1)</script><!-- @everyone [x](https://e.example) </details> \u202e\u0007 ~~~";

export const PLAN_CASES: Readonly<Record<string, PlanCase>> = {
  "nothing-changes": {},
  "everything-created": { fromNothing: true },
  "everything-destroyed": { args: ["-destroy"] },

  "user-pool-name": { edit: setAttributes(POOL, { name: "another" }) },
  "user-pool-username-attributes": {
    edit: setAttributes(POOL, {
      alias_attributes: undefined,
      username_attributes: ["email"],
    }),
  },
  "user-pool-alias-attributes": {
    edit: setAttributes(POOL, {
      alias_attributes: ["email", "preferred_username"],
    }),
  },
  "user-pool-case-sensitive": {
    edit: setAttributes(POOL, {
      username_configuration: { case_sensitive: true },
    }),
  },
  "client-secret-off": {
    edit: setAttributes(WORKFLOWS, { generate_secret: false }),
  },
  "client-secret-left-out": {
    edit: setAttributes(WORKFLOWS, { generate_secret: undefined }),
  },
  "client-user-pool": {
    edit: setAttributes(DASHBOARD, { user_pool_id: "us-west-2_other" }),
  },
  "resource-server-identifier": {
    edit: setAttributes(SERVER, { identifier: "another-server" }),
  },
  "resource-server-name": {
    edit: setAttributes(SERVER, { name: "another-server" }),
  },
  "domain-name": { edit: setAttributes(DOMAIN, { domain: "another" }) },
  "domain-certificate": {
    edit: setAttributes(DOMAIN, {
      certificate_arn: "arn:aws:acm:us-east-1:000000000000:certificate/c",
    }),
  },
  "group-name": { edit: setAttributes(READERS, { name: "veda-browsers" }) },
  "identity-pool-name": {
    edit: setAttributes(IDENTITY_POOL, { identity_pool_name: "another" }),
  },
  "identity-pool-developer-name": {
    edit: setAttributes(IDENTITY_POOL, {
      developer_provider_name: "login.example",
    }),
  },
  "roles-attachment-roles": {
    edit: editBlock(ATTACHMENT, (values) => {
      values.roles = {
        ...(values.roles as Json),
        unauthenticated: "arn:aws:iam::000000000000:role/unauthenticated",
      };
    }),
  },
  "roles-attachment-pool": {
    edit: setAttributes(ATTACHMENT, {
      identity_pool_id: "us-west-2:00000000-0000-0000-0000-000000000000",
    }),
  },
  "oidc-provider-url": {
    edit: setAttributes(PROVIDER, { url: "https://idp.example.com" }),
  },
  "role-name": { edit: setAttributes(DEPLOYER, { name: "another" }) },
  "role-path": { edit: setAttributes(DEPLOYER, { path: "/another/" }) },
  "role-policy-name": {
    edit: setAttributes(READERS_POLICY, {
      name: "another",
      lifecycle: undefined,
    }),
  },
  "role-policy-role": {
    edit: (configuration) => {
      const address = getAddress(configuration, "aws_iam_role.veda-writers");
      findBlock(configuration, READERS_POLICY).role = `\${${address}.id}`;
    },
  },
  "secret-name": {
    edit: setAttributes(SECRET, { name: "veda-auth-stack-dev/another" }),
  },
  "secret-value-version": {
    edit: setAttributes(VERSION, { secret_string_wo_version: 7 }),
  },
  "secret-value-in-state": {
    edit: setAttributes(VERSION, {
      secret_string_wo: undefined,
      secret_string_wo_version: undefined,
      secret_string: "planted-new-value-31ac",
    }),
  },
  "imported-client": {
    state: (state) => {
      state.resources = (state.resources as readonly Json[]).filter(
        ({ name }) => !String(name).includes("veda-dashboard"),
      );
    },
    edit: (configuration) => {
      configuration.import = [
        {
          to: getAddress(configuration, DASHBOARD),
          id: "{{user_pool_id}}/{{dashboard_client_id}}",
        },
      ];
    },
  },

  "user-pool-destroyed": {
    edit: (configuration) => {
      configuration.resource = {
        aws_iam_role: { deployer: findBlock(configuration, DEPLOYER) },
      };
      configuration.output = undefined;
    },
  },
  "client-destroyed": { edit: removeResources(DASHBOARD) },
  "service-destroyed": {
    edit: removeResources(WORKFLOWS, SECRET, VERSION, SECRET_POLICY),
  },
  "group-destroyed": { edit: removeResources(READERS) },
  "group-and-role-destroyed": {
    edit: removeResources(READERS, READERS_POLICY, READERS_ROLE),
  },

  "scope-removed": {
    edit: editBlock(SERVER, (values) => {
      values.scope = (values.scope as readonly Json[]).filter(
        ({ scope_name }) => scope_name !== "stac:register",
      );
    }),
  },
  "scope-renamed": {
    edit: editBlock(SERVER, (values) => {
      for (const scope of values.scope as Json[])
        if (scope.scope_name === "stac:register")
          scope.scope_name = "stac:create";
    }),
  },
  "scope-added": {
    edit: editBlock(SERVER, (values) => {
      values.scope = [
        ...(values.scope as Json[]),
        { scope_name: "stac:admin", scope_description: "Everything" },
      ];
    }),
  },
  "callback-removed": {
    edit: setAttributes(DASHBOARD, { callback_urls: ["https://a.example/"] }),
  },
  "callback-added": {
    edit: setAttributes(DASHBOARD, {
      callback_urls: [
        "https://a.example/",
        "https://b.example/",
        "http://c.example/*",
      ],
    }),
  },
  "logout-removed": { edit: setAttributes(DASHBOARD, { logout_urls: [] }) },
  "schema-added": {
    edit: editBlock(POOL, (values) => {
      values.schema = [
        ...(values.schema as Json[]),
        {
          name: "org",
          attribute_data_type: "String",
          string_attribute_constraints: { min_length: "0", max_length: "20" },
        },
      ];
    }),
  },
  "schema-changed": {
    edit: editBlock(POOL, (values) => {
      for (const attribute of values.schema as Json[])
        attribute.mutable = false;
    }),
  },
  "deletion-protection-off": {
    edit: setAttributes(POOL, { deletion_protection: "INACTIVE" }),
  },
  "boundary-removed": {
    edit: setAttributes(READERS_ROLE, { permissions_boundary: undefined }),
  },
  "boundary-changed": {
    edit: setAttributes(READERS_ROLE, {
      permissions_boundary: "arn:aws:iam::000000000000:policy/another",
    }),
  },
  "token-validity-longer": {
    edit: setAttributes(DASHBOARD, {
      refresh_token_validity: 365,
      access_token_validity: 1440,
    }),
  },
  "token-validity-shorter": {
    edit: setAttributes(DASHBOARD, { refresh_token_validity: 1 }),
  },
  "mfa-from-on-to-optional": {
    state: setStateAttributes(POOL, {
      mfa_configuration: "ON",
      software_token_mfa_configuration: [{ enabled: true }],
    }),
    edit: setAttributes(POOL, {
      mfa_configuration: "OPTIONAL",
      software_token_mfa_configuration: { enabled: true },
    }),
  },
  "mfa-off": {
    state: setStateAttributes(POOL, {
      mfa_configuration: "OPTIONAL",
      software_token_mfa_configuration: [{ enabled: true }],
    }),
    edit: setAttributes(POOL, { mfa_configuration: "OFF" }),
  },
  "password-policy-weaker": {
    edit: editBlock(POOL, (values) => {
      Object.assign(values.password_policy as Json, {
        minimum_length: 8,
        require_symbols: false,
      });
    }),
  },
  "password-policy-left-out": {
    edit: setAttributes(POOL, { password_policy: undefined }),
  },
  "login-flow-added": {
    edit: setAttributes(DASHBOARD, {
      explicit_auth_flows: [
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
      ],
    }),
  },
  "token-revocation-off": {
    edit: setAttributes(DASHBOARD, { enable_token_revocation: false }),
  },
  "user-existence-revealed": {
    edit: setAttributes(DASHBOARD, { prevent_user_existence_errors: "LEGACY" }),
  },
  "self-sign-up": {
    edit: setAttributes(POOL, {
      admin_create_user_config: { allow_admin_create_user_only: false },
    }),
  },
  "tier-lowered": { edit: setAttributes(POOL, { user_pool_tier: "LITE" }) },
  "lambda-trigger": {
    edit: setAttributes(POOL, {
      lambda_config: {
        pre_token_generation:
          "arn:aws:lambda:us-west-2:000000000000:function:tokens",
      },
    }),
  },
  "implicit-flow": {
    edit: setAttributes(DASHBOARD, {
      allowed_oauth_flows: ["code", "implicit"],
    }),
  },
  "unauthenticated-identities-on": {
    edit: setAttributes(IDENTITY_POOL, {
      allow_unauthenticated_identities: true,
    }),
  },
  "classic-flow": {
    edit: setAttributes(IDENTITY_POOL, { allow_classic_flow: true }),
  },
  "token-check-off": {
    edit: editBlock(IDENTITY_POOL, (values) => {
      for (const provider of values.cognito_identity_providers as Json[])
        provider.server_side_token_check = false;
    }),
  },
  "recovery-window-zero": {
    edit: setAttributes(SECRET, { recovery_window_in_days: 0 }),
  },
  "group-precedence": { edit: setAttributes(READERS, { precedence: 9 }) },

  "group-role-changed": {
    edit: setAttributes(READERS, {
      role_arn: "arn:aws:iam::000000000000:role/another",
    }),
  },
  "scope-granted": {
    edit: setAttributes(WORKFLOWS, {
      allowed_oauth_scopes: [
        `${SERVER_ID}/stac:register`,
        `${SERVER_ID}/stac:cancel`,
      ],
    }),
  },
  "scope-revoked": {
    edit: setAttributes(WORKFLOWS, {
      allowed_oauth_scopes: [`${SERVER_ID}/stac:list`],
    }),
  },
  "write-granted": {
    edit: editPolicy(READERS_POLICY, (statements) => [...statements, WRITE]),
  },
  "write-revoked": {
    edit: editPolicy(WRITERS_POLICY, (statements) =>
      statements.filter(
        ({ Action }) => !(Action as string[]).includes("s3:PutObject"),
      ),
    ),
  },
  "policy-in-other-words": {
    edit: editPolicy(WRITERS_POLICY, (statements) =>
      [...statements].reverse().flatMap((statement, index) =>
        (statement.Action as readonly string[]).map((Action, part) => ({
          Sid: `S${index}x${part}`,
          ...statement,
          Action,
        })),
      ),
    ),
  },
  "policy-wider": {
    edit: editPolicy(READERS_POLICY, (statements) =>
      statements.map((statement) => ({ ...statement, Resource: "*" })),
    ),
  },
  "policy-denial-added": {
    edit: editPolicy(WRITERS_POLICY, (statements) => [
      ...statements,
      {
        Effect: "Deny",
        Action: "s3:DeleteObject*",
        Resource: `${STORE}/archive/*`,
      },
    ]),
  },
  "policy-denial-removed": {
    state: (state) => {
      const attributes = findInstance(state, WRITERS_POLICY).attributes as Json;
      const document = JSON.parse(String(attributes.policy)) as {
        Statement: Json[];
      };
      document.Statement.push({
        Effect: "Deny",
        Action: "s3:*",
        Resource: `${STORE}-dev/*`,
      });
      attributes.policy = JSON.stringify(document);
    },
  },
  "policy-condition-added": {
    edit: editPolicy(READERS_POLICY, (statements) =>
      statements.map((statement) => ({
        ...statement,
        Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
      })),
    ),
  },
  "trust-any-branch": {
    edit: setAttributes(DEPLOYER, {
      assume_role_policy: githubTrust({
        StringEquals: audience(),
        StringLike: subjectOnly("repo:o/r:ref:refs/heads/*"),
      }),
    }),
  },
  "trust-environment-added": {
    edit: setAttributes(DEPLOYER, {
      assume_role_policy: githubTrust({
        StringEquals: {
          ...audience(),
          ...subjectOnly(
            "repo:o/r:ref:refs/heads/main",
            "repo:o@1/r@2:environment:dev",
          ),
        },
      }),
    }),
  },
  "trust-audience-removed": {
    edit: setAttributes(DEPLOYER, {
      assume_role_policy: githubTrust({
        StringEquals: subjectOnly("repo:o/r:ref:refs/heads/main"),
      }),
    }),
  },
  "trust-anyone": {
    edit: setAttributes(DEPLOYER, {
      assume_role_policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { AWS: "*" },
          },
        ],
      }),
    }),
  },
  "secret-reader-added": {
    edit: editPolicy(SECRET_POLICY, ([statement = {}]) => [
      {
        ...statement,
        Principal: {
          AWS: [
            "arn:aws:iam::000000000000:role/managers",
            "arn:aws:iam::111122223333:root",
          ],
        },
      },
    ]),
  },
  "group-added": {
    edit: (configuration) => {
      const role = {
        ...findBlock(configuration, READERS_ROLE),
        name: "veda-auth-stack-dev-editors",
        lifecycle: undefined,
      };
      const resources = configuration.resource as Readonly<
        Record<string, Json>
      >;
      Object.assign(resources.aws_iam_role ?? {}, { editors: role });
      Object.assign(resources.aws_iam_role_policy ?? {}, {
        editors: {
          name: "editors",
          role: "${aws_iam_role.editors.id}",
          policy: JSON.stringify({ Version: "2012-10-17", Statement: [WRITE] }),
        },
      });
      Object.assign(resources.aws_cognito_user_group ?? {}, {
        editors: {
          ...findBlock(configuration, READERS),
          name: "editors",
          precedence: 20,
          role_arn: "${aws_iam_role.editors.arn}",
        },
      });
    },
  },
  "policy-not-known-yet": {
    edit: combineEdits(
      addBlock(["resource", "terraform_data", "later"], { input: "x" }),
      setAttributes(READERS_POLICY, {
        policy:
          '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "s3:*", "Resource" = terraform_data.later.id}]})}',
      }),
    ),
  },

  imported: {
    state: (state) => {
      state.resources = (state.resources as readonly Json[]).filter(
        ({ type }) => type !== "aws_iam_openid_connect_provider",
      );
    },
    edit: (configuration) => {
      configuration.import = [
        {
          to: getAddress(configuration, PROVIDER),
          id: "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com",
        },
      ];
    },
  },
  moved: {
    edit: (configuration) => {
      const roles =
        (configuration.resource as Readonly<Record<string, Json>>)
          .aws_iam_role ?? {};
      roles.ship = roles.deployer;
      delete roles.deployer;
      configuration.moved = [
        { from: "aws_iam_role.deployer", to: "aws_iam_role.ship" },
      ];
    },
  },
  forgotten: {
    edit: (configuration) => {
      const from = getAddress(configuration, READERS);
      removeResources(READERS)(configuration);
      configuration.removed = [{ from, lifecycle: { destroy: false } }];
    },
  },
  "drifted-alone": {
    state: setStateAttributes(POOL, { deletion_protection: "INACTIVE" }),
    refresh: true,
    args: ["-refresh-only"],
  },
  "drifted-and-restored": {
    state: setStateAttributes(DASHBOARD, {
      callback_urls: ["https://gone.example/"],
    }),
    refresh: true,
    edit: setAttributes(DASHBOARD, { callback_urls: ["https://a.example/"] }),
  },
  "create-before-destroy": {
    edit: setAttributes(DEPLOYER, {
      name: "another",
      lifecycle: { create_before_destroy: true },
    }),
  },
  "deposed-role": {
    state: (state) => {
      const resource = (state.resources as readonly Json[]).find(
        ({ type, name }) => type === "aws_iam_role" && name === "deployer",
      );
      const instances = resource?.instances as Json[];
      instances.push({ ...instances[0], deposed: "0badc0de" });
    },
  },
  "output-changed": { edit: addBlock(["output", "extra"], { value: "text" }) },
  "data-read-later": {
    edit: combineEdits(
      addBlock(["resource", "terraform_data", "later"], { input: "x" }),
      addBlock(["data", "aws_iam_policy_document", "later"], {
        statement: [
          {
            actions: ["s3:GetObject"],
            resources: ["${terraform_data.later.id}"],
          },
        ],
      }),
      setAttributes(READERS_POLICY, {
        policy: "${data.aws_iam_policy_document.later.json}",
      }),
    ),
  },
  "partial-plan": {
    edit: combineEdits(
      setAttributes(DASHBOARD, { callback_urls: ["https://a.example/"] }),
      setAttributes(READERS, { precedence: 9 }),
    ),
    args: ["-target=aws_iam_role.deployer"],
  },
  "hostile-names": {
    edit: combineEdits(
      setAttributes(READERS, { description: HOSTILE }),
      setAttributes(DASHBOARD, { name: "x`|<b>@everyone" }),
      setAttributes("aws_secretsmanager_secret.programmatic-client", {
        description: `${HOSTILE} ${"long ".repeat(300)}`,
      }),
      addBlock(["output", "hostile"], { value: HOSTILE }),
    ),
  },
  "thousand-clients": {
    fromNothing: true,
    edit: (configuration) => {
      configuration.output = undefined;
      const resources = configuration.resource as Record<string, Json>;
      const own = Object.entries(resources).flatMap(([type, named]) =>
        Object.entries(named)
          .filter(([name]) => name.includes("workflows-client"))
          .map(([name, values]) => ({ type, name, values })),
      );
      const renamed = (text: string, index: number): string =>
        text.replaceAll("workflows-client", `client-${index}`);
      for (let index = 0; index < 1000; index += 1)
        for (const { type, name, values } of own)
          Object.assign(resources[type] ?? {}, {
            [renamed(name, index)]: JSON.parse(
              renamed(JSON.stringify(values), index),
            ) as Json,
          });
    },
  },
  "planted-secrets": {
    edit: combineEdits(
      addBlock(["variable", "marked"], {
        type: "string",
        sensitive: true,
        default: PLANTED.variable,
      }),
      addBlock(["variable", "unmarked"], {
        type: "string",
        default: PLANTED.unmarked,
      }),
      addBlock(["resource", "aws_cognito_identity_provider", "login"], {
        user_pool_id: "us-west-2_x",
        provider_name: "Login",
        provider_type: "OIDC",
        provider_details: {
          client_id: "c",
          client_secret: PLANTED.provider,
          oidc_issuer: "https://idp.example.com",
          authorize_scopes: "openid",
          attributes_request_method: "GET",
        },
      }),
      addBlock(["resource", "aws_secretsmanager_secret", "extra"], {
        name: "extra",
        description: `${PLANTED.described} ${PLANTED.token}`,
        tags: { key: PLANTED.key },
      }),
      addBlock(["resource", "aws_secretsmanager_secret_version", "extra"], {
        secret_id: "extra",
        secret_string: JSON.stringify({ client_secret: PLANTED.inJson }),
      }),
      addBlock(["resource", "aws_secretsmanager_secret_version", "unmarked"], {
        secret_id: "extra",
        secret_string: "${var.unmarked}",
      }),
      setAttributes(READERS, {
        description: `${PLANTED.inJson} and \${var.marked}`,
      }),
      setAttributes(POOL, {
        email_verification_subject: `Code ${PLANTED.provider}`,
        verification_message_template: undefined,
      }),
      addBlock(["output", "marked"], {
        value: PLANTED.output,
        sensitive: true,
      }),
      addBlock(["output", "repeated"], { value: `see ${PLANTED.unmarked}` }),
      addBlock(["output", "described"], {
        value: PLANTED.described,
        sensitive: true,
      }),
    ),
  },
};

export function audience(): Json {
  return { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
}

export function subjectOnly(...subs: readonly string[]): Json {
  return { [`${GITHUB}:sub`]: subs };
}

export function subjects(...subs: readonly string[]): Json {
  return { ...audience(), ...subjectOnly(...subs) };
}

export function githubTrust(condition: Json): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: {
          Federated: `arn:aws:iam::000000000000:oidc-provider/${GITHUB}`,
        },
        Condition: condition,
      },
    ],
  });
}
