import { parsePlanJson, type PlanJson } from "../../scripts/lib/plan/plan-json";

type Values = Readonly<Record<string, unknown>>;

/** One resource of a plan that is made up for a test. */
export interface PlanResource {
  /** @default `<type>.main` */
  readonly address?: string;
  readonly type: string;
  /** @default it is not there yet */
  readonly before?: Values;
  /** @default it is no longer there */
  readonly after?: Values;
  /** @default what the values say: create, delete, update or no-op */
  readonly actions?: readonly string[];
  /** Other parts of the change, such as marks. */
  readonly changeMembers?: Values;
  /** Expressions of the code. */
  readonly expressions?: Values;
}

/** A plan as Terraform has it, of these resources. */
export function buildPlan(
  resources: readonly PlanResource[],
  more: Values = {},
): PlanJson {
  return parsePlanJson(buildPlanText(resources, more));
}

/** The same as text. */
export function buildPlanText(
  resources: readonly PlanResource[],
  more: Values = {},
): string {
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_changes: resources.map((resource) => {
      const { type, before, after } = resource;
      return {
        address: addressOf(resource),
        mode: "managed",
        type,
        name: "main",
        change: {
          actions: resource.actions ?? actionsOf(before, after),
          before: before ?? null,
          after: after ?? null,
          ...resource.changeMembers,
        },
      };
    }),
    configuration: {
      root_module: {
        resources: resources.map((resource) => ({
          address: addressOf(resource),
          expressions: resource.expressions ?? {},
        })),
      },
    },
    ...more,
  });
}

function addressOf({ address, type }: PlanResource): string {
  return address ?? `${type}.main`;
}

function actionsOf(
  before: Values | undefined,
  after: Values | undefined,
): readonly string[] {
  if (before === undefined) return ["create"];
  if (after === undefined) return ["delete"];
  return JSON.stringify(before) === JSON.stringify(after)
    ? ["no-op"]
    : ["update"];
}
