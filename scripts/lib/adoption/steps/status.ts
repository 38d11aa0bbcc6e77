import { assessStack } from "../assessment";
import type { AdoptionContext } from "../context";
import { findUnretained } from "../read/live-stack";
import { getManagedIds } from "../read/state-file";
import { hasRetainHandle } from "../read/template";
import {
  listRemainingChanges,
  reportDone,
  type StepResult,
} from "./requirements";
import { formatCommand } from "../../cli/invocation";

/** Reports the progress of an adoption, from the live stack and the record, and the next step. */
export async function reportStatus(
  context: AdoptionContext,
): Promise<StepResult> {
  const { cloudFormation, record, workspace, stageTarget } = context;
  const state = record.readState();
  const stack = await cloudFormation.read();
  const formatNext = (step: string): string =>
    `next: ${formatCommand("adopt", step, "--stage", stageTarget.stage)}`;
  const name = stack?.name ?? cloudFormation.name;
  const status = stack?.status ?? "deleted";
  if (state === undefined) {
    if (stack === undefined)
      return reportDone(
        `stack ${name} does not exist, and no adoption was started in this directory: nothing to do`,
      );
    const progress = hasRetainHandle(stack.template)
      ? "an adoption was started in another directory"
      : "no adoption was started";
    return reportDone(
      `stack ${name} is ${status}; ${progress}`,
      formatNext("plan"),
    );
  }
  const { retainedIds, isApplyStarted } = state;
  if (stack === undefined || status.startsWith("DELETE_"))
    return reportDone(
      `stack ${name} is ${status}`,
      formatNext(isApplyStarted ? "finish" : "import"),
    );
  const messages = [`stack ${name} is ${status}`];
  const count = retainedIds.length;
  const unretained = findUnretained(stack, retainedIds).length;
  if (unretained > 0)
    return reportDone(
      ...messages,
      `retain: ${count - unretained} of ${count}`,
      formatNext("retain"),
    );
  messages.push(`retain: done, ${count} resources`);
  const { adopted } = (await assessStack(context)).matching;
  await workspace.initialize();
  const ids = getManagedIds(await workspace.pullState());
  const imported = adopted.filter(({ configured }) =>
    ids.has(configured.address),
  );
  messages.push(`import: ${imported.length} of ${adopted.length}`);
  if (imported.length < adopted.length)
    return reportDone(...messages, formatNext("import"));
  const changes = await listRemainingChanges(context);
  return changes.length > 0
    ? reportDone(
        ...messages,
        `apply: ${isApplyStarted ? "started, " : ""}${changes.length} changes remaining`,
        formatNext("apply"),
      )
    : reportDone(
        ...messages,
        "apply: done, the plan is empty",
        formatNext("finish"),
      );
}
