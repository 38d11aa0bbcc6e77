import { generateKeyPairSync } from "node:crypto";
import { CLIENT_SECRETS } from "../../../scripts/lib/doctor/checks/client-secrets";
import { CLIENT_TOKENS } from "../../../scripts/lib/doctor/checks/client-tokens";
import type { CheckCases } from "./check-cases";
import { CANARY, STACK } from "./doctor-stage";
import { AwsFailure } from "./fake-aws-apis";
import {
  changeAnswer,
  changeClient,
  changeSecret,
  createTokenBody,
  DEPLOY,
  NOT_FOUND,
  OTHER,
  replyToTokenRequests,
  ROTATE,
} from "./stage-changes";
import { addParts, createToken } from "./stage-parts";

/** Cases of the checks of stored client secrets. */
export const SECRET_CASES: readonly CheckCases[] = [
  {
    check: CLIENT_SECRETS,
    prepare: addParts,
    well: "each secret has the exact fields, with the values of its client (3)",
    broken: [
      {
        problem: "a field is missing",
        change: (stage) => {
          changeSecret(stage, "workflows-client", { scope: undefined });
        },
        status: "failed",
        message: "secrets have other fields or values",
        detail: `${STACK}/workflows-client lacks scope`,
        fix: DEPLOY,
      },
      {
        problem: "a public client has a field too many",
        change: (stage) => {
          changeSecret(stage, "programmatic-client", { client_secret: CANARY });
        },
        status: "failed",
        message: "(1 of 3)",
        detail: 'has a field that readers refuse: "client_secret"',
        fix: DEPLOY,
      },
      {
        problem: "all secrets are marked for deletion",
        change: (stage) => {
          stage.answers["secretsmanager:GetSecretValue"] = new AwsFailure(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
          );
        },
        status: "failed",
        message: "(3 of 3)",
        detail: `secret "${STACK}/grafana" is marked for deletion`,
        fix: "aws secretsmanager restore-secret --region us-west-2 --secret-id",
      },
      {
        problem: "values are others, in a version that another tool wrote",
        change: (stage) => {
          changeSecret(stage, "grafana", {
            client_id: OTHER,
            cognito_domain: `https://${OTHER}`,
            scope: "openid",
          });
          changeAnswer(stage, "secretsmanager:GetSecretValue", (response) => ({
            ...response,
            VersionId: "manual",
          }));
        },
        status: "failed",
        message: "(1 of 3)",
        detail: `${STACK}/grafana has another cognito_domain, client_id, scope`,
        fix: `aws secretsmanager update-secret-version-stage --region us-west-2 --secret-id ${STACK}/grafana --version-stage AWSCURRENT --remove-from-version-id manual --move-to-version-id terraform`,
      },
      {
        problem: "a secret is no JSON",
        change: (stage) => {
          changeSecret(stage, "grafana", CANARY);
        },
        status: "failed",
        message: "(1 of 3)",
        detail: `${STACK}/grafana is not a JSON object of texts`,
        fix: DEPLOY,
      },
      {
        problem: "the client has another secret",
        change: (stage) => {
          changeClient(stage, "workflows", { ClientSecret: OTHER });
        },
        status: "failed",
        message: "(1 of 3)",
        detail: `${STACK}/workflows-client has another client_secret than its client`,
        fix: `${ROTATE} --service-id workflows-client --back`,
      },
      {
        problem: "a client was deleted",
        change: (stage) => {
          changeClient(stage, "workflows", NOT_FOUND);
        },
        status: "failed",
        message: "(1 of 3)",
        detail: "is of client workflows, which does not exist",
        fix: DEPLOY,
      },
    ],
    actions: [
      "cognito-idp:DescribeUserPoolClient",
      "secretsmanager:GetSecretValue",
    ],
  },
  {
    check: CLIENT_TOKENS,
    prepare: addParts,
    well: "each stored client secret works, and each token is valid (2)",
    broken: [
      {
        problem: "a service has a wrong secret",
        change: (stage) => {
          changeSecret(stage, "workflows-client", { client_secret: OTHER });
        },
        status: "failed",
        message: "stored client secrets do not work (1 of 2)",
        detail: "(invalid_client)",
        fix: `${ROTATE} --service-id workflows-client`,
      },
      {
        problem: "an application has a wrong secret",
        change: (stage) => {
          changeSecret(stage, "grafana", { client_secret: OTHER });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: `secret "${STACK}/grafana"`,
        fix: `${ROTATE} --service-id grafana`,
      },
      {
        problem: "a client was deleted",
        change: (stage) => {
          changeClient(stage, "workflows", NOT_FOUND);
          replyToTokenRequests(stage, { error: "invalid_client" });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: "(invalid_client)",
        fix: DEPLOY,
      },
      {
        problem: "a secret lacks a field",
        change: (stage) => {
          changeSecret(stage, "workflows-client", { scope: undefined });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: `secret "${STACK}/workflows-client"`,
        fix: DEPLOY,
      },
      {
        problem: "the flow is disabled",
        change: (stage) => {
          replyToTokenRequests(stage, { error: "unauthorized_client" });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: "(unauthorized_client)",
        fix: DEPLOY,
      },
      {
        problem: "a token lacks a scope",
        change: (stage) => {
          replyToTokenRequests(
            stage,
            createTokenBody(createToken("workflows", "api/read")),
          );
        },
        status: "failed",
        message: "(1 of 2)",
        detail: "the token has other scopes than the secret: api/read",
        fix: DEPLOY,
      },
      {
        problem: "another key signed the token",
        change: (stage) => {
          const { privateKey } = generateKeyPairSync("rsa", {
            modulusLength: 2048,
          });
          replyToTokenRequests(
            stage,
            createTokenBody(
              createToken("workflows", "api/write api/read", privateKey),
            ),
          );
        },
        status: "failed",
        message: "(1 of 2)",
        detail: "signature must be of the user pool, got another",
        fix: "do not trust any of its claims",
      },
    ],
    actions: ["secretsmanager:GetSecretValue"],
  },
];
