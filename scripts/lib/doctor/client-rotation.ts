import { UserError } from "../../../constructs/errors";
import { type ClientRotation, readRotation } from "../rotation/read-rotation";
import {
  type ClientDescription,
  type ClientIds,
  type LiveSecret,
  SdkRotationReader,
  type SecretVersion,
  type SecretVersionValue,
  toDescription,
} from "../rotation/rotation-reader";
import { quoteShellWord } from "../system/shell";
import { type AwsReader, getAwsReader } from "./aws-reader";
import type { DoctorContext } from "./check";
import { formatFix } from "./format-fix";
import type { SecretClient } from "./stage-clients";

/** Formats the command that rotates the secret of a client. */
export function formatRotate(
  { id }: SecretClient,
  context: DoctorContext,
  ...options: readonly string[]
): string {
  return formatFix(
    context,
    "rotate-secret",
    `--service-id ${quoteShellWord(id)}`,
    ...options,
  );
}

/** Formats the command that replaces a client secret which the user pool does not accept. */
export async function formatSecretFix(
  client: SecretClient,
  context: DoctorContext,
): Promise<string> {
  let rotation: ClientRotation | undefined;
  try {
    rotation = await readClientRotation(client, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  const isKnown = [...(rotation?.values.values() ?? [])].some(
    (value) => value !== rotation?.clientSecret,
  );
  // another version has a secret that works
  return formatRotate(client, context, ...(isKnown ? ["--back"] : []));
}

/** Reads the rotation of a client's secret once in a run. */
export function readClientRotation(
  { secretName }: SecretClient,
  context: DoctorContext,
): Promise<ClientRotation> {
  return getAwsReader(context).once(`rotation ${secretName}`, async () =>
    readRotation(await createReader(context), secretName),
  );
}

/** Reads rotations with what other checks have read. */
class DoctorRotationReader extends SdkRotationReader {
  constructor(
    clients: ConstructorParameters<typeof SdkRotationReader>[0],
    private readonly reader: AwsReader,
    context: DoctorContext,
  ) {
    super(clients, (action, send) => context.call(action, send));
  }

  override async readVersion(
    secretName: string,
    versionId?: string,
  ): Promise<SecretVersionValue | undefined> {
    if (versionId !== undefined)
      return super.readVersion(secretName, versionId);
    const found = await this.reader.findSecret(secretName);
    if (found !== undefined) return found;
    throw new UserError("the secret does not exist, or has no value");
  }

  override listVersions(secretName: string): Promise<readonly SecretVersion[]> {
    return this.reader.listSecretVersions(secretName);
  }

  override async describeClient({
    clientId,
  }: ClientIds): Promise<ClientDescription | undefined> {
    const found = await this.reader.findUserPoolClient(clientId);
    return found && toDescription(found);
  }

  /** The secret can name another user pool. */
  override listLiveSecrets({
    clientId,
  }: ClientIds): Promise<readonly LiveSecret[]> {
    const { userPoolId } = this.reader;
    return super.listLiveSecrets({ clientId, userPoolId });
  }
}

async function createReader(
  context: DoctorContext,
): Promise<SdkRotationReader> {
  const reader = getAwsReader(context);
  const [cognito, secrets] = await Promise.all([
    reader.cognito(),
    reader.secretsManager(),
  ]);
  return new DoctorRotationReader(
    {
      cognito: cognito.sdk,
      cognitoClient: cognito.client,
      secretsManager: secrets.sdk,
      secretsClient: secrets.client,
      region: context.region,
    },
    reader,
    context,
  );
}
