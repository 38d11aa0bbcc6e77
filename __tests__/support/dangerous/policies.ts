import {
  combineEdits,
  editBlock,
  editPolicy,
  setAttributes,
  setStateAttributes,
  type Json,
} from "../plan-edits";
import {
  addUnknownSource,
  ADMINISTRATOR,
  policyDocument,
  EVERYTHING,
  FOREIGN,
  changeState,
  UNKNOWN_TEXT,
  setUnknown,
  copyResource,
  READERS_POLICY,
  READERS_ROLE,
  addResource,
  SECRET,
  SECRET_POLICY,
  trustPolicy,
  VERSION,
  WRITERS_POLICY,
  type DangerousCases,
} from "./resources";

const ROLE_NAME = "veda-auth-stack-dev-veda-readers";
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const ATTACHED = {
  role: ROLE_NAME,
  policy_arn: READ_ONLY,
  id: `${ROLE_NAME}-20260101000000000000000001`,
};
const attach = addResource("aws_iam_role_policy_attachment", "readers", {
  role: ROLE_NAME,
  policy_arn: READ_ONLY,
});
const attached = changeState(
  "aws_iam_role_policy_attachment",
  "readers",
  ATTACHED,
);
const secretReader = (Principal: unknown) =>
  editPolicy(SECRET_POLICY, ([statement = {}]) => [
    { ...statement, Principal },
  ]);
const inline = { name: "everything", policy: policyDocument(EVERYTHING) };

