import { ref, TerraformElement, Token } from "cdktf";
import type { Construct } from "constructs";

const TYPE = "aws_secretsmanager_secret_version";

/**
 * The current version of a secret, which each run of Terraform reads and does not copy into the plan or the state. cdktf has
 * no ephemeral resources.
 *
 * @see https://developer.hashicorp.com/terraform/language/block/ephemeral
 */
export class EphemeralSecretVersion extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly secretId: string,
  ) {
    super(scope, id, `ephemeral.${TYPE}`);
  }

  /** The secret's value. Terraform allows it where it stores nothing, such as in write-only arguments. */
  get secretString(): string {
    const address = `ephemeral.${TYPE}.${this.friendlyUniqueId}`;
    return Token.asString(ref(`${address}.secret_string`, this.cdktfStack));
  }

  override toTerraform(): object {
    return this.createBlock({
      "//": this.constructNodeMetadata,
      secret_id: this.secretId,
      ...(this.rawOverrides as object),
    });
  }

  override toHclTerraform(): object {
    return this.createBlock({
      secret_id: { value: this.secretId, isBlock: false, type: "simple" },
    });
  }

  private createBlock(body: object): object {
    return { ephemeral: { [TYPE]: { [this.friendlyUniqueId]: body } } };
  }
}
