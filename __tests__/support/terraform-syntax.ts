import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createTemporaryDirectory } from "./stage";

/** Runs Terraform without a provider but its own, to compare configurations in both of its syntaxes. */
export class TerraformSyntax {
  readonly directory = createTemporaryDirectory({ terraformrc: "" });

  /** Runs Terraform and returns its output, also if it fails. */
  run(...args: string[]): {
    readonly status: number | null;
    readonly output: string;
  } {
    const { error, status, stdout, stderr } = spawnSync("terraform", args, {
      cwd: this.directory,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        TF_CLI_CONFIG_FILE: path.join(this.directory, "terraformrc"),
      },
    });
    if (error)
      throw new Error(
        `these tests need terraform on the PATH, got ${error.message}`,
      );
    return { status, output: stdout + stderr };
  }

  /** Runs Terraform and returns its output. */
  terraform(...args: string[]): string {
    const { status, output } = this.run(...args);
    if (status !== 0)
      throw new Error(`terraform ${args.join(" ")}: ${output}`.slice(0, 5000));
    return output;
  }

  /** Writes one configuration to a directory, and returns the option that selects it. */
  write(name: string, files: Readonly<Record<string, string>>): string {
    const here = path.join(this.directory, name);
    for (const [file, content] of Object.entries(files)) {
      const target = path.join(here, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    return `-chdir=${here}`;
  }

  /** Plans a configuration, and returns the plan. */
  plan(name: string, files: Readonly<Record<string, string>>): unknown {
    const here = this.write(name, files);
    this.terraform(here, "init", "-no-color");
    this.terraform(here, "plan", "-out=plan", "-no-color");
    return JSON.parse(this.terraform(here, "show", "-json", "plan"));
  }
}
