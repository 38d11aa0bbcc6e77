import type { TerraformElement } from "cdktf";

/**
 * Accepts what a scanner finds on a resource, each with the reason, which is written beside the resource in both forms of
 * Terraform's language; Checkov reads it in the native one.
 *
 * @param reasons check to why it does not hold here, in a sentence
 * @see https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
 */
export function suppressFindings(
  resource: TerraformElement,
  reasons: Readonly<Record<`CKV${string}`, string>>,
): void {
  resource.addOverride(
    "//.comments",
    Object.entries(reasons).map(
      ([check, reason]) => `checkov:skip=${check}:${reason}`,
    ),
  );
}
