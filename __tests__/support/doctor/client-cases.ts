import { CALLBACK_URLS } from "../../../scripts/lib/doctor/checks/callback-urls";
import { CLIENT_SETTINGS } from "../../../scripts/lib/doctor/checks/client-settings";
import {
  SECRET_AGE,
  SECRET_ROTATION,
} from "../../../scripts/lib/doctor/checks/secret-rotation";
import type { CheckCases } from "./check-cases";
import { CANARY } from "./doctor-stage";
import {
  addVersions,
  changeClient,
  changeLiveSecrets,
  DEPLOY,
  NOT_FOUND,
  OTHER,
  ROTATE,
} from "./stage-changes";
import {
  addParts,
  CALLBACK_URL,
  createSecret,
  createVersion,
} from "./stage-parts";

const ROTATION_ACTIONS = [
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:ListUserPoolClientSecrets",
  "secretsmanager:GetSecretValue",
  "secretsmanager:ListSecretVersionIds",
];

/** Cases of the checks of rotations and of the settings of clients. */
export const CLIENT_CASES: readonly CheckCases[] = [
  {
    check: SECRET_AGE,
    prepare: addParts,
    well: "each client secret is at most 90 days old (2)",
    broken: [
      {
        problem: "a secret is 91 days old",
        change: (stage) => {
          changeLiveSecrets(stage, createSecret("workflows--1", 91.5));
        },
        status: "warning",
        message: "client secrets are more than 90 days old (1 of 2)",
        detail: "workflows-client: 91 days",
        fix: `${ROTATE} --all --every 90d`,
      },
    ],
    actions: ROTATION_ACTIONS,
  },
  {
    check: SECRET_ROTATION,
    prepare: addParts,
    well: "no rotation of a client secret is left unfinished (2)",
    broken: [
      {
        problem: "the former secret is valid for 8 days",
        change: (stage) => {
          changeLiveSecrets(
            stage,
            createSecret("workflows--1", 80),
            createSecret("workflows--2", 8.5),
          );
          changeClient(stage, "workflows", { ClientSecret: OTHER });
          addVersions(stage, [
            createVersion("rotated", ["workflows--2"], 8.5),
            CANARY,
          ]);
        },
        status: "warning",
        message: "client secrets have unfinished rotations",
        detail:
          "workflows-client: the former secret is still valid 8 days after the rotation",
        fix: `${ROTATE} --service-id workflows-client --finish`,
      },
      {
        problem: "a rotation was interrupted an hour ago",
        change: (stage) => {
          addVersions(stage, [
            createVersion("pending", ["AWSPENDING"], 1 / 24),
            OTHER,
          ]);
        },
        status: "warning",
        message: "(1 of 2)",
        detail: "workflows-client: a rotation was interrupted at ",
        fix: `${ROTATE} --service-id workflows-client`,
      },
      {
        problem: "a second secret is not of a rotation",
        change: (stage) => {
          changeLiveSecrets(
            stage,
            createSecret("workflows--1", 80),
            createSecret("workflows--2", 1),
          );
        },
        status: "warning",
        message: "or secrets of unknown origin (1 of 2)",
        detail: "a second secret is valid that no rotation created",
        fix: `${ROTATE} --service-id workflows-client --finish --drop-unknown`,
      },
    ],
    actions: ROTATION_ACTIONS,
  },
  {
    check: CLIENT_SETTINGS,
    prepare: addParts,
    well: "each client has the flows, scopes and URLs that were deployed (3)",
    broken: [
      {
        problem: "a callback URL was removed",
        change: (stage) => {
          changeClient(stage, "grafana-id", {
            CallbackURLs: ["app:/callback"],
          });
        },
        status: "failed",
        message: "clients have other settings than were deployed (1 of 3)",
        detail: `grafana: lacks the callback URLs ${CALLBACK_URL}, https://localhost:3000/`,
        fix: DEPLOY,
      },
      {
        problem: "OAuth was disabled",
        change: (stage) => {
          changeClient(stage, "workflows", {
            AllowedOAuthFlowsUserPoolClient: false,
          });
        },
        status: "failed",
        message: "(1 of 3)",
        detail: "workflows-client: OAuth is disabled",
        fix: DEPLOY,
      },
      {
        problem: "a flow was added",
        change: (stage) => {
          changeClient(stage, "programmatic", {
            ExplicitAuthFlows: [
              "ALLOW_USER_SRP_AUTH",
              "ALLOW_REFRESH_TOKEN_AUTH",
              "ALLOW_USER_PASSWORD_AUTH",
            ],
          });
        },
        status: "warning",
        message: "(1 of 3)",
        detail:
          "programmatic-client: also has the auth flow ALLOW_USER_PASSWORD_AUTH",
        fix: DEPLOY,
      },
      {
        problem: "tokens cannot be revoked, and errors name users",
        change: (stage) => {
          changeClient(stage, "grafana-id", {
            EnableTokenRevocation: false,
            PreventUserExistenceErrors: "LEGACY",
          });
        },
        status: "warning",
        message: "(1 of 3)",
        detail:
          "grafana: refresh tokens cannot be revoked\ngrafana: errors show whether a user exists",
        fix: DEPLOY,
      },
      {
        problem: "a client was deleted",
        change: (stage) => {
          changeClient(stage, "grafana-id", NOT_FOUND);
        },
        status: "failed",
        message: "(1 of 3)",
        detail: "grafana: the client does not exist",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:DescribeUserPoolClient"],
  },
  {
    check: CALLBACK_URLS,
    prepare: addParts,
    well: "each callback URL responds (1)",
    broken: [
      {
        problem: "a page does not exist",
        change: (stage) => {
          stage.documents = {
            ...stage.documents,
            "/login": () => ({ status: 404, body: "" }),
          };
        },
        status: "warning",
        message: "callback URLs do not respond (1 of 1)",
        detail: `${CALLBACK_URL} (grafana): HTTP 404`,
        fix: "start the application",
      },
      {
        problem: "an application fails",
        change: (stage) => {
          stage.documents = {
            ...stage.documents,
            "/login": () => ({ status: 502, body: "" }),
          };
        },
        status: "warning",
        message: "(1 of 1)",
        detail: `${CALLBACK_URL} (grafana): HTTP 502`,
        fix: "start the application",
      },
    ],
    actions: [],
  },
];
