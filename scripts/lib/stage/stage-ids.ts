import { UserError } from "../../../constructs/errors";
import {
  getIdentityPoolName,
  getSecretName,
  PROGRAMMATIC_CLIENT,
} from "../../../stacks/naming";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { explainAwsError } from "../aws/errors";
import { listAll, PAGE_SIZE } from "../aws/listings";
import { readClientSecret } from "./secrets";
import { readTextOutputs } from "./stage-outputs";
import { type AwsTarget, createAwsClient } from "../aws/client";

/** Stacks that are being looked up, for the processes that this starts. */
const MARKER = "VEDA_AUTH_LOOKING_UP";

/** What a stage says of itself to those who sign in. */
export interface StageIds {
  readonly userPoolId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly identityPoolId?: string | undefined;
  /** Where they were read, for a person. */
  readonly origin: string;
  /** Whether all that the stage has is here; by its secret, an identity pool can be missing. */
  readonly isComplete: boolean;
}

/** Ways to read a stage, given by tests. */
export interface StageReaders {
  readonly outputs: typeof readTextOutputs;
  readonly secret: typeof readClientSecret;
  readonly identityPool: typeof findIdentityPoolId;
}

/**
 * Ids of a deployed stage: from its Terraform outputs, and for those who may not read its state from the secret of its
 * programmatic client.
 *
 * @param log told where the ids are from
 * @throws UserError when neither can be read
 */
export async function readStageIds(
  choice: StageTarget,
  log: (line: string) => void,
  readers: StageReaders = {
    outputs: readTextOutputs,
    secret: readClientSecret,
    identityPool: findIdentityPoolId,
  },
): Promise<StageIds> {
  const env = getEnvironment();
  const before = env[MARKER];
  env[MARKER] = [before ?? "", choice.stackName].join(" ").trim();
  try {
    return await read(choice, log, readers);
  } finally {
    if (before === undefined) Reflect.deleteProperty(env, MARKER);
    else env[MARKER] = before;
  }
}

/**
 * A stage is read with AWS credentials. Where those come from an AWS profile whose `credential_process` is this very
 * command, it starts itself without end, and waits for itself.
 *
 * @throws UserError when a process that this one was started by is looking the stage up
 */
export function assertNoCredentialLoop(
  { stage, stackName }: StageTarget,
  env: Environment = getEnvironment(),
): void {
  if (env[MARKER]?.split(" ").includes(stackName) !== true) return;
  throw new UserError(
    `stage "${stage}" cannot be looked up with the credentials of a profile that gets them from this command`,
    "in the profile's credential_process, name another profile for the look-up with --profile, or give the ids with options",
  );
}

async function read(
  choice: StageTarget,
  log: (line: string) => void,
  readers: StageReaders,
): Promise<StageIds> {
  const { stackName, awsTarget: place } = choice;
  const outputs = await attempt(() => readers.outputs(choice, () => undefined));
  if (!(outputs instanceof UserError)) {
    log(`ids of ${stackName}: from its Terraform outputs`);
    return {
      userPoolId: outputs.userpool_id,
      clientId: outputs.client_id,
      identityPoolId: outputs.identitypool_id,
      origin: `Terraform outputs of ${stackName}`,
      isComplete: true,
    };
  }
  const name = getSecretName(stackName, PROGRAMMATIC_CLIENT);
  const secret = await attempt(() => readers.secret(name, place));
  if (!(secret instanceof UserError)) {
    log(`ids of ${stackName}: from its secret ${name}`);
    const pool = await attempt(() =>
      readers.identityPool(getIdentityPoolName(stackName), place),
    );
    return {
      userPoolId: secret.userpool_id,
      clientId: secret.client_id,
      // the secret does not name it, and who may not look for it gives it
      identityPoolId: pool instanceof UserError ? undefined : pool,
      origin: `secret ${name}`,
      isComplete: false,
    };
  }
  throw new UserError(
    [
      `ids of ${stackName} cannot be read:`,
      `  - from its Terraform outputs: ${told(outputs)}`,
      `  - from its secret ${name}: ${told(secret)}`,
    ].join("\n"),
    `give --user-pool-id, --client-id and --identity-pool-id, or name an AWS profile that can read the stage with --profile${profileDoubt(place)}`,
  );
}

/** Of a profile that gets its credentials from this command, all that is told is that it has none. */
function profileDoubt({ profile }: StageTarget["awsTarget"]): string {
  const inherited = getEnvironment().AWS_PROFILE ?? "";
  return profile !== undefined || inherited === ""
    ? ""
    : `; AWS_PROFILE=${inherited} cannot, if it gets its credentials from this command`;
}

/** What can be told to a person is an answer; a defect is not. */
async function attempt<T>(job: () => Promise<T>): Promise<T | UserError> {
  try {
    return await job();
  } catch (error) {
    const told = error instanceof UserError ? error : explainAwsError(error);
    if (told === undefined) throw error;
    return told;
  }
}

function told({ message, hint }: UserError): string {
  const reason = message.replaceAll("\n", "\n    ");
  return hint === undefined ? reason : `${reason} (${hint})`;
}

/** Returns the id of the identity pool with this name, or `undefined` unless exactly one has it. */
export async function findIdentityPoolId(
  name: string,
  target: AwsTarget,
): Promise<string | undefined> {
  const { CognitoIdentityClient, paginateListIdentityPools } =
    await import("@aws-sdk/client-cognito-identity");
  const client = await createAwsClient(CognitoIdentityClient, target);
  const pools = await listAll(
    paginateListIdentityPools({ client }, { MaxResults: PAGE_SIZE }),
    ({ IdentityPools }) => IdentityPools,
  );
  const [found, ...others] = pools.filter(
    ({ IdentityPoolName }) => IdentityPoolName === name,
  );
  return others.length === 0 ? found?.IdentityPoolId : undefined;
}
