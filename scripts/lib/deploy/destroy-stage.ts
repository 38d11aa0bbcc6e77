import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { fenceText } from "../cli/log-fence";
import type { StageTarget } from "../cli/options";
import { buildPlanModel } from "../plan/plan-model";
import {
  type StagePlan,
  type StageWorkspace,
  withStageWorkspace,
} from "../plan/stage-workspace";
import { reviewPlan } from "../review/review-plan";
import { formatStateLocation, readStateConfig } from "../stage/stage-state";
import { formatDestroySummary } from "./destroy-summary";
import { logInterruption } from "./interruption";
import {
  explainConfiguredProtection,
  explainLiveProtection,
} from "./protection";
import { describeStack, requireOrdinaryStage } from "./target";

export interface DestroyOptions {
  /** Asks for the name of the stage; `undefined` destroys it without a question. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Receives progress and the summary. */
  readonly log: (line: string) => void;
}

/**
 * Plans the destruction of a stage, shows what is lost, asks, and applies exactly that plan. A stage without resources is
 * no error.
 *
 * @throws UserError if the stage is protected or cannot be planned, the user does not confirm, or the apply fails
 */
export async function destroyStage(
  target: StageTarget,
  { ask, log }: DestroyOptions,
): Promise<void> {
  const { stage } = target;
  requireOrdinaryStage(
    target,
    "the account's stack cannot be destroyed: it contains the bucket of all Terraform states",
    `destroy every stage first; ${formatPage("upgrade-and-uninstall")} has the steps`,
  );
  await logInterruption("nothing was destroyed", log, (startChanges) =>
    withStageWorkspace(target, { log, willChange: true }, async (workspace) => {
      const deployed = await workspace.listResources();
      if (deployed.length === 0) {
        const location = formatStateLocation(readStateConfig(target));
        log(
          `Stage ${stage} has nothing to destroy: there is no resource in ${location}`,
        );
        return;
      }
      const plan = await planDestroy(workspace, target, deployed);
      log(fenceText(summarize(stage, plan).join("\n")));
      await requireConfirmation(target, ask);
      startChanges();
      await workspace.apply(plan);
      log(`Destroyed stage ${stage}`);
    }),
  );
}

async function planDestroy(
  workspace: StageWorkspace,
  { stage }: StageTarget,
  deployed: readonly string[],
): Promise<StagePlan> {
  requireUnprotected(
    explainConfiguredProtection(
      stage,
      deployed,
      workspace.listProtectedResources(),
    ),
  );
  const plan = await workspace.planDestroy();
  requireUnprotected(explainLiveProtection(stage, plan.json));
  return plan;
}

function requireUnprotected(explanation: string | undefined): void {
  if (explanation !== undefined)
    throw new UserError(
      explanation,
      `nothing was destroyed; see ${formatPage("upgrade-and-uninstall")}`,
    );
}

function summarize(stage: string, { json }: StagePlan): readonly string[] {
  const { findings } = reviewPlan(json, {
    stage,
    policy: "off",
    allowances: [],
    today: new Date().toISOString().slice(0, 10),
  });
  return formatDestroySummary(stage, buildPlanModel(json), findings);
}

async function requireConfirmation(
  target: StageTarget,
  ask: DestroyOptions["ask"],
): Promise<void> {
  if (ask === undefined) return;
  const { stage } = target;
  const question = `Type ${stage} to destroy ${await describeStack(target)}: `;
  if ((await ask(question)) !== stage)
    throw new UserError(
      `nothing was destroyed: the answer must be the name of the stage, ${stage}`,
    );
}
