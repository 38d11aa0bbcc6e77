import type { RuleId } from "../../scripts/lib/review/rules/registry";
import type { PlanCase } from "./plan-cases";
import {
  addBlock,
  getAddress,
  combineEdits,
  editBlock,
  removeResources,
  findInstance,
  setAttributes,
  setStateAttributes,
  type Edit,
  type Json,
} from "./plan-edits";
import {
  DASHBOARD,
  DEPLOYER,
  POOL,
  READERS,
  SECRET,
  VERSION,
  WORKFLOWS,
  WRITERS_POLICY,
} from "./dangerous/resources";

/** An ordinary change. */
export type OrdinaryCase = PlanCase & {
  /** Rules whose findings need an entry in the allow-list: none, or the one kind that it should. */
  readonly needs: readonly RuleId[];
};

const REGISTER = 'scopes: [ingestion.scope("stac:register")]';
const GROUPS = "  if (stage.groups.hasBucketGroups) {\n";
const PROVIDER =
  "  if (stage.oidcProvider) auth.addOidcProvider(stage.oidcProvider);\n";
const SERVICE = `  auth.addServiceClient("workflows-client", {
    ${REGISTER},
  });
`;
const READERS_GROUP = `    auth.addGroup("veda-readers", {
      description: "Users that have read-access to the VEDA store",
      precedence: 4,
      buckets: { [store]: "read" },
    });
`;
const WRITERS_BUCKETS = '{ [dev]: "read-write", [store]: "read-write" }';
const PROGRAMMATIC_START = `  auth.addProgrammaticClient("programmatic-client", {
    ...programmaticClient,
`;
const PROGRAMMATIC = `    ...(programmaticClient.browserSignIn && { signIn }),
  });
`;

/** Replaces a part of `main.ts`, which must be there once. */
function replaced(from: string, to: string): Pick<PlanCase, "main"> {
  return {
    main: (text) => {
      const parts = text.split(from);
      if (parts.length !== 2)
        throw new Error(`main.ts has ${parts.length - 1} times ${from}`);
      return parts.join(to);
    },
  };
}

function after(line: string, added: string): Pick<PlanCase, "main"> {
  return replaced(line, `${line}${added}`);
}

/** Takes attributes out of the state, as though an older provider had written it. */
const writtenByOlderProvider: Edit = (state) => {
  for (const resource of state.resources as Json[])
    for (const { attributes } of resource.instances as { attributes: Json }[])
      for (const name of [
        "auth_session_validity",
        "email_mfa_configuration",
        "refresh_token_rotation",
        "region",
        "sign_in_policy",
        "tags_all",
        "user_pool_tier",
        "web_authn_configuration",
      ])
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the attribute was not there
        delete attributes[name];
};

/** The service has had another scope, in its own and in its secret's version. */
const oneMoreScope: Edit = combineEdits(
  setStateAttributes(WORKFLOWS, {
    allowed_oauth_scopes: [
      "veda-stac-ingestion-registry-server/stac:list",
      "veda-stac-ingestion-registry-server/stac:register",
    ],
  }),
  setStateAttributes(VERSION, { secret_string_wo_version: 1 }),
);

const withProviderTags =
  (tags: Json): Edit =>
  (stack) => {
    const [aws] = (stack.provider as { aws: { default_tags: Json[] }[] }).aws;
    Object.assign(aws?.default_tags[0]?.tags as Json, tags);
  };

