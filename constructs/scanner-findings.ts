import type { TerraformElement } from "cdktf";

/**
 * Suppresses findings of a scanner on a resource. The reasons are written as comments of the resource in both of
 * Terraform's syntaxes; Checkov reads them in the native syntax.
 *
 * @param reasons check id to the reason, in one sentence
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
