import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import {
  getCertificateRegion,
  validateCertificateLocation,
  validateCustomDomainRegion,
} from "./aws";
import { LIMITS } from "./constraints";
import { checkAtPlan } from "./plan-check";
import { getRegion } from "./provider-region";
import { createSignInUrl, type SignInUrlOptions } from "./sign-in-url";
import type { IUserPool } from "./user-pool";
import type { IUserPoolClient } from "./user-pool-client";
import type { IUserPoolDomain, ManagedLoginVersion } from "./user-pool-domain";
import { addValidationErrors, check } from "./validation";

/** Configuration of {@link CustomDomain}. */
export interface CustomDomainProps {
  readonly userPool: IUserPool;
  /**
   * Host name, such as `auth.example.org`, whose parent must have an A record. Changing it changes the URLs of all clients
   * that use it.
   */
  readonly domain: string;
  /** Certificate of the host name, in us-east-1 whatever the Region of the user pool. It can be changed in place. */
  readonly certificateArn: string;
  /**
   * Account of the user pool, which must have the certificate too.
   *
   * @default any account
   */
  readonly accountId?: string | undefined;
  /**
   * Id of the public hosted zone in Route 53 in which the record of the host name is created.
   *
   * @default no record: create one that leads to {@link CustomDomain.target}
   */
  readonly zoneId?: string | undefined;
  /** @default AWS's choice: 1, the classic pages */
  readonly managedLoginVersion?: ManagedLoginVersion | undefined;
}

/**
 * A custom domain of a user pool, which can also have a prefix domain. AWS takes 15 to 60 minutes to distribute the
 * certificate. A new custom domain becomes the relying party of passkeys, unless the user pool names another one.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
 */
export class CustomDomain extends Construct implements IUserPoolDomain {
  readonly baseUrl: string;
  /** Host name of the CloudFront distribution to which the record of the domain must lead. */
  readonly target: string;

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    const { domain, certificateArn, zoneId } = props;
    const region = getRegion(this);
    addValidationErrors(
      this,
      check(LIMITS.customDomain, domain),
      check(LIMITS.certificateArn, certificateArn),
      check(LIMITS.hostedZoneId, zoneId),
      ...validateCustomDomainRegion("custom domain", region),
      ...(Token.isUnresolved(certificateArn) || Token.isUnresolved(region)
        ? []
        : validateCertificateLocation(
            LIMITS.certificateArn.subject,
            certificateArn,
            region,
            props.accountId,
          )),
    );

    const resource = new CognitoUserPoolDomain(this, "Resource", {
      domain,
      certificateArn,
      userPoolId: props.userPool.userPoolId,
      ...(props.managedLoginVersion !== undefined && {
        managedLoginVersion: props.managedLoginVersion,
      }),
    });
    const certificateRegion = getCertificateRegion(region) ?? region;
    checkAtPlan(
      resource,
      [certificateArn],
      (arn) => Fn.can(Fn.regex(`^arn:[^:]+:acm:${certificateRegion}:`, arn)),
      `The certificate of a custom domain must be in Region ${certificateRegion}.`,
    );
    this.baseUrl = `https://${domain}`;
    this.target = resource.cloudfrontDistribution;
    if (zoneId !== undefined) {
      new Route53Record(this, "record", {
        zoneId,
        name: domain,
        type: "A",
        alias: {
          name: this.target,
          zoneId: resource.cloudfrontDistributionZoneId,
          evaluateTargetHealth: false,
        },
      });
    }
  }

  signInUrl(client: IUserPoolClient, options: SignInUrlOptions): string {
    return createSignInUrl(this, this.baseUrl, client, options);
  }
}
