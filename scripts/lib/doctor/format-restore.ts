import {
  isSecretIdLabel,
  TERRAFORM_LABEL,
} from "../../../constructs/secret-labels";
import type { SecretVersion } from "../rotation/rotation-reader";
import { quoteShellWord } from "../system/shell";
import { getAwsReader } from "./aws-reader";
import { type DoctorContext, MissingPermission } from "./check";
import { formatAwsFix, formatFix } from "./format-fix";

/**
 * Formats the command that fixes the fields of a secret: one that makes the newest good version current, or a deployment if the
 * current version is the one of Terraform or of a rotation.
 */
export async function formatRestore(
  {
    clientId,
    secretName,
  }: { readonly clientId: string; readonly secretName: string },
  { id: versionId }: SecretVersion,
  context: DoctorContext,
): Promise<string> {
  const id = quoteShellWord(secretName);
  const versions = await listVersions(secretName, context);
  if (versions === undefined)
    return formatAwsFix(
      context,
      `secretsmanager list-secret-version-ids --region ${context.region} --secret-id ${id}`,
    );
  // the newest one has the latest fields: a deployment preserves the secret of a rotation
  const good = versions.filter(({ labels }) =>
    labels.some(
      (label) => label === TERRAFORM_LABEL || isSecretIdLabel(label, clientId),
    ),
  );
  const [newest] = [...good].sort(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  return newest === undefined || good.some(({ id: one }) => one === versionId)
    ? formatFix(context, "deploy")
    : formatAwsFix(
        context,
        `secretsmanager update-secret-version-stage --region ${context.region} --secret-id ${id} --version-stage AWSCURRENT --remove-from-version-id ${versionId} --move-to-version-id ${newest.id}`,
      );
}

/** Lists the versions with labels; returns `undefined` if AWS denies it. */
async function listVersions(
  secretName: string,
  context: DoctorContext,
): Promise<readonly SecretVersion[] | undefined> {
  try {
    return await getAwsReader(context).listSecretVersions(secretName);
  } catch (error) {
    if (error instanceof MissingPermission) return undefined;
    throw error;
  }
}
