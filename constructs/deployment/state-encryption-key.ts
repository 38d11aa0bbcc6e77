import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { getPartition } from "../aws";
import { createPolicyDocument } from "../policy-document";
import { toPolicyJson } from "../policy-json";
import { getRegion } from "../provider-region";

/** Days in which a scheduled deletion can be canceled: AWS's maximum. */
const DELETION_WINDOW_DAYS = 30;

/** Configuration of {@link StateEncryptionKey}. */
export interface StateEncryptionKeyProps {
  /** Alias in the backend configuration, starting with `alias/`. */
  readonly alias: string;
  readonly accountId: string;
}

/**
 * A customer managed key that encrypts the Terraform states. Reading a state requires permission on the key too.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export class StateEncryptionKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: StateEncryptionKeyProps) {
    super(scope, id);
    const { alias, accountId } = props;
    const partition = getPartition(getRegion(this));
    const key = new KmsKey(this, "Resource", {
      description: "Terraform states of VEDA auth",
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      // lets IAM policies allow the use of the key; otherwise no one can use it, not even the root user
      policy: toPolicyJson(
        createPolicyDocument({
          Sid: "PoliciesOfTheAccountDecide",
          Effect: "Allow",
          Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
          Action: "kms:*",
          Resource: "*",
        }),
      ),
      // without the key, no state can be read
      lifecycle: { preventDestroy: true },
    });
    new KmsAlias(this, "alias", { name: alias, targetKeyId: key.keyId });
    this.keyArn = key.arn;
  }
}
