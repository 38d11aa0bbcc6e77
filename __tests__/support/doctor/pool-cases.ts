import { DRIFT } from "../../../scripts/lib/doctor/checks/drift";
import { ISSUER } from "../../../scripts/lib/doctor/checks/issuer";
import {
  DELETION_PROTECTION,
  EMAIL_SENDER,
  FEATURE_PLAN,
  USER_POOL,
} from "../../../scripts/lib/doctor/checks/user-pool";
import { DOMAIN } from "../../../scripts/lib/doctor/checks/user-pool-domain";
import type { CheckCases } from "./check-cases";
import {
  CANARY,
  type DoctorStage,
  ISSUER_URL,
  STACK,
  USER_POOL_ID,
} from "./doctor-stage";
import { AwsFailure } from "./fake-aws-apis";
import { createDriftPlan, createUserPool } from "./well-stage";

const NOT_FOUND = new AwsFailure("ResourceNotFoundException", "not found");
const DEPLOY = "npx veda-auth deploy --stage dev";

function changePool(stage: DoctorStage, values: object): void {
  stage.answers["cognito-idp:DescribeUserPool"] = {
    UserPool: { ...createUserPool(), ...values },
  };
}

function changeDeployedPool({ resources }: DoctorStage, values: object): void {
  for (const resource of resources)
    if (resource.type === "aws_cognito_user_pool")
      resource.attributes = { ...resource.attributes, ...values };
}

function changeDomain(stage: DoctorStage, values: object): void {
  stage.answers["cognito-idp:DescribeUserPoolDomain"] = {
    DomainDescription: values,
  };
}

/** Cases of the checks of the user pool and of drift. */
export const POOL_CASES: readonly CheckCases[] = [
  {
    check: USER_POOL,
    well: `user pool ${USER_POOL_ID} exists`,
    broken: [
      {
        problem: "the user pool was deleted",
        change: (stage) => {
          stage.answers["cognito-idp:DescribeUserPool"] = NOT_FOUND;
        },
        status: "failed",
        message: `user pool ${USER_POOL_ID} must exist`,
        fix: "npx veda-auth plan --stage dev",
      },
      {
        problem: "the Region is another",
        change: (stage) => {
          stage.settings.AWS_REGION = "eu-west-1";
        },
        status: "failed",
        message:
          "AWS_REGION must be the Region of the user pool, which is us-west-2, got eu-west-1",
        fix: "set AWS_REGION=us-west-2",
      },
    ],
    actions: ["cognito-idp:DescribeUserPool"],
  },
  {
    check: DOMAIN,
    well: `${STACK} is an active domain of the user pool`,
    broken: [
      {
        problem: "the domain was deleted",
        change: (stage) => {
          changeDomain(stage, {});
        },
        status: "failed",
        message: "each domain of the stage must be an active one",
        detail: `${STACK} does not exist`,
        fix: DEPLOY,
      },
      {
        problem: "the domain is of another user pool",
        change: (stage) => {
          changeDomain(stage, { UserPoolId: "us-west-2_Other0001" });
        },
        status: "failed",
        message: "each domain of the stage must be an active one",
        detail: `${STACK} is of user pool us-west-2_Other0001`,
        fix: DEPLOY,
      },
      {
        problem: "Cognito has not created the domain yet",
        change: (stage) => {
          changeDomain(stage, { UserPoolId: USER_POOL_ID, Status: "CREATING" });
        },
        status: "warning",
        message: "each domain of the stage must be an active one",
        detail: `${STACK} has the status CREATING`,
        fix: "wait until Cognito has created the domain",
      },
    ],
    actions: ["cognito-idp:DescribeUserPoolDomain"],
  },
  {
    check: ISSUER,
    well: "the issuer publishes its keys, and its discovery document names them",
    broken: [
      {
        problem: "the user pool has no keys",
        change: (stage) => {
          stage.documents = {};
        },
        status: "failed",
        message: "the user pool's keys must be at http://127.0.0.1",
        fix: "check that the user pool exists",
      },
      {
        problem: "a proxy responds",
        change: (stage) => {
          for (const path of Object.keys(stage.documents))
            stage.documents = { ...stage.documents, [path]: "<html>" };
        },
        status: "failed",
        message: "the issuer must publish its keys",
        detail: `issuer must be ${ISSUER_URL}, got none`,
        fix: `open ${ISSUER_URL}`,
      },
    ],
    actions: [],
  },
  {
    check: DELETION_PROTECTION,
    well: "the user pool is protected against deletion",
    broken: [
      {
        problem: "the protection was removed outside Terraform",
        change: (stage) => {
          changePool(stage, { DeletionProtection: "INACTIVE" });
        },
        status: "failed",
        message: "must be protected against deletion, as it was deployed",
        fix: DEPLOY,
      },
      {
        problem: "the stage is not protected",
        change: (stage) => {
          changePool(stage, { DeletionProtection: "INACTIVE" });
          changeDeployedPool(stage, { deletion_protection: "INACTIVE" });
        },
        status: "warning",
        message: "the user pool is not protected against deletion",
        fix: "set DELETION_PROTECTION=true",
      },
    ],
    actions: ["cognito-idp:DescribeUserPool"],
  },
  {
    check: FEATURE_PLAN,
    well: "the user pool has the feature plan ESSENTIALS",
    broken: [
      {
        problem: "the plan was changed outside Terraform",
        change: (stage) => {
          changePool(stage, { UserPoolTier: "LITE" });
        },
        status: "failed",
        message:
          "must have the feature plan ESSENTIALS, as it was deployed, got LITE",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:DescribeUserPool"],
  },
  {
    check: EMAIL_SENDER,
    well: "sends email with the address of Cognito, at most 50 a day",
    broken: [
      {
        problem: "the sender was changed outside Terraform",
        change: (stage) => {
          changeDeployedPool(stage, {
            email_configuration: [
              {
                email_sending_account: "DEVELOPER",
                source_arn: "arn:aws:ses:identity",
              },
            ],
          });
        },
        status: "failed",
        message: "the user pool must send email as it was deployed",
        detail: "email_sending_account: COGNITO_DEFAULT instead of DEVELOPER",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:DescribeUserPool"],
  },
  {
    check: DRIFT,
    well: "nothing was changed outside Terraform",
    broken: [
      {
        problem: "a client was changed outside Terraform",
        change: (stage) => {
          stage.refreshPlan = createDriftPlan({
            callback_urls: [["https://one.example.com"], []],
            client_secret: ["a", CANARY],
          });
        },
        status: "failed",
        message: "nothing must be changed outside Terraform, got changes of 1",
        detail: "https://one.example.com",
        fix: DEPLOY,
      },
    ],
    actions: ["terraform"],
  },
];
