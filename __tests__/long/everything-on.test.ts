import { writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import { ACCOUNT_ID, createClientConfig } from "../../scripts/lib/demo/account";
import { listStackResources } from "../../scripts/lib/demo/stack-resources";
import { AuthApp } from "../../stacks/app";
import type { AuthStack } from "../../stacks/auth-stack";
import type { CheckedLocalAws } from "../support/api-model/checked-aws";
import {
  DeployRoleRequests,
  synthesizeDeployRoles,
} from "../support/deploy-role-requests";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
} from "../support/deployment";
import {
  addEverything,
  addWithoutFeatures,
  BOUNDARY,
  createEverythingSettings,
  CUSTOM_DOMAIN,
} from "../support/everything-on";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";
import {
  createSignInResources,
  type SignInResources,
} from "../support/sign-in-resources";
import { removeTemporaryDirectories } from "../support/stage";

const STACK = "veda-auth-stack-dev";

/** Actions of sign-in features. */
const SIGN_IN =
  /^(cloudfront|lambda|route53|wafv2):|WebACL|IdentityProvider|Branding|Customization|Mfa|Risk|LogDelivery|AddCustomAttributes|ServiceLinkedRole/;

// the provider waits 30 s for each change of a record
jest.setTimeout(180_000);

let aws: CheckedLocalAws;
let requests: DeployRoleRequests;
let deployment: Deployment;
let ids: SignInResources;
let metadataFile: string;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  ids = await createSignInResources(aws, CUSTOM_DOMAIN);
  await new iam.IAMClient(createClientConfig(aws)).send(
    new iam.CreatePolicyCommand({
      PolicyName: BOUNDARY,
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
      }),
    }),
  );
  requests = await DeployRoleRequests.start(aws, ACCOUNT_ID);
  requests.resetOmittedFields();
  deployment = new Deployment(requests.endpoint, {
    ".env.dev": createEverythingSettings(ids),
  });
  await deployment.startProvider();
  metadataFile = path.join(deployment.directory, "university.xml");
  const certificates = [await createSigningCertificate()];
  writeFileSync(metadataFile, formatSamlMetadata({ certificates }));
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) {
    await requests.stop();
    await aws.stop();
  }
  removeTemporaryDirectories();
});

function synthesize(add: (app: AuthApp) => AuthStack): void {
  const outdir = path.join(deployment.directory, "cdktf.out");
  const app = new AuthApp({ outdir });
  add(app);
  app.synth();
}

async function expectEmptyPlan(): Promise<void> {
  requests.role = "plan";
  expectSuccess(await deployment.plan(STACK, "-lock=false"));
  requests.role = "apply";
}

async function readUserPool() {
  const client = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const { userpool_id: UserPoolId } = await deployment.readOutputs(STACK);
  const [{ UserPool: pool }, factors, { Providers: providers }] =
    await Promise.all([
      client.send(new idp.DescribeUserPoolCommand({ UserPoolId })),
      client.send(new idp.GetUserPoolMfaConfigCommand({ UserPoolId })),
      client.send(new idp.ListIdentityProvidersCommand({ UserPoolId })),
    ]);
  return {
    mfa: factors.MfaConfiguration,
    hasEmailFactor: factors.EmailMfaConfiguration !== undefined,
    relyingParty: factors.WebAuthnConfiguration?.RelyingPartyId,
    sender: pool?.EmailConfiguration?.EmailSendingAccount,
    plan: pool?.UserPoolTier,
    threatProtection: pool?.UserPoolAddOns?.AdvancedSecurityMode,
    triggers: Object.keys(pool?.LambdaConfig ?? {}).sort(),
    passwordLength: pool?.Policies?.PasswordPolicy?.MinimumLength,
    domains: [pool?.Domain, pool?.CustomDomain],
    providers: providers?.map(({ ProviderName }) => ProviderName).sort(),
  };
}

describeLocal("a stage with every sign-in feature, in this order,", () => {
  test("is applied, and its second plan is empty", async () => {
    synthesize((app) => addEverything(app, ids, metadataFile));
    await deployment.init(STACK);
    expectSuccess(await deployment.apply(STACK));
    await expectEmptyPlan();
    expect(await readUserPool()).toEqual({
      mfa: "OPTIONAL",
      hasEmailFactor: true,
      relyingParty: CUSTOM_DOMAIN,
      sender: "DEVELOPER",
      plan: "PLUS",
      threatProtection: "AUDIT",
      triggers: ["PostAuthentication", "PreSignUp", "PreTokenGenerationConfig"],
      passwordLength: 16,
      domains: [STACK, CUSTOM_DOMAIN],
      providers: ["Keycloak", "University"],
    });
  });

  test("is turned off, and its second plan is empty", async () => {
    synthesize(addWithoutFeatures);
    expectSuccess(await deployment.apply(STACK));
    await expectEmptyPlan();
    expect(await readUserPool()).toEqual({
      mfa: "OFF",
      hasEmailFactor: false,
      relyingParty: CUSTOM_DOMAIN,
      sender: "COGNITO_DEFAULT",
      plan: "ESSENTIALS",
      threatProtection: "OFF",
      triggers: [],
      passwordLength: 12,
      domains: [STACK, undefined],
      providers: [],
    });
  });

  test("is destroyed completely", async () => {
    requests.role = "apply";
    expectSuccess(await deployment.destroy(STACK));
    const remaining = await deployment.terraform(STACK, "state", "list");
    expect(remaining.stdout).toBe("");
    expect(await listStackResources(aws, STACK)).toEqual([]);
  });

  test("requires only what its deploy roles allow", async () => {
    const roles = synthesizeDeployRoles(
      {
        AWS_ACCOUNT_ID: ACCOUNT_ID,
        STATE_BUCKET_NAME: "our-state",
        OWNER: "operator",
        GITHUB_REPOSITORY: "octo/auth",
        ACCOUNT_STAGES: "dev",
        PERMISSIONS_BOUNDARY_POLICY_NAME: BOUNDARY,
      },
      deployment.directory,
    );
    const [plan, apply] = await Promise.all(
      (["plan", "apply"] as const).map((role) =>
        requests.evaluate(role, roles.get(`${STACK}-${role}`) ?? []),
      ),
    );
    expect(plan?.denied).toEqual([]);
    expect(apply?.denied).toEqual([]);
    expect(plan?.count).toBeGreaterThan(20);
    const unused = apply?.unused.filter((action) => SIGN_IN.test(action));
    expect(unused).toMatchInlineSnapshot(`
[
  "cognito-idp:DescribeManagedLoginBranding",
  "cognito-idp:GetLogDeliveryConfiguration",
  "cognito-idp:UpdateIdentityProvider",
  "cognito-idp:CreateManagedLoginBranding",
  "cognito-idp:UpdateManagedLoginBranding",
  "cognito-idp:DeleteManagedLoginBranding",
  "cognito-idp:AddCustomAttributes",
  "cognito-idp:SetLogDeliveryConfiguration",
]
`);
  });
});
