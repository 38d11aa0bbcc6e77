import { clientParty } from "../access/client-access";
import { list, say, type Phrase } from "../access/phrase";
import {
  textOf,
  texts,
  type Resource,
  type Snapshot,
} from "../access/snapshot";
import type { Finding } from "./loss-rule";
import type { Gravity } from "./plan-review";

/** What is lost with a thing that is destroyed, or destroyed and made anew. */
interface Row {
  /** Begins the names of its rules. */
  readonly rule: string;
  readonly gravity: Gravity;
  /** AWS's word for it and its name. */
  readonly what: (resource: Resource, was: Snapshot) => Phrase;
  readonly replaced: Told;
  readonly destroyed: Told;
}

type Told = (resource: Resource, was: Snapshot) => Phrase;

/**
 * Types whose removal costs somebody something.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
const ROWS: Readonly<Record<string, Row>> = {
  aws_cognito_user_pool: {
    rule: "user-pool",
    gravity: "loss",
    what: named("user pool", "name"),
    replaced: () => ["all its users are lost, and every client id with it"],
    destroyed: () => ["all its users are lost, and every client id with it"],
  },
  aws_cognito_user_pool_client: {
    rule: "client",
    gravity: "loss",
    what: (client) => clientParty(client).told,
    replaced: (client, was) =>
      say`its client id${hasSecret(client) ? [" and secret are"] : [" is"]} lost for good; ${consumers(client, was)} need the new one${hasSecret(client) ? ["s"] : []}`,
    destroyed: (client, was) =>
      say`its client id is lost for good; ${consumers(client, was)} can no longer sign in with it`,
  },
  aws_cognito_resource_server: {
    rule: "resource-server",
    gravity: "loss",
    what: named("resource server", "identifier"),
    replaced: (server, was) =>
      say`all its scopes are taken from every client${holders(server, was)} until they are granted again`,
    destroyed: (server, was) =>
      say`all its scopes are lost${holders(server, was)}: who asks for one gets ${"invalid_scope"}`,
  },
  aws_cognito_user_pool_domain: {
    rule: "domain",
    gravity: "loss",
    what: named("domain", "domain"),
    replaced: () => [
      "its sign-in and token URLs stop to answer, and another account may take the name",
    ],
    destroyed: () => [
      "its sign-in and token URLs stop to answer, and another account may take the name",
    ],
  },
  aws_cognito_user_group: {
    rule: "group",
    gravity: "loss",
    what: named("group", "name"),
    replaced: () => ["its members are no longer in it"],
    destroyed: () => ["its members lose what it gives them"],
  },
  aws_cognito_identity_pool: {
    rule: "identity-pool",
    gravity: "loss",
    what: named("identity pool", "identity_pool_name"),
    replaced: () => [
      "every identity id is lost, and what is kept by identity id with it",
    ],
    destroyed: () => [
      "every identity id is lost, and what is kept by identity id with it",
    ],
  },
  aws_cognito_identity_pool_roles_attachment: {
    rule: "identity-pool-roles",
    gravity: "break",
    what: (attachment, was) => {
      const id = attachment.values.identity_pool_id;
      const pool = was.find("aws_cognito_identity_pool", id);
      return say`roles attachment of identity pool ${textOf(pool, "identity_pool_name", String(id))}`;
    },
    replaced: () => ["for a moment nobody gets AWS credentials from it"],
    destroyed: () => ["nobody gets AWS credentials from it any more"],
  },
  aws_iam_openid_connect_provider: {
    rule: "oidc-provider",
    gravity: "loss",
    what: named("OIDC provider", "url"),
    replaced: () => [
      "nothing in this account can sign in through it until it is made anew",
    ],
    destroyed: () => ["nothing in this account can sign in through it"],
  },
  aws_iam_role: {
    rule: "role",
    gravity: "loss",
    what: named("role", "name"),
    replaced: () => [
      "what names the old one, such as a bucket policy, no longer lets it in, and what was attached by hand is gone",
    ],
    destroyed: () => ["nobody can take it on any more"],
  },
  aws_iam_role_policy: {
    rule: "role-policy",
    gravity: "break",
    what: ofRole,
    replaced: () => ["for a moment the role lacks what it allows"],
    destroyed: () => ["the role loses what it allows"],
  },
  aws_secretsmanager_secret: {
    rule: "secret",
    gravity: "loss",
    what: named("secret", "name"),
    replaced: (secret) =>
      say`its name is locked for ${recoveryDays(secret)}, and readers by ARN lose it`,
    destroyed: (secret) =>
      say`readers lose it, and its name is locked for ${recoveryDays(secret)}`,
  },
  aws_secretsmanager_secret_version: {
    rule: "secret-value",
    gravity: "break",
    what: (version, was) => {
      const id = version.values.secret_id;
      const secret = was.find("aws_secretsmanager_secret", id);
      return say`value of secret ${textOf(secret, "name", String(id))}`;
    },
    replaced: () => [
      "its readers get a new value, and the old one is no longer current",
    ],
    destroyed: () => ["its readers lose what Terraform wrote"],
  },
  aws_iam_policy: {
    rule: "policy",
    gravity: "loss",
    what: named("policy", "name"),
    replaced: () => ["roles that it is attached to, or bounds, lose it"],
    destroyed: () => ["roles that it is attached to, or bounds, lose it"],
  },
  aws_s3_bucket_policy: {
    rule: "bucket-policy",
    gravity: "weakening",
    what: named("policy of bucket", "bucket"),
    replaced: () => ["for a moment what it forbids is not forbidden"],
    destroyed: () => ["what it forbids is forbidden no longer"],
  },
  aws_s3_bucket_public_access_block: {
    rule: "public-access-block",
    gravity: "weakening",
    what: named("public access block of bucket", "bucket"),
    replaced: () => ["for a moment the bucket can be made public"],
    destroyed: () => ["the bucket can be made public"],
  },
  aws_s3_bucket_versioning: {
    rule: "bucket-versioning",
    gravity: "weakening",
    what: named("versioning of bucket", "bucket"),
    replaced: () => ["for a moment no older versions are kept"],
    destroyed: () => ["no older versions are kept of what changes from now on"],
  },
  aws_secretsmanager_secret_policy: {
    rule: "secret-policy",
    gravity: "break",
    what: named("policy of secret", "secret_arn"),
    replaced: () => [
      "for a moment those that it lets in cannot read the secret",
    ],
    destroyed: () => ["those that it lets in can no longer read the secret"],
  },
  aws_iam_role_policy_attachment: {
    rule: "role-policy-attachment",
    gravity: "break",
    what: named("attached policy", "policy_arn"),
    replaced: () => ["for a moment the role lacks what it allows"],
    destroyed: () => ["the role loses what it allows"],
  },
  aws_cognito_identity_provider: {
    rule: "identity-provider",
    gravity: "loss",
    what: named("identity provider", "provider_name"),
    replaced: () => [
      "its people cannot sign in until it is made anew, and may be new users then",
    ],
    destroyed: () => ["its people can no longer sign in"],
  },
  aws_s3_bucket: {
    rule: "bucket",
    gravity: "loss",
    what: named("bucket", "bucket"),
    replaced: () => ["all that it holds is lost"],
    destroyed: () => ["all that it holds is lost"],
  },
  aws_kms_key: {
    rule: "key",
    gravity: "loss",
    what: named("key", "arn"),
    replaced: () => ["what is encrypted with it can no longer be read"],
    destroyed: () => ["what is encrypted with it can no longer be read"],
  },
};

/** Types that have a row. */
export const REMOVAL_TYPES: readonly string[] = Object.keys(ROWS);

