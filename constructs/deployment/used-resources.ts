import { Token } from "cdktf";
import { allow, type IdentityStatement } from "../policy-document";
import { isUnknown, toList } from "../validation";
import {
  createStageTagCondition,
  type DeployScope,
  getStageArns,
  type UsedDomain,
} from "./deploy-scope";

/** Principal of the service-linked role with which Cognito sends email through SES. */
const EMAIL_PRINCIPAL = "email.cognito-idp.amazonaws.com";
/** Principal of the service-linked role that writes logs to a delivery stream. */
const LOG_PRINCIPAL = "delivery.logs.amazonaws.com";

/** Returns the permissions to read how a stage's user pool uses other resources. */
export function createUseReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  const { webAclArn, customDomain, usesSes } = scope;
  const triggerArns = toList(scope.triggerArns ?? []);
  const zoneId = customDomain?.zoneId;
  return [
    // the account of Amazon SES has no ARN
    ...(usesSes === true
      ? [allow("ReadSender", ["ses:GetAccount", "ses:GetEmailIdentity"], "*")]
      : []),
    ...(triggerArns.length === 0
      ? []
      : [
          allow(
            "ReadTriggers",
            "lambda:GetPolicy",
            listFunctionArns(triggerArns),
          ),
        ]),
    // a changed setting names the next web ACL; the pool still has the previous one
    ...(webAclArn === undefined
      ? []
      : [
          allow("ReadWebAcl", "wafv2:GetWebACLForResource", [
            arn.webAcls,
            arn.userPools,
          ]),
          allow(
            "ReadWebAclOfPool",
            "cognito-idp:GetWebACLForResource",
            arn.userPools,
            createStageTagCondition(scope),
          ),
        ]),
    ...(zoneId === undefined
      ? []
      : [
          allow(
            "ReadZone",
            ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
            arn.hostedZone(zoneId),
          ),
        ]),
  ];
}

/**
 * Returns the permissions to connect a stage's user pool with other resources; none if the stage uses none. They are not
 * part of {@link createApplyStatements}, because AWS limits the size of all inline policies of a role.
 */
export function createUseStatements(scope: DeployScope): IdentityStatement[] {
  const { webAclArn, customDomain, usesSes, logDestinationArn } = scope;
  const triggerArns = toList(scope.triggerArns ?? []);
  return [
    ...createUseReadStatements(scope),
    // only Cognito can be permitted to invoke the functions
    ...(triggerArns.length === 0
      ? []
      : [
          allow(
            "PermitTriggers",
            ["lambda:AddPermission", "lambda:RemovePermission"],
            listFunctionArns(triggerArns),
            {
              StringEquals: { "lambda:Principal": "cognito-idp.amazonaws.com" },
            },
          ),
        ]),
    ...(webAclArn === undefined
      ? []
      : createWebAclStatements(scope, webAclArn)),
    ...(customDomain === undefined
      ? []
      : createDomainStatements(scope, customDomain)),
    ...(usesSes === true
      ? [createServiceRoleStatement(scope, "MakeEmailRole", EMAIL_PRINCIPAL)]
      : []),
    ...(logDestinationArn === undefined
      ? []
      : createLogStatements(scope, logDestinationArn)),
  ];
}

function createServiceRoleStatement(
  scope: DeployScope,
  sid: string,
  principal: string,
): IdentityStatement {
  return allow(
    sid,
    "iam:CreateServiceLinkedRole",
    getStageArns(scope).serviceLinkedRoles(principal),
    { StringEquals: { "iam:AWSServiceName": principal } },
  );
}

/**
 * Cognito delivers logs with the caller's permissions, as the type AWS::Cognito::LogDeliveryConfiguration of CloudFormation
 * lists them. Those of CloudWatch Logs have no resources.
 */
function createLogStatements(
  scope: DeployScope,
  destinationArn: string,
): IdentityStatement[] {
  return [
    allow(
      "DeliverLogs",
      ["Create", "Delete", "Get", "Update"]
        .map((verb) => `logs:${verb}LogDelivery`)
        .concat("logs:ListLogDeliveries"),
      "*",
    ),
    ...(/^arn:[^:]*:s3:/.test(destinationArn)
      ? [
          allow(
            "PermitLogsInBucket",
            ["s3:GetBucketPolicy", "s3:PutBucketPolicy"],
            destinationArn,
          ),
        ]
      : /^arn:[^:]*:firehose:/.test(destinationArn)
        ? [
            allow("TagLogStream", "firehose:TagDeliveryStream", destinationArn),
            createServiceRoleStatement(scope, "MakeLogRole", LOG_PRINCIPAL),
          ]
        : [
            allow(
              "PermitLogsInGroup",
              [
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:PutResourcePolicy",
              ],
              "*",
            ),
          ]),
  ];
}

/**
 * WAF evaluates both resources, and Cognito evaluates the user pool again.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html
 */
function createWebAclStatements(
  scope: DeployScope,
  webAclArn: string,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    allow(
      "AssociateWebAcl",
      ["cognito-idp:AssociateWebACL", "wafv2:AssociateWebACL"],
      webAclArn,
    ),
    allow(
      "ProtectPool",
      ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
      arn.userPools,
    ),
    // of the stage only, whatever WAF permits
    allow(
      "ProtectOwnPool",
      ["cognito-idp:AssociateWebACL", "cognito-idp:DisassociateWebACL"],
      arn.userPools,
      createStageTagCondition(scope),
    ),
  ];
}

/**
 * Cognito creates a CloudFront distribution for a custom domain in an account of its own, with the caller's permission to
 * update any distribution.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
 */
function createDomainStatements(
  scope: DeployScope,
  { domain, zoneId }: UsedDomain,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    allow("MakeCustomDomain", "cloudfront:UpdateDistribution", "*"),
    ...(zoneId === undefined
      ? []
      : [
          allow(
            "WriteRecord",
            "route53:ChangeResourceRecordSets",
            arn.hostedZone(zoneId),
            {
              "ForAllValues:StringEquals": {
                "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
                  domain.toLowerCase(),
                ],
                "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
              },
            },
          ),
          allow("AwaitRecord", "route53:GetChange", arn.zoneChanges),
        ]),
  ];
}

/**
 * Returns the ARNs of functions, also without a version or alias, since AWS does not document which one it evaluates. ARNs
 * that only Terraform knows are returned unchanged.
 */
function listFunctionArns(arns: readonly string[]): readonly string[] {
  if (isUnknown(arns)) return arns;
  const functions = arns.map((arn) =>
    Token.isUnresolved(arn) ? arn : arn.split(":").slice(0, 7).join(":"),
  );
  return [...new Set([...arns, ...functions])];
}
