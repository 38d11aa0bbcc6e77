import path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../../constructs/errors";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { requirePrerequisites } from "../../../scripts/lib/local-aws/prerequisites";
import { runProcess } from "../../../scripts/lib/system/processes";
import { findProjectDirectory } from "../../../scripts/lib/system/project-directory";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";
import { getEnvironmentWithoutSettings } from "../../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../../scripts/lib/terraform/terraform";
import { installProjectCopy } from "./project-copy";
import { findDifferences, formatDifference } from "./synth-differences";
import { synthesizeAll } from "./synthesis";

const HELP = `Usage: npm run cdktn [-- options]

Run this project on CDK Terrain, the successor of CDK for Terraform. Installs it into a temporary copy of the project instead
of cdktf and its provider bindings. Then checks types, runs the unit tests, synthesizes several configurations,
which must have the same JSON as this project's except for versions, and runs the demo.

Requires git, Terraform, Python 3, the npm registry and 1.5 GB of disk. Takes about ten minutes. The supported versions
of Node are tested by .github/workflows/check.yml.

Options:
  --synth-only  only synthesize and compare
  -h, --help    print this help

Example:
  npm run cdktn -- --synth-only`;

/** Packages to replace, by npm's notation of an alias. */
const ALIASES = {
  cdktf: "npm:cdktn@0.24",
  "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25",
};
/** Arguments of Node for each step in the copy. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  "type check": ["node_modules/typescript7/bin/tsc", "--noEmit"],
  "unit tests": ["node_modules/jest/bin/jest.js", "--selectProjects=unit"],
  demo: ["scripts/run.mjs", "demo"],
};
const STEP_SECONDS = 1800;
const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      "synth-only": { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const isWhole = !values["synth-only"];
  if (isWhole) await requirePrerequisites();
  const project = findProjectDirectory();
  const environment = getEnvironmentWithoutSettings();
  await withTemporaryDirectory(async (directory) => {
    log("Installing CDK Terrain into a copy of the project…");
    const copy = path.join(directory, "project");
    const versions = await installProjectCopy(
      project,
      copy,
      ALIASES,
      environment,
    );
    log("Synthesizing with both…");
    const before = await synthesizeAll(
      project,
      path.join(directory, "a"),
      environment,
    );
    const after = await synthesizeAll(
      copy,
      path.join(directory, "b"),
      environment,
    );
    const differences = findDifferences(before, after);
    for (const difference of differences) log(formatDifference(difference));
    const count = differences.filter(
      ({ isVersionOnly }) => !isVersionOnly,
    ).length;
    if (count > 0)
      throw new UserError(
        `JSON must be the same except for versions, got ${count} other differences`,
      );
    for (const [name, args] of isWhole ? Object.entries(STEPS) : []) {
      log(`Running the ${name}…`);
      const { code } = await runProcess(process.execPath, args, {
        directory: copy,
        environment: { ...environment, ...createProviderEnvironment() },
        timeoutSeconds: STEP_SECONDS,
        onLine: log,
      });
      if (code !== 0)
        throw new UserError(
          `${name} failed on CDK Terrain with exit code ${code}`,
        );
    }
    console.log(
      `${Object.keys(after).length} files have the same JSON with ${versions.join(", ")}`,
    );
  });
  return 0;
});
