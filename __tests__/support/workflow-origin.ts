import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const AUTHOR = {
  GIT_AUTHOR_NAME: "Example",
  GIT_AUTHOR_EMAIL: "user@example.com",
  GIT_COMMITTER_NAME: "Example",
  GIT_COMMITTER_EMAIL: "user@example.com",
};

/** A git repository whose first commit has the files of the working tree. */
export class GitOrigin {
  private readonly directory = createTemporaryDirectory();

  private constructor(private readonly environment: Environment) {}

  static async create(environment: Environment): Promise<GitOrigin> {
    const origin = new GitOrigin({ ...environment, ...AUTHOR });
    await origin.git(
      "init",
      "--quiet",
      "--initial-branch=dev",
      origin.directory,
    );
    await origin.git("--work-tree", PROJECT, "add", "--all", ":/");
    await origin.git("--work-tree", PROJECT, "commit", "--quiet", "-m", "all");
    return origin;
  }

  /** Returns the commit of a branch. */
  async getBranchHead(branch: string): Promise<string> {
    return this.git("rev-parse", "--verify", `refs/heads/${branch}`);
  }

  /** Moves a branch to a commit. */
  async setBranch(branch: string, commit: string): Promise<void> {
    await this.git("update-ref", `refs/heads/${branch}`, commit);
  }

  /** Creates a commit that changes one file. */
  async commit(parent: string, file: string, text: string): Promise<string> {
    const temporary = path.join(this.directory, "temporary");
    writeFileSync(temporary, text);
    const blob = await this.git("hash-object", "-w", temporary);
    await this.git("read-tree", parent);
    await this.git(
      "update-index",
      "--add",
      "--cacheinfo",
      `100644,${blob},${file}`,
    );
    const tree = await this.git("write-tree");
    return this.git("commit-tree", tree, "-p", parent, "-m", `change ${file}`);
  }

  /** Creates a merge commit, like GitHub for each pull request. */
  async merge(base: string, head: string, message: string): Promise<string> {
    const parents = ["-p", base, "-p", head];
    return this.git("commit-tree", `${head}^{tree}`, ...parents, "-m", message);
  }

  /** Returns Git's hash of the files of a commit. */
  async getTreeHash(commit: string): Promise<string> {
    return this.git("rev-parse", "--verify", `${commit}^{tree}`);
  }

  /** Creates a checkout of a commit with the installed packages of this project. */
  async checkout(commit: string, directory: string): Promise<void> {
    await this.git("clone", "-q", "--shared", "-n", this.directory, directory);
    await this.git("-C", directory, "checkout", "--quiet", "--detach", commit);
    const modules = path.join(PROJECT, "node_modules");
    symlinkSync(modules, path.join(directory, "node_modules"));
  }

  private async git(...args: readonly string[]): Promise<string> {
    const isElsewhere = ["clone", "-C", "init"].includes(args[0] ?? "");
    const { code, stdout, stderr } = await runProcess("git", args, {
      environment: {
        ...this.environment,
        ...(!isElsewhere && { GIT_DIR: path.join(this.directory, ".git") }),
      },
      timeoutSeconds: 60,
    });
    if (code === 0) return stdout.trim();
    throw new Error(
      `git ${args.join(" ")} failed with exit code ${code}: ${stderr}`,
    );
  }
}
