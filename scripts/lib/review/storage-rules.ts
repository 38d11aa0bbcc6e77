import { list, say } from "../access/phrase";
import { blocks, textOf, type Resource } from "../access/snapshot";
import { found, name, off } from "./findings";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";

/** What weakens secrets, the state's bucket and its key when they are changed in place. */
export const STORAGE_RULES: Readonly<Record<string, readonly InPlaceRule[]>> = {
  aws_secretsmanager_secret: [recovery],
  aws_secretsmanager_secret_policy: [
    off("block_public_policy", "public-policy-let-in", [
      " may be made readable by everybody",
    ]),
  ],
  aws_s3_bucket_versioning: [versioning],
  aws_s3_bucket_public_access_block: [publicAccess],
  aws_kms_key: [
    off("enable_key_rotation", "key-rotation-off", [" is no longer rotated"]),
  ],
};

function recovery({ before, after }: InPlace): readonly Finding[] {
  const [was, is] = [before, after].map(({ values }) =>
    Number(values.recovery_window_in_days ?? 30),
  );
  return was !== undefined && is !== undefined && is < was
    ? found(
        "recovery-window-shorter",
        "weakening",
        say`secret ${name(after)} can be had back for ${is} days after it was deleted, were ${was}`,
      )
    : [];
}

function versioning({ before, after }: InPlace): readonly Finding[] {
  const status = ({ values }: Resource): unknown =>
    blocks(values.versioning_configuration)[0]?.status;
  return status(before) === "Enabled" && status(after) !== "Enabled"
    ? found(
        "versioning-off",
        "weakening",
        say`bucket ${textOf(after, "bucket", after.address)} keeps no older versions of what is in it`,
      )
    : [];
}

function publicAccess({ before, after }: InPlace): readonly Finding[] {
  const guards = [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
  ].filter(
    (guard) => before.values[guard] === true && after.values[guard] !== true,
  );
  return guards.length === 0
    ? []
    : found(
        "public-access-let-in",
        "weakening",
        say`bucket ${textOf(after, "bucket", after.address)} can be made public: ${list(guards)} off`,
      );
}
