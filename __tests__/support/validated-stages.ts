import { mkdirSync, copyFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  runTerraform,
  createProviderEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import { readStageConfig } from "../../stacks/config/stage-config";
import { expectSuccess } from "./deployment";
import {
  addGenerated,
  generatedStages,
  type GeneratedStage,
} from "./generated-stages";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");

/** Stages of all shapes: the same ones at every run. */
export function sampledStages(count: number): GeneratedStage[] {
  return fc.sample(generatedStages, { numRuns: count, seed: 7 });
}

/** One folder that Terraform is set up in once, for one configuration after the other. */
export class ValidatedStages {
  private readonly folder = createTemporaryDirectory();
  private isReady = false;

  /** Has the real provider validate what a stage is synthesized to. */
  async validate(stage: GeneratedStage): Promise<void> {
    const outdir = path.join(createTemporaryDirectory(), "cdktf.out");
    const app = new AuthApp({ outdir });
    const config = readStageConfig(stage.settings, {
      userName: "somebody",
      isCi: false,
    });
    addGenerated(new AuthStack(app, config), stage);
    app.synth();
    mkdirSync(this.folder, { recursive: true });
    copyFileSync(
      path.join(outdir, "stacks", config.stackName, "cdk.tf.json"),
      path.join(this.folder, "cdk.tf.json"),
    );
    if (!this.isReady)
      await this.terraform("init", "-backend=false", "-input=false");
    this.isReady = true;
    await this.terraform("validate");
  }

  private async terraform(...args: readonly string[]): Promise<void> {
    expectSuccess(
      await runTerraform([...args, "-no-color"], {
        directory: this.folder,
        environment: {
          ...getEnvironmentWithoutSettings(),
          ...createProviderEnvironment({
            directory: path.join(PROJECT, ".local-aws"),
          }),
          // it lives for a second, and has memory enough
          GOGC: "800",
        },
        timeoutSeconds: 120,
      }),
    );
  }
}
