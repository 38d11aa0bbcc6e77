import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretPolicy } from "@cdktf/provider-aws/lib/secretsmanager-secret-policy";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { suppressFindings } from "./scanner-findings";
import { LIMITS } from "./constraints";
import {
  createPolicyDocument,
  toPolicyJson,
  type PolicyDocument,
} from "./policy-document";
import { check, checkEach, addValidationErrors } from "./validation";

export interface ClientSecretProps {
  readonly secretName: string;
  /** What readers need beside the secret, by the exact keys that they parse. */
  readonly fields: Readonly<Record<string, string>>;
  /** Goes in as `client_secret`; `null` for a client that has none. */
  readonly clientSecret: string | null;
  /** Days for which a deleted secret can be restored, and its name cannot be used again: 0, or 7-30. */
  readonly recoveryDays: number;
  /**
   * ARNs of roles, beside those that the account's own policies allow, that may read it.
   *
   * @default none
   */
  readonly readerRoleArns?: readonly string[];
}

/**
 * A client's credentials in Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html
 */
export class ClientSecret extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    const readers = props.readerRoleArns ?? [];
    addValidationErrors(
      this,
      check(LIMITS.secretName, props.secretName),
      check(LIMITS.secretRecoveryDays, props.recoveryDays),
      ...Object.values(props.fields).map((field) =>
        check(LIMITS.secretField, field),
      ),
      check(
        LIMITS.secretBytes,
        Buffer.byteLength(JSON.stringify(props.fields)),
      ),
      ...checkEach(LIMITS.roleArn, readers),
      check(
        LIMITS.secretPolicyCharacters,
        JSON.stringify(readPolicy(readers)).length,
      ),
    );

    const secret = new SecretsmanagerSecret(this, "Resource", {
      name: props.secretName,
      description: "Client secret, created by VEDA Auth CDK.",
      recoveryWindowInDays: props.recoveryDays,
    });
    suppressFindings(secret, {
      CKV_AWS_149:
        "the key that Secrets Manager has in the account encrypts it; who reads it is in the same account",
      CKV2_AWS_57:
        props.clientSecret === null
          ? "it holds names and no credential"
          : "Terraform has no second secret for a client: a new one is a new client, made and taken in use beside the old",
    });
    new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode({
        ...props.fields,
        ...(props.clientSecret !== null && {
          client_secret: props.clientSecret,
        }),
      }),
      secretStringWoVersion: versionOf(props.fields),
    });
    if (readers.length > 0) {
      new SecretsmanagerSecretPolicy(this, "policy", {
        secretArn: secret.arn,
        policy: toPolicyJson(readPolicy(readers)),
        blockPublicPolicy: true,
      });
    }
    this.secretArn = secret.arn;
  }
}

/**
 * A number that changes when a field does: a write-only value is not in the state to be compared, so this tells
 * Terraform when to write. Seven hex digits stay inside 32 bits, which is what the provider's number holds everywhere.
 */
function versionOf(fields: Readonly<Record<string, string>>): number {
  return Token.asNumber(
    Fn.parseint(Fn.substr(Fn.sha256(Fn.jsonencode(fields)), 0, 7), 16),
  );
}

function readPolicy(roleArns: readonly string[]): PolicyDocument {
  return createPolicyDocument({
    Sid: "ReadByServices",
    Effect: "Allow",
    Principal: { AWS: roleArns },
    Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    Resource: "*",
  });
}
