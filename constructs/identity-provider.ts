import { CognitoIdentityProvider } from "@cdktf/provider-aws/lib/cognito-identity-provider";
import { Construct, type IDependable } from "constructs";
import { type AttributeMapping, LIMITS } from "./constraints";
import { CUSTOM_PREFIX, isCustomAttribute } from "./user-attributes";
import type { IUserPool } from "./user-pool";
import {
  addValidationErrors,
  check,
  checkCount,
  checkEach,
  isUnknown,
  toList,
} from "./validation";

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

/** Configuration that all identity providers have. */
export interface IdentityProviderProps {
  readonly userPool: IUserPool;
  /** Name in the user pool and on its sign-in pages. With another name, the same people are new users. */
  readonly providerName: string;
  readonly attributes: AttributeMapping;
  /**
   * Domains of email addresses. The sign-in pages send a person who enters such an address to the provider.
   *
   * @default none
   */
  readonly domains?: readonly string[];
}

interface ProviderSettings extends IdentityProviderProps {
  readonly providerType: "OIDC" | "SAML";
  readonly providerDetails: Readonly<Record<string, string>>;
  /** Keys of the details that AWS or a command sets. */
  readonly ignoredDetails: readonly string[];
  /** Attributes that AWS maps itself. */
  readonly fixedAttributes: Readonly<Record<string, string>>;
}

/**
 * An identity provider of a user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
 */
export abstract class IdentityProvider
  extends Construct
  implements IIdentityProvider
{
  /**
   * Imports an identity provider of an existing user pool.
   *
   * @param mappedAttributes attributes of the user pool that the provider sets
   */
  static fromProviderName(
    providerName: string,
    mappedAttributes: readonly string[],
  ): IIdentityProvider {
    return { providerName, mappedAttributes, dependencies: [] };
  }

  readonly providerName: string;
  readonly mappedAttributes: readonly string[];
  readonly dependencies: readonly IDependable[];

  protected constructor(
    scope: Construct,
    id: string,
    settings: ProviderSettings,
  ) {
    super(scope, id);
    const { providerName, attributes } = settings;
    const domains = toList(settings.domains ?? []);
    const known = isUnknown(attributes) ? {} : attributes;
    addValidationErrors(
      this,
      check(LIMITS.identityProviderName, providerName),
      checkCount(LIMITS.domainsPerIdentityProvider, domains),
      ...checkEach(LIMITS.identityProviderDomain, domains),
      ...checkMapping(attributes, settings.userPool),
    );

    const resource = new CognitoIdentityProvider(this, "Resource", {
      userPoolId: settings.userPool.userPoolId,
      providerName,
      providerType: settings.providerType,
      providerDetails: settings.providerDetails,
      attributeMapping: { ...known, ...settings.fixedAttributes },
      idpIdentifiers: [...domains],
      lifecycle: {
        // clients name the provider, so a provider with another name must exist before they change
        createBeforeDestroy: true,
        ignoreChanges: settings.ignoredDetails.map(
          (key) => `provider_details["${key}"]`,
        ),
      },
    });
    this.providerName = providerName;
    this.mappedAttributes = Object.keys(known);
    this.dependencies = [resource];
  }
}

function checkMapping(
  attributes: AttributeMapping,
  { customAttributes }: IUserPool,
): (string | undefined)[] {
  if (isUnknown(attributes))
    return [
      "attributes of an identity provider must be known at synth, got a map that only Terraform knows",
    ];
  const names = Object.keys(attributes);
  // those of an imported user pool are not known
  const missing =
    customAttributes === undefined || isUnknown(customAttributes)
      ? []
      : names.filter(
          (name) =>
            isCustomAttribute(name) &&
            !Object.hasOwn(customAttributes, name.slice(CUSTOM_PREFIX.length)),
        );
  return [
    names.includes("email")
      ? undefined
      : `attributes of an identity provider must map email, which the user pool requires, got ${names.join(", ") || "none"}`,
    ...Object.entries<string | undefined>(attributes).flatMap(
      ([name, attribute]) => [
        check(LIMITS.mappedAttribute, name),
        check(
          LIMITS.providerAttribute,
          attribute,
          `attribute of the identity provider for ${name}`,
        ),
      ],
    ),
    ...missing.map(
      (name) =>
        `mapped attribute must be a custom attribute of the user pool, got ${name}: add it to customAttributes`,
    ),
  ];
}
