import type { IDependable } from "constructs";

/** A provider with which people sign in to a user pool, such as that of a university. */
export interface IIdentityProvider {
  /** Name in the user pool. The users of the provider are named `{providerName}_{subject}`. */
  readonly providerName: string;
  /** Names of the user pool's attributes that the provider's attributes are mapped to, such as `email` and `custom:groups`. */
  readonly mappedAttributes: readonly string[];
  /** Constructs that must exist before a client can name the provider. */
  readonly dependencies: readonly IDependable[];
}

/** Who can sign in at a client: the users of the user pool (`COGNITO`), or those of a provider. */
export type SignInProvider = "COGNITO" | IIdentityProvider;
