import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { parseJsonObject } from "../system/json-object";
import type {
  ClientDescription,
  ClientIds,
  RotationReader,
} from "./rotation-reader";

/** Fields that a rotation needs. */
const FIELDS = ["client_id", "userpool_id", "cognito_domain", "scope"] as const;

/** The fields of a client's secret. */
interface SecretFields {
  readonly fields: Readonly<Record<string, string>>;
  readonly ids: ClientIds;
}

/** A client, and the text of a secret that describes it. */
export interface DescribedClient extends SecretFields {
  readonly text: string;
  readonly client: ClientDescription;
}

/**
 * Reads the client of a secret by the fields in AWSCURRENT. If those are not of a client, such as after a manual change, by the
 * fields in the newest other version with a label: no deployment writes them again.
 *
 * @throws UserError if no version is of a client with a client secret; no error contains a value
 */
export async function readClient(
  reader: RotationReader,
  secretName: string,
  currentText: string,
): Promise<DescribedClient> {
  const current = await describeClient(reader, secretName, currentText);
  if (!(current instanceof UserError)) return current;
  const versions = await reader.listVersions(secretName, "labeled");
  const newestFirst = [...versions].sort(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  for (const { id } of newestFirst) {
    const { text = "" } = (await reader.readVersion(secretName, id)) ?? {};
    const other = await describeClient(reader, secretName, text);
    if (!(other instanceof UserError)) return other;
  }
  throw current;
}

export function createPublicClientError(secretName: string): UserError {
  return new UserError(
    `the client of secret "${secretName}" must have a client secret, got a public client`,
    "name a service client or a web client with --service-id",
  );
}

/** @returns the error if the text is not of a client that exists and can have a client secret */
async function describeClient(
  reader: RotationReader,
  secretName: string,
  text: string,
): Promise<DescribedClient | UserError> {
  const parsed = parseFields(secretName, text);
  if (parsed instanceof UserError) return parsed;
  const client = await reader.describeClient(parsed.ids);
  return client === undefined
    ? createMissingClientError(secretName, parsed.ids)
    : { ...parsed, text, client };
}

/** @returns the error if a field that a rotation needs is missing, or the client is public */
function parseFields(
  secretName: string,
  text: string,
): SecretFields | UserError {
  // a rotation preserves fields that are not text
  const fields = Object.fromEntries(
    Object.entries(parseJsonObject(text)).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  );
  if (fields.flow === "user_password")
    return createPublicClientError(secretName);
  const { client_id: clientId = "", userpool_id: userPoolId = "" } = fields;
  const missing = FIELDS.filter((name) => (fields[name] ?? "") === "");
  return missing.length === 0
    ? { fields, ids: { clientId, userPoolId } }
    : new UserError(
        `secret "${secretName}" must have the fields ${FIELDS.join(", ")}, got no ${missing.join(", ")}, and no other version with a label has them`,
        `if the last deployment did not finish, deploy the stage; otherwise restore an earlier version, which \`aws secretsmanager list-secret-version-ids --include-deprecated\` lists; if there is none, add a client secret (${formatPage("troubleshooting")})`,
      );
}

function createMissingClientError(
  secretName: string,
  { clientId, userPoolId }: ClientIds,
): UserError {
  return new UserError(
    `the client ${clientId} of secret "${secretName}" does not exist in user pool ${userPoolId}`,
    "it was deleted outside Terraform, or the secret is out of date: deploy the stage",
  );
}
