import { parsePlanJson, type PlanJson } from "../../scripts/lib/plan/plan-json";

type Values = Readonly<Record<string, unknown>>;

/** A resource of a plan for a test. */
export interface PlanResource {
  /** @default `<type>.main` */
  readonly address?: string;
  readonly type: string;
  /** @default the resource does not exist */
  readonly before?: Values;
  /** @default the resource is deleted */
  readonly after?: Values;
  /** @default the difference of the values: create, delete, update or no-op */
  readonly actions?: readonly string[];
  /** Other members of the change, such as `after_unknown`. */
  readonly changeMembers?: Values;
  /** Expressions of the configuration. */
  readonly expressions?: Values;
}

/** Builds a plan of resources. */
export function buildPlan(
  resources: readonly PlanResource[],
  more: Values = {},
): PlanJson {
  return parsePlanJson(buildPlanText(resources, more));
}

/** Builds the JSON text of a plan of resources. */
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
        address: getAddress(resource),
        mode: "managed",
        type,
        name: "main",
        change: {
          actions: resource.actions ?? getActions(before, after),
          before: before ?? null,
          after: after ?? null,
          ...resource.changeMembers,
        },
      };
    }),
    configuration: {
      root_module: {
        resources: resources.map((resource) => ({
          address: getAddress(resource),
          expressions: resource.expressions ?? {},
        })),
      },
    },
    ...more,
  });
}

function getAddress({ address, type }: PlanResource): string {
  return address ?? `${type}.main`;
}

function getActions(
  before: Values | undefined,
  after: Values | undefined,
): readonly string[] {
  if (before === undefined) return ["create"];
  if (after === undefined) return ["delete"];
  return JSON.stringify(before) === JSON.stringify(after)
    ? ["no-op"]
    : ["update"];
}