/** Ordinary changes of the full stage; their plans are in the archive `ordinary-plans`. */
export const ORDINARY_PLANS: Readonly<Record<string, OrdinaryCase>> = {
  "nothing-changed": { needs: [] },
  "code-only": {
    ...after("app.synth();\n", "// a comment\n"),
    needs: [],
  },
  "new-stage-default-settings": {
    fromNothing: true,
    edit: removeResources(DEPLOYER),
    settings: {
      PERMISSIONS_BOUNDARY_POLICY_NAME: undefined,
      COGNITO_GROUPS: undefined,
      DATA_MANAGERS_ROLE_ARN: undefined,
      DASHBOARD_CALLBACK_URLS: undefined,
      DASHBOARD_LOGOUT_URLS: undefined,
      PROGRAMMATIC_CALLBACK_URLS: undefined,
      OIDC_PROVIDER_URL: undefined,
      SECRET_ROLE_ACCESS: undefined,
    },
    needs: [],
  },
  "new-stage-every-setting": {
    fromNothing: true,
    edit: removeResources(DEPLOYER),
    needs: [],
  },
  "scope-added": {
    ...after(
      '    "stac:list": "List STAC ingestions",\n',
      '    "stac:validate": "Validate a STAC ingestion",\n',
    ),
    needs: [],
  },
  "scope-removed": {
    ...replaced('    "stac:cancel": "Cancel a STAC ingestion",\n', ""),
    needs: ["scope-removed"],
  },
  "scope-described": {
    ...replaced("List STAC ingestions", "List all STAC ingestions"),
    needs: [],
  },
  "service-scope-added": {
    ...replaced(
      REGISTER,
      'scopes: [ingestion.scope("stac:register"), ingestion.scope("stac:list")]',
    ),
    needs: [],
  },
  "service-scope-removed": {
    state: oneMoreScope,
    needs: ["client-scope-removed"],
  },
  "service-added": {
    ...after(
      SERVICE,
      `  auth.addServiceClient("publisher-client", {\n    ${REGISTER},\n  });\n`,
    ),
    needs: [],
  },
  "service-removed": {
    ...replaced(SERVICE, ""),
    needs: ["client-destroyed"],
  },
  "programmatic-client-added": {
    ...after(
      PROGRAMMATIC,
      '  auth.addProgrammaticClient("notebook-client", {\n    callbackUrls: ["https://notebook.example/"],\n  });\n',
    ),
    needs: [],
  },
  "programmatic-client-removed": {
    ...replaced(PROGRAMMATIC_START + PROGRAMMATIC, ""),
    needs: ["client-destroyed"],
  },
  "frontend-client-added": {
    ...after(
      PROGRAMMATIC,
      '  auth.addFrontendClient("maps", {\n    callbackUrls: ["https://maps.example/"],\n    logoutUrls: ["https://maps.example/out"],\n  });\n',
    ),
    needs: [],
  },
  "frontend-client-removed": {
    settings: {
      DASHBOARD_CALLBACK_URLS: undefined,
      DASHBOARD_LOGOUT_URLS: undefined,
    },
    needs: ["client-destroyed"],
  },
  "group-added": {
    ...after(
      GROUPS,
      '    auth.addGroup("veda-editors", {\n      description: "Users that edit the staging data store",\n      precedence: 5,\n      buckets: { "veda-data-store-staging": "read-write" },\n    });\n',
    ),
    needs: [],
  },
  "group-removed": {
    ...replaced(READERS_GROUP, ""),
    needs: ["group-destroyed"],
  },
  "group-with-role-removed": {
    settings: { DATA_MANAGERS_ROLE_ARN: undefined },
    needs: ["group-destroyed"],
  },
  "group-bucket-added": {
    ...replaced(
      'buckets: { [store]: "read" }',
      'buckets: { [store]: "read", [dev]: "read" }',
    ),
    needs: [],
  },
  "group-bucket-removed": {
    ...replaced(WRITERS_BUCKETS, '{ [store]: "read-write" }'),
    needs: [],
  },
  "group-bucket-read-only": {
    ...replaced(WRITERS_BUCKETS, '{ [dev]: "read", [store]: "read-write" }'),
    needs: [],
  },
  "group-described": {
    edit: setAttributes(READERS, {
      description:
        "Users that have read-access to the VEDA store, such as staff of partner organizations and their students",
    }),
    needs: [],
  },
  "role-described": {
    edit: setAttributes(DEPLOYER, {
      description: "Deploys the data platform from CI",
    }),
    needs: [],
  },
  "secret-described": {
    edit: setAttributes(SECRET, {
      description: "Id and secret of the workflows client",
    }),
    needs: [],
  },
  "callback-added": {
    settings: {
      DASHBOARD_CALLBACK_URLS:
        "https://a.example/,https://b.example/,https://c.example/",
    },
    needs: [],
  },
  "callback-removed": {
    settings: { DASHBOARD_CALLBACK_URLS: "https://a.example/" },
    needs: ["callback-url-removed"],
  },
  "callback-on-this-machine": {
    settings: {
      PROGRAMMATIC_CALLBACK_URLS: "https://c.example/,http://localhost:8000/",
    },
    needs: [],
  },
  "logout-url-added": {
    settings: {
      DASHBOARD_LOGOUT_URLS: "https://a.example/out,https://b.example/out",
    },
    needs: [],
  },
  "logout-url-removed": {
    settings: { DASHBOARD_LOGOUT_URLS: undefined },
    needs: ["logout-url-removed"],
  },
  "tag-added": { edit: withProviderTags({ CostCenter: "42" }), needs: [] },
  "owner-changed": { settings: { OWNER: "another-team" }, needs: [] },
  "provider-upgraded": {
    state: writtenByOlderProvider,
    needs: [],
  },
  "provider-upgraded-and-read": {
    state: writtenByOlderProvider,
    refresh: true,
    needs: [],
  },
  "token-validity-shorter": {
    edit: setAttributes(DASHBOARD, {
      refresh_token_validity: 1,
      access_token_validity: 15,
    }),
    needs: [],
  },
  "password-policy-stronger": {
    edit: editBlock(POOL, ({ password_policy }) => {
      Object.assign(password_policy as Json, {
        minimum_length: 16,
        temporary_password_validity_days: 3,
      });
    }),
    needs: [],
  },
  "mfa-on": {
    edit: setAttributes(POOL, {
      mfa_configuration: "ON",
      software_token_mfa_configuration: { enabled: true },
    }),
    needs: [],
  },
  "mfa-optional": {
    edit: setAttributes(POOL, {
      mfa_configuration: "OPTIONAL",
      software_token_mfa_configuration: { enabled: true },
    }),
    needs: [],
  },
  "deletion-protection-on": {
    state: setStateAttributes(POOL, { deletion_protection: "INACTIVE" }),
    needs: [],
  },
  "token-revocation-on": {
    state: setStateAttributes(DASHBOARD, { enable_token_revocation: false }),
    needs: [],
  },
  "threat-protection-on": {
    edit: setAttributes(POOL, {
      user_pool_tier: "PLUS",
      user_pool_add_ons: { advanced_security_mode: "ENFORCED" },
    }),
    needs: [],
  },
  "token-rotation-on": {
    edit: setAttributes(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "ENABLED", retry_grace_period_seconds: 10 },
      ],
    }),
    needs: [],
  },
  "oidc-role-added": {
    ...after(
      PROVIDER,
      `
  if (stage.oidcProvider)
    auth.addOidcRole("catalog", {
      description: "Reads the VEDA store from CI",
      subjects: [
        { owner: "o", ownerId: "1", repo: "r", repoId: "2", branch: "main" },
      ],
      statements: [
        {
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:ListBucket"],
          Resource: [
            "arn:aws:s3:::veda-data-store",
            "arn:aws:s3:::veda-data-store/*",
          ],
        },
      ],
    });
`,
    ),
    needs: [],
  },
  "role-moved": {
    edit: (stack) => {
      const { aws_iam_role: roles = {} } = stack.resource as Record<
        string,
        Json
      >;
      const { deployer, ...others } = roles;
      (stack.resource as Json).aws_iam_role = { ...others, ship: deployer };
      stack.moved = [
        { from: "aws_iam_role.deployer", to: "aws_iam_role.ship" },
      ];
    },
    needs: [],
  },
  "group-moved": {
    edit: (stack) => {
      const from = getAddress(stack, READERS);
      const [type = "", name = ""] = from.split(".");
      const groups = (stack.resource as Record<string, Json>)[type] ?? {};
      const { [name]: group, ...others } = groups;
      (stack.resource as Json)[type] = { ...others, readers: group };
      stack.moved = [{ from, to: `${type}.readers` }];
    },
    needs: [],
  },
  "output-added": {
    edit: addBlock(["output", "stage"], { value: "dev" }),
    needs: [],
  },
  "drift-put-back": {
    state: setStateAttributes(READERS, {
      description: "Changed in the console",
    }),
    needs: [],
  },
  "drift-read": {
    state: setStateAttributes(READERS, {
      description: "Changed in the console",
    }),
    refresh: true,
    needs: [],
  },
  "drift-of-callbacks-put-back": {
    state: setStateAttributes(DASHBOARD, {
      callback_urls: ["https://a.example/"],
    }),
    needs: [],
  },
  "policy-rewritten": {
    state: (state) => {
      const { attributes } = findInstance(state, WRITERS_POLICY) as {
        attributes: Json;
      };
      const { Statement } = JSON.parse(String(attributes.policy)) as {
        Statement: Json[];
      };
      attributes.policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: Statement.flatMap((statement) =>
          (statement.Action as string[]).map((Action) => ({
            ...statement,
            Action,
          })),
        ),
      });
    },
    needs: [],
  },
};
