import { formatPage } from "../../../stacks/config/documentation";
import { statSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { fenceText } from "../cli/log-fence";
import type { StageTarget } from "../cli/options";
import { formatCommand } from "../cli/invocation";
import { UsageError } from "../cli/usage-error";
import { formatPlanCounts } from "../plan/plan-summary";
import { REDACTED } from "../plan/redactor";
import { type StackOutputs, withStageWorkspace } from "../plan/stage-workspace";
import type { Allowance } from "../review/allowances";
import type { GatePolicy } from "../review/review-model";
import { renderText } from "../review/render/text";
import { reviewPlan } from "../review/review-plan";
import { logInterruption } from "./interruption";
import { formatNextSteps } from "./next-steps";
import { describeStack, requireOrdinaryStage } from "./target";

export interface DeployOptions {
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** File that receives the outputs; see `StageWorkspace.writeOutputs`. */
  readonly outputsFile?: string | undefined;
  /** Outputs of other stacks, which the file repeats. */
  readonly otherOutputs?: StackOutputs;
  /** Whether {@link log} shows colors. */
  readonly hasColors: boolean;
  /** Asks whether to apply the reviewed plan; `undefined` applies it without a question. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
  /** Receives progress and the review. */
  readonly log: (line: string) => void;
}

export interface Deployed {
  /** Whether the policy blocks the plan; then nothing was applied. */
  readonly isBlocked: boolean;
  /** Outputs by name; sensitive values are redacted. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Content of the file with outputs. */
  readonly fileOutputs: StackOutputs;
  /** Lines for the user: after the first deployment, or while a client secret is missing. */
  readonly nextSteps: readonly string[];
}

/**
 * Plans a stage, shows the review of the plan, asks, and applies exactly that plan.
 *
 * @throws UserError if the stage cannot be planned, the user does not confirm the plan, or the apply fails
 */
export async function deployStage(
  target: StageTarget,
  options: DeployOptions,
): Promise<Deployed> {
  const { stage } = target;
  const { policy, allowances, hasColors, confirm, log } = options;
  const { outputsFile, otherOutputs = {} } = options;
  requireOrdinaryStage(
    target,
    "the account's stack cannot be deployed like a stage",
    `run ${formatCommand("bootstrap")}, which moves its state into the bucket that it creates; see ${formatPage("account-setup")}`,
  );
  if (outputsFile !== undefined) requireNoDirectory(outputsFile);
  return logInterruption(
    `nothing was applied to stage ${stage}`,
    log,
    (startChanges) =>
      withStageWorkspace(
        target,
        { log, willChange: true },
        async (workspace) => {
          const plan = await workspace.plan();
          if (plan.hasChanges) {
            const today = new Date().toISOString().slice(0, 10);
            const context = { stage, policy, allowances, today };
            const review = reviewPlan(plan.json, context);
            log(fenceText(renderText(review, { colors: hasColors })));
            log(formatPlanCounts(plan, stage));
            if (!review.gate.passes)
              return {
                isBlocked: true,
                outputs: {},
                fileOutputs: otherOutputs,
                nextSteps: [],
              };
            await requireConfirmation(target, confirm);
            startChanges();
            await workspace.apply(plan);
            log(`Deployed stage ${stage}`);
          } else log(formatPlanCounts(plan, stage));
          const fileOutputs =
            outputsFile === undefined
              ? otherOutputs
              : await workspace.writeOutputs(outputsFile, otherOutputs);
          const outputs = await workspace.readOutputs(REDACTED);
          const nextSteps = formatNextSteps(target, plan.json);
          return { isBlocked: false, outputs, fileOutputs, nextSteps };
        },
      ),
  );
}

/** Fails before the stage changes, not after it. */
function requireNoDirectory(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(
      `--outputs-file must be a file, got the directory ${JSON.stringify(file)}`,
    );
}

async function requireConfirmation(
  target: StageTarget,
  confirm: DeployOptions["confirm"],
): Promise<void> {
  if (confirm === undefined) return;
  if (await confirm(`Apply this plan to ${await describeStack(target)}?`))
    return;
  throw new UserError(
    `nothing was applied to stage ${target.stage}: the plan was not confirmed`,
  );
}
