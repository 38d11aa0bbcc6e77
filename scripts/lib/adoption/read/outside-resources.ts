import type { AwsTarget } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import { AwsClients } from "./aws-clients";
import {
  type AdoptedType,
  type LiveResource,
  readLiveResources,
} from "./live-resources";
import type { LiveStack } from "./live-stack";
import type { ResourceDescription } from "./resource-description";
import {
  type ConfiguredResource,
  parseLiteral,
  type TerraformConfiguration,
} from "./terraform-configuration";
import {
  describeIdentityProvider,
  describeUiCustomization,
  describeUserPoolDomain,
} from "./user-pool-resources";

/** Logical id of a resource that is not in the stack. */
const OUTSIDE = "";

/** Describes the live counterpart of a configured part of a user pool, if there is one. */
type PartReader = (
  configured: ConfiguredResource,
  userPoolId: string,
  aws: AwsClients,
) => Promise<ResourceDescription | undefined>;

/** Parts of a user pool that its users add in the console, by type. */
const PARTS: Partial<Record<AdoptedType, PartReader>> = {
  aws_cognito_identity_provider: async ({ values }, userPoolId, aws) => {
    const name = parseLiteral(values.provider_name);
    return name === undefined
      ? undefined
      : describeIdentityProvider(userPoolId, name, aws);
  },
  aws_cognito_user_pool_domain: async ({ values }, userPoolId, aws) => {
    const domain = parseLiteral(values.domain);
    // a prefix domain that is not in the stack stays outside the stage
    if (domain === undefined || values.certificate_arn === undefined)
      return undefined;
    const description = await describeUserPoolDomain(domain, aws);
    return description?.attributes.UserPoolId === userPoolId
      ? description
      : undefined;
  },
  aws_cognito_user_pool_ui_customization: async ({ values }, userPoolId, aws) =>
    describeUiCustomization(userPoolId, parseLiteral(values.client_id), aws),
};

/** Returns whether CloudFormation knows a resource. */
export function isInStack({ logicalId }: LiveResource): boolean {
  return logicalId !== OUTSIDE;
}

/**
 * Reads every resource of a stack, and the parts of its user pool that were added outside the stack, if the configuration
 * has them: Terraform would create them again, which fails or overwrites them.
 */
export async function readResources(
  stack: LiveStack,
  configuration: TerraformConfiguration,
  target: AwsTarget,
): Promise<readonly LiveResource[]> {
  const resources = await readLiveResources(stack, target);
  const pool = resources.find(
    ({ type, isPresent }) => type === "AWS::Cognito::UserPool" && isPresent,
  );
  if (pool === undefined) return resources;
  const aws = new AwsClients(target);
  const outside: LiveResource[] = [];
  for (const [type, read] of Object.entries(PARTS))
    for (const configured of configuration.getResources(type)) {
      const description = await findOrUndefined(() =>
        read(configured, pool.physicalId, aws),
      );
      const isKnown = resources.some(
        ({ importId }) => importId === description?.importId,
      );
      if (description !== undefined && !isKnown)
        outside.push({
          ...description,
          logicalId: OUTSIDE,
          physicalId: description.key,
          status: "",
          type,
          terraformType: type as AdoptedType,
          isPresent: true,
        });
    }
  return [...resources, ...outside];
}
