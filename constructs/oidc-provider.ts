import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { check, addValidationErrors } from "./validation";

/** Audience that tokens for AWS have. */
export const OIDC_AUDIENCE = "sts.amazonaws.com";

/** An IAM OIDC provider, made here or elsewhere, that roles can trust. */
export interface IOidcProvider {
  readonly providerArn: string;
  /** Host and path of the issuer, without `https://`: the prefix of its condition keys. */
  readonly issuer: string;
}

export interface OidcProviderProps {
  /** Host and path of the issuer, without `https://`. One provider of a URL can exist in an account. */
  readonly issuer: string;
  /** @default none: AWS trusts the issuer's certificate by its own list of authorities */
  readonly thumbprint?: string;
}

/**
 * Lets workloads of another issuer, such as GitHub Actions, assume roles without keys.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class OidcProvider extends Construct implements IOidcProvider {
  /** Looks up the provider that the account already has; where it has none, the plan fails. */
  static fromIssuer(
    scope: Construct,
    id: string,
    issuer: string,
  ): IOidcProvider {
    const data = new DataAwsIamOpenidConnectProvider(scope, id, {
      url: `https://${issuer}`,
    });
    addValidationErrors(data, check(LIMITS.oidcProviderUrl, issuer));
    return { issuer, providerArn: data.arn };
  }

  readonly providerArn: string;
  readonly issuer: string;

  constructor(scope: Construct, id: string, props: OidcProviderProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.oidcProviderUrl, props.issuer),
      props.thumbprint === undefined
        ? undefined
        : check(LIMITS.thumbprint, props.thumbprint),
    );

    const resource = new IamOpenidConnectProvider(this, "Resource", {
      url: `https://${props.issuer}`,
      clientIdList: [OIDC_AUDIENCE],
      ...(props.thumbprint !== undefined && {
        thumbprintList: [props.thumbprint],
      }),
    });
    this.providerArn = resource.arn;
    this.issuer = props.issuer;
  }
}
