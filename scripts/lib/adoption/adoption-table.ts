import { plain } from "../plan/rich-text";
import { inOneLine } from "../plan/shown-values";
import { nameOf } from "../plan/resource-names";
import type { Action, PlanReview } from "../review/plan-review";
import type { LiveResource } from "./live-resources";
import { textFrom } from "./stage-code";
import type { Survey } from "./survey";

/** What becomes of one resource. */
export interface AdoptionEntry {
  readonly fate:
    | "kept"
    | "updated"
    | "created over"
    | "created"
    | "left behind"
    | "deleted by hand"
    | "unmanaged"
    | "unmatched"
    | "replaced"
    | "destroyed";
  /** AWS's word for it and its name. */
  readonly what: string;
  readonly address?: string;
  readonly logicalId?: string;
  /** What changes in it, an attribute each. */
  readonly changes: readonly string[];
}

const FATES: readonly AdoptionEntry["fate"][] = [
  "destroyed",
  "replaced",
  "unmatched",
  "deleted by hand",
  "created",
  "created over",
  "updated",
  "kept",
  "left behind",
  "unmanaged",
];

/** What becomes of what is taken over, by what is done with it; it is kept where that is nothing or an import. */
const CHANGED: Readonly<Partial<Record<Action, AdoptionEntry["fate"]>>> = {
  replace: "replaced",
  delete: "destroyed",
  forget: "destroyed",
  update: "updated",
};

/** Longest line of the table as text. */
const MOST_CHARACTERS = 300;

/** Every resource of the stack and of the code, with what becomes of it: what needs a look first. */
export function adoptionTable(
  { matching, handMade, code }: Survey,
  { changes }: Pick<PlanReview, "changes">,
  leaves: readonly string[],
): readonly AdoptionEntry[] {
  const changeOf = (address: string) =>
    changes.find((change) => change.address === address);
  const live = (
    fate: AdoptionEntry["fate"],
    resource: LiveResource,
  ): AdoptionEntry => ({
    fate,
    what: `${resource.type} ${resource.key}`,
    logicalId: resource.logicalId,
    changes: [],
  });
  const entries: AdoptionEntry[] = [
    ...matching.adopted.map((pair): AdoptionEntry => {
      const { address, type } = pair.code;
      const change = changeOf(address);
      return {
        fate:
          change === undefined ? "kept" : (CHANGED[change.action] ?? "kept"),
        what: nameOf(type, { name: pair.live.key }),
        address,
        logicalId: pair.live.logicalId,
        changes: (change?.values ?? []).map(
          ({ path, message }) => `${path}: ${plain(message)}`,
        ),
      };
    }),
    ...matching.createdOver.map((pair): AdoptionEntry => ({
      fate: "created over",
      what: nameOf(pair.code.type, { name: pair.live.key }),
      address: pair.code.address,
      logicalId: pair.live.logicalId,
      changes: [],
    })),
    ...matching.missing.map(({ address, type }): AdoptionEntry => ({
      fate: type.endsWith("_secret_version") ? "created over" : "created",
      what: `${nameOf(type, {})}${secretOf(address, code)}`,
      address,
      changes: [],
    })),
    ...matching.leftBehind.map((one) => live("left behind", one)),
    ...matching.unmatched.map((one) =>
      live(leaves.includes(one.logicalId) ? "unmanaged" : "unmatched", one),
    ),
    ...matching.gone.map((one) => live("deleted by hand", one)),
    ...handMade.unmanaged.map((what): AdoptionEntry => ({
      fate: "unmanaged",
      what,
      changes: [],
    })),
  ];
  return entries.sort(
    (one, other) => FATES.indexOf(one.fate) - FATES.indexOf(other.fate),
  );
}

/** The table as text: a line for each resource, and one for each attribute that changes. */
export function tableText(entries: readonly AdoptionEntry[]): string {
  const width = Math.max(...entries.map(({ fate }) => fate.length));
  return entries
    .flatMap(({ fate, what, address, changes }) => [
      `${fate.padEnd(width)}  ${what}${address === undefined ? "" : `  (${address})`}`,
      ...changes.map((change) => `${" ".repeat(width + 4)}${change}`),
    ])
    .map((line) => shortened(inOneLine(line)))
    .join("\n");
}

/** A line that a policy's statements do not make endless; as JSON the table has all of it. */
function shortened(line: string): string {
  return line.length > MOST_CHARACTERS
    ? `${line.slice(0, MOST_CHARACTERS)}…`
    : line;
}

/** Name of the secret that a value or a policy is of, or of the thing itself. */
function secretOf(address: string, code: Survey["code"]): string {
  const values =
    code.resources.find((one) => one.address === address)?.values ?? {};
  const reference = textFrom(values.secret_id ?? values.secret_arn);
  const secret = code
    .ofType("aws_secretsmanager_secret")
    .find((one) => reference.includes(one.address));
  return textFrom(secret?.values.name ?? values.name ?? values.url);
}
