import { formatAccountPlan } from "../../../scripts/lib/bootstrap/account-plan";
import {
  countActions,
  hasPlanChanges,
} from "../../../scripts/lib/plan/plan-summary";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

/** Text of Terraform about the resources of {@link RESOURCES}, shortened. */
const TEXT = `Terraform will perform the following actions:

  # aws_iam_policy.boundary will be updated in-place
  ~ resource "aws_iam_policy" "boundary" {
      ~ policy = "old" -> "new"

        # (1 unchanged block hidden)
    }

  # aws_iam_role.old-plan will be destroyed
  # (because aws_iam_role.old-plan is not in configuration)
  - resource "aws_iam_role" "old-plan" {
      - name = "old-plan" -> null
    }

  # aws_iam_role.dev-plan will be created
  + resource "aws_iam_role" "dev-plan" {
      + name = "dev-plan"
    }

  # aws_s3_bucket_policy.state will be updated in-place
  # (imported from "our-state")
  ~ resource "aws_s3_bucket_policy" "state" {
      ~ policy = "existing" -> "own"
    }

  # aws_kms_key.state must be replaced
-/+ resource "aws_kms_key" "state" {
      ~ key_usage = "a" -> "b" # forces replacement
    }

Plan: 3 to add, 2 to change, 2 to destroy.`;

const RESOURCES: readonly PlanResource[] = [
  { type: "aws_iam_policy", address: "aws_iam_policy.boundary" },
  { type: "aws_iam_role", address: "aws_iam_role.old-plan" },
  { type: "aws_iam_role", address: "aws_iam_role.dev-plan" },
  { type: "aws_iam_role", address: "aws_iam_role.dev-apply" },
  { type: "aws_s3_bucket", address: "aws_s3_bucket.state" },
  { type: "aws_s3_bucket_policy", address: "aws_s3_bucket_policy.state" },
  { type: "aws_kms_key", address: "aws_kms_key.state" },
];
const ACTIONS: readonly (readonly string[])[] = [
  ["update"],
  ["delete"],
  ["create"],
  ["create"],
  ["no-op"],
  ["update"],
  ["delete", "create"],
];

function format(isComplete: boolean, indexes = [...RESOURCES.keys()]): string {
  const resources = indexes.flatMap((index) => {
    const resource = RESOURCES[index];
    const isImported = resource?.type.startsWith("aws_s3") === true;
    return resource === undefined
      ? []
      : [
          {
            ...resource,
            actions: ACTIONS[index] ?? [],
            changeMembers: isImported ? { importing: { id: "our-state" } } : {},
          },
        ];
  });
  const json = buildPlan(resources);
  const plan = {
    hasChanges: hasPlanChanges(json),
    counts: countActions(json),
    text: TEXT,
    resourceChanges: json.resource_changes,
  };
  return formatAccountPlan(plan, "123456789012", isComplete);
}

describe("the plan of an account", () => {
  test("counts new resources by type, and shows nothing else of them", () => {
    expect(format(false, [2, 3])).toBe(`\
Account 123456789012: 2 to add, 0 to change, 0 to destroy, 0 to import

Create:
  aws_iam_role  2

--show-plan shows every attribute of new resources.`);
  });

  test("lists all other changes by address, the most dangerous first", () => {
    const [lists = ""] = format(false).split("\n\n  # ");
    expect(lists).toBe(`\
Account 123456789012: 3 to add, 2 to change, 2 to destroy, 2 to import

Replace (deletes the resource and creates another one):
  aws_kms_key.state

Delete:
  aws_iam_role.old-plan

Change:
  aws_iam_policy.boundary
  aws_s3_bucket_policy.state

Create:
  aws_iam_role  2`);
  });

  test("shows the text of all changes of existing resources", () => {
    const text = format(false);
    for (const line of [
      '~ policy = "old" -> "new"',
      '- name = "old-plan" -> null',
      '# (imported from "our-state")',
      '~ policy = "existing" -> "own"',
      "# forces replacement",
    ])
      expect(text).toContain(line);
    expect(text).not.toContain("dev-plan");
    expect(text).not.toContain("Plan: 3 to add");
  });

  test("shows the complete text on request, without the hint", () => {
    const text = format(true);
    expect(text.endsWith(TEXT)).toBe(true);
    expect(text).toContain("Delete:\n  aws_iam_role.old-plan");
  });
});
