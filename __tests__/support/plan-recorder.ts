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
import { buildSync } from "esbuild";
import {
  ACCOUNT_ID,
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  createLocalAwsEnvironment,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  runTerraform,
  createProviderEnvironment,
} from "../../scripts/lib/terraform/terraform";
import {
  getEnvironment,
  type Environment,
} from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "./deployment";
import { PersistentProvider } from "./persistent-provider";
import { linkOpenTofuMirror, OPENTOFU } from "./opentofu";
import type { PlanCase } from "./plan-cases";
import type { Edit, Json } from "./plan-edits";
import { readPlans, writePlans, type Archive } from "./plan-archives";
import { removeTemporaryDirectories, createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const MANAGERS = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;

/** Settings of a stage with all features. */
export const STAGE_SETTINGS: Environment = {
  STATE_BACKEND: "local",
  OWNER: "platform",
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: MANAGERS,
  DASHBOARD_CALLBACK_URLS: "https://a.example/,https://b.example/",
  DASHBOARD_LOGOUT_URLS: "https://a.example/out",
  PROGRAMMATIC_CALLBACK_URLS: "https://c.example/",
  OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
  PERMISSIONS_BOUNDARY_POLICY_NAME: "bound",
  SECRET_ROLE_ACCESS: MANAGERS,
};

/** The stack that is deployed before changes are planned. */
export interface Base {
  readonly stack: string;
  /** Environment files. */
  readonly files: Readonly<Record<string, Environment>>;
  /** Edits the synthesized configuration. */
  readonly edit: Edit;
}

export const STAGE_BASE = {
  stack: "veda-auth-stack-dev",
  files: { ".env.dev": STAGE_SETTINGS },
} satisfies Partial<Base>;

/**
 * Declares one test per case, which records its plan, and writes all of them to an archive. With
 * `RECORD_PLANS=missing` only cases that the archive does not have yet are recorded.
 */
export function recordPlans(
  archive: Archive,
  cases: Readonly<Record<string, PlanCase>>,
  base: Base,
): void {
  jest.setTimeout(120_000);
  const recorded: Record<string, string> = {};
  let recorder: PlanRecorder | undefined;

  beforeAll(async () => {
    recorder = new PlanRecorder(await startLocalAccount(), base);
    await recorder.deploy();
  }, 120_000);

  afterAll(async () => {
    await recorder?.stop();
    const plans = Object.entries({ ...readPlans(archive), ...recorded });
    writePlans(
      Object.fromEntries(plans.filter(([name]) => Object.hasOwn(cases, name))),
      archive,
    );
    removeTemporaryDirectories();
  });

  const known = onlyMissing() ? readPlans(archive) : {};
  const selected = Object.entries(cases).filter(
    ([name, { opentofu = false }]) =>
      !Object.hasOwn(known, name) && (!opentofu || OPENTOFU !== undefined),
  );
  describeLocal("a plan of", () => {
    test.each(selected)("%s", async (name, planCase) => {
      const text = await recorder?.record(planCase);
      expect(text).toContain("format_version");
      recorded[name] = text ?? "";
    });
  });
}

function onlyMissing(): boolean {
  return getEnvironment().RECORD_PLANS === "missing";
}

/** Deploys a stack to the local AWS and plans changes of it. */
class PlanRecorder {
  private base = "";
  private configuration = "";
  private state = "";
  private provider: PersistentProvider | undefined;

  constructor(
    private readonly aws: AttachedLocalAws,
    private readonly options: Base,
  ) {}

  async deploy(): Promise<void> {
    await new iam.IAMClient(createClientConfig(this.aws)).send(
      new iam.CreatePolicyCommand({
        PolicyName: "bound",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
        }),
      }),
    );
    const stack = await this.synthesize({});
    this.configuration = JSON.stringify(stack);
    this.base = writeStack(stack);
    expectSuccess(await this.terraform(this.base, {}, "init", "-input=false"));
    this.provider = await PersistentProvider.start(
      this.base,
      this.environment(),
    );
    expectSuccess(
      await this.terraform(this.base, {}, "apply", "-auto-approve"),
    );
    this.state = readFileSync(
      path.join(this.base, "terraform.tfstate"),
      "utf8",
    );
  }

  async stop(): Promise<void> {
    await this.provider?.stop();
    await this.aws.stop();
  }

  /** Returns the JSON of the plan of a case, without paths and endpoints of this machine. */
  async record(planCase: PlanCase): Promise<string> {
    const { settings, main } = planCase;
    await planCase.prepare?.(this.aws);
    const isEdited = settings !== undefined || main !== undefined;
    const stack = isEdited
      ? await this.synthesize(planCase)
      : (JSON.parse(this.configuration) as Json);
    const files = planCase.files?.(stack) ?? {};
    planCase.edit?.(stack);
    const directory = writeStack(this.insertIds(stack), files);
    if (planCase.fromNothing !== true)
      writeFileSync(
        path.join(directory, "terraform.tfstate"),
        this.editedState(planCase),
      );
    await this.prepare(directory, planCase);
    const text = await this.plan(directory, planCase);
    expect(text).not.toContain(directory);
    expect(text).not.toContain(homedir());
    expect(text).not.toContain(this.aws.endpoint);
    return text;
  }

  /** Synthesizes the app, or an edited `main.ts`, with other settings. */
  private async synthesize({ settings, main }: PlanCase): Promise<Json> {
    const { stack: name, files, edit } = this.options;
    const deployment = new Deployment(
      this.aws.endpoint,
      Object.fromEntries(
        Object.entries(files).map(([file, values]) => [
          file,
          { ...values, ...settings },
        ]),
      ),
    );
    if (main === undefined) expectSuccess(await deployment.synth());
    else {
      const app = path.join(createTemporaryDirectory(), "app.cjs");
      bundle(main(readFileSync(path.join(PROJECT, "main.ts"), "utf8")), app);
      const options = {
        directory: deployment.directory,
        environment: deployment.environment(),
        timeoutSeconds: 100,
      };
      expectSuccess(await runProcess(process.execPath, [app], options));
    }
    const file = path.join(deployment.getStackDirectory(name), "cdk.tf.json");
    const stack = JSON.parse(readFileSync(file, "utf8")) as Json;
    (stack.terraform as Json).backend = undefined;
    edit(stack);
    return stack;
  }

  private async prepare(directory: string, planCase: PlanCase): Promise<void> {
    if (planCase.opentofu === true) {
      expectSuccess(await this.terraform(directory, planCase, "init"));
      return;
    }
    copyFileSync(
      path.join(this.base, ".terraform.lock.hcl"),
      path.join(directory, ".terraform.lock.hcl"),
    );
    // registers the child module
    if (planCase.files !== undefined)
      expectSuccess(await this.terraform(directory, planCase, "get"));
  }

  private async plan(directory: string, planCase: PlanCase): Promise<string> {
    const { refresh = false, args = [] } = planCase;
    const planned = await this.terraform(
      directory,
      planCase,
      "plan",
      "-input=false",
      "-out=plan.tfplan",
      ...(refresh ? [] : ["-refresh=false"]),
      ...args,
    );
    expectSuccess(planned);
    const show = ["show", "-json", "plan.tfplan"];
    const shown = await this.terraform(directory, planCase, ...show);
    expectSuccess(shown);
    return this.plantSecrets(shown.stdout);
  }

  private async terraform(
    directory: string,
    { opentofu = false }: PlanCase,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const shared = path.join(this.base, ".terraform");
    return runTerraform([...args, "-no-color"], {
      directory,
      environment: {
        ...this.environment(),
        ...(opentofu
          ? openTofuEnvironment(directory)
          : existsSync(shared) && { TF_DATA_DIR: shared }),
        ...(!opentofu && this.getProviderEnvironment(directory)),
      },
      timeoutSeconds: 100,
    });
  }

  private environment(): Environment {
    return {
      ...getEnvironmentWithoutSettings(),
      ...createLocalAwsEnvironment(this.aws.endpoint),
      AWS_REGION: undefined,
      ...createProviderEnvironment({ directory: path.resolve(".local-aws") }),
    };
  }

  /** Returns the environment for the running provider, unless a case has another provider configuration. */
  private getProviderEnvironment(directory: string): Environment {
    if (this.provider === undefined) return {};
    const file = path.join(directory, "cdk.tf.json");
    const { provider } = JSON.parse(readFileSync(file, "utf8")) as Json;
    const base = JSON.parse(this.configuration) as Json;
    return JSON.stringify(provider) === JSON.stringify(base.provider)
      ? { TF_REATTACH_PROVIDERS: this.provider.address }
      : {};
  }

  private editedState({ state: edit, opentofu = false }: PlanCase): string {
    const edited = JSON.parse(this.state) as Json;
    edit?.(edited);
    const text = JSON.stringify(edited);
    return opentofu
      ? text.replaceAll("registry.terraform.io", "registry.opentofu.org")
      : text;
  }

  /** Replaces `{{name}}` by ids that AWS assigned. */
  private insertIds(stack: Json): Json {
    const { outputs } = JSON.parse(this.state) as {
      outputs: Record<string, Json>;
    };
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

  /** Replaces secrets and the time by values that tests know. */
  private plantSecrets(text: string): string {
    const secrets = new Set(
      [...this.state.matchAll(/"client_secret": "([^"]{16,})"/g)].map(
        ([, secret = ""]) => secret,
      ),
    );
    let planted = text.replace(
      /"timestamp":"[^"]*"/,
      '"timestamp":"2026-01-01T00:00:00Z"',
    );
    [...secrets].sort().forEach((secret, index) => {
      const name = `planted-client-secret-${index}-c4nary`;
      planted = planted.replaceAll(secret, name);
    });
    return planted;
  }
}

function openTofuEnvironment(directory: string): Environment {
  const TF_PLUGIN_MIRROR = linkOpenTofuMirror(createTemporaryDirectory());
  return {
    TERRAFORM_BINARY_NAME: OPENTOFU,
    ...createProviderEnvironment({ directory, env: { TF_PLUGIN_MIRROR } }),
  };
}

function writeStack(
  stack: Json,
  files: Readonly<Record<string, Json>> = {},
): string {
  const directory = path.join(createTemporaryDirectory(), "stack");
  const all = { "cdk.tf.json": stack, ...files };
  for (const [name, content] of Object.entries(all)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
  return directory;
}

function bundle(contents: string, outfile: string): void {
  buildSync({
    stdin: { contents, resolveDir: PROJECT, loader: "ts" },
    absWorkingDir: PROJECT,
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    alias: { archiver: "./scripts/lib/system/lazy-archiver.cjs" },
    logLevel: "error",
  });
}
