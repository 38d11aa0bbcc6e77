import type { AwsTarget } from "../../aws/client";
import { listUserPoolChildren } from "../../aws/listings";
import { formatResourceName } from "../../plan/resource-names";
import {
  isJsonObject,
  type JsonObject,
  toJsonObject,
} from "../../system/json-object";
import { AwsClients } from "../read/aws-clients";
import type { LiveResource } from "../read/live-resources";
import type { MatchedResource, Matching } from "../read/matching";
import { toText } from "../read/terraform-configuration";
import { describeUiCustomization } from "../read/user-pool-resources";
import { type Blocker, createBlocker } from "./plan-blockers";
import type { Violations } from "./policy-changes";
import { findSecretBlockers, hasClientSecret } from "./secrets";

/**
 * Values of user pool settings that the Terraform provider does not support. An update without them resets them, and no
 * plan shows it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
const UNSUPPORTED_SETTINGS: Readonly<
  Record<string, (value: JsonObject) => boolean>
> = {
  IssuerConfiguration: ({ Type }) => Type === "UPDATED",
  KeyConfiguration: ({ KeyType }) => KeyType === "CUSTOMER_MANAGED_KEY",
  "LambdaConfig.InboundFederation": () => true,
  "UserPoolAddOns.AdvancedSecurityAdditionalFlows": ({ CustomAuthMode }) =>
    CustomAuthMode !== undefined,
  WebAuthnConfiguration: ({ FactorConfiguration: factor }) =>
    factor !== undefined && factor !== "SINGLE_FACTOR",
};

/** Finds manual changes that an apply would revert, and that no plan shows. */
export async function findManualChanges(
  matching: Matching,
  target: AwsTarget,
): Promise<readonly Blocker[]> {
  const pairs = [...matching.adopted, ...matching.overwritten];
  return [
    ...pairs.flatMap((pair) =>
      checkResource(pair, matching).map((text) =>
        createBlocker(pair.configured.address, text),
      ),
    ),
    ...(await findSecretBlockers(matching, target)),
  ];
}

type ResourceCheck = (
  pair: MatchedResource,
  matching: Pick<Matching, "adopted">,
) => Violations;

/** Checks a resource for manual changes that no plan shows. */
export const checkResource: ResourceCheck = (pair, matching) => {
  switch (pair.configured.type) {
    case "aws_cognito_identity_pool_roles_attachment":
      return checkRoleMappings(pair, matching);
    case "aws_cognito_user_pool":
      return checkUnsupportedSettings(pair, matching);
    case "aws_cognito_user_pool_client":
      return checkClientSecret(pair, matching);
    default:
      return [];
  }
};

/** The stage's mappings use tokens only, deny ambiguous roles, and exist for adopted clients. */
const checkRoleMappings: ResourceCheck = ({ live }, { adopted }) => {
  const clients = adopted.map((pair) => pair.live.attributes.ClientId);
  return Object.entries(toJsonObject(live.attributes.RoleMappings)).flatMap(
    ([key, value]) => {
      const { Type: type, AmbiguousRoleResolution: ambiguous } =
        toJsonObject(value);
      const isOfOtherClient =
        /[.:]/.test(key) && !clients.includes(key.replace(/^.*:/, ""));
      return type === "Token" &&
        ambiguous !== "AuthenticatedRole" &&
        !isOfOtherClient
        ? []
        : [
            `role mapping ${key} must be a token mapping of an adopted client that denies ambiguous roles, got a manual one, which the apply removes`,
          ];
    },
  );
};

/** No update adds or removes the secret of a client: Terraform would replace the client. */
const checkClientSecret: ResourceCheck = ({ live, configured }) => {
  const { key, attributes } = live;
  const hasSecret = hasClientSecret(attributes);
  return hasSecret === (configured.values.generate_secret === true)
    ? []
    : [
        `generate_secret must be ${hasSecret}, since live client ${key} has ${hasSecret ? "a" : "no"} secret, got ${!hasSecret}, which replaces the client`,
      ];
};

const checkUnsupportedSettings: ResourceCheck = ({ live: { attributes } }) =>
  Object.entries(UNSUPPORTED_SETTINGS)
    .filter(([path, isSet]) => {
      const [name = "", part] = path.split(".");
      const value =
        part === undefined
          ? attributes[name]
          : toJsonObject(attributes[name])[part];
      return isJsonObject(value) && isSet(value);
    })
    .map(
      ([path]) =>
        `${path} must not be set: the Terraform provider does not support it and would reset it; set USER_POOL_ID to use the pool without managing it, or remove the setting`,
    );

/** Lists the contents of the stack's user pool that are neither in the stack nor in the configuration. */
export async function listUnmanaged(
  resources: readonly LiveResource[],
  target: AwsTarget,
): Promise<readonly string[]> {
  const pool = resources.find(
    ({ type, isPresent }) => type === "AWS::Cognito::UserPool" && isPresent,
  );
  if (pool === undefined) return [];
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const aws = new AwsClients(target);
  const client = await aws.userPools();
  const { physicalId: UserPoolId, attributes } = pool;
  const importIds = new Set(resources.map(({ importId }) => importId));
  const children = await listUserPoolChildren(sdk, client, UserPoolId);
  const customDomain = toText(attributes.CustomDomain);
  const style = await describeUiCustomization(UserPoolId, undefined, aws);
  return [
    ...children
      .filter(({ importId }) => !importIds.has(importId))
      .map(({ type, id, name }) => {
        const formatted = formatResourceName(type, { name });
        return name === id ? formatted : `${formatted} (${id})`;
      }),
    ...(customDomain === "" || importIds.has(customDomain)
      ? []
      : [`custom domain ${customDomain}`]),
    ...(style === undefined || importIds.has(style.importId)
      ? []
      : ["style of the classic sign-in pages"]),
  ];
}
