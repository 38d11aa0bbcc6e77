import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  claimId,
  type IdentityProviderProps,
  type IUserPool,
  isUnknown,
  OidcIdentityProvider,
  type OidcIdentityProviderProps,
  SamlIdentityProvider,
  type SamlIdentityProviderProps,
  toList,
} from "../constructs";
import { printNotice } from "./config/notices";

type ProviderOptions<Props> = Props extends unknown
  ? Omit<Props, "userPool" | "providerName">
  : never;

/** Options of an OIDC provider with which people sign in. */
export type OidcIdentityProviderOptions =
  ProviderOptions<OidcIdentityProviderProps>;
/** Options of a SAML provider with which people sign in. */
export type SamlIdentityProviderOptions =
  ProviderOptions<SamlIdentityProviderProps>;

/** The identity providers of a stage's user pool. */
export class IdentityProviders {
  private readonly parent: Construct;
  /** Names by name and by domain in lowercase. */
  private readonly names = new Map<string, string>();
  private readonly domains = new Map<string, string>();

  constructor(
    stack: Construct,
    private readonly userPool: IUserPool,
  ) {
    this.parent = new Construct(stack, "identity-providers");
  }

  addOidc(
    name: string,
    options: OidcIdentityProviderOptions,
  ): OidcIdentityProvider {
    return new OidcIdentityProvider(...this.claimId(name, options), {
      ...options,
      userPool: this.userPool,
      providerName: name,
    });
  }

  addSaml(
    name: string,
    options: SamlIdentityProviderOptions,
  ): SamlIdentityProvider {
    const provider = new SamlIdentityProvider(...this.claimId(name, options), {
      ...options,
      userPool: this.userPool,
      providerName: name,
    });
    if (provider.warning !== undefined) printNotice(provider.warning);
    return provider;
  }

  /** Returns the first two arguments of a new provider. The names of its users start with its name, in any case. */
  private claimId(
    name: string,
    { domains = [] }: Pick<IdentityProviderProps, "domains">,
  ): [scope: Construct, id: string] {
    const other = this.names.get(name.toLowerCase());
    if (other !== undefined && other !== name)
      addValidationErrors(
        this.parent,
        `identity provider name must be unique in any case, got "${other}" and "${name}"`,
      );
    this.names.set(name.toLowerCase(), name);
    for (const domain of isUnknown(domains) ? [] : toList(domains)) {
      const key = domain.toLowerCase();
      const owner = this.domains.get(key);
      if (owner !== undefined && owner !== name && !Token.isUnresolved(domain))
        addValidationErrors(
          this.parent,
          `identity provider domain must be that of one provider, got "${domain}" of ${owner} and ${name}`,
        );
      this.domains.set(key, name);
    }
    return claimId(this.parent, name);
  }
}
