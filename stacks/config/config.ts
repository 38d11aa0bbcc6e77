import type { AttributeMapping } from "../../constructs/constraints";
import type { GitHubClaimKey } from "../../constructs/github-subject";
import type { UsedResources } from "../../constructs/deployment/deploy-scope";
import type { UserPoolOptions } from "../../constructs/user-pool-options";
import type { Settings } from "./settings";
import type { SamlMetadataLocation } from "./sign-in-settings";

/** Location of a stack's Terraform state. */
export type StateConfig =
  | { readonly backend: "local" }
  | {
      readonly backend: "s3";
      readonly bucket: string;
      readonly key: string;
      /** ARN of the customer managed key that encrypts the state; without it, S3 encrypts with its own. */
      readonly encryptionKeyArn: string | undefined;
    };

/** Configuration that every stack has. */
export interface StackConfig {
  readonly appName: string;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string | undefined;
  /** Tags of every resource. */
  readonly tags: Readonly<
    Record<"Client" | "Owner" | "Project" | "Stack", string>
  >;
  readonly state: StateConfig;
  readonly permissionsBoundaryPolicyName: string | undefined;
}

/** An issuer of tokens with which workloads assume roles, and the audiences of these tokens. */
interface IssuerConfig {
  /** Host and path without `https://`. */
  readonly issuer: string;
  /** @default OIDC_AUDIENCE */
  readonly audiences?: readonly string[] | undefined;
}

/** An OIDC provider that the stack creates, or one that already exists in the account. */
export type OidcProviderConfig = IssuerConfig &
  (
    | {
        readonly origin: "created";
        /** @default none: AWS verifies the certificate with its list of certificate authorities */
        readonly thumbprint?: string | undefined;
      }
    | { readonly origin: "existing" }
  );

/** A custom domain of a user pool, in addition to the prefix domain. */
export interface CustomDomainConfig {
  readonly domain: string;
  readonly certificateArn: string;
  /**
   * Hosted zone in which the record of the domain is created.
   *
   * @default no record is created
   */
  readonly zoneId?: string | undefined;
  /**
   * Whether the secrets of clients have the URL of this domain, not that of the prefix domain.
   *
   * @default false
   */
  readonly isInSecrets?: boolean;
}

/** Identity providers with which people sign in. */
export interface SignInConfig {
  readonly oidc:
    | {
        readonly name: string;
        readonly issuer: string;
        readonly clientId: string;
        readonly attributes: AttributeMapping;
      }
    | undefined;
  readonly saml:
    | (SamlMetadataLocation & {
        readonly name: string;
        readonly attributes: AttributeMapping;
      })
    | undefined;
}

/** Configuration of one stage. */
export interface StageConfig
  extends
    StackConfig,
    Pick<Settings, "existing" | "groups" | "dashboard" | "secrets"> {
  readonly stage: string;
  readonly customDomain: CustomDomainConfig | undefined;
  readonly userPool: UserPoolOptions;
  readonly signIn: SignInConfig;
  readonly programmaticClient: {
    readonly callbackUrls: readonly string[];
    readonly browserSignIn: boolean;
  };
  readonly oidcProvider: OidcProviderConfig | undefined;
}

/** Configuration of the stack that the stages of one account share. */
export interface AccountConfig extends StackConfig {
  readonly accountId: string;
  readonly stateBucket: {
    readonly name: string;
    /** Alias of the customer managed key that the stack creates for the states, if it does. */
    readonly encryptionKeyAlias: string | undefined;
  };
  readonly boundary:
    | {
        readonly origin: "created";
        readonly policyName: string;
        /** Names of buckets that roles of stages may use; a name can end in `*`. */
        readonly buckets: readonly string[];
      }
    | { readonly origin: "existing"; readonly policyName: string };
  /** Repository whose workflows deploy, if there is one. */
  readonly github: GitHubConfig | undefined;
  /** Stages that the repository deploys. */
  readonly stages: readonly DeployedStage[];
}

/** A repository on GitHub whose workflows deploy stages. */
export interface GitHubConfig {
  readonly owner: string;
  readonly repo: string;
  readonly ids:
    { readonly ownerId: string; readonly repoId: string } | undefined;
  /**
   * Claims of a customized subject.
   *
   * @default those of the default template of GitHub
   */
  readonly claimKeys?: readonly GitHubClaimKey[] | undefined;
  readonly oidcProvider: OidcProviderConfig;
}

/** Names of a stage that its deploy roles need. */
export interface DeployedStage extends UsedResources {
  readonly stage: string;
  readonly stackName: string;
  readonly region: string;
  readonly stateKey: string;
  /** GitHub environment whose jobs can change the stage. */
  readonly githubEnvironment: string;
  readonly environmentSecretName: string;
  /** @default the stage creates a user pool */
  readonly userPoolId?: string | undefined;
  /** @default none */
  readonly dataManagersRoleArn?: string | undefined;
}

/** Configuration of all stacks of an app. */
export interface AppConfig {
  readonly account: AccountConfig | undefined;
  readonly stages: readonly StageConfig[];
}
