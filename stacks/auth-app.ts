import { readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { App, type AppConfig, Token } from "cdktf";
import { problemsError } from "../constructs/errors";
import { StageStack } from "./stage-stack";

/** The app: every stage's stack, synthesized together or not at all. */
export class AuthApp extends App {
  constructor(config: AppConfig = {}) {
    super({
      ...config,
      context: {
        // CDK Terrain asks what Terraform it writes for before it writes a lock file's setting
        targetVersions: { terraform: ">=1.11.0" },
        ...config.context,
      },
    });
  }

  /**
   * Writes every stack, and removes those that the app no longer has.
   *
   * @throws UserError with the problems of all stacks, before anything is written
   */
  override synth(): void {
    const problems = [...this.problems(), ...this.repeatedRoleNames()];
    if (problems.length > 0) {
      for (const folder of [path.join(this.outdir, "stacks"), this.outdir]) {
        if (readdirSync(folder).length === 0) rmdirSync(folder);
      }
      throw problemsError("stack", problems);
    }
    super.synth();
    this.removeStale();
  }

  private problems(): string[] {
    return this.node
      .findAll()
      .flatMap((construct) =>
        construct.node
          .validate()
          .map((problem) => `${problem} (${construct.node.path})`),
      );
  }

  /** IAM compares names without regard to case, in the whole account. */
  private repeatedRoleNames(): string[] {
    const seen = new Map<string, IamRole>();
    return this.node.findAll().flatMap((role) => {
      if (
        !(role instanceof IamRole) ||
        role.nameInput === undefined ||
        Token.isUnresolved(role.nameInput)
      )
        return [];
      const account = accountOf(role);
      const name = `${account} ${role.nameInput.toLowerCase()}`;
      const other = seen.get(name);
      seen.set(name, role);
      return other === undefined
        ? []
        : [
            `role name must be another than that of ${other.node.path}, got "${role.nameInput}" (${role.node.path})`,
          ];
    });
  }

  private removeStale(): void {
    const stacks = path.join(this.outdir, "stacks");
    for (const name of readdirSync(stacks)) {
      const folder = path.join(stacks, name);
      if (this.node.tryFindChild(name) === undefined)
        rmSync(folder, { recursive: true });
      // Terraform would read both forms, and refuse every block as given twice
      else
        rmSync(path.join(folder, this.hclOutput ? "cdk.tf.json" : "cdk.tf"), {
          force: true,
        });
    }
  }
}

function accountOf(role: IamRole): string {
  const stack = StageStack.of(role);
  return stack instanceof StageStack ? (stack.stage.accountId ?? "") : "";
}
