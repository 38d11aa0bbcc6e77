import type { PlanCase } from "../plan-cases";
import {
  addBlock,
  combineEdits,
  findBlock,
  editPolicy,
  setAttributes,
  type Edit,
  type Json,
} from "../plan-edits";

/** A change that a reviewer must see, and what of it. */
export type DangerousCase = PlanCase & { readonly expect: readonly string[] };
export type DangerousCases = Readonly<Record<string, DangerousCase>>;

export const GITHUB = "token.actions.githubusercontent.com";
export const POOL = "aws_cognito_user_pool.user-pool";
export const DASHBOARD = "aws_cognito_user_pool_client.veda-dashboard";
export const WORKFLOWS = "aws_cognito_user_pool_client.workflows-client";
export const READERS = "aws_cognito_user_group.veda-readers";
export const READERS_ROLE = "aws_iam_role.veda-readers";
export const READERS_POLICY = "aws_iam_role_policy.veda-readers_policy";
export const WRITERS_POLICY = "aws_iam_role_policy.veda-writers_policy";
export const IDENTITY_POOL = "aws_cognito_identity_pool.identity-pool";
export const ATTACHMENT =
  "aws_cognito_identity_pool_roles_attachment.identity-pool_roles";
export const PROVIDER = "aws_iam_openid_connect_provider.oidc-provider";
export const DEPLOYER = "aws_iam_role.deployer";
export const SECRET = "aws_secretsmanager_secret.workflows-client";
export const VERSION =
  "aws_secretsmanager_secret_version.workflows-client_version";
export const SECRET_POLICY =
  "aws_secretsmanager_secret_policy.workflows-client_policy";
export const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
export const FOREIGN = "arn:aws:iam::111122223333";

export const EVERYTHING = { Effect: "Allow", Action: "*", Resource: "*" };

/** Returns a policy's text. */
export function policyDocument(...Statement: readonly Json[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Returns a trust policy that lets a principal assume a role, without conditions. */
export function trustPolicy(Principal: unknown): string {
  return policyDocument({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal,
  });
}

/** Adds a new `terraform_data`, whose output is known only after apply, and sets attributes that refer to it. */
export function setUnknown(address: string, values: Json, input = "x"): Edit {
  return combineEdits(addUnknownSource(input), setAttributes(address, values));
}

export function addUnknownSource(input = "x"): Edit {
  return addBlock(["resource", "terraform_data", "later"], { input });
}

export const UNKNOWN_TEXT = "${terraform_data.later.output}";
export const UNKNOWN_BOOLEAN = '${terraform_data.later.output == "x"}';
export const UNKNOWN_NUMBER = "${length(terraform_data.later.output)}";
export const UNKNOWN_LIST = '${split(",", terraform_data.later.output)}';

/** Adds a resource. */
export function addResource(type: string, name: string, values: Json): Edit {
  return addBlock(["resource", type, name], values);
}

/** Changes the statements of a role's trust. */
export function setTrust(
  address: string,
  edit: (statements: Json[]) => Json[],
): Edit {
  return editPolicy(address, edit, "assume_role_policy");
}

/** Adds a resource to a state, as though it had been applied. */
export function changeState(
  type: string,
  name: string,
  attributes: Json,
  index_key?: string,
): Edit {
  return (state) => {
    (state.resources as Json[]).push({
      mode: "managed",
      type,
      name,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        {
          ...(index_key !== undefined && { index_key }),
          schema_version: 0,
          attributes,
        },
      ],
    });
  };
}

/** Returns a block like that of an existing resource, with other values. */
export function copyResource(
  configuration: Json,
  address: string,
  values: Json,
): Json {
  return {
    ...findBlock(configuration, address),
    lifecycle: undefined,
    ...values,
  };
}
