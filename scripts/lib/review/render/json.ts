import { type RichText, toPlainText } from "../../plan/rich-text";
import { formatJson } from "../json-text";
import type {
  Change,
  Finding,
  PlanReview,
  ReviewedFinding,
  ValueChange,
} from "../review-model";
import { formatFinding } from "./sentences";

/** Renders a review as JSON for other programs, with the members that `scripts/plan-review.schema.json` describes, in its order. */
export function renderJson(review: PlanReview): string {
  const { version, stage, date, terraformVersion, hash, verdict } = review;
  const { access, gate } = review;
  return formatJson({
    version,
    stage,
    date,
    terraformVersion,
    hash,
    verdict,
    gate: {
      policy: gate.policy,
      passes: gate.passes,
      stoppedBy: toTexts(gate.stoppedBy),
      notices: toTexts(gate.notices),
      allowList:
        gate.allowList && (JSON.parse(gate.allowList) as readonly unknown[]),
    },
    findings: review.findings.map(toFindingGroup),
    access: {
      gained: toTexts(access.gained),
      lost: toTexts(access.lost),
      unknown: toTexts(access.unknown),
      same: toTexts(access.same),
    },
    changes: review.changes.map(toChange),
    outputs: review.outputs.map(toValueChange),
    drift: toTexts(review.drift),
  });
}

function toFindingGroup(finding: ReviewedFinding): object {
  const { consequences, allowed } = finding;
  return {
    ...toFinding(finding),
    consequences: consequences.map(toFinding),
    allowed: allowed && { reason: allowed.reason, expires: allowed.expires },
  };
}

function toFinding(finding: Finding): object {
  const { rule, severity, address, forcedBy } = finding;
  const message = toPlainText(formatFinding(finding));
  return { rule, severity, address, message, forcedBy };
}

function toChange(change: Change): object {
  const { address, type, action, what, movedFrom, values } = change;
  return {
    address,
    type,
    action,
    what: toPlainText(what),
    movedFrom,
    values: values.map(toValueChange),
  };
}

function toValueChange({ path, message }: ValueChange): object {
  return { path, message: toPlainText(message) };
}

function toTexts(sentences: readonly RichText[]): readonly string[] {
  return sentences.map(toPlainText);
}
