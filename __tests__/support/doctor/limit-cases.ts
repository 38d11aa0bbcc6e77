import { CUSTOM_DOMAIN_CERTIFICATE } from "../../../scripts/lib/doctor/checks/custom-domain-certificate";
import { EMAIL_IDENTITY } from "../../../scripts/lib/doctor/checks/email-identity";
import {
  IDENTITY_PROVIDER_SECRETS,
  SAML_CERTIFICATES,
} from "../../../scripts/lib/doctor/checks/identity-providers";
import {
  IAM_QUOTAS,
  USER_POOL_QUOTAS,
} from "../../../scripts/lib/doctor/checks/quotas";
import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { createItems, createProvider, METADATA } from "./access-parts";
import type { CheckCases } from "./check-cases";
import { ACCOUNT, type DoctorStage } from "./doctor-stage";
import { AwsFailure } from "./fake-aws-apis";
import { DEPLOY, NOT_FOUND } from "./stage-changes";
import { addParts } from "./stage-parts";

const DAY_MS = 86_400_000;
const CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/one";
const DESCRIBE = `aws acm describe-certificate --region us-east-1 --certificate-arn ${CERTIFICATE}`;

function addCustomDomain(stage: DoctorStage): void {
  stage.outputs.userpool_custom_domain_base_url = "https://auth.example.org";
  stage.variables = { COGNITO_DOMAIN_ENDPOINT: "" };
  stage.resources.push({
    type: "aws_cognito_user_pool_domain",
    name: "custom-domain",
    attributes: { certificate_arn: CERTIFICATE },
  });
  setExpiry(stage, 31);
}

function setExpiry(stage: DoctorStage, days: number): void {
  stage.certificate = new Date(Date.now() + (days + 0.5) * DAY_MS);
}

function setProvider(stage: DoctorStage, details: object): void {
  stage.answers["cognito-idp:DescribeIdentityProvider"] =
    createProvider(details);
}

function setSummary(
  stage: DoctorStage,
  ...entries: readonly (readonly [string, number])[]
): void {
  stage.answers["iam:GetAccountSummary"] = { SummaryMap: new Map(entries) };
}

const SANDBOX = { ProductionAccessEnabled: false, SendingEnabled: true };

function addSender(stage: DoctorStage): void {
  for (const { type, attributes } of stage.resources)
    if (type === "aws_cognito_user_pool") {
      attributes.arn = `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/one`;
      attributes.email_configuration = [
        {
          email_sending_account: "DEVELOPER",
          source_arn: `arn:aws:ses:us-east-1:${ACCOUNT}:identity/example.org`,
        },
      ];
    }
  stage.answers["ses:GetAccount"] = {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
  };
  stage.answers["ses:GetEmailIdentity"] = { VerifiedForSendingStatus: true };
}

