import { githubTrust } from "../plan-cases";
import { findBlock, setAttributes, type Edit, type Json } from "../plan-edits";
import {
  ADMINISTRATOR,
  DASHBOARD,
  DEPLOYER,
  policyDocument,
  EVERYTHING,
  GITHUB,
  IDENTITY_POOL,
  UNKNOWN_TEXT,
  copyResource,
  POOL,
  READERS,
  READERS_ROLE,
  addResource,
  type DangerousCase,
  type DangerousCases,
} from "./resources";

interface ModuleOptions {
  /** Keys of its instances. @default it has one, without a key */
  readonly keys?: readonly string[];
  /** Values of its variables, which its resources refer to as `${var.<name>}`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Leaves the state in the root module, so that everything is created in the child module. */
  readonly isNew?: true;
}

/** Moves everything to a child module `auth`, in the state too, and edits it there. */
function inModule(
  edit: Edit,
  { keys, variables = {}, isNew }: ModuleOptions = {},
): Pick<DangerousCase, "files" | "state"> {
  const names = Object.keys(variables);
  const address = (key = "") =>
    keys === undefined ? "module.auth" : `module.auth["${key}"]`;
  return {
    files: (stack) => {
      const { resource: resources, data, output } = stack;
      const child: Json = {
        resource: resources,
        data,
        output,
        ...(names.length > 0 && {
          variable: Object.fromEntries(
            names.map((name) => [name, { type: "string" }]),
          ),
        }),
      };
      edit(child);
      stack.resource = undefined;
      stack.data = undefined;
      stack.module = {
        auth: {
          source: "./module",
          ...variables,
          ...(keys && {
            for_each: Object.fromEntries(keys.map((key) => [key, key])),
          }),
        },
      };
      stack.output = Object.fromEntries(
        Object.keys(output as Json).map((name) => [
          name,
          { value: `\${${address(keys?.[0])}.${name}}` },
        ]),
      );
      return { "module/main.tf.json": child };
    },
    ...(isNew === undefined && {
      state: (state: Json) => {
        const known = state.resources as Json[];
        state.resources = (keys ?? [""]).flatMap((key) =>
          known.map(({ instances, ...one }) => ({
            ...one,
            module: address(key),
            instances: (instances as Json[]).map((instance) => ({
              ...instance,
              dependencies: [],
            })),
          })),
        );
      },
    }),
  };
}

function editors(values: Json = {}): Edit {
  return (child) => {
    const role = copyResource(child, READERS_ROLE, {
      name: "veda-auth-stack-dev-editors",
      ...values,
    });
    const group = {
      ...findBlock(child, READERS),
      name: "editors",
      precedence: 20,
      role_arn: "${aws_iam_role.editors.arn}",
    };
    addResource("aws_iam_role", "editors", role)(child);
    addResource("aws_cognito_user_group", "editors", group)(child);
    addResource("aws_iam_role_policy", "editors", {
      name: "editors",
      role: "${aws_iam_role.editors.id}",
      policy: policyDocument(EVERYTHING),
    })(child);
  };
}

/** The stage's resources in a child module. */
export const MODULE_CASES: DangerousCases = {
  "module-group-added": {
    ...inModule(editors()),
    expect: ["new group editors: everything on everything"],
  },
  "module-group-added-by-variable": {
    ...inModule(editors({ name: "${var.prefix}-editors" }), {
      variables: { prefix: "veda-auth-stack-dev" },
    }),
    expect: ["new group editors: everything on everything"],
  },
  "module-instances-group-added": {
    ...inModule(editors(), { keys: ["dev"] }),
    expect: ["new group editors: everything on everything"],
  },
  "module-of-two-instances": {
    ...inModule(editors(), { keys: ["dev", "prod"] }),
    expect: ["new group editors, twice: everything on everything"],
  },
  "module-managed-policy": {
    ...inModule(
      setAttributes(READERS_ROLE, { managed_policy_arns: [ADMINISTRATOR] }),
    ),
    expect: ["group veda-readers: AdministratorAccess"],
  },
  "module-trust-any-repository": {
    ...inModule(
      setAttributes(DEPLOYER, {
        assume_role_policy: githubTrust({
          StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${GITHUB}:sub`]: "repo:*:*" },
        }),
      }),
    ),
    expect: ["role deployer: every repository of GitHub"],
  },
  "module-trust-by-variable": {
    ...inModule(
      setAttributes(DEPLOYER, {
        assume_role_policy: githubTrust({
          StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${GITHUB}:sub`]: "${var.subject}" },
        }),
      }),
      { variables: { subject: "repo:*:*" }, keys: ["dev"] },
    ),
    expect: ["role deployer: every repository of GitHub"],
  },
  "module-value-from-root-unknown": {
    ...inModule(setAttributes(POOL, { mfa_configuration: "${var.mfa}" }), {
      variables: { mfa: UNKNOWN_TEXT },
    }),
    edit: addResource("terraform_data", "later", { input: "OFF" }),
    expect: ["mfa_configuration: known only after apply"],
  },
  "module-user-pool-name": {
    ...inModule(setAttributes(POOL, { name: "another" })),
    expect: ["user pool is replaced: all its users are lost"],
  },
  "module-unauthenticated": {
    ...inModule(
      setAttributes(IDENTITY_POOL, { allow_unauthenticated_identities: true }),
    ),
    expect: ["identity pool: unauthenticated identities"],
  },
  "module-callback-unsafe": {
    ...inModule(
      setAttributes(DASHBOARD, {
        callback_urls: ["https://a.example/", "http://attacker.example/"],
      }),
      { keys: ["dev"] },
    ),
    expect: ["callback URL http://attacker.example/ is unsafe"],
  },
  "module-destroyed": {
    ...inModule(setAttributes(POOL, { lifecycle: undefined }), { isNew: true }),
    expect: ["user pool is destroyed: all its users are lost"],
  },
};
