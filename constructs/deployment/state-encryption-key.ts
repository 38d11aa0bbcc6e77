import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { getPartition } from "../aws";
import {
  createPolicyDocument,
  toPolicyJson,
  type PolicyStatement,
} from "../policy-document";

/** Days in which a deletion of the key can be taken back: the most that AWS has. */
const DELETION_WINDOW_DAYS = 30;

export interface StateEncryptionKeyProps {
  /** Name that the states' configuration knows the key by, `alias/` first. */
  readonly alias: string;
  readonly accountId: string;
  readonly region: string;
}

/**
 * The customer's own key of the Terraform states: who may not use it cannot read them, whatever the bucket allows.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export class StateEncryptionKey extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: StateEncryptionKeyProps) {
    super(scope, id);
    const { alias, accountId, region } = props;
    const key = new KmsKey(this, "Resource", {
      description: "Terraform states of VEDA auth",
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: toPolicyJson(
        createPolicyDocument(
          createStateEncryptionKeyStatement(accountId, region),
        ),
      ),
      // without it no state can be read again
      lifecycle: { preventDestroy: true },
    });
    new KmsAlias(this, "alias", { name: alias, targetKeyId: key.keyId });
    this.keyArn = key.arn;
  }
}

/** Leaves who may use the key to the policies of its account: without it nobody could, not even its root user. */
export function createStateEncryptionKeyStatement(
  accountId: string,
  region: string,
): PolicyStatement {
  return {
    Sid: "PoliciesOfTheAccountDecide",
    Effect: "Allow",
    Principal: { AWS: `arn:${getPartition(region)}:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
