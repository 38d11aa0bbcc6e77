import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { App, type AppConfig, Manifest, Token } from "cdktf";
import { createValidationError } from "../constructs/errors";
import { canShareAccount } from "./config/stage-conflicts";
import { getOutputDirectory } from "./config/environment";
import type { StackConfig } from "./config/config";
import { writeFileAtomic } from "./write-file-atomic";
import { BaseStack } from "./base-stack";

/** The app: every stage's stack, synthesized together or not at all. */
export class AuthApp extends App {
  constructor(config: AppConfig = {}) {
    const outdir = config.outdir ?? getOutputDirectory();
    // cdktf makes folders only where they are missing, which two at once both find
    mkdirSync(path.join(outdir, "stacks"), { recursive: true });
    super({
      ...config,
      outdir,
      context: {
        // CDK Terrain asks what Terraform it writes for before it writes a lock file's setting
        targetVersions: { terraform: ">=1.11.0" },
        ...config.context,
      },
    });
    // another run may read it at the same moment
    this.manifest.writeToFile = () => {
      const manifest = JSON.stringify(this.manifest.buildManifest(), null, 2);
      writeFileAtomic(this.manifestFile, manifest);
    };
  }

  /**
   * Writes every stack, and removes those that the app no longer has.
   *
   * @throws UserError with the problems of all stacks, before anything is written
   */
  override synth(): void {
    const problems = [
      ...this.collectProblems(),
      ...this.findRepeatedRoleNames(),
    ];
    if (problems.length > 0) {
      for (const folder of [path.join(this.outdir, "stacks"), this.outdir]) {
        if (readdirSync(folder).length === 0) rmdirSync(folder);
      }
      throw createValidationError("stack", problems);
    }
    const before = this.readWrittenStacks();
    for (const { node } of this.node.children) {
      mkdirSync(this.getStackDirectory(node.id), { recursive: true });
    }
    super.synth();
    this.removeStaleStacks(before);
  }

  private collectProblems(): string[] {
    return this.node
      .findAll()
      .flatMap((construct) =>
        construct.node
          .validate()
          .map((problem) => `${problem} (${construct.node.path})`),
      );
  }

  /** IAM compares names without regard to case, in the whole account. */
  private findRepeatedRoleNames(): string[] {
    const seen = new Map<string, IamRole[]>();
    return this.node.findAll().flatMap((role) => {
      if (!(role instanceof IamRole)) return [];
      const name = role.nameInput;
      if (name === undefined || Token.isUnresolved(name)) return [];
      const others = seen.get(name.toLowerCase()) ?? [];
      seen.set(name.toLowerCase(), [...others, role]);
      return others
        .filter((other) => canShareAccount(stageOf(other), stageOf(role)))
        .map(
          (other) =>
            `role name must be another than that of ${other.node.path}, got "${name}" (${role.node.path})`,
        );
    });
  }

  /** Stacks that the output folder holds from before: only what was written here is ever removed. */
  private readWrittenStacks(): string[] {
    try {
      const { stacks = {} } = JSON.parse(
        readFileSync(this.manifestFile, "utf8"),
      ) as {
        readonly stacks?: Readonly<Record<string, unknown>>;
      };
      return Object.keys(stacks);
    } catch {
      // nothing was written yet, or cdktf was interrupted while it wrote
      return [];
    }
  }

  private get manifestFile(): string {
    return path.join(this.outdir, Manifest.fileName);
  }

  private getStackDirectory(stack: string): string {
    return path.join(this.outdir, "stacks", stack);
  }

  private removeStaleStacks(before: readonly string[]): void {
    const isStack = (name: string) =>
      this.node.tryFindChild(name) !== undefined;
    for (const name of before.filter((stack) => !isStack(stack))) {
      rmSync(this.getStackDirectory(name), { recursive: true, force: true });
    }
    // Terraform would read both forms, and refuse every block as given twice
    const otherForm = this.hclOutput
      ? ["cdk.tf.json"]
      : ["cdk.tf", "metadata.json"];
    for (const { node } of this.node.children) {
      for (const file of otherForm) {
        rmSync(path.join(this.getStackDirectory(node.id), file), {
          force: true,
        });
      }
    }
  }
}

function stageOf(role: IamRole): StackConfig {
  return (BaseStack.of(role) as unknown as BaseStack).config;
}
