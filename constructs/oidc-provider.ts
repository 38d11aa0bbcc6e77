import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { Construct } from "constructs";
import { LIMITS, OIDC_AUDIENCE } from "./constraints";
import { addValidationErrors, check } from "./validation";

/** An IAM OIDC provider, created by this stack or imported, that roles can trust. */
export interface IOidcProvider {
  readonly providerArn: string;
  /** Host and path of the issuer without `https://`, which is the prefix of its condition keys. */
  readonly issuer: string;
}

export interface OidcProviderProps {
  /** Host and path of the issuer without `https://`. An account can have one provider for an issuer. */
  readonly issuer: string;
  /** @default none: AWS verifies the issuer's certificate with its list of certificate authorities */
  readonly thumbprint?: string | undefined;
}

/**
 * Lets workloads with tokens of an issuer, such as GitHub Actions, assume roles without access keys.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class OidcProvider extends Construct implements IOidcProvider {
  /** Looks up the provider that the account already has. The plan fails if it has none. */
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
      check(LIMITS.thumbprint, props.thumbprint),
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
