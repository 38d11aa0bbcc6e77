/** The stage and the plan that a graph was read from. */
export interface AccessOrigin {
  /** @default the stage is not known */
  readonly stage?: string | undefined;
  /**
   * Hash of the plan, `sha256:` first.
   * @default the graph is not read from a plan
   */
  readonly hash?: string | undefined;
  /**
   * When the plan was made, in RFC 3339.
   * @default the time is not known
   */
  readonly date?: string | undefined;
}

/** The sentence for a plan that leaves all access as it is. */
export const NO_CHANGES = "This plan changes no access.";

/** Whether a graph is read from a plan. */
export function isOfPlan({ hash, date }: AccessOrigin): boolean {
  return hash !== undefined || date !== undefined;
}

/** Formats a time in UTC to the second; a text that is no time stays as it is. */
export function formatUtc(date: string): string {
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return date;
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
