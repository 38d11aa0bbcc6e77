import {
  type Attributes,
  hasUnknown,
  readAttribute,
  readText,
  toBlocks,
} from "../../plan/attribute";
import { type RichText, text } from "../../plan/rich-text";
import { getEntityKey } from "../../access/access-graph";
import { isOwnClient, listIdentityProviders } from "../../access/identity-pool-access";
import {
  forExisting,
  isPartlyUnknown,
  REPLACES,
  reportTurnedOn,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const POOL = "aws_cognito_identity_pool";

/** Rules about identity pools. */
export const IDENTITY_POOL_RULES = {
  "unauthenticated-identities-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_unauthenticated_identities"] },
    description: "Users who have not signed in receive AWS credentials.",
    check: reportTurnedOn(
      "allow_unauthenticated_identities",
      text` issues AWS credentials to users who have not signed in`,
    ),
  },
  "classic-flow-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_classic_flow"] },
    description: "Users of an identity pool can choose their own role.",
    check: reportTurnedOn(
      "allow_classic_flow",
      text` lets its users choose their own role`,
    ),
  },
  "token-check-off": {
    severity: "weakening",
    covers: { [POOL]: ["cognito_identity_providers.server_side_token_check"] },
    description: "An identity pool allows tokens that were revoked.",
    check: ({ before, after, name }) => {
      const earlier = listUncheckedClients(before);
      return listUncheckedClients(after).some((id) => !earlier.includes(id))
        ? [
            text`${name} issues credentials for revoked tokens until they expire`,
          ]
        : [];
    },
  },
  "identity-pool-provider-added": {
    severity: "weakening",
    covers: {
      [POOL]: [
        "cognito_identity_providers.client_id",
        "cognito_identity_providers.provider_name",
        "openid_connect_provider_arns",
        "saml_provider_arns",
        "supported_login_providers",
        "developer_provider_name",
      ],
    },
    description:
      "An identity pool trusts a provider other than clients of the stage's user pool.",
    check: checkAddedProviders,
  },
  "identity-pool-provider-removed": {
    severity: "breaking",
    covers: {
      [POOL]: [
        "cognito_identity_providers.client_id",
        "cognito_identity_providers.provider_name",
      ],
    },
    description:
      "Users of a client or provider no longer receive AWS credentials from an identity pool.",
    check: forExisting(checkRemovedProviders),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const IDENTITY_POOL_TYPES = {
  [POOL]: { ignored: { [REPLACES]: "identity_pool_name" } },
} as const satisfies Readonly<Record<string, ReviewedType>>;

function listUncheckedClients(values: Attributes): readonly string[] {
  return toBlocks(values.cognito_identity_providers)
    .filter((provider) => {
      const reading = readAttribute(provider, "server_side_token_check");
      return (
        reading.kind !== "unknown" &&
        !(reading.kind === "known" && reading.value === true)
      );
    })
    .map((provider) => readText(provider, "client_id") ?? "");
}

/** Leaves out clients of the stage's own user pool, which are reported as access. */
function checkAddedProviders(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const earlier = listIdentityProviders(before, snapshotBefore).map(
    getEntityKey,
  );
  const foreign = toBlocks(after.cognito_identity_providers).filter(
    (provider) =>
      !isOwnClient(provider, snapshotAfter) &&
      !Object.values(provider).some(hasUnknown),
  );
  return listIdentityProviders(
    { ...after, cognito_identity_providers: foreign },
    snapshotAfter,
  )
    .filter((one) => !earlier.includes(getEntityKey(one)))
    .map((one) => text`${name} trusts ${one.text}`);
}

/** Leaves out clients that are destroyed, which other rules report. */
function checkRemovedProviders(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const isUncertain = [
    "cognito_identity_providers",
    "openid_connect_provider_arns",
    "saml_provider_arns",
    "supported_login_providers",
  ].some((path) => isPartlyUnknown(after, path));
  if (isUncertain) return [];
  const later = listIdentityProviders(after, snapshotAfter).map(getEntityKey);
  const remaining = toBlocks(before.cognito_identity_providers).filter(
    ({ client_id: id }) => !isDestroyedClient(id, context),
  );
  return listIdentityProviders(
    { ...before, cognito_identity_providers: remaining },
    snapshotBefore,
  )
    .filter((one) => !later.includes(getEntityKey(one)))
    .map((one) => text`${name} no longer trusts ${one.text}`);
}

/** Whether a client exists before the apply, and not after it. */
export function isDestroyedClient(
  id: unknown,
  { snapshotBefore, snapshotAfter }: RuleContext,
): boolean {
  const client = snapshotBefore.find("aws_cognito_user_pool_client", id);
  return (
    client !== undefined && snapshotAfter.get(client.address) === undefined
  );
}
