import { getSignedService } from "./api-model/http-request";
import type { Call } from "./fault-proxy";
import type { IamRequest } from "./iam-request";

type Context = IamRequest["context"];
type Fields = Readonly<Record<string, unknown>>;
type GetPoolTags = (userPoolArn: string) => Context;

const EMAIL_PRINCIPAL = "email.cognito-idp.amazonaws.com";

/**
 * Maps a call of a service whose resources a user pool uses to the requests that IAM evaluates; returns `undefined` for any
 * other call.
 */
export function mapUseCall(
  call: Call,
  getPoolTags: GetPoolTags,
): IamRequest[] | undefined {
  switch (getSignedService(call)) {
    case "lambda":
      return mapLambdaCall(call);
    case "route53":
      return mapRoute53Call(call);
    case "wafv2":
      return mapWafCall(call, getPoolTags);
    default:
      return undefined;
  }
}

const LAMBDA_VERBS: Readonly<Record<string, string>> = {
  DELETE: "RemovePermission",
  GET: "GetPolicy",
  POST: "AddPermission",
};

function mapLambdaCall({ method, url }: Call): IamRequest[] {
  const [, name = ""] = /\/functions\/([^/]+)\/policy/.exec(url) ?? [];
  const resource = decodeURIComponent(name);
  const verb = LAMBDA_VERBS[method] ?? method;
  const context: Context =
    verb === "GetPolicy"
      ? {}
      : { "lambda:Principal": "cognito-idp.amazonaws.com" };
  return [{ action: `lambda:${verb}`, resource, context }];
}

function mapRoute53Call({ method, url, body }: Call): IamRequest[] {
  const [, kind = "", id = "", part = ""] =
    /\/(change|hostedzone)\/([^/?]+)\/?(rrset)?/.exec(url) ?? [];
  const resource = `arn:aws:route53:::${kind}/${id}`;
  if (kind === "change")
    return [{ action: "route53:GetChange", resource, context: {} }];
  if (method === "GET") {
    const verb = part === "" ? "GetHostedZone" : "ListResourceRecordSets";
    return [{ action: `route53:${verb}`, resource, context: {} }];
  }
  const listValues = (element: string): string[] => [
    ...new Set(
      [...body.matchAll(new RegExp(`<${element}>([^<]+)<`, "g"))].map(
        ([, value = ""]) => value.replace(/\.$/, "").toLowerCase(),
      ),
    ),
  ];
  const context = {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": listValues("Name"),
    "route53:ChangeResourceRecordSetsRecordTypes": listValues("Type").map(
      (type) => type.toUpperCase(),
    ),
    "route53:ChangeResourceRecordSetsActions": listValues("Action").map(
      (action) => action.toUpperCase(),
    ),
  };
  return [{ action: "route53:ChangeResourceRecordSets", resource, context }];
}

function mapWafCall(call: Call, getPoolTags: GetPoolTags): IamRequest[] {
  const verb = String(call.headers["x-amz-target"]).replace(/^.*\./, "");
  const { WebACLArn: webAcl, ResourceArn: pool } = JSON.parse(
    call.body,
  ) as Readonly<Record<string, string>>;
  const resources = [pool, webAcl].filter((arn) => arn !== undefined);
  // both services evaluate the user pool
  return ["wafv2", "cognito-idp"].flatMap((service) =>
    resources.map((resource) => ({
      action: `${service}:${verb}`,
      resource,
      context: resource === pool ? getPoolTags(resource) : {},
    })),
  );
}

/** Lists the requests that an operation of Cognito implies: to pass roles, and to use other services as the caller. */
export function listImpliedRequests(
  operation: string,
  input: Fields,
  accountId: string,
): IamRequest[] {
  const { EmailConfiguration, CustomDomainConfig } = input as Readonly<
    Record<string, Fields | undefined>
  >;
  return [
    ...listPassedRoles(operation, input),
    ...(EmailConfiguration?.EmailSendingAccount === "DEVELOPER"
      ? [
          {
            action: "iam:CreateServiceLinkedRole",
            resource: `arn:aws:iam::${accountId}:role/aws-service-role/${EMAIL_PRINCIPAL}/AWSServiceRoleForAmazonCognitoIdpEmailService`,
            context: { "iam:AWSServiceName": EMAIL_PRINCIPAL },
          },
        ]
      : []),
    ...(CustomDomainConfig === undefined
      ? []
      : [
          {
            action: "cloudfront:UpdateDistribution",
            resource: `arn:aws:cloudfront::${accountId}:distribution/E1`,
            context: {},
          },
        ]),
  ];
}

interface RoleMapping {
  readonly RulesConfiguration?: {
    readonly Rules: readonly { readonly RoleARN: string }[];
  };
}

function listPassedRoles(operation: string, input: Fields): IamRequest[] {
  const pass = (service: string, roles: readonly string[]): IamRequest[] =>
    [...new Set(roles)].map((resource) => ({
      action: "iam:PassRole",
      resource,
      context: { "iam:PassedToService": service },
    }));
  if (operation === "SetIdentityPoolRoles") {
    const { Roles, RoleMappings = {} } = input as {
      readonly Roles: Readonly<Record<string, string>>;
      readonly RoleMappings?: Readonly<Record<string, RoleMapping>>;
    };
    return pass("cognito-identity.amazonaws.com", [
      ...Object.values(Roles),
      ...Object.values(RoleMappings).flatMap(({ RulesConfiguration }) =>
        (RulesConfiguration?.Rules ?? []).map(({ RoleARN }) => RoleARN),
      ),
    ]);
  }
  return /^(Create|Update)Group$/.test(operation) &&
    typeof input.RoleArn === "string"
    ? pass("cognito-idp.amazonaws.com", [input.RoleArn])
    : [];
}
