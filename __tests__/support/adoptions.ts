import { writeFileSync } from "node:fs";
import path from "node:path";
import { daysAfter } from "../../scripts/lib/review/allowances";
import type { RuleId } from "../../scripts/lib/review/rules/registry";
import type { Environment } from "../../stacks/config";
import type { CdkAppOptions } from "./cdk-app";
import { succeed } from "./deployment";
import { LiveApp } from "./live-app";

/** Arguments of a step that asks nothing. */
export const STAGE = ["--stage", "dev", "--yes"];
/** Settings of a stage whose state is in its folder. */
export const LOCAL_STATE: Environment = {
  STATE_BACKEND: "local",
  OWNER: "somebody",
  SECRET_RECOVERY_DAYS: "7",
};

/** Runs `job` with an app that was deployed with these options, and stops it. */
export async function withApp(
  settings: Environment,
  options: Partial<CdkAppOptions> | undefined,
  job: (app: LiveApp, ids: Record<string, string>) => Promise<void>,
  written?: (template: object) => string,
): Promise<void> {
  const app = await LiveApp.start({ ".env.dev": settings });
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
  app: LiveApp,
  ...args: readonly string[]
): Promise<string> {
  const run = await app.adopt([...STAGE, ...args]);
  succeed({ ...run, code: run.code ?? -1 });
  succeed(
    await app.deployment.command(
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
  { deployment }: LiveApp,
  address: string,
  reason: string,
  rule: RuleId = "adoption-change",
): void {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(
    path.join(deployment.folder, ".plan-allowances.json"),
    JSON.stringify([{ address, rule, reason, expires: daysAfter(today, 30) }]),
  );
}
