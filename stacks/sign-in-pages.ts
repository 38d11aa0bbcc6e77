import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { Token } from "cdktf";
import { Construct } from "constructs";
import {
  type BrandingStyle,
  addValidationErrors,
  claimId,
  ClassicPages,
  type ClassicPagesStyle,
  CustomDomain,
  type IUserPool,
  type IUserPoolDomain,
  ManagedLoginBranding,
  type ManagedLoginVersion,
  type Passkeys,
  UserPoolClient,
  UserPoolDomain,
  type UserPoolOptions,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { CustomDomainConfig, StageConfig } from "./config/config";
import { printNotice } from "./config/notices";

/** Options of the sign-in pages of a stage. */
export interface SignInPagesOptions {
  /**
   * Custom domain, in addition to the prefix domain. It replaces that of the configuration.
   *
   * @default that of the configuration
   */
  readonly customDomain?: CustomDomainConfig;
  /**
   * Pages of the domains: 1 for the classic hosted UI, 2 for managed login, which requires the plan ESSENTIALS or PLUS and a
   * branding of each client.
   *
   * @default AWS's choice: 1
   */
  readonly managedLoginVersion?: ManagedLoginVersion;
  /**
   * Style of the classic pages.
   *
   * @default AWS's style
   */
  readonly classicPages?: ClassicPagesStyle;
}

/** The sign-in pages of a stage: its prefix domain, its custom domain and their style. */
export class SignInPages {
  /** The prefix domain. */
  private readonly domain: IUserPoolDomain;
  private readonly customDomain: CustomDomain | undefined;
  private readonly brandings: Construct;
  private readonly customDomainConfig: CustomDomainConfig | undefined;

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly options: SignInPagesOptions,
    poolOptions: UserPoolOptions | undefined,
  ) {
    this.domain = this.createPrefixDomain();
    const config = options.customDomain ?? stack.config.customDomain;
    this.customDomainConfig = config;
    this.customDomain = config && this.createCustomDomain(config);
    this.addClassicPages();
    this.brandings = new Construct(stack, "branding");
    addValidationErrors(
      stack,
      ...this.validateVersion(poolOptions),
      ...validatePasskeys(config?.domain, poolOptions?.passkeys),
    );
    stack.node.addValidation({ validate: () => this.noteMissingBrandings() });
  }

  /** The domain in the secrets of clients. */
  get secretDomain(): IUserPoolDomain {
    return this.customDomainConfig?.isInSecrets === true &&
      this.customDomain !== undefined
      ? this.customDomain
      : this.domain;
  }

  addOutputs(): void {
    const { baseUrl } = this.domain;
    this.stack.addOutput(
      "userpool_domain_base_url",
      baseUrl,
      "Base URL of the hosted domain",
    );
    if (this.customDomain === undefined) return;
    this.stack.addOutput(
      "userpool_custom_domain_base_url",
      this.customDomain.baseUrl,
      "Base URL of the custom domain",
    );
    this.stack.addOutput(
      "userpool_custom_domain_target",
      this.customDomain.target,
      "Target of the DNS record of the custom domain",
    );
  }

  addBranding(
    client: UserPoolClient,
    style: BrandingStyle | null,
  ): ManagedLoginBranding {
    const { managedLoginVersion: version = 1 } = this.options;
    this.stack.requireProviderFeature("managed login branding");
    const branding = new ManagedLoginBranding(
      ...claimId(this.brandings, client.node.id),
      { userPool: this.userPool, clientId: client.clientId, style },
    );
    addValidationErrors(
      branding,
      version === 1 && this.hasOwnDomain
        ? `branding requires managedLoginVersion 2, got ${version}`
        : undefined,
    );
    return branding;
  }

  private get hasOwnDomain(): boolean {
    return (
      this.domain instanceof UserPoolDomain || this.customDomain !== undefined
    );
  }

  private createPrefixDomain(): IUserPoolDomain {
    const { stackName, existing } = this.stack.config;
    return existing.domainPrefix === undefined
      ? new UserPoolDomain(this.stack, "domain", {
          userPool: this.userPool,
          prefix: stackName,
          managedLoginVersion: this.options.managedLoginVersion,
        })
      : UserPoolDomain.fromPrefix(this.stack, existing.domainPrefix);
  }

  private createCustomDomain(config: CustomDomainConfig): CustomDomain {
    const { domain, certificateArn, zoneId } = config;
    const { accountId } = this.stack.config;
    return new CustomDomain(this.stack, "custom-domain", {
      userPool: this.userPool,
      domain,
      certificateArn,
      zoneId,
      accountId,
      managedLoginVersion: this.options.managedLoginVersion,
    });
  }

  private addClassicPages(): void {
    if (this.options.classicPages === undefined) return;
    new ClassicPages(this.stack, "classic-pages", {
      ...this.options.classicPages,
      userPool: this.userPool,
      domain: this.domain,
    });
  }

  private validateVersion(pool: UserPoolOptions | undefined): string[] {
    const { managedLoginVersion: version, classicPages } = this.options;
    if (version === undefined) return [];
    return [
      ...(this.hasOwnDomain
        ? []
        : [
            `managedLoginVersion requires a domain that the stage creates, got USER_POOL_DOMAIN`,
          ]),
      ...(version === 2 && pool?.plan === "LITE"
        ? ["managedLoginVersion 2 requires plan ESSENTIALS or PLUS, got LITE"]
        : []),
      ...(version === 2 && classicPages !== undefined
        ? ["classicPages requires managedLoginVersion 1, got 2"]
        : []),
    ];
  }

  /** Managed login shows an error, not a style, to clients without a branding. Prints a notice for them. */
  private noteMissingBrandings(): string[] {
    if (this.options.managedLoginVersion !== 2) return [];
    const clients = this.stack.node
      .findAll()
      .filter((one) => one instanceof UserPoolClient)
      .filter(showsPages)
      .map(({ node }) => node.id)
      .filter((id) => this.brandings.node.tryFindChild(id) === undefined);
    if (clients.length > 0)
      printNotice(
        `managed login has no style for clients without a branding, got ${clients.join(", ")}: call addBranding for them`,
      );
    return [];
  }
}

/** A custom domain is the only relying party that its pages accept. */
function validatePasskeys(
  domain: string | undefined,
  passkeys: Passkeys | undefined,
): string[] {
  if (domain === undefined || passkeys === undefined) return [];
  const { relyingPartyId } = passkeys;
  return relyingPartyId === domain ||
    Token.isUnresolved(domain) ||
    Token.isUnresolved(relyingPartyId)
    ? []
    : [
        `relying party id of passkeys must be the custom domain "${domain}", got "${relyingPartyId}"`,
      ];
}

/** Returns whether users of a client sign in on the pages of a domain. */
function showsPages({ node }: UserPoolClient): boolean {
  const { allowedOauthFlowsInput: flows = [] } =
    node.defaultChild as CognitoUserPoolClient;
  return flows.includes("code");
}
