import { UserError } from "../../../constructs/errors";
import {
  CURRENT_LABEL,
  isSecretIdLabel,
  TERRAFORM_LABEL,
} from "../../../constructs/secret-labels";
import { parseJsonObject } from "../system/json-object";
import { createPublicClientError, readClient } from "./read-client";
import type {
  ClientDescription,
  ClientIds,
  LiveSecret,
  RotationReader,
  SecretVersion,
  SecretVersionValue,
} from "./rotation-reader";

export const PENDING_LABEL = "AWSPENDING";
/** Reads before a secret counts as one that other processes change all the time. */
const MAX_READS = 5;

/** The secret of a rotation that has not switched yet. */
export interface PendingSecret {
  readonly versionId: string;
  readonly createdAt: Date;
  /** Absent if the version is not of this client, such as of one that was replaced since. */
  readonly clientSecret?: string;
  /** Id of the secret that the rotation replaces. */
  readonly replaces?: string;
}

/** The rotation of a client's secret, as AWS has it. It contains values of secrets, which are never printed. */
export interface ClientRotation {
  readonly secretName: string;
  readonly ids: ClientIds;
  readonly client: ClientDescription;
  /** The version AWSCURRENT. */
  readonly current: SecretVersionValue;
  /** Text of AWSCURRENT; if that does not describe a client, of the newest version that does. */
  readonly text: string;
  /** Fields of the text. */
  readonly fields: Readonly<Record<string, string>>;
  /** Value in the version AWSCURRENT; empty if it has none, or does not describe a client. */
  readonly clientSecret: string;
  /** Live secrets of the client in Cognito, at most two, the oldest first. */
  readonly liveSecrets: readonly LiveSecret[];
  /** Id of the live secret that AWSCURRENT holds; `undefined` if that is not known. */
  readonly currentSecretId: string | undefined;
  /** Values of the live secrets, by id, as far as they are known. */
  readonly values: ReadonlyMap<string, string>;
  /** Versions with labels. */
  readonly versions: readonly SecretVersion[];
  /**
   * Live secret that the last switch made current, unless an operator has made one current since. Terraform can have written an
   * earlier one again.
   */
  readonly switchedTo: string | undefined;
  /** When the current secret became current; without a switch, when the newest live secret was created. */
  readonly switchedAt: Date;
  /** The version AWSPENDING of a rotation that was interrupted, or is running. */
  readonly pending?: PendingSecret;
}

/**
 * Reads the rotation of a client's secret from AWS, which has all memory of it.
 *
 * Reads only; it does not request a token, so AWSCURRENT can hold a secret that Cognito does not recognize.
 *
 * @throws UserError if the secret or the client does not exist, or the client has no secret; no error contains a value
 */
export async function readRotation(
  reader: RotationReader,
  secretName: string,
): Promise<ClientRotation> {
  for (let attempt = 0; attempt < MAX_READS; attempt += 1) {
    const rotation = await readOnce(reader, secretName);
    if (rotation !== undefined) return rotation;
  }
  throw new UserError(
    `secret "${secretName}" was changed by other processes while it was read`,
    "run the command again",
  );
}

