import type { Check } from "../../../scripts/lib/doctor/check";
import { CALLBACK_URLS } from "../../../scripts/lib/doctor/checks/callback-urls";
import { CLIENT_SECRETS } from "../../../scripts/lib/doctor/checks/client-secrets";
import { CLIENT_TOKENS } from "../../../scripts/lib/doctor/checks/client-tokens";
import { CUSTOM_DOMAIN_CERTIFICATE } from "../../../scripts/lib/doctor/checks/custom-domain-certificate";
import { EMAIL_IDENTITY } from "../../../scripts/lib/doctor/checks/email-identity";
import { GROUP_ROLES } from "../../../scripts/lib/doctor/checks/group-roles";
import {
  IDENTITY_POOL,
  ROLE_MAPPING,
} from "../../../scripts/lib/doctor/checks/identity-pool";
import {
  IDENTITY_PROVIDER_SECRETS,
  SAML_CERTIFICATES,
} from "../../../scripts/lib/doctor/checks/identity-providers";
import { OIDC_PROVIDER } from "../../../scripts/lib/doctor/checks/oidc-provider";
import { OIDC_SUBJECTS } from "../../../scripts/lib/doctor/checks/oidc-subjects";
import {
  IAM_QUOTAS,
  USER_POOL_QUOTAS,
} from "../../../scripts/lib/doctor/checks/quotas";
import {
  SECRET_AGE,
  SECRET_ROTATION,
} from "../../../scripts/lib/doctor/checks/secret-rotation";
import type { ReportedCheck } from "../../../scripts/lib/doctor/run-checks";
import {
  createProvider,
  OIDC_PROVIDER_ARN,
} from "../../support/doctor/access-parts";
import { type DoctorStage, runDoctor } from "../../support/doctor/doctor-stage";
import { AwsFailure, useFakeAwsApis } from "../../support/doctor/fake-aws-apis";
import {
  addVersions,
  changeAnswer,
  changeClient,
  changeLiveSecrets,
  NOT_FOUND,
  changeSecret,
  OTHER,
} from "../../support/doctor/stage-changes";
import {
  addParts,
  createSecret,
  createVersion,
} from "../../support/doctor/stage-parts";
import { createWellStage } from "../../support/doctor/well-stage";
import { CANARY } from "../../support/doctor/doctor-stage";

const getAws = useFakeAwsApis();

async function run(
  check: Check,
  change: (stage: DoctorStage) => void,
): Promise<ReportedCheck | undefined> {
  const stage = createWellStage();
  addParts(stage);
  change(stage);
  const { report } = await runDoctor([check], stage, getAws());
  return report.checks[0];
}

function removeAll(stage: DoctorStage): void {
  stage.resources = [{ type: "other", name: "one", attributes: {} }];
  stage.outputs = {};
}

test.each([
  [CLIENT_SECRETS, "the stage has no client with a secret"],
  [CLIENT_TOKENS, "the stage has no client with a client secret"],
  [SECRET_AGE, "the stage has no client with a client secret"],
  [SECRET_ROTATION, "the stage has no client with a client secret"],
  [CALLBACK_URLS, "the stage has no callback URL on another machine"],
  [IDENTITY_POOL, "the stage has no identity pool"],
  [ROLE_MAPPING, "the stage has no identity pool"],
  [GROUP_ROLES, "the stage has no groups"],
  [OIDC_PROVIDER, "the stage has no OIDC provider"],
  [OIDC_SUBJECTS, "no role of the stage trusts a repository"],
  [IDENTITY_PROVIDER_SECRETS, "the stage has no OIDC identity provider"],
  [SAML_CERTIFICATES, "the stage has no SAML identity provider"],
  [CUSTOM_DOMAIN_CERTIFICATE, "the stage has no custom domain"],
  [EMAIL_IDENTITY, "the user pool does not send with Amazon SES"],
] as const)("$id is skipped without its resources", async (check, message) => {
  const { id, section } = check;
  expect(await run(check, removeAll)).toEqual({
    id,
    section,
    status: "skipped",
    message,
  });
  expect(
    getAws().actions.filter((action) => !/^(s3|sts):/.test(action)),
  ).toEqual([]);
});

test.each<
  [
    reason: string,
    check: Check,
    change: (stage: DoctorStage) => void,
    message: string,
  ]
>([
  [
    "there is no token of GitHub",
    OIDC_SUBJECTS,
    (stage) => {
      stage.variables = { ...stage.variables, GITHUB_TOKEN: "" };
    },
    "no GitHub token: set GITHUB_TOKEN or GH_TOKEN",
  ],
  [
    "the token cannot read the repository",
    OIDC_SUBJECTS,
    (stage) => {
      stage.documents = {
        ...stage.documents,
        "/repos/example/veda-auth": () => ({ status: 404, body: {} }),
      };
    },
    "it does not exist, or the token cannot read it (1 of 1)",
  ],
  [
    "the endpoint has no summary of the account",
    IAM_QUOTAS,
    (stage) => {
      stage.answers["iam:GetAccountSummary"] = new AwsFailure(
        "InvalidAction",
        "unknown",
      );
    },
    "the endpoint does not support iam:GetAccountSummary",
  ],
  [
    "the user pool was deleted",
    USER_POOL_QUOTAS,
    (stage) => {
      for (const action of Object.keys(stage.answers))
        if (action.startsWith("cognito-idp:List"))
          stage.answers[action] = NOT_FOUND;
    },
    "the user pool does not exist (4 of 4)",
  ],
  [
    "Cognito reads the metadata from its URL",
    SAML_CERTIFICATES,
    (stage) => {
      stage.answers["cognito-idp:DescribeIdentityProvider"] = createProvider({
        MetadataURL: "https://idp.example/metadata",
      });
    },
    "Cognito reads the metadata again from https://idp.example/metadata (1 of 1)",
  ],
  [
    "another endpoint replaces the domain",
    CUSTOM_DOMAIN_CERTIFICATE,
    (stage) => {
      stage.outputs.userpool_custom_domain_base_url = "https://auth.example";
    },
    "COGNITO_DOMAIN_ENDPOINT replaces the domain",
  ],
  [
    "another stack manages the identity pool",
    ROLE_MAPPING,
    (stage) => {
      stage.resources = stage.resources.filter(
        ({ type }) => !type.startsWith("aws_cognito_identity_pool"),
      );
    },
    "another stack manages the roles of the identity pool",
  ],
])("is skipped if %s", async (_reason, check, change, message) => {
  expect(await run(check, change)).toMatchObject({
    status: "skipped",
    message,
  });
});

