import { DEMO_ACCOUNT } from "../../../scripts/lib/demo/account";
import type { ReportedCheck } from "../../../scripts/lib/doctor/run-checks";
import type { AuthApp } from "../../../stacks/app";
import { AuthStack } from "../../../stacks/auth-stack";
import type { Environment } from "../../../stacks/config/environment";
import { createSigningCertificate, formatSamlMetadata } from "../saml-metadata";
import { createStageConfig } from "../stage";

export const STACK = "veda-auth-stack-dev";
export const MANAGERS_ROLE = `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`;
const ISSUER = "token.actions.githubusercontent.com";
const BOUNDARY = DEMO_ACCOUNT.boundaryPolicy;
export const SETTINGS: Environment = {
  STATE_BACKEND: "s3",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "operator",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  PERMISSIONS_BOUNDARY_POLICY_NAME: BOUNDARY,
  EMAIL_IDENTITY_ARN: "arn:aws:ses:us-west-2:000000000000:identity/example.org",
  EMAIL_FROM: "no-reply@example.org",
};
/** With those of users, the stage has 20 clients. */
const SERVICES = Array.from({ length: 17 }, (_, index) => `service-${index}`);

const ROTATE = "npx veda-auth rotate-secret --stage dev --service-id";
const DEPLOY = "→ npx veda-auth deploy --stage dev";
/** Details, or parts of them, and the fix of each check that finds a change. */
export const EXPECTED: Readonly<Record<string, readonly unknown[]>> = {
  "identity-provider-secrets": [
    "Keycloak: the client secret is the placeholder",
    "→ npx veda-auth identity-provider-secret --stage dev --provider Keycloak",
  ],
  "client-secrets": [
    expect.stringMatching(
      /service-1 has a field that readers refuse: "note"; fix: aws secretsmanager update-secret-version-stage .* --move-to-version-id terraform-\w+$/,
    ),
    `${STACK}/service-2 has another client_secret than its client; fix: ${ROTATE} service-2 --back`,
    expect.stringContaining("service-3 has another cognito_domain; fix: aws"),
    expect.stringContaining("service-6 is of client"),
    expect.stringContaining("aws secretsmanager update-secret-version-stage"),
  ],
  "client-tokens": [
    expect.stringContaining(`(invalid_client); fix: ${ROTATE} grafana --back`),
    expect.stringContaining(
      `(invalid_client); fix: ${ROTATE} service-2 --back`,
    ),
    expect.stringContaining(
      "(invalid_client); fix: npx veda-auth deploy --stage dev",
    ),
    `→ ${ROTATE} grafana --back`,
  ],
  "secret-rotation": [
    "service-5: a second secret is valid that no rotation created",
    expect.stringContaining("skipped: service-6: the client"),
    `→ ${ROTATE} service-5 --finish --drop-unknown`,
  ],
  "client-settings": [
    "grafana: lacks the callback URL https://localhost:9/login",
    "grafana: also has the auth flow ALLOW_USER_PASSWORD_AUTH",
    "grafana: refresh tokens cannot be revoked",
    "grafana: errors show whether a user exists",
    "service-6: the client does not exist",
    DEPLOY,
  ],
  "callback-urls": [
    "https://grafana.invalid/login (grafana): ENOTFOUND",
    expect.stringContaining("→ start the application"),
  ],
  "identity-pool": [
    "unauthenticated identities get credentials",
    "the classic flow is enabled, in which the caller selects a role",
    "users of the client programmatic-client get no credentials",
    "tokens of the client identity-provider are accepted after the user signed out or was disabled",
    DEPLOY,
  ],
  "role-mapping": [
    "identity-provider: ambiguous users get AuthenticatedRole, not Deny",
    "programmatic-client: ambiguous users get AuthenticatedRole, not Deny",
    DEPLOY,
  ],
  "group-roles": [
    `readers: the role ${STACK}-readers also trusts unauthenticated identities (amr)`,
    expect.stringContaining("has the permissions boundary none, not arn:aws"),
    DEPLOY,
  ],
  "oidc-provider": [DEPLOY],
  "oidc-subjects": [
    `example/veda-auth (role ${STACK}-publisher): the subject has the ids 1 and 2, but those on GitHub are 1 and 3`,
    expect.stringContaining("→ set ownerId to 1 and repoId to 3 in main.ts"),
  ],
  "user-pool-quotas": [
    "resource servers: 21 of 25",
    expect.stringContaining("→ request an increase"),
  ],
  "email-identity": [
    "→ aws sesv2 create-email-identity --region us-west-2 --email-identity example.org",
  ],
  "saml-certificates": [
    expect.stringContaining("University: the metadata expires on "),
    expect.stringContaining("→ save the provider's current metadata"),
  ],
};

/** Creates the metadata of a SAML identity provider, which is valid for some days. */
export async function createMetadata(days: number): Promise<string> {
  const certificates = [await createSigningCertificate(-1, days)];
  return formatSamlMetadata({ certificates });
}

/** Adds a stage in which every check has something to check, apart from a custom domain. */
export function addStage(app: AuthApp, metadataFile: string): void {
  const auth = new AuthStack(app, createStageConfig(SETTINGS));
  const keycloak = auth.addOidcIdentityProvider("Keycloak", {
    issuer: "https://id.example.org/realms/veda",
    clientId: "veda",
    attributes: { email: "email" },
  });
  const university = auth.addSamlIdentityProvider("University", {
    metadataFile,
    attributes: { email: "mail" },
  });
  const api = auth.addResourceServer("api", { read: "Read", write: "Write" });
  for (const id of SERVICES)
    auth.addServiceClient(id, {
      scopes: [api.scope("write"), api.scope("read")],
    });
  auth.addProgrammaticClient("programmatic-client");
  auth.addWebClient("grafana", {
    callbackUrls: [
      "https://localhost:9/login",
      "https://grafana.invalid/login",
    ],
    signIn: ["COGNITO", keycloak, university],
  });
  auth.addGroup("readers", {
    description: "Readers",
    precedence: 1,
    buckets: { "our-data": "read" },
  });
  auth.addGroupWithRole("managers", {
    description: "Managers",
    precedence: 2,
    roleArn: MANAGERS_ROLE,
  });
  auth.addOidcProvider({ origin: "created", issuer: ISSUER });
  auth.addOidcRole("publisher", {
    subjects: [
      {
        owner: "example",
        ownerId: "1",
        repo: "veda-auth",
        repoId: "2",
        branch: "main",
      },
    ],
  });
}

/** Returns the problems that are not of the settings and the state. */
export function listProblems(
  checks: ReadonlyMap<string, ReportedCheck>,
): readonly (readonly unknown[])[] {
  return [...checks.values()]
    .filter(
      ({ id, status }) =>
        (status === "failed" || status === "warning") &&
        !["state-versioning", "deletion-protection"].includes(id),
    )
    .map(({ id, details, fix }) => [id, details, fix]);
}
