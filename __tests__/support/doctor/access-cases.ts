import { GROUP_ROLES } from "../../../scripts/lib/doctor/checks/group-roles";
import {
  IDENTITY_POOL,
  ROLE_MAPPING,
} from "../../../scripts/lib/doctor/checks/identity-pool";
import { OIDC_PROVIDER } from "../../../scripts/lib/doctor/checks/oidc-provider";
import { OIDC_SUBJECTS } from "../../../scripts/lib/doctor/checks/oidc-subjects";
import {
  createPool,
  createRole,
  createRoleMappings,
  MANAGERS_ROLE,
  NO_ROLE,
  OIDC_PROVIDER_ARN,
  POOL_TRUST,
  READERS_ROLE,
} from "./access-parts";
import type { CheckCases } from "./check-cases";
import { type DoctorStage, IDENTITY_POOL_ID, STACK } from "./doctor-stage";
import type { AwsAnswer } from "./fake-aws-apis";
import { changeAnswer, DEPLOY, NOT_FOUND } from "./stage-changes";
import { addParts } from "./stage-parts";

const TRUST = `npx veda-auth trust-policy --stage dev --role ${MANAGERS_ROLE} --apply`;

function changePool(stage: DoctorStage, values: object): void {
  changeAnswer(stage, "cognito-identity:DescribeIdentityPool", (response) => ({
    ...response,
    ...values,
  }));
}

function changeRoles(stage: DoctorStage, values: object): void {
  changeAnswer(stage, "cognito-identity:GetIdentityPoolRoles", (response) => ({
    ...response,
    ...values,
  }));
}

/** Changes the response for the role of a group. */
function changeRole(stage: DoctorStage, arn: string, answer: AwsAnswer): void {
  changeAnswer(stage, "iam:GetRole", (response, { RoleName: name }) =>
    arn.endsWith(`/${String(name)}`) ? answer : response,
  );
}

/** Removes the resources of a type that the stage manages. */
function disown(stage: DoctorStage, type: string): void {
  stage.resources = stage.resources.filter((one) => one.type !== type);
}

const POOL_TRUST_WITHOUT_AMR = {
  ...POOL_TRUST,
  Condition: {
    StringEquals: {
      "cognito-identity.amazonaws.com:aud": IDENTITY_POOL_ID,
    },
  },
};

