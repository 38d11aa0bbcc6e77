import { withoutWrapperLines } from "./json-output";

/**
 * Returns a plan without what Terraform says of making it: each resource it reads, and the file that it is saved as; nor
 * what a wrapper around Terraform prints beside it.
 */
export function planText(output: string): string {
  return withoutWrapperLines(output)
    .replace(
      /^.*: (Refreshing state|Reading|Read complete|Still reading)\b.*\n/gm,
      "",
    )
    .replace(/\n[─-]+\n+Saved the plan to: [^]*$/, "\n")
    .trim();
}
