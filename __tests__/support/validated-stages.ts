import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import type { StageConfig } from "../../stacks/config/config";
import { readStageConfig } from "../../stacks/config/stage-config";
import { expectSuccess } from "./deployment";
import {
  addGeneratedParts,
  type GeneratedStage,
  generatedStages,
} from "./generated-stages";
import { createTemporaryDirectory } from "./stage";

/** Settings with which the provider plans without a request. */
const OFFLINE = {
  access_key: "example",
  secret_key: "example",
  skip_credentials_validation: true,
  skip_metadata_api_check: true,
  skip_requesting_account_id: true,
};
const PROJECT = path.resolve(__dirname, "../..");

/** Samples stages, the same ones in every run. */
export function sampleStages(count: number): GeneratedStage[] {
  return fc.sample(generatedStages, { numRuns: count, seed: 7 });
}

/** Names of the file of a stack by syntax. */
const FILES = { json: "cdk.tf.json", hcl: "cdk.tf" } as const;

export type Syntax = keyof typeof FILES;

/** Runs Terraform in one initialized directory for each of its syntaxes. */
export class ValidatedStages {
  private readonly directories = {
    json: createTemporaryDirectory(),
    hcl: createTemporaryDirectory(),
  };
  private readonly ready = new Set<string>();

  /** Synthesizes a stage, and validates it with the provider. */
  async validate(
    stage: GeneratedStage,
    syntaxes: readonly Syntax[],
  ): Promise<void> {
    const config = readStageConfig(stage.settings, {
      userName: "operator",
      isCi: false,
    });
    await this.run(
      config,
      (auth) => {
        addGeneratedParts(auth, stage);
      },
      ["validate"],
      syntaxes,
    );
  }

  /** Validates a stack in both syntaxes. */
  async validateStack(
    config: StageConfig,
    build: (auth: AuthStack) => void,
  ): Promise<void> {
    await this.run(config, build, ["validate"]);
  }

  /** Plans a stack without AWS in both syntaxes, and returns the changes of the resources. */
  async plan(
    config: StageConfig,
    build: (auth: AuthStack) => void,
  ): Promise<{ readonly json: unknown; readonly hcl: unknown }> {
    const buildOffline = (auth: AuthStack) => {
      build(auth);
      for (const [name, value] of Object.entries(OFFLINE))
        auth.addOverride(`provider.aws.0.${name}`, value);
      // not the state of a stage in this checkout
      auth.addOverride("terraform.backend.local.path", "offline.tfstate");
    };
    await this.run(config, buildOffline, ["plan", "-out=plan"]);
    return {
      json: await this.showChanges("json"),
      hcl: await this.showChanges("hcl"),
    };
  }

  private async run(
    config: StageConfig,
    build: (auth: AuthStack) => void,
    args: readonly string[],
    syntaxes: readonly Syntax[] = ["json", "hcl"],
  ): Promise<void> {
    const outdir = path.join(createTemporaryDirectory(), "cdktf.out");
    const app = new AuthApp({ outdir });
    const auth = new AuthStack(app, config);
    build(auth);
    app.synth();
    const texts = {
      json: readFileSync(
        path.join(outdir, "stacks", config.stackName, FILES.json),
        "utf8",
      ),
      hcl: auth.toHclTerraform().hcl,
    };
    for (const syntax of syntaxes) {
      const file = path.join(this.directories[syntax], FILES[syntax]);
      writeFileSync(file, texts[syntax]);
      if (!this.ready.has(syntax))
        await this.terraform(syntax, "init", "-input=false");
      this.ready.add(syntax);
      await this.terraform(syntax, ...args);
    }
  }

  private async showChanges(syntax: Syntax): Promise<unknown> {
    const { stdout } = await this.terraform(syntax, "show", "-json", "plan");
    const { resource_changes: changes } = JSON.parse(stdout) as {
      readonly resource_changes: unknown;
    };
    return changes;
  }

  private async terraform(
    syntax: Syntax,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const directory = this.directories[syntax];
    const result = await runTerraform([...args, "-no-color"], {
      directory,
      environment: {
        ...getEnvironmentWithoutSettings(),
        ...createProviderEnvironment({
          directory: path.join(PROJECT, ".local-aws"),
        }),
        // trades memory for time
        GOGC: "800",
      },
      timeoutSeconds: 120,
    });
    expectSuccess(result);
    return result;
  }
}