/** @returns `undefined` if the secret was changed in the meantime */
async function readOnce(
  reader: RotationReader,
  secretName: string,
): Promise<ClientRotation | undefined> {
  const current = await reader.readVersion(secretName);
  if (current === undefined) return undefined;
  const source = await readClient(reader, secretName, current.text);
  const { fields, ids, client } = source;
  const liveSecrets = [...(await reader.listLiveSecrets(ids))].sort(
    (one, other) => one.createdAt.getTime() - other.createdAt.getTime(),
  );
  // after the secrets: a rotation writes AWSPENDING before it adds a secret
  const versions = await reader.listVersions(secretName, "labeled");
  if (findByLabel(versions, CURRENT_LABEL)?.id !== current.id) return undefined;
  if (liveSecrets.length === 0) throw createPublicClientError(secretName);

  const readText = async (version: SecretVersion): Promise<string> =>
    version.id === current.id
      ? current.text
      : ((await reader.readVersion(secretName, version.id))?.text ?? "");
  const labeled = versions.filter(({ labels }) =>
    labels.some((label) => liveSecrets.some(({ id }) => id === label)),
  );
  const values = new Map<string, string>();
  for (const version of labeled) {
    const value = parseClientSecretValue(await readText(version), ids);
    for (const label of version.labels)
      if (value !== undefined && liveSecrets.some(({ id }) => id === label))
        values.set(label, value);
  }
  addOriginal(values, liveSecrets, client.originalSecret);
  const pendingVersion = findByLabel(versions, PENDING_LABEL);
  const pending = pendingVersion && {
    versionId: pendingVersion.id,
    createdAt: pendingVersion.createdAt,
    ...parsePending(await readText(pendingVersion), ids),
  };
  const clientSecret =
    source.text === current.text ? (fields.client_secret ?? "") : "";
  const currentSecretId = findCurrentId(
    clientSecret,
    liveSecrets,
    values,
    pending,
  );
  if (currentSecretId !== undefined) values.set(currentSecretId, clientSecret);
  const newest = liveSecrets.at(-1)?.createdAt ?? current.createdAt;
  const [lastSwitch] = [...labeled].sort(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  // neither a rotation nor Terraform wrote AWSCURRENT since: an operator has made its secret current, unless that was a change of
  // another field during a switch
  const isManual =
    pending?.clientSecret === undefined &&
    lastSwitch !== undefined &&
    current.createdAt > lastSwitch.createdAt &&
    !current.labels.includes(TERRAFORM_LABEL);
  return {
    secretName,
    ids,
    client,
    current,
    text: source.text,
    fields,
    clientSecret,
    liveSecrets,
    currentSecretId,
    values,
    versions,
    switchedTo: isManual
      ? undefined
      : lastSwitch?.labels.find((label) => values.has(label)),
    switchedAt: isManual
      ? current.createdAt
      : (findByLabel(labeled, currentSecretId ?? "")?.createdAt ?? newest),
    ...(pending !== undefined && { pending }),
  };
}

/** Returns the value in a version; `undefined` if the version is not of this client. */
export function parseClientSecretValue(
  text: string,
  { clientId }: ClientIds,
): string | undefined {
  const { client_id, client_secret } = parseJsonObject(text);
  return client_id === clientId &&
    typeof client_secret === "string" &&
    client_secret !== ""
    ? client_secret
    : undefined;
}

function parsePending(
  text: string,
  ids: ClientIds,
): Pick<PendingSecret, "clientSecret" | "replaces"> {
  const clientSecret = parseClientSecretValue(text, ids);
  if (clientSecret === undefined) return {};
  const { replaces } = parseJsonObject(text);
  return {
    clientSecret,
    ...(typeof replaces === "string" &&
      isSecretIdLabel(replaces, ids.clientId) && { replaces }),
  };
}

/** Adds the value of the first secret, which is the oldest one unless a version holds it. */
function addOriginal(
  values: Map<string, string>,
  liveSecrets: readonly LiveSecret[],
  original: string | undefined,
): void {
  if (original === undefined || [...values.values()].includes(original)) return;
  const oldest = liveSecrets.find(({ id }) => !values.has(id));
  if (oldest !== undefined) values.set(oldest.id, original);
}

/**
 * Finds the live secret with a value: by the values that are known, else the only one whose value is not known. The secret of
 * a rotation that has not switched yet has no known value either, so that its version names the one that it replaces.
 */
function findCurrentId(
  clientSecret: string,
  liveSecrets: readonly LiveSecret[],
  values: ReadonlyMap<string, string>,
  pending: PendingSecret | undefined,
): string | undefined {
  if (clientSecret === "") return undefined;
  const known = liveSecrets.find(({ id }) => values.get(id) === clientSecret);
  if (known !== undefined) return known.id;
  const unknown = liveSecrets.filter(({ id }) => !values.has(id));
  const [only] = unknown;
  if (pending?.clientSecret !== undefined && liveSecrets.length > 1)
    return unknown.find(({ id }) => id === pending.replaces)?.id;
  return unknown.length === 1 ? only?.id : undefined;
}

function findByLabel(
  versions: readonly SecretVersion[],
  label: string,
): SecretVersion | undefined {
  return versions.find(({ labels }) => labels.includes(label));
}
