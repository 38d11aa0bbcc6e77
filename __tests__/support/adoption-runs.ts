import { writeFileSync } from "node:fs";
import path from "node:path";
import { addDays } from "../../scripts/lib/review/allowances";
import type { RuleId } from "../../scripts/lib/review/rules/registry";
import type { Environment } from "../../stacks/config/environment";
import type { CdkAppOptions } from "./cdk-template";
import { expectSuccess } from "./deployment";
import { CdkDeployment, STAGE } from "./cdk-deployment";

/** Settings of a stage with a local state. */
export const LOCAL_STATE: Environment = {
  STATE_BACKEND: "local",
  OWNER: "owner",
  SECRET_RECOVERY_DAYS: "7",
};

/**
 * Runs `job` with a deployment of the CDK app, and ends the local AWS.
 *
 * @param options of the app; `undefined` deploys none
 */
export async function withCdkDeployment(
  settings: Environment,
  options: Partial<CdkAppOptions> | undefined,
  job: (app: CdkDeployment, ids: Record<string, string>) => Promise<void>,
  serialize?: (template: object) => string,
): Promise<void> {
  const app = await CdkDeployment.start({ ".env.dev": settings });
  try {
    let ids = {};
    if (options !== undefined) {
      await app.deploy(options, serialize);
      ids = await app.readPhysicalIds(options.stackName);
    }
    await job(app, ids);
  } finally {
    await app.stop();
  }
}

/** Runs all steps in one command, and requires that the plan is empty; returns the output. */
export async function adoptAll(
  app: CdkDeployment,
  ...args: readonly string[]
): Promise<string> {
  const run = await app.adopt([...STAGE, ...args]);
  expectSuccess({ ...run, code: run.code ?? -1 });
  await app.expectEmptyPlan();
  return run.stdout;
}

/** Writes an allow-list with one entry, which expires in 30 days. */
export function allowChange(
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
