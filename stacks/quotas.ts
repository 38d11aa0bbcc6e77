import { Token } from "cdktf";
import type { Construct } from "constructs";
import {
  DEFAULT_QUOTAS,
  IdentityProvider,
  ResourceServer,
  UserPoolClient,
  UserPoolGroup,
  type UserPoolQuotas,
} from "../constructs";

/** Returns the errors of a stage that exceeds the quotas of a user pool. */
export function validateQuotas(
  stage: Construct,
  quotas: UserPoolQuotas,
): string[] {
  const constructs = stage.node.findAll();
  const nouns = [
    ["resource servers", ResourceServer, quotas.resourceServers],
    ["clients", UserPoolClient, quotas.clients],
    ["groups", UserPoolGroup, quotas.groups],
    [
      "identity providers",
      IdentityProvider,
      quotas.identityProviders ?? DEFAULT_QUOTAS.identityProviders ?? Infinity,
    ],
  ] as const;
  return nouns.flatMap(([noun, type, quota]) => {
    const count = constructs.filter((one) => one instanceof type).length;
    return count > quota && !Token.isUnresolved(quota)
      ? [
          `number of ${noun} of a user pool must be at most ${quota}, got ${count}`,
        ]
      : [];
  });
}
