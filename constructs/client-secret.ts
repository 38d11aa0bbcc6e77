import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretPolicy } from "@cdktf/provider-aws/lib/secretsmanager-secret-policy";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { checkAtPlan } from "./plan-check";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type PolicyDocument,
} from "./policy-document";
import { toPolicyJson } from "./policy-json";
import { suppressFindings } from "./scanner-findings";
import {
  addValidationErrors,
  check,
  checkEach,
  isUnknown,
  toList,
} from "./validation";

/** Pattern of ARNs that are no account and no wildcard. */
const ROLE_ARN = "^arn:[^:*?]+:iam::[0-9]{12}:role/[^*?]+$";

export interface ClientSecretProps {
  readonly secretName: string;
  /** Other fields of the secret. Services parse exactly these keys. */
  readonly fields: Readonly<Record<string, string>>;
  /** Value of `client_secret`; `null` for a public client. */
  readonly clientSecret: string | null;
  /** Days in which a deleted secret can be restored and its name cannot be reused: 0, or 7-30. */
  readonly recoveryDays: number;
  /**
   * ARNs of roles that can read the secret, in addition to those that their own policies allow.
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
    const readers = toList(props.readerRoleArns ?? []);
    addValidationErrors(
      this,
      check(LIMITS.secretName, props.secretName),
      check(LIMITS.secretRecoveryDays, props.recoveryDays),
      ...checkFields(props.fields),
      ...checkEach(LIMITS.roleArn, readers),
      check(
        LIMITS.secretPolicyCharacters,
        countPolicyCharacters(createReadPolicy(readers)),
      ),
    );

    const secret = new SecretsmanagerSecret(this, "Resource", {
      name: props.secretName,
      description: "Client secret, created by VEDA Auth CDK.",
      recoveryWindowInDays: props.recoveryDays,
    });
    suppressFindings(secret, {
      CKV_AWS_149:
        "the account's AWS managed key encrypts it, and all readers are in the same account",
      CKV2_AWS_57:
        props.clientSecret === null
          ? "it contains names and no credential"
          : "a client has one secret in Terraform: rotate it by adding a second client and removing the first",
    });
    new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode(mergeFields(props)),
      secretStringWoVersion: createVersion(props.fields),
    });
    if (readers.length > 0) {
      const policy = new SecretsmanagerSecretPolicy(this, "policy", {
        secretArn: secret.arn,
        policy: toPolicyJson(createReadPolicy(readers)),
        blockPublicPolicy: true,
      });
      checkAtPlan(
        policy,
        readers,
        (arn) => Fn.can(Fn.regex(ROLE_ARN, arn)),
        "Readers of a secret must be ARNs of IAM roles.",
      );
    }
    this.secretArn = secret.arn;
  }
}

function checkFields(
  fields: ClientSecretProps["fields"],
): (string | undefined)[] {
  return isUnknown(fields)
    ? []
    : [
        ...Object.values(fields).map((field) =>
          check(LIMITS.secretField, field),
        ),
        check(LIMITS.secretBytes, Buffer.byteLength(JSON.stringify(fields))),
      ];
}

function mergeFields({ fields, clientSecret }: ClientSecretProps): unknown {
  if (clientSecret === null) return fields;
  const secret = { client_secret: clientSecret };
  return isUnknown(fields)
    ? Fn.merge([fields, secret])
    : { ...fields, ...secret };
}

/**
 * Creates the version number of a secret from its fields. A write-only value is not in the state, so Terraform writes it
 * only if the version changes. Seven hex digits fit into 32 bits.
 */
function createVersion(fields: Readonly<Record<string, string>>): number {
  return Token.asNumber(
    Fn.parseint(Fn.substr(Fn.sha256(Fn.jsonencode(fields)), 0, 7), 16),
  );
}

function createReadPolicy(roleArns: readonly string[]): PolicyDocument {
  return createPolicyDocument({
    Sid: "ReadByServices",
    Effect: "Allow",
    Principal: { AWS: roleArns },
    Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
    Resource: "*",
  });
}
