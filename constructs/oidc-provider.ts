import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS, OIDC_AUDIENCE } from "./constraints";
import { getArnPart } from "./text-parts";
import {
  addValidationErrors,
  check,
  checkCount,
  checkEach,
  checkNotEmpty,
  requireValid,
  toList,
} from "./validation";

/** An IAM OIDC provider, created by this stack or imported, that roles can trust. */
export interface IOidcProvider {
  readonly providerArn: string;
  /** Host and path of the issuer without `https://`, which is the prefix of its condition keys. */
  readonly issuer: string;
  /**
   * Audiences of the tokens with which workloads can assume roles.
   *
   * @default OIDC_AUDIENCE
   */
  readonly audiences?: readonly string[];
}

/** Configuration of {@link OidcProvider}. */
export interface OidcProviderProps {
  /** Host and path of the issuer without `https://`. An account can have one provider for an issuer. */
  readonly issuer: string;
  /** @default none: AWS verifies the issuer's certificate with its list of certificate authorities */
  readonly thumbprint?: string | undefined;
  /**
   * Audiences that the provider allows, and that its roles trust: at least one.
   *
   * @default OIDC_AUDIENCE: that of tokens for AWS
   */
  readonly audiences?: readonly string[] | undefined;
}

/**
 * Lets workloads with tokens of an issuer, such as GitHub Actions, assume roles without access keys.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class OidcProvider extends Construct implements IOidcProvider {
  /**
   * Looks up the provider that the account already has. The plan fails if it has none.
   *
   * @param audiences audiences that the provider allows, and that its roles trust
   */
  static fromIssuer(
    scope: Construct,
    id: string,
    issuer: string,
    audiences: readonly string[] = [OIDC_AUDIENCE],
  ): IOidcProvider {
    const data = new DataAwsIamOpenidConnectProvider(scope, id, {
      url: `https://${issuer}`,
    });
    addValidationErrors(
      data,
      check(LIMITS.oidcProviderUrl, issuer),
      ...checkAudiences(toList(audiences)),
    );
    return { issuer, providerArn: data.arn, audiences };
  }

  /**
   * Imports the provider with an ARN, without looking it up.
   *
   * @param audiences audiences that the provider allows, and that its roles trust
   * @throws UserError if the ARN is not that of an OIDC provider of IAM, or an audience is not valid
   */
  static fromArn(
    providerArn: string,
    audiences: readonly string[] = [OIDC_AUDIENCE],
  ): IOidcProvider {
    const prefix = ":oidc-provider/";
    const issuer = getArnPart(providerArn, prefix);
    requireValid(
      check(LIMITS.iamProviderArn, providerArn),
      Token.isUnresolved(providerArn) || providerArn.includes(prefix)
        ? undefined
        : `ARN of an OIDC provider must contain ${prefix}, got "${providerArn}"`,
      check(LIMITS.oidcProviderUrl, issuer),
      ...checkAudiences(toList(audiences)),
    );
    return { issuer, providerArn, audiences };
  }

  readonly providerArn: string;
  readonly issuer: string;
  readonly audiences: readonly string[];

  constructor(scope: Construct, id: string, props: OidcProviderProps) {
    super(scope, id);
    const audiences = toList(props.audiences ?? [OIDC_AUDIENCE]);
    addValidationErrors(
      this,
      check(LIMITS.oidcProviderUrl, props.issuer),
      check(LIMITS.thumbprint, props.thumbprint),
      ...checkAudiences(audiences),
    );

    const resource = new IamOpenidConnectProvider(this, "Resource", {
      url: `https://${props.issuer}`,
      clientIdList: [...audiences],
      ...(props.thumbprint !== undefined && {
        thumbprintList: [props.thumbprint],
      }),
    });
    this.providerArn = resource.arn;
    this.issuer = props.issuer;
    this.audiences = audiences;
  }
}

function checkAudiences(audiences: readonly string[]): (string | undefined)[] {
  return [
    checkNotEmpty("audiences of an OIDC provider", audiences),
    checkCount(LIMITS.audiencesPerOidcProvider, audiences),
    ...checkEach(LIMITS.oidcAudience, audiences),
  ];
}
