import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import { readStageConfig } from "../../stacks/config/stage-config";
import { expectSuccess } from "./deployment";
import {
  addGeneratedParts,
  type GeneratedStage,
  generatedStages,
} from "./generated-stages";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");

/** Samples stages, the same ones in every run. */
export function sampleStages(count: number): GeneratedStage[] {
  return fc.sample(generatedStages, { numRuns: count, seed: 7 });
}

/** Validates stages in one initialized Terraform directory. */
export class ValidatedStages {
  private readonly directory = createTemporaryDirectory();
  private isReady = false;

  /** Synthesizes a stage and validates it with the provider. */
  async validate(stage: GeneratedStage): Promise<void> {
    const outdir = path.join(createTemporaryDirectory(), "cdktf.out");
    const app = new AuthApp({ outdir });
    const config = readStageConfig(stage.settings, {
      userName: "operator",
      isCi: false,
    });
    addGeneratedParts(new AuthStack(app, config), stage);
    app.synth();
    mkdirSync(this.directory, { recursive: true });
    copyFileSync(
      path.join(outdir, "stacks", config.stackName, "cdk.tf.json"),
      path.join(this.directory, "cdk.tf.json"),
    );
    if (!this.isReady)
      await this.terraform("init", "-backend=false", "-input=false");
    this.isReady = true;
    await this.terraform("validate");
  }

  private async terraform(...args: readonly string[]): Promise<void> {
    expectSuccess(
      await runTerraform([...args, "-no-color"], {
        directory: this.directory,
        environment: {
          ...getEnvironmentWithoutSettings(),
          ...createProviderEnvironment({
            directory: path.join(PROJECT, ".local-aws"),
          }),
          // trades memory for time
          GOGC: "800",
        },
        timeoutSeconds: 120,
      }),
    );
  }
}