test("groups of a user pool that was deleted do not exist", async () => {
  const result = await run(GROUP_ROLES, (stage) => {
    stage.answers["cognito-idp:ListGroups"] = NOT_FOUND;
  });
  expect(result).toMatchObject({
    status: "failed",
    details: [
      "readers: the group does not exist",
      "managers: the group does not exist",
    ],
  });
});

/** Makes the service client one that was rotated some days ago. */
function rotate(stage: DoctorStage, days: number): void {
  changeLiveSecrets(
    stage,
    createSecret("workflows--1", 200),
    createSecret("workflows--2", days),
  );
  changeClient(stage, "workflows", { ClientSecret: OTHER });
  addVersions(stage, [
    createVersion("rotated", ["workflows--2"], days),
    CANARY,
  ]);
}

test.each([CLIENT_SECRETS, SECRET_AGE, SECRET_ROTATION])(
  "$id is ok during a rotation",
  async (check) => {
    const result = await run(check, (stage) => {
      rotate(stage, 6);
    });
    expect(result).toMatchObject({ status: "ok" });
  },
);

test("a rotation that was started a minute ago is not reported", async () => {
  const result = await run(SECRET_ROTATION, (stage) => {
    addVersions(stage, [
      createVersion("pending", ["AWSPENDING"], 1 / 1440),
      OTHER,
    ]);
  });
  expect(result).toMatchObject({ status: "ok" });
});

test("a value that no live secret has is no secret of unknown origin", async () => {
  const result = await run(SECRET_ROTATION, (stage) => {
    changeSecret(stage, "workflows-client", { client_secret: "another" });
    rotate(stage, 6);
  });
  expect(result).toMatchObject({ status: "ok" });
});

test.each([
  ["the one that Terraform wrote", "terraform", 100],
  ["the one of a later rotation", "rotated", 6],
])(
  "the newest version of a broken secret is restored: %s",
  async (_, version, days) => {
    const result = await run(CLIENT_SECRETS, (stage) => {
      addVersions(stage, [
        createVersion("rotated", ["workflows--2"], days),
        CANARY,
      ]);
      changeAnswer(stage, "secretsmanager:GetSecretValue", (response) => ({
        ...response,
        VersionId: "manual",
      }));
      changeSecret(stage, "workflows-client", "{}");
    });
    expect(result?.fix).toContain(`--move-to-version-id ${version}`);
  },
);

test("a secret that a rotation changed while it was tested is read again", async () => {
  const readSecret = new Set<unknown>();
  const result = await run(CLIENT_TOKENS, (stage) => {
    changeAnswer(
      stage,
      "secretsmanager:GetSecretValue",
      (response, { SecretId: id }) => {
        if (readSecret.has(id)) return response;
        readSecret.add(id);
        const text = String(response.SecretString).replace(CANARY, OTHER);
        return { ...response, VersionId: "former", SecretString: text };
      },
    );
  });
  expect(readSecret.size).toBe(2);
  expect(result).toMatchObject({ status: "ok" });
});

test.each([CLIENT_SECRETS, SECRET_ROTATION])(
  "$id is ok after a rotation, when Cognito describes no secret",
  async (check) => {
    const result = await run(check, (stage) => {
      rotate(stage, 30);
      changeClient(stage, "workflows", { ClientSecret: "" });
      changeLiveSecrets(stage, createSecret("workflows--2", 30));
    });
    expect(result).toMatchObject({ status: "ok" });
  },
);

describe("an OIDC provider with other audiences", () => {
  const ROLE = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: OIDC_PROVIDER_ARN },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "token.actions.githubusercontent.com:aud": ["our-app", "b"],
            "token.actions.githubusercontent.com:sub": "repo:o/r:ref:a",
          },
        },
      },
    ],
  });

  test.each([
    [
      ["our-app", "b"],
      "ok",
      "the OIDC provider exists, with the audience b, our-app",
    ],
    [
      ["sts.amazonaws.com", "our-app"],
      "failed",
      `the OIDC provider ${OIDC_PROVIDER_ARN} does not have the audience b: no token can assume a role`,
    ],
  ])(
    "has those of the roles of the stage: %j",
    async (audiences, status, message) => {
      const result = await run(OIDC_PROVIDER, (stage) => {
        stage.resources = [
          {
            type: "aws_iam_role",
            name: "publish",
            attributes: { assume_role_policy: ROLE },
          },
        ];
        stage.answers["iam:GetOpenIDConnectProvider"] = {
          ClientIDList: audiences,
        };
      });
      expect(result).toMatchObject({ status, message });
    },
  );
});
