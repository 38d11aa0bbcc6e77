import { isJsonObject, type JsonObject } from "../json-object";
import type { Stop } from "./adoption-gate";
import type { Matching } from "./matching";

/**
 * Settings of a user pool that hashicorp/aws 5 does not know, by where AWS has them and whether a value is more than
 * what every pool has. An update that leaves them out has AWS reset them, and no plan shows it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
const UNMODELLED: Readonly<Record<string, (value: JsonObject) => boolean>> = {
  IssuerConfiguration: ({ Type }) => Type === "UPDATED",
  KeyConfiguration: ({ KeyType }) => KeyType === "CUSTOMER_MANAGED_KEY",
  "LambdaConfig.InboundFederation": () => true,
  "UserPoolAddOns.AdvancedSecurityAdditionalFlows": ({ CustomAuthMode }) =>
    CustomAuthMode !== undefined,
};

/** What of a user pool an apply would reset without a word. */
export function unmodelledStops({ adopted }: Matching): readonly Stop[] {
  return adopted
    .filter(({ code }) => code.type === "aws_cognito_user_pool")
    .flatMap(({ code, live }) =>
      Object.entries(UNMODELLED)
        .filter(([path, isSet]) => {
          const value = at(live.facts, path);
          return isJsonObject(value) && isSet(value);
        })
        .map(([path]) => ({
          at: code.address,
          told: `${path} is set, which Terraform's provider does not know and would reset: keep the pool as one of your own with USER_POOL_ID, or take the setting off first`,
          isFinal: true,
        })),
    );
}

function at(facts: JsonObject, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) => (isJsonObject(value) ? value[name] : undefined),
      facts,
    );
}
