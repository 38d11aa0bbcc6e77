import { jsonText } from "./json-text";
import { plain, type Phrase } from "../access/phrase";
import type { Change, Loss, PlanReview, ValueChange } from "./plan-review";

/**
 * A reviewed plan for other programs, as `scripts/plan-review.schema.json` describes it: sentences are texts, with every
 * name as it came, and keys are in one order.
 */
export function reviewJson(review: PlanReview): string {
  const { version, stage, terraformVersion, hash, verdict, access, gate } =
    review;
  const document = {
    version,
    ...(stage !== undefined && { stage }),
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
    losses: review.losses.map(lossObject),
    access: {
      gained: texts(access.gained),
      lost: texts(access.lost),
      unknown: texts(access.unknown),
    },
    changes: review.changes.map(changeObject),
    outputs: review.outputs.map(valueObject),
    drift: texts(review.drift),
    unknown: texts(review.unknown),
    gate: {
      policy: gate.policy,
      passes: gate.passes,
      stoppedBy: texts(gate.stoppedBy),
      notices: texts(gate.notices),
    },
  };
  return jsonText(document);
}

function lossObject(loss: Loss): object {
  const { rule, gravity, address, told, forcedBy, allowed } = loss;
  return {
    rule,
    gravity,
    address,
    told: plain(told),
    forcedBy,
    ...(allowed !== undefined && {
      allowed: { reason: allowed.reason, expires: allowed.expires },
    }),
  };
}

function changeObject(change: Change): object {
  const { address, type, action, what, movedFrom, values } = change;
  return {
    address,
    type,
    action,
    what: plain(what),
    ...(movedFrom !== undefined && { movedFrom }),
    values: values.map(valueObject),
  };
}

function valueObject({ path, told }: ValueChange): object {
  return { path, told: plain(told) };
}

function texts(phrases: readonly Phrase[]): readonly string[] {
  return phrases.map(plain);
}
