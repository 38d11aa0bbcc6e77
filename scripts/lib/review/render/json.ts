import { toPlainText, type RichText } from "../../plan/rich-text";
import type {
  Change,
  Finding,
  PlanReview,
  ReviewedFinding,
  ValueChange,
} from "../review-model";
import { formatFinding } from "./sentences";
import { formatJson } from "../json-text";

/**
 * Renders a review for other programs, as `scripts/plan-review.schema.json` describes it: sentences are texts, with every name
 * as it is, and members are in one order.
 */
export function renderJson(review: PlanReview): string {
  const { version, stage, date, terraformVersion, hash, verdict } = review;
  const { access, gate } = review;
  return formatJson({
    version,
    ...(stage !== undefined && { stage }),
    ...(date !== undefined && { date }),
    terraformVersion,
    hash,
    verdict: {
      add: verdict.add,
      change: verdict.change,
      destroy: verdict.destroy,
      replace: verdict.replace,
      import: verdict.import,
      move: verdict.move,
      forget: verdict.forget,
      isEmpty: verdict.isEmpty,
    },
    gate: {
      policy: gate.policy,
      passes: gate.passes,
      stoppedBy: texts(gate.stoppedBy),
      notices: texts(gate.notices),
      ...(gate.allowList !== undefined && {
        allowList: JSON.parse(gate.allowList) as unknown,
      }),
    },
    findings: review.findings.map(findingGroup),
    access: {
      gained: texts(access.gained),
      lost: texts(access.lost),
      unknown: texts(access.unknown),
      same: texts(access.same),
    },
    changes: review.changes.map(changeObject),
    outputs: review.outputs.map(valueObject),
    drift: texts(review.drift),
  });
}

function findingGroup(finding: ReviewedFinding): object {
  const { consequences, allowed } = finding;
  return {
    ...findingObject(finding),
    consequences: consequences.map(findingObject),
    ...(allowed !== undefined && {
      allowed: { reason: allowed.reason, expires: allowed.expires },
    }),
  };
}

function findingObject(finding: Finding): object {
  const { rule, severity, address, forcedBy } = finding;
  return {
    rule,
    severity,
    address,
    message: toPlainText(formatFinding(finding)),
    forcedBy,
  };
}

function changeObject(change: Change): object {
  const { address, type, action, what, movedFrom, values } = change;
  return {
    address,
    type,
    action,
    what: toPlainText(what),
    ...(movedFrom !== undefined && { movedFrom }),
    values: values.map(valueObject),
  };
}

function valueObject({ path, message }: ValueChange): object {
  return { path, message: toPlainText(message) };
}

function texts(sentences: readonly RichText[]): readonly string[] {
  return sentences.map(toPlainText);
}
