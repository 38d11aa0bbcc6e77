import { getPartition } from "../stacks/naming";

/** The fields of an Amazon Resource Name that rules are about. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Splits an ARN into its fields; `undefined` when it is none. */
export function parseArn(text: string): Arn | undefined {
  const [scheme, partition, service, region, account, ...resource] =
    text.split(":");
  if (
    scheme !== "arn" ||
    !partition ||
    !service ||
    region === undefined ||
    account === undefined
  )
    return undefined;
  return resource.length === 0
    ? undefined
    : { partition, service, region, account, resource: resource.join(":") };
}

/**
 * What is wrong with where an ARN lies: everything of a stage is in its Region's partition and in one account.
 *
 * @param accountId the stage's account where it is known
 */
export function validateArnLocation(
  subject: string,
  text: string,
  region: string,
  accountId: string | undefined,
): string[] {
  const arn = parseArn(text);
  if (arn === undefined) return [];
  const partition = getPartition(region);
  const isElsewhere =
    accountId !== undefined &&
    arn.account !== accountId &&
    arn.account !== "aws";
  return [
    ...(arn.partition === partition
      ? []
      : [
          `${subject} must be in partition "${partition}" as Region "${region}" is, got "${text}"`,
        ]),
    ...(isElsewhere
      ? [`${subject} must be in account "${accountId}", got "${text}"`]
      : []),
  ];
}
