/** Staging label of the version that readers get. */
export const CURRENT_LABEL = "AWSCURRENT";

/** Staging label of the first version of a client's secret, which holds no field. */
export const FIRST_LABEL = "FIRST";

/** Staging label of a version that Terraform wrote. */
export const TERRAFORM_LABEL = "TERRAFORM";

/**
 * Returns whether a staging label is the id of a client secret, which a rotation puts on the version that holds it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClientSecrets.html
 */
export function isSecretIdLabel(label: string, clientId: string): boolean {
  return label.startsWith(`${clientId}--`);
}
