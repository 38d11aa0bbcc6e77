import { writeFileSync } from "node:fs";
import path from "node:path";
import { addDays } from "../../scripts/lib/review/allowances";
import type { RuleId } from "../../scripts/lib/review/rules/registry";
import type { Environment } from "../../stacks/config/environment";
import type { CdkAppOptions } from "./cdk-template";
import { expectSuccess } from "./deployment";
import { CdkDeployment } from "./cdk-deployment";

/** Arguments of a step that asks nothing. */
export const STAGE = ["--stage", "dev", "--yes"];
/** Settings of a stage whose state is in its folder. */
export const LOCAL_STATE: Environment = {
  STATE_BACKEND: "local",
  OWNER: "somebody",
  SECRET_RECOVERY_DAYS: "7",
};

/** Runs `job` with an app that was deployed with these options, and stops it. */
export async function withCdkDeployment(
  settings: Environment,
  options: Partial<CdkAppOptions> | undefined,
  job: (app: CdkDeployment, ids: Record<string, string>) => Promise<void>,
  written?: (template: object) => string,
): Promise<void> {
  const app = await CdkDeployment.start({ ".env.dev": settings });
  try {
    let ids = {};
    if (options !== undefined) {
      await app.deploy(options, written);
      ids = await app.physicalIds(options.stackName);
    }
    await job(app, ids);
  } finally {
    await app.stop();
  }
}

/** The whole way in one command, after which the plan is empty. */
export async function adoptAll(
  app: CdkDeployment,
  ...args: readonly string[]
): Promise<string> {
  const run = await app.adopt([...STAGE, ...args]);
  expectSuccess({ ...run, code: run.code ?? -1 });
  expectSuccess(
    await app.deployment.runCommand(
      "plan",
      "--stage",
      "dev",
      "--detailed-exitcode",
    ),
  );
  return run.stdout;
}

/** Writes the allow-list of a stage's directory, with one entry that expires in 30 days. */
export function allow(
  { deployment }: CdkDeployment,
  address: string,
  reason: string,
  rule: RuleId = "adoption-change",
): void {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(
    path.join(deployment.directory, ".plan-allowances.json"),
    JSON.stringify([{ address, rule, reason, expires: addDays(today, 30) }]),
  );
}
