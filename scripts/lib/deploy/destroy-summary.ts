import { escapeControlCharacters } from "../cli/escape";
import { formatTextTable } from "../cli/table";
import { readNumber } from "../plan/attribute";
import type { PlanModel } from "../plan/plan-model";
import {
  describeType,
  getOwnerName,
  getShortName,
} from "../plan/resource-names";
import {
  listSomeNames,
  type RichText,
  text,
  toPlainText,
} from "../plan/rich-text";
import type { Resource } from "../plan/snapshot";
import type { ReviewedFinding } from "../review/review-model";
import { groupBy } from "../system/group-by";

/**
 * Formats what a destruction deletes, by kind, and what is lost with it.
 *
 * @param findings of the review of the plan
 */
export function formatDestroySummary(
  stage: string,
  plan: PlanModel,
  findings: readonly ReviewedFinding[],
): readonly string[] {
  const deleted = listDeleted(plan);
  const rows = [...groupBy(deleted, ({ type }) => type).values()].map(
    (resources) => [
      `  ${formatLine(text`${describeType(resources[0].type)} (${resources.length})`)}`,
      formatLine(
        listSomeNames(
          resources.map((resource) => getOwnerName(resource, plan.before)),
        ),
      ),
    ],
  );
  const lost = [
    ...deleted.map(describeUsers),
    ...findings
      .flatMap((finding) => [finding, ...finding.consequences])
      .filter(({ severity }) => severity === "data-loss")
      .map(({ message }) => message),
  ].filter((message) => message.length > 0);
  return [
    `Stage ${stage}: ${deleted.length} to destroy`,
    ...formatTextTable(rows),
    ...(lost.length === 0 ? [] : ["What is lost:"]),
    ...lost.map((message) => `  - ${formatLine(message)}`),
  ];
}

/** Returns the resources that a plan deletes, as they are now. */
function listDeleted({ resources }: PlanModel): readonly Resource[] {
  return resources.flatMap(({ address, type, action, before }) =>
    action === "delete" && before !== undefined
      ? [{ address, type, values: before }]
      : [],
  );
}

/** Returns the number of users of a user pool, as AWS estimates it. */
function describeUsers(resource: Resource): RichText {
  const { values } = resource;
  const type: string = resource.type;
  const users = readNumber(values, "estimated_number_of_users");
  return type === "aws_cognito_user_pool" && users !== undefined
    ? text`user pool ${getShortName(resource)} has about ${users} users`
    : [];
}

function formatLine(sentence: RichText): string {
  return escapeControlCharacters(toPlainText(sentence));
}
