import {
  CustomDomain,
  type IUserPool,
  type IUserPoolDomain,
  type ManagedLoginVersion,
  UserPoolDomain,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { CustomDomainConfig, StageConfig } from "./config/config";

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
}

/** The sign-in pages of a stage: its prefix domain and its custom domain. */
export class SignInPages {
  /** The prefix domain. */
  readonly domain: IUserPoolDomain;
  private readonly customDomain: CustomDomain | undefined;
  private readonly isCustomDomainInSecrets: boolean;

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly options: SignInPagesOptions,
  ) {
    this.domain = this.createPrefixDomain();
    const config = options.customDomain ?? stack.config.customDomain;
    this.customDomain = config && this.createCustomDomain(config);
    this.isCustomDomainInSecrets = config?.isInSecrets === true;
  }

  /** The domain in the secrets of clients. */
  get secretDomain(): IUserPoolDomain {
    return this.isCustomDomainInSecrets && this.customDomain !== undefined
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
      "Host name to which the DNS record of the custom domain must lead",
    );
  }

  private createPrefixDomain(): IUserPoolDomain {
    const { stackName, region, existing } = this.stack.config;
    return existing.domainPrefix === undefined
      ? new UserPoolDomain(this.stack, "domain", {
          userPool: this.userPool,
          prefix: stackName,
          region,
          managedLoginVersion: this.options.managedLoginVersion,
        })
      : UserPoolDomain.fromPrefix(existing.domainPrefix, region);
  }

  private createCustomDomain(config: CustomDomainConfig): CustomDomain {
    const { domain, certificateArn, zoneId } = config;
    const { region, accountId } = this.stack.config;
    return new CustomDomain(this.stack, "custom-domain", {
      userPool: this.userPool,
      domain,
      certificateArn,
      zoneId,
      region,
      accountId,
      managedLoginVersion: this.options.managedLoginVersion,
    });
  }
}
