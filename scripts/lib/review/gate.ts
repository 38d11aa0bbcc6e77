import { say, type Phrase } from "../access/phrase";
import { hasExpired, type Allowance } from "./allowances";
import {
  GATE_POLICIES,
  type Gate,
  type GatePolicy,
  type Loss,
  type PlanReview,
} from "./plan-review";

export interface GateOptions {
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Stage that is reviewed; an entry for another one does not count. */
  readonly stage: string | undefined;
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

/** Losses with the entry that allows each, and whether the plan may pass. */
export function gateOf(
  losses: readonly Loss[],
  { policy, allowances, stage, today }: GateOptions,
): { readonly losses: readonly Loss[]; readonly gate: Gate } {
  const own = allowances.filter(
    (entry) => entry.stage === undefined || entry.stage === stage,
  );
  const judged = losses.map((loss): Loss => {
    const entry = own.find(
      (one) => one.address === loss.address && !hasExpired(one, today),
    );
    if (entry === undefined) return loss;
    const { reason, expires } = entry;
    return { ...loss, allowed: { reason, expires } };
  });
  const level = GATE_POLICIES.indexOf(policy);
  const stopped = judged.filter(
    ({ allowed, gravity }) =>
      allowed === undefined && GATE_POLICIES.indexOf(gravity) <= level,
  );
  return {
    losses: judged,
    gate: {
      policy,
      passes: stopped.length === 0,
      stoppedBy: stopped.map((loss) => stopTold(loss, own)),
      notices: own.flatMap((entry) => noticeOf(entry, losses, today)),
    },
  };
}

/** Entries for the allow-list that would let a plan pass, to be given a reason and a day. */
export function missingEntries({
  losses,
  gate,
}: Pick<PlanReview, "losses" | "gate">): string {
  const level = GATE_POLICIES.indexOf(gate.policy);
  const addresses = losses
    .filter(
      ({ allowed, gravity }) =>
        allowed === undefined && GATE_POLICIES.indexOf(gravity) <= level,
    )
    .map(({ address }) => address);
  const entries = [...new Set(addresses)].map((address) =>
    JSON.stringify({ address, reason: "", expires: "" }),
  );
  return entries.join(",\n");
}

function stopTold({ rule, address }: Loss, own: readonly Allowance[]): Phrase {
  const expired = own.find((entry) => entry.address === address);
  return expired === undefined
    ? say`${rule} at ${address} is not allowed`
    : say`${rule} at ${address} is no longer allowed: the entry expired on ${expired.expires}`;
}

function noticeOf(
  entry: Allowance,
  losses: readonly Loss[],
  today: string,
): readonly Phrase[] {
  const { address, expires } = entry;
  const isNeeded = losses.some((loss) => loss.address === address);
  if (hasExpired(entry, today))
    return isNeeded
      ? []
      : [say`the entry for ${address} expired on ${expires}: take it out`];
  return isNeeded
    ? []
    : [say`the entry for ${address} allows nothing in this plan`];
}
