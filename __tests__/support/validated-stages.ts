import { mkdirSync, copyFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import {
  runTerraform,
  terraformEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { AuthApp } from "../../stacks/auth-app";
import { AuthStack } from "../../stacks/auth-stack";
import { readConfig } from "../../stacks/config";
import { succeed } from "./deployment";
import {
  addGenerated,
  generatedStages,
  type GeneratedStage,
} from "./generated-stages";
import { temporaryFolder } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");

/** Stages of all shapes: the same ones at every run. */
export function sampledStages(count: number): GeneratedStage[] {
  return fc.sample(generatedStages, { numRuns: count, seed: 7 });
}

/** One folder that Terraform is set up in once, for one configuration after the other. */
export class ValidatedStages {
  private readonly folder = temporaryFolder();
  private isReady = false;

  /** Has the real provider validate what a stage is synthesized to. */
  async validate(stage: GeneratedStage): Promise<void> {
    const outdir = path.join(temporaryFolder(), "cdktf.out");
    const app = new AuthApp({ outdir });
    const config = readConfig(stage.settings, {
      userName: "somebody",
      ci: false,
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
    succeed(
      await runTerraform([...args, "-no-color"], {
        directory: this.folder,
        environment: {
          ...environmentWithoutSettings(),
          ...terraformEnvironment({
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
