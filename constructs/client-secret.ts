import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretPolicy } from "@cdktf/provider-aws/lib/secretsmanager-secret-policy";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import {
  conditional,
  Fn,
  Op,
  propertyAccess,
  TerraformLocal,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { EphemeralSecretVersion } from "./ephemeral-secret-version";
import { checkAtPlan } from "./plan-check";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type PolicyDocument,
} from "./policy-document";
import { toPolicyJson } from "./policy-json";
import type { RoleReference } from "./role";
import { suppressFindings } from "./scanner-findings";
import { CURRENT_LABEL, FIRST_LABEL, TERRAFORM_LABEL } from "./secret-labels";
import { READ_ACTIONS, SecretReaders } from "./secret-readers";
import {
  addValidationErrors,
  check,
  checkEach,
  isUnknown,
  toList,
} from "./validation";

/** Pattern of ARNs that are no account and no wildcard. */
const ROLE_ARN = "^arn:[^:*?]+:iam::[0-9]{12}:role/[^*?]+$";

/** Configuration of {@link ClientSecret}. */
export interface ClientSecretProps {
  readonly secretName: string;
  /** Other fields of the secret. Services parse exactly these keys. */
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Value of `client_secret` until a rotation: the secret that the client was created with. It requires the field
   * `client_id`. `null` for a public client.
   */
  readonly clientSecret: string | null;
  /** Days in which a deleted secret can be restored and its name cannot be reused: 0, or 7-30. */
  readonly recoveryDays: number;
  /**
   * ARNs of roles that can read the secret, in addition to those that their own policies allow.
   *
   * @default none
   */
  readonly readerRoleArns?: readonly string[];
  /**
   * Account of the secret, which roles of {@link ClientSecret.grantRead} must have too.
   *
   * @default not known at synth: Terraform compares the accounts
   */
  readonly accountId?: string | undefined;
}

/**
 * A client's credentials in Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html
 */
export class ClientSecret extends Construct {
  readonly secretArn: string;
  private readonly readers: SecretReaders;

  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    const readers = toList(props.readerRoleArns ?? []);
    addValidationErrors(
      this,
      check(LIMITS.secretName, props.secretName),
      check(LIMITS.secretRecoveryDays, props.recoveryDays),
      ...checkFields(props),
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
          : "the command rotate-secret rotates it without a Lambda function",
    });
    if (props.clientSecret === null) this.addVersion(secret, props.fields);
    else this.addRotatableVersion(secret, props, props.clientSecret);
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
    this.readers = new SecretReaders(this, {
      secretName: props.secretName,
      secretArn: secret.arn,
      accountId: props.accountId,
    });
  }

  /**
   * Lets a role read the secret, by a policy of the role. The role must be in the account of the secret: the secret is
   * encrypted with the account's AWS managed key, which no other account can use. For a role with a permissions boundary, the
   * boundary must allow it too. A second call for the same role changes nothing.
   *
   * @param role a role of the same stack, or the name or ARN of an existing role
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
   */
  grantRead(role: RoleReference): void {
    this.readers.add(role);
  }

  private addVersion(
    secret: SecretsmanagerSecret,
    fields: ClientSecretProps["fields"],
    otherFields: ClientSecretProps["fields"] = {},
  ): SecretsmanagerSecretVersion {
    return new SecretsmanagerSecretVersion(this, "version", {
      secretId: secret.id,
      secretStringWo: Fn.jsonencode(mergeFields(fields, otherFields)),
      secretStringWoVersion: createVersion(fields),
    });
  }

  /**
   * Adds a version with the client secret in use. Cognito returns only the secret that a client was created with, so the
   * secret of a rotation is read from the current version.
   */
  private addRotatableVersion(
    secret: SecretsmanagerSecret,
    { secretName, fields }: ClientSecretProps,
    clientSecret: string,
  ): void {
    // Terraform reads the current version during the plan, unless it does not know the ARN of the first one yet
    const first = new SecretsmanagerSecretVersion(this, "first", {
      secretId: secret.id,
      secretString: "{}",
      versionStages: [FIRST_LABEL],
      lifecycle: { ignoreChanges: ["version_stages"] },
    });
    const current = new EphemeralSecretVersion(this, "current", first.arn);
    const live = new TerraformLocal(
      this,
      "live",
      selectClientSecret(current.secretString, fields, clientSecret),
    ).asString;
    const version = this.addVersion(secret, fields, { client_secret: live });
    version.versionStages = [CURRENT_LABEL, TERRAFORM_LABEL];
    version.lifecycle = {
      // a rotation moves AWSCURRENT to another version
      ignoreChanges: ["version_stages"],
      precondition: [
        {
          condition: Op.gte(Fn.lengthOf(live), 1),
          errorMessage: `The secret ${secretName} contains no secret of its client, and Cognito no longer returns one. Run rotate-secret, or restore the previous version of the secret.`,
        },
      ],
    };
  }
}

function checkFields({
  fields,
  clientSecret,
}: ClientSecretProps): (string | undefined)[] {
  return isUnknown(fields)
    ? []
    : [
        clientSecret !== null && !("client_id" in fields)
          ? "fields of a secret with client_secret must have client_id, got none"
          : undefined,
        ...Object.values(fields).map((field) =>
          check(LIMITS.secretField, field),
        ),
        check(LIMITS.secretBytes, Buffer.byteLength(JSON.stringify(fields))),
      ];
}

function mergeFields(
  fields: ClientSecretProps["fields"],
  otherFields: ClientSecretProps["fields"],
): unknown {
  if (Object.keys(otherFields).length === 0) return fields;
  return isUnknown(fields)
    ? Fn.merge([fields, otherFields])
    : { ...fields, ...otherFields };
}

/**
 * Returns the client secret of the current version if it is of this client, and otherwise the one that Cognito returns. A
 * client that is replaced has another id. Cognito returns an empty text once a rotation deleted the client's first secret.
 */
function selectClientSecret(
  current: string,
  fields: ClientSecretProps["fields"],
  clientSecret: string,
): string {
  const clientId: unknown = isUnknown(fields)
    ? Fn.lookup(fields, "client_id")
    : fields.client_id;
  const stored: unknown = Fn.jsondecode(current);
  const storedSecret = conditional(
    Op.eq(propertyAccess(stored, ["client_id"]), clientId),
    propertyAccess(stored, ["client_secret"]),
    "",
  );
  const secrets: unknown = Fn.coalesce([
    Fn.try([storedSecret, ""]),
    clientSecret,
  ]);
  return Token.asString(Fn.try([secrets, ""]));
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
    Action: READ_ACTIONS,
    Resource: "*",
  });
}
