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
