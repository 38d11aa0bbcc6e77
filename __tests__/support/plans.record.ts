import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as iam from "@aws-sdk/client-iam";
import {
  ACCOUNT_ID,
  clientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/demo-account";
import {
  localAwsEnvironment,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/processes";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import {
  runTerraform,
  terraformEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { Deployment, describeLocal, startAccount, succeed } from "./deployment";
import { BASE, PLAN_CASES, type PlanCase } from "./plan-cases";
import type { Json } from "./plan-edits";
import { readPlans, writePlans } from "./plan-fixtures";
import { removeTemporaryFolders, temporaryFolder } from "./stage";

/**
 * Makes the plans of `__tests__/fixtures/plans.json.br` anew, with Terraform, the AWS provider and the local AWS:
 * `npm run record-plans`, or with `-- -t <case>` one of them.
 */
const STACK = "veda-auth-stack-dev";
const MANAGERS = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;
const SETTINGS = {
  STATE_BACKEND: "local",
  OWNER: "somebody",
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: MANAGERS,
  DASHBOARD_CALLBACK_URLS: "https://a.example/,https://b.example/",
  DASHBOARD_LOGOUT_URLS: "https://a.example/out",
  PROGRAMMATIC_CALLBACK_URLS: "https://c.example/",
  OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
  PERMISSIONS_BOUNDARY_POLICY_NAME: "bound",
  SECRET_ROLE_ACCESS: MANAGERS,
};

jest.setTimeout(120_000);

let aws: AttachedLocalAws;
let base: string;
let configuration: string;
let state: string;
const made: Record<string, string> = {};

beforeAll(async () => {
  aws = await startAccount();
  await new iam.IAMClient(clientConfig(aws)).send(
    new iam.CreatePolicyCommand({
      PolicyName: "bound",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
      }),
    }),
  );
  const deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  succeed(await deployment.synth());
  const file = path.join(deployment.stackFolder(STACK), "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as Json;
  (stack.terraform as Json).backend = undefined;
  BASE(stack);
  configuration = JSON.stringify(stack);
  base = folderOf(stack);
  succeed(await terraform(base, "init", "-input=false"));
  succeed(await terraform(base, "apply", "-auto-approve", "-input=false"));
  state = readFileSync(path.join(base, "terraform.tfstate"), "utf8");
}, 120_000);

afterAll(async () => {
  await aws.stop();
  const known = Object.entries({ ...readPlans(), ...made });
  const wanted = known.filter(([name]) => Object.hasOwn(PLAN_CASES, name));
  writePlans(Object.fromEntries(wanted));
  removeTemporaryFolders();
});

describeLocal("a plan of", () => {
  test.each(Object.entries(PLAN_CASES))("%s", async (name, planCase) => {
    const stack = JSON.parse(configuration) as Json;
    planCase.edit?.(stack);
    const folder = folderOf(filled(stack));
    copyFileSync(
      path.join(base, ".terraform.lock.hcl"),
      path.join(folder, ".terraform.lock.hcl"),
    );
    if (planCase.fromNothing !== true)
      writeFileSync(path.join(folder, "terraform.tfstate"), stateOf(planCase));
    const text = await planOf(folder, planCase);
    expect(text).not.toContain(folder);
    expect(text).not.toContain(homedir());
    expect(text).not.toContain(aws.endpoint);
    made[name] = text;
  });
});

function folderOf(stack: Json): string {
  const folder = path.join(temporaryFolder(), "stack");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify(stack));
  return folder;
}

function stateOf({ state: edit }: PlanCase): string {
  const edited = JSON.parse(state) as Json;
  edit?.(edited);
  return JSON.stringify(edited);
}

async function planOf(folder: string, planCase: PlanCase): Promise<string> {
  const { refresh = false, args = [] } = planCase;
  const planned = await terraform(
    folder,
    "plan",
    "-input=false",
    "-out=plan.tfplan",
    ...(refresh ? [] : ["-refresh=false"]),
    ...args,
  );
  succeed(planned);
  const shown = await terraform(folder, "show", "-json", "plan.tfplan");
  succeed(shown);
  return planted(shown.stdout);
}

async function terraform(
  directory: string,
  ...args: readonly string[]
): Promise<ProcessResult> {
  const shared = path.join(base, ".terraform");
  return runTerraform([...args, "-no-color"], {
    directory,
    environment: {
      ...environmentWithoutSettings(),
      ...localAwsEnvironment(aws.endpoint),
      AWS_REGION: undefined,
      ...terraformEnvironment({ directory: path.resolve(".local-aws") }),
      ...(existsSync(shared) && { TF_DATA_DIR: shared }),
    },
    timeoutSeconds: 100,
  });
}

/** Puts what AWS has made up in place of `{{name}}`. */
function filled(stack: Json): Json {
  const outputs = (JSON.parse(state) as { outputs: Record<string, Json> })
    .outputs;
  const values: Readonly<Record<string, unknown>> = {
    user_pool_id: outputs.userpool_id?.value,
    dashboard_client_id: outputs.veda_dashboard_client_id?.value,
  };
  const text = JSON.stringify(stack).replace(
    /\{\{(\w+)\}\}/g,
    (_, name: string) => String(values[name]),
  );
  return JSON.parse(text) as Json;
}

/** Puts secrets that tests know, and a time, in place of those of this run. */
function planted(text: string): string {
  const secrets = new Set(
    [...state.matchAll(/"client_secret": "([^"]{16,})"/g)].map(
      ([, secret = ""]) => secret,
    ),
  );
  let told = text.replace(
    /"timestamp":"[^"]*"/,
    '"timestamp":"2026-01-01T00:00:00Z"',
  );
  [...secrets].sort().forEach((secret, index) => {
    told = told.replaceAll(secret, `planted-client-secret-${index}-c4nary`);
  });
  return told;
}