/** Cases of the checks of the identity pool, roles and the OIDC provider. */
export const ACCESS_CASES: readonly CheckCases[] = [
  {
    check: IDENTITY_POOL,
    prepare: addParts,
    well: "the identity pool trusts the clients, checks their tokens",
    broken: [
      {
        problem: "the identity pool was deleted",
        change: (stage) => {
          stage.answers["cognito-identity:DescribeIdentityPool"] = NOT_FOUND;
        },
        status: "failed",
        message: `identity pool ${IDENTITY_POOL_ID} must exist`,
        fix: DEPLOY,
      },
      {
        problem: "it does not trust the exported client",
        change: (stage) => {
          const [, other] = createPool().CognitoIdentityProviders;
          changePool(stage, { CognitoIdentityProviders: [other] });
        },
        status: "failed",
        message: "is not as it has to be",
        detail: "users of the client programmatic-client get no credentials",
        fix: DEPLOY,
      },
      {
        problem: "it does not check tokens",
        change: (stage) => {
          changePool(stage, {
            CognitoIdentityProviders: createPool().CognitoIdentityProviders.map(
              (one) => ({
                ...one,
                ServerSideTokenCheck: false,
              }),
            ),
          });
        },
        status: "failed",
        message: "is not as it has to be",
        detail:
          "tokens of the client grafana are accepted after the user signed out or was disabled",
        fix: DEPLOY,
      },
      {
        problem: "it has the classic flow, and unauthenticated identities",
        change: (stage) => {
          changePool(stage, {
            AllowUnauthenticatedIdentities: true,
            AllowClassicFlow: true,
          });
        },
        status: "failed",
        message: "is not as it has to be",
        detail:
          "unauthenticated identities get credentials\nthe classic flow is enabled",
        fix: DEPLOY,
      },
      {
        problem: "an existing one has the classic flow",
        change: (stage) => {
          disown(stage, "aws_cognito_identity_pool");
          changePool(stage, { AllowClassicFlow: true });
        },
        status: "warning",
        message: "is not as it has to be",
        fix: "change it in the stack that manages the identity pool of IDENTITY_POOL_ARN",
      },
    ],
    actions: ["cognito-identity:DescribeIdentityPool"],
  },
  {
    check: ROLE_MAPPING,
    prepare: addParts,
    well: "each client has its role mapping, and ambiguous users get no role",
    broken: [
      {
        problem: "a client has no mapping",
        change: (stage) => {
          const [first] = Object.entries(createRoleMappings());
          changeRoles(stage, {
            RoleMappings: Object.fromEntries(first ? [first] : []) as object,
          });
        },
        status: "failed",
        message:
          "role mappings of the identity pool are not as they were deployed",
        detail:
          "grafana: no role mapping: users get the authenticated role alone",
        fix: DEPLOY,
      },
      {
        problem: "ambiguous users get a role",
        change: (stage) => {
          const mappings = Object.entries(createRoleMappings()).map(
            ([name, one]) => [
              name,
              { ...one, AmbiguousRoleResolution: "AuthenticatedRole" },
            ],
          );
          changeRoles(stage, {
            RoleMappings: Object.fromEntries(mappings) as object,
          });
        },
        status: "failed",
        message: "are not as they were deployed",
        detail:
          "programmatic-client: ambiguous users get AuthenticatedRole, not Deny",
        fix: DEPLOY,
      },
      {
        problem: "the roles and the rules are others",
        change: (stage) => {
          const mappings = Object.entries(createRoleMappings()).map(
            ([name, one]) => [name, { ...one, RulesConfiguration: {} }],
          );
          changeRoles(stage, {
            Roles: { authenticated: "other", unauthenticated: "open" },
            RoleMappings: Object.fromEntries(mappings) as object,
          });
        },
        status: "failed",
        message: "are not as they were deployed",
        detail:
          "unauthenticated identities have the role open\ngrafana: the rules are others than were deployed",
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-identity:GetIdentityPoolRoles"],
  },
  {
    check: GROUP_ROLES,
    prepare: addParts,
    well: "each group has its role, which trusts the signed-in users of the identity pool (2)",
    broken: [
      {
        problem: "a group was deleted, and another has another role",
        change: (stage) => {
          stage.answers["cognito-idp:ListGroups"] = {
            Groups: [{ GroupName: "managers", RoleArn: READERS_ROLE }],
          };
        },
        status: "failed",
        message: "groups do not have the access that was deployed (2 of 2)",
        detail: `readers: the group does not exist\nmanagers: the group has the role ${READERS_ROLE}, not ${MANAGERS_ROLE}`,
        fix: DEPLOY,
      },
      {
        problem: "an existing role was deleted",
        change: (stage) => {
          changeRole(stage, MANAGERS_ROLE, NO_ROLE);
        },
        status: "failed",
        message: "(1 of 2)",
        detail: `managers: the role ${MANAGERS_ROLE} does not exist in the account`,
        fix: "create the role, or change the role of the group",
      },
      {
        problem: "an existing role does not trust the identity pool",
        change: (stage) => {
          changeRole(stage, MANAGERS_ROLE, {
            Role: createRole(MANAGERS_ROLE, {
              ...POOL_TRUST,
              Effect: "Deny",
            }),
          });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: `managers: the role managers does not trust the identity pool ${IDENTITY_POOL_ID} (aud)`,
        fix: TRUST,
      },
      {
        problem:
          "a role has no boundary, and trusts unauthenticated identities",
        change: (stage) => {
          changeRole(stage, READERS_ROLE, {
            Role: createRole(READERS_ROLE, POOL_TRUST_WITHOUT_AMR),
          });
        },
        status: "failed",
        message: "(1 of 2)",
        detail: `readers: the role ${STACK}-readers also trusts unauthenticated identities (amr)\nreaders: the role ${STACK}-readers has the permissions boundary none`,
        fix: DEPLOY,
      },
    ],
    actions: ["cognito-idp:ListGroups", "iam:GetRole"],
  },
  {
    check: OIDC_PROVIDER,
    prepare: addParts,
    well: "the OIDC provider exists, with the audience sts.amazonaws.com",
    broken: [
      {
        problem: "the provider was deleted",
        change: (stage) => {
          stage.answers["iam:GetOpenIDConnectProvider"] = NO_ROLE;
        },
        status: "failed",
        message: `the OIDC provider ${OIDC_PROVIDER_ARN} does not exist`,
        fix: DEPLOY,
      },
      {
        problem: "an existing one has another audience",
        change: (stage) => {
          disown(stage, "aws_iam_openid_connect_provider");
          stage.answers["iam:GetOpenIDConnectProvider"] = {
            ClientIDList: ["other"],
          };
        },
        status: "failed",
        message: "does not have the audience sts.amazonaws.com",
        fix: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${OIDC_PROVIDER_ARN} --client-id sts.amazonaws.com`,
      },
    ],
    actions: ["iam:GetOpenIDConnectProvider"],
  },
  {
    check: OIDC_SUBJECTS,
    prepare: addParts,
    well: "each repository that a role trusts has the ids of the subject (1)",
    broken: [
      {
        problem: "the repository was created again",
        change: (stage) => {
          stage.documents = {
            ...stage.documents,
            "/repos/example/veda-auth": { id: 3, owner: { id: 1 } },
          };
        },
        status: "failed",
        message: "roles trust repositories that GitHub has under other ids",
        detail: `example/veda-auth (role ${STACK}-publisher): the subject has the ids 1 and 2, but those on GitHub are 1 and 3`,
        fix: "set ownerId to 1 and repoId to 3 in main.ts",
      },
      {
        problem: "the repository was renamed",
        change: (stage) => {
          stage.documents = {
            ...stage.documents,
            "/repos/example/veda-auth": () => ({ status: 301, body: {} }),
          };
        },
        status: "failed",
        message: "or names (1 of 1)",
        detail: "the repository was renamed or transferred",
        fix: "write the new name in main.ts",
      },
    ],
    actions: ["iam:GetRole"],
  },
];