/** Policies of roles, boundaries and secrets. */
export const POLICY_CASES: DangerousCases = {
  "inline-policy-everything": {
    edit: setAttributes(READERS_ROLE, { inline_policy: [inline] }),
    expect: ["group veda-readers: everything on everything"],
  },
  "inline-policy-of-two": {
    edit: setAttributes(READERS_ROLE, {
      inline_policy: [
        {
          name: "harmless",
          policy: policyDocument({
            Effect: "Allow",
            Action: "s3:ListAllMyBuckets",
            Resource: "*",
          }),
        },
        inline,
      ],
    }),
    expect: ["group veda-readers: everything on everything"],
  },
  "inline-policy-unknown": {
    edit: setUnknown(READERS_ROLE, {
      inline_policy: [
        {
          name: "later",
          policy:
            '${jsonencode({"Version" = "2012-10-17", "Statement" = [{"Effect" = "Allow", "Action" = "s3:*", "Resource" = terraform_data.later.output}]})}',
        },
      ],
    }),
    expect: ["inline policy of role veda-readers: known only after apply"],
  },
  "managed-policy-administrator": {
    state: attached,
    edit: combineEdits(
      attach,
      setAttributes(READERS_ROLE, {
        managed_policy_arns: [READ_ONLY, ADMINISTRATOR],
      }),
    ),
    expect: ["group veda-readers: AdministratorAccess"],
  },
  "managed-policies-emptied": {
    state: combineEdits(
      attached,
      setStateAttributes(READERS_ROLE, { managed_policy_arns: [READ_ONLY] }),
    ),
    edit: combineEdits(
      attach,
      setAttributes(READERS_ROLE, { managed_policy_arns: [] }),
    ),
    expect: ["role veda-readers: ReadOnlyAccess is detached"],
  },
  "attachment-administrator": {
    edit: addResource("aws_iam_role_policy_attachment", "readers", {
      role: ROLE_NAME,
      policy_arn: ADMINISTRATOR,
    }),
    expect: ["group veda-readers: AdministratorAccess"],
  },
  "policy-attachment-administrator": {
    edit: addResource("aws_iam_policy_attachment", "readers", {
      name: "readers",
      roles: [ROLE_NAME],
      policy_arn: ADMINISTRATOR,
    }),
    expect: [
      "group veda-readers: AdministratorAccess",
      "every other attachment of the policy is removed",
    ],
  },
  "exclusive-attachments-administrator": {
    edit: addResource("aws_iam_role_policy_attachments_exclusive", "readers", {
      role_name: ROLE_NAME,
      policy_arns: [ADMINISTRATOR],
    }),
    expect: ["group veda-readers: AdministratorAccess"],
  },
  "exclusive-policies-emptied": {
    edit: addResource("aws_iam_role_policies_exclusive", "readers", {
      role_name: ROLE_NAME,
      policy_names: [],
    }),
    expect: ["role veda-readers: its inline policies are removed"],
  },
  "created-role-inline-everything": {
    edit: (stack) => {
      const values = { name: "editors", inline_policy: [inline] };
      const role = copyResource(stack, READERS_ROLE, values);
      addResource("aws_iam_role", "editors", role)(stack);
    },
    expect: ["new role editors: everything on everything"],
  },
  "created-role-managed-administrator": {
    edit: (stack) => {
      const values = { name: "editors", managed_policy_arns: [ADMINISTRATOR] };
      const role = copyResource(stack, READERS_ROLE, values);
      addResource("aws_iam_role", "editors", role)(stack);
    },
    expect: ["new role editors: AdministratorAccess"],
  },
  "created-role-any-principal": {
    edit: addResource("aws_iam_role", "open", {
      name: "open",
      assume_role_policy: trustPolicy("*"),
      permissions_boundary: "arn:aws:iam::000000000000:policy/bound",
    }),
    expect: ["new role open: everyone in AWS can assume it"],
  },
  "created-role-foreign-account": {
    edit: addResource("aws_iam_role", "open", {
      name: "open",
      assume_role_policy: trustPolicy({ AWS: `${FOREIGN}:root` }),
      permissions_boundary: "arn:aws:iam::000000000000:policy/bound",
    }),
    expect: ["new role open: account 111122223333 can assume it"],
  },
  "created-role-without-boundary": {
    edit: (stack) => {
      const values = { name: "editors", permissions_boundary: undefined };
      const role = copyResource(stack, READERS_ROLE, values);
      addResource("aws_iam_role", "editors", role)(stack);
    },
    expect: ["new role editors: no permissions boundary"],
  },
  "boundary-administrator": {
    edit: setAttributes(READERS_ROLE, { permissions_boundary: ADMINISTRATOR }),
    expect: ["role veda-readers: boundary is AdministratorAccess"],
  },
  "boundary-unknown": {
    edit: setUnknown(READERS_ROLE, { permissions_boundary: UNKNOWN_TEXT }),
    expect: ["boundary of role veda-readers: known only after apply"],
  },
  "created-role-boundary-unknown": {
    edit: (stack) => {
      const values = { name: "editors", permissions_boundary: UNKNOWN_TEXT };
      addUnknownSource()(stack);
      const role = copyResource(stack, READERS_ROLE, values);
      addResource("aws_iam_role", "editors", role)(stack);
    },
    expect: ["boundary of new role editors: known only after apply"],
  },
  "policy-everything": {
    edit: editPolicy(READERS_POLICY, (statements) => [
      ...statements,
      EVERYTHING,
    ]),
    expect: ["group veda-readers: everything on everything"],
  },
  "policy-not-action": {
    edit: editPolicy(READERS_POLICY, (statements) => [
      ...statements,
      { Effect: "Allow", NotAction: "iam:*", Resource: "*" },
    ]),
    expect: ["group veda-readers: everything except iam:*"],
  },
  "policy-not-resource": {
    edit: editPolicy(READERS_POLICY, (statements) =>
      statements.map(({ Resource, ...statement }) => ({
        ...statement,
        NotResource: Resource,
      })),
    ),
    expect: ["group veda-readers: every bucket except its own"],
  },
  "policy-unreadable": {
    edit: setAttributes(READERS_POLICY, { policy: "{}" }),
    expect: ["policy of role veda-readers: not readable"],
  },
  "policy-denial-dropped": {
    state: (state) => {
      const attributes = policyAttributes(state, WRITERS_POLICY);
      const policies = JSON.parse(String(attributes.policy)) as {
        Statement: Json[];
      };
      policies.Statement.push({
        Effect: "Deny",
        Action: "s3:*",
        Resource: "arn:aws:s3:::veda-data-store-dev/restricted/*",
      });
      attributes.policy = JSON.stringify(policies);
    },
    expect: ["policy of role veda-writers: a Deny statement is removed"],
  },
  "policy-role-unknown": {
    edit: combineEdits(
      addUnknownSource("veda-auth-stack-dev-veda-writers"),
      addResource("aws_iam_role_policy", "later", {
        name: "later",
        role: UNKNOWN_TEXT,
        policy: policyDocument(EVERYTHING),
      }),
    ),
    expect: ["policy later: everything on everything, role known after apply"],
  },
  "policy-condition-dropped": {
    state: (state) => {
      const attributes = policyAttributes(state, READERS_POLICY);
      const policies = JSON.parse(String(attributes.policy)) as {
        Statement: Json[];
      };
      for (const statement of policies.Statement)
        statement.Condition = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
      attributes.policy = JSON.stringify(policies);
    },
    expect: ["group veda-readers: read without the condition on its address"],
  },
  "secret-policy-anyone": {
    edit: secretReader("*"),
    expect: ["secret workflows-client: everyone in AWS can read it"],
  },
  "secret-policy-foreign-account": {
    edit: secretReader({ AWS: `${FOREIGN}:root` }),
    expect: ["secret workflows-client: account 111122223333 can read it"],
  },
  "secret-policy-other-role": {
    edit: secretReader({ AWS: "arn:aws:iam::000000000000:role/other" }),
    expect: ["secret workflows-client: role other can read it"],
  },
  "secret-policy-all-actions": {
    edit: editPolicy(SECRET_POLICY, ([statement = {}]) => [
      { ...statement, Action: "secretsmanager:*" },
    ]),
    expect: ["secret workflows-client: its reader can replace and delete it"],
  },
  "secret-policy-unknown": {
    edit: setUnknown(SECRET_POLICY, { policy: UNKNOWN_TEXT }),
    expect: ["policy of secret workflows-client: known only after apply"],
  },
  "secret-value-written": {
    edit: editBlock(VERSION, (values) => {
      values.secret_string_wo = '{"client_id":"another"}';
      values.secret_string_wo_version = 7;
    }),
    expect: ["secret workflows-client: its readers get another value"],
  },
  "secret-own-policy-anyone": {
    edit: setAttributes(SECRET, {
      policy: policyDocument({
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "*",
        Principal: "*",
      }),
    }),
    expect: ["secret workflows-client: everyone in AWS can read it"],
  },
  "secret-foreign-key": {
    edit: setAttributes(SECRET, {
      kms_key_id: "arn:aws:kms:us-west-2:111122223333:key/k",
    }),
    expect: ["secret workflows-client: key of account 111122223333"],
  },
  "secret-replicated": {
    edit: setAttributes(SECRET, { replica: [{ region: "eu-central-1" }] }),
    expect: ["secret workflows-client: is copied to eu-central-1"],
  },
  "secret-rotation": {
    edit: (stack) => {
      const arn = "arn:aws:lambda:us-west-2:000000000000:function:rotate";
      const [name = ""] = Object.keys(
        (stack.resource as Record<string, Json>).aws_secretsmanager_secret ??
          {},
      ).filter((key) => key.includes("workflows-client"));
      addResource("aws_secretsmanager_secret_rotation", "workflows", {
        secret_id: `\${aws_secretsmanager_secret.${name}.id}`,
        rotation_lambda_arn: arn,
        rotation_rules: { automatically_after_days: 30 },
      })(stack);
    },
    expect: ["not reviewed: aws_secretsmanager_secret_rotation"],
  },
};

function policyAttributes(state: Json, address: string): Json {
  const [type, part = ""] = address.split(".");
  const found = (state.resources as Json[]).find(
    (one) => one.type === type && String(one.name).includes(`_${part}_`),
  );
  const [first] = (found?.instances ?? []) as { attributes: Json }[];
  if (first === undefined) throw new Error(`no ${address}`);
  return first.attributes;
}
