import { UsageError } from "../cli";

/** What CloudFormation takes for a name; nothing in it leads to another folder. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const ARN =
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/([^/]+)\/[\w-]+$/;

/**
 * Name of a stack.
 *
 * @param nameOrArn as CloudFormation takes it
 * @throws UsageError when it is neither
 */
export function stackNameOf(nameOrArn: string): string {
  const name = ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
  if (NAME.test(name)) return name;
  throw new UsageError(
    `--stack-name must be a stack's name (letters, digits and hyphens, a letter first, 128 at most) or its ARN, got ${JSON.stringify(nameOrArn)}`,
  );
}