/** Cases of the checks of identity providers, quotas and certificates. */
export const LIMIT_CASES: readonly CheckCases[] = [
  {
    check: IDENTITY_PROVIDER_SECRETS,
    prepare: addParts,
    well: "each OIDC identity provider has its client secret (1)",
    broken: [
      {
        problem: "the secret is the placeholder",
        change: (stage) => {
          setProvider(stage, { client_secret: PLACEHOLDER_CLIENT_SECRET });
        },
        status: "failed",
        message: "without their client secret (1 of 1)",
        detail: "Keycloak: the client secret is the placeholder",
        fix: "npx veda-auth identity-provider-secret --stage dev --provider Keycloak",
      },
      {
        problem: "the identity provider was deleted",
        change: (stage) => {
          stage.answers["cognito-idp:DescribeIdentityProvider"] = NOT_FOUND;
        },
        status: "failed",
        message: "(1 of 1)",
        detail: "Keycloak: the identity provider does not exist",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:DescribeIdentityProvider"],
  },
  {
    check: SAML_CERTIFICATES,
    prepare: addParts,
    well: "the metadata of each SAML identity provider is valid for 30 days or more (1)",
    broken: [
      {
        problem: "the certificate expires in 10 days",
        change: (stage) => {
          setProvider(stage, { MetadataFile: METADATA.expiring });
        },
        status: "warning",
        message: "the metadata of SAML identity providers expires (1 of 1)",
        detail: "University: the metadata expires on ",
        fix: `save the provider's current metadata in its file, then run ${DEPLOY}`,
      },
      {
        problem: "the certificate has expired",
        change: (stage) => {
          setProvider(stage, { MetadataFile: METADATA.expired });
        },
        status: "failed",
        message: "(1 of 1)",
        detail: "got one that expired on ",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:DescribeIdentityProvider"],
  },
  {
    check: IAM_QUOTAS,
    prepare: addParts,
    well: "the account uses less than 80 % of each quota (2)",
    broken: [
      {
        problem: "80 % of the roles are used",
        change: (stage) => {
          setSummary(stage, ["Roles", 800], ["RolesQuota", 1000]);
        },
        status: "warning",
        message: "the account is near its quotas (1 of 1)",
        detail: "roles: 800 of 1000",
        fix: "aws service-quotas list-service-quotas --service-code iam --region us-east-1",
      },
      {
        problem: "no policy can be created",
        change: (stage) => {
          setSummary(stage, ["Policies", 1500], ["PoliciesQuota", 1500]);
        },
        status: "failed",
        message: "the account is near its quotas",
        detail: "customer managed policies: 1500 of 1500",
        fix: "request an increase",
      },
    ],
    actions: ["iam:GetAccountSummary"],
  },
  {
    check: USER_POOL_QUOTAS,
    prepare: addParts,
    well: "the user pool uses less than 80 % of each quota (4)",
    broken: [
      {
        problem: "80 % of the resource servers are used",
        change: (stage) => {
          stage.answers["cognito-idp:ListResourceServers"] = {
            ResourceServers: createItems(20),
          };
        },
        status: "warning",
        message: "the user pool is near its quotas (1 of 4)",
        detail: "resource servers: 20 of 25",
        fix: "--service-code cognito-idp --region us-west-2",
      },
      {
        problem: "no identity provider can be created",
        change: (stage) => {
          stage.answers["cognito-idp:ListIdentityProviders"] = {
            Providers: createItems(300),
          };
        },
        status: "failed",
        message: "(1 of 4)",
        detail: "identity providers: 300 of 300",
        fix: "request an increase",
      },
    ],
    actions: [
      "cognito-idp:ListGroups",
      "cognito-idp:ListIdentityProviders",
      "cognito-idp:ListResourceServers",
      "cognito-idp:ListUserPoolClients",
    ],
  },
  {
    check: EMAIL_IDENTITY,
    prepare: addSender,
    well: "Amazon SES sends the emails of the user pool from the verified identity example.org",
    broken: [
      {
        problem: "the account is in the sandbox",
        change: (stage) => {
          stage.answers["ses:GetAccount"] = SANDBOX;
        },
        status: "failed",
        message: "Amazon SES is in the sandbox in us-east-1",
        fix: "aws sesv2 put-account-details --region us-east-1 --production-access-enabled",
      },
      {
        problem: "sending is paused",
        change: (stage) => {
          stage.answers["ses:GetAccount"] = { ProductionAccessEnabled: true };
        },
        status: "failed",
        message: "sending is paused for the account in us-east-1",
        fix: "aws sesv2 put-account-sending-attributes --region us-east-1",
      },
      {
        problem: "the identity is not verified",
        change: (stage) => {
          stage.answers["ses:GetEmailIdentity"] = {
            VerifiedForSendingStatus: false,
          };
        },
        status: "failed",
        message: "the identity example.org is not verified",
        fix: "aws sesv2 get-email-identity --region us-east-1 --email-identity example.org",
      },
      {
        problem: "the identity was deleted",
        change: (stage) => {
          stage.answers["ses:GetEmailIdentity"] = new AwsFailure(
            "NotFoundException",
            "not found",
            404,
          );
        },
        status: "failed",
        message: "Amazon SES has no identity example.org in us-east-1",
        fix: "aws sesv2 create-email-identity --region us-east-1",
      },
    ],
    actions: ["ses:GetAccount", "ses:GetEmailIdentity"],
  },
  {
    check: CUSTOM_DOMAIN_CERTIFICATE,
    prepare: addCustomDomain,
    well: "the certificate of auth.example.org is valid until ",
    broken: [
      {
        problem: "the certificate expires in 29 days",
        change: (stage) => {
          setExpiry(stage, 29);
        },
        status: "warning",
        message: "the certificate of auth.example.org expires on ",
        fix: DESCRIBE,
      },
      {
        problem: "the certificate has expired",
        change: (stage) => {
          setExpiry(stage, -1);
        },
        status: "failed",
        message: "the certificate of auth.example.org expired on ",
        fix: DESCRIBE,
      },
      {
        problem: "there is no DNS record",
        change: (stage) => {
          stage.certificate = "ENOTFOUND";
        },
        status: "failed",
        message:
          "the custom domain auth.example.org cannot be reached: ENOTFOUND",
        fix: "create the DNS record of auth.example.org",
      },
    ],
    actions: [],
  },
];