/** What is lost with a resource that is removed; `undefined` where that costs nobody anything. */
export function removal(
  resource: Resource,
  how: "replaced" | "destroyed",
  was: Snapshot,
): Finding | undefined {
  const row = Object.hasOwn(ROWS, resource.type)
    ? ROWS[resource.type]
    : undefined;
  if (row === undefined) return undefined;
  const { rule, gravity, what } = row;
  return {
    rule: `${rule}-${how}`,
    gravity,
    told: say`${what(resource, was)} is ${[how]}: ${row[how](resource, was)}`,
  };
}

function named(noun: string, attribute: string): Told {
  return (resource) =>
    say`${[noun]} ${textOf(resource, attribute, resource.address)}`;
}

function ofRole(policy: Resource, was: Snapshot): Phrase {
  const role = was.find("aws_iam_role", policy.values.role);
  const name = textOf(role, "name", String(policy.values.role));
  return say`policy ${textOf(policy, "name", policy.address)} of role ${name}`;
}

function hasSecret({ values }: Resource): boolean {
  return (
    values.generate_secret === true ||
    (typeof values.client_secret === "string" && values.client_secret !== "")
  );
}

/** Whoever reads the client's credentials, as far as the stage knows. */
function consumers(client: Resource, was: Snapshot): Phrase {
  const { name } = clientParty(client);
  const secrets = was
    .ofType("aws_secretsmanager_secret")
    .map((secret) => textOf(secret, "name", ""))
    .filter((secret) => secret.endsWith(`/${name}`));
  return secrets.length === 0
    ? ["all who use it"]
    : say`all who read secret ${list(secrets)}`;
}

/** Clients that hold scopes of a resource server. */
function holders(server: Resource, was: Snapshot): Phrase {
  const identifier = textOf(server, "identifier", server.address);
  const names = was
    .ofType("aws_cognito_user_pool_client")
    .filter(({ values }) =>
      texts(values.allowed_oauth_scopes).some((scope) =>
        scope.startsWith(`${identifier}/`),
      ),
    )
    .map((client) => clientParty(client).name);
  return names.length === 0 ? [] : say` (${list(names)})`;
}

function recoveryDays({ values }: Resource): Phrase {
  const days = values.recovery_window_in_days;
  if (days === 0)
    return ["no time at all, since nothing of it can be recovered"];
  return [`${typeof days === "number" ? days : 30} days`];
}
