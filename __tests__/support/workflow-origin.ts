import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const AUTHOR = {
  GIT_AUTHOR_NAME: "Somebody",
  GIT_AUTHOR_EMAIL: "somebody@example.com",
  GIT_COMMITTER_NAME: "Somebody",
  GIT_COMMITTER_EMAIL: "somebody@example.com",
};

/** A git repository whose first commit has the project's files as they are in the working tree. */
export class GitOrigin {
  private readonly folder = createTemporaryDirectory();

  private constructor(private readonly environment: Environment) {}

  static async create(environment: Environment): Promise<GitOrigin> {
    const origin = new GitOrigin({ ...environment, ...AUTHOR });
    await origin.git("init", "--quiet", "--initial-branch=dev", origin.folder);
    await origin.git("--work-tree", PROJECT, "add", "--all", ":/");
    await origin.git("--work-tree", PROJECT, "commit", "--quiet", "-m", "all");
    return origin;
  }

  /** Commit that a branch is at. */
  async getBranchHead(branch: string): Promise<string> {
    return this.git("rev-parse", "--verify", `refs/heads/${branch}`);
  }

  /** Has a branch be at a commit. */
  async setBranch(branch: string, commit: string): Promise<void> {
    await this.git("update-ref", `refs/heads/${branch}`, commit);
  }

  /** A commit on a parent that changes one file. */
  async commit(parent: string, file: string, text: string): Promise<string> {
    const draft = path.join(this.folder, "draft");
    writeFileSync(draft, text);
    const blob = await this.git("hash-object", "-w", draft);
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

  /** The merge of a commit into one that it descends from, as GitHub makes a new one each time. */
  async merge(base: string, head: string, message: string): Promise<string> {
    const parents = ["-p", base, "-p", head];
    return this.git("commit-tree", `${head}^{tree}`, ...parents, "-m", message);
  }

  /** Git's name for a commit's files. */
  async getTreeHash(commit: string): Promise<string> {
    return this.git("rev-parse", "--verify", `${commit}^{tree}`);
  }

  /** A new checkout of a commit, with the packages that are installed here. */
  async checkout(commit: string, folder: string): Promise<void> {
    await this.git("clone", "-q", "--shared", "-n", this.folder, folder);
    await this.git("-C", folder, "checkout", "--quiet", "--detach", commit);
    const modules = path.join(PROJECT, "node_modules");
    symlinkSync(modules, path.join(folder, "node_modules"));
  }

  private async git(...args: readonly string[]): Promise<string> {
    const isElsewhere = ["clone", "-C", "init"].includes(args[0] ?? "");
    const { code, stdout, stderr } = await runProcess("git", args, {
      environment: {
        ...this.environment,
        ...(!isElsewhere && { GIT_DIR: path.join(this.folder, ".git") }),
      },
      timeoutSeconds: 60,
    });
    if (code === 0) return stdout.trim();
    throw new Error(`git ${args.join(" ")} ended with ${code}: ${stderr}`);
  }
}
