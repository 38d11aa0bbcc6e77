import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  getIdentityPoolName,
  getSecretName,
  PROGRAMMATIC_CLIENT,
} from "../../../stacks/naming";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { selectCredentials } from "../aws/credential-source";
import { explainAwsError } from "../aws/errors";
import { listAll, PAGE_SIZE } from "../aws/listings";
import type { StageTarget } from "../cli/options";
import { readClientSecret } from "./secrets";
import { readTextOutputs } from "./stage-outputs";

/** Environment variable with the stacks that this process and its parent processes read. */
const LOOP_VARIABLE = "VEDA_AUTH_LOOKING_UP";

/** Ids of a stage that a sign-in needs. */
export interface StageIds {
  readonly userPoolId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly identityPoolId?: string | undefined;
  /** URL of the sign-in pages. */
  readonly domain?: string | undefined;
  /** Describes where the ids were read. */
  readonly origin: string;
  /** Whether an absent id means that the stage has none. A secret does not contain the identity pool. */
  readonly isComplete: boolean;
}

/** Functions that read a stage, which tests replace. */
export interface StageReaders {
  readonly outputs: typeof readTextOutputs;
  readonly secret: typeof readClientSecret;
  readonly identityPool: typeof findIdentityPoolId;
}

const READERS: StageReaders = {
  outputs: readTextOutputs,
  secret: readClientSecret,
  identityPool: findIdentityPoolId,
};

/**
 * Reads the ids of a deployed stage from its Terraform outputs, or from the secret of its programmatic client if the
 * caller has no permission to read the state.
 *
 * @throws UserError if neither can be read
 */
export async function readStageIds(
  stage: StageTarget,
  log: (line: string) => void,
  readers = READERS,
): Promise<StageIds> {
  const env = getEnvironment();
  const before = env[LOOP_VARIABLE];
  env[LOOP_VARIABLE] = [before ?? "", stage.stackName].join(" ").trim();
  try {
    return await readFirstSource(stage, log, readers);
  } finally {
    if (before === undefined) Reflect.deleteProperty(env, LOOP_VARIABLE);
    else env[LOOP_VARIABLE] = before;
  }
}

/**
 * Prevents an endless loop: reading a stage needs AWS credentials, and the `credential_process` of their profile can be
 * this command.
 *
 * @throws UserError if a parent process of this process reads the stage
 */
export function requireNoCredentialLoop(
  { stage, stackName }: StageTarget,
  env: Environment = getEnvironment(),
): void {
  if (env[LOOP_VARIABLE]?.split(" ").includes(stackName) !== true) return;
  throw new UserError(
    `cannot read stage "${stage}" with the credentials of a profile whose credential_process is this command`,
    "in that credential_process, use --profile with another profile, or set the ids with options",
  );
}

async function readFirstSource(
  stage: StageTarget,
  log: (line: string) => void,
  readers: StageReaders,
): Promise<StageIds> {
  const { stackName, awsTarget } = stage;
  const outputs = await toResult(readers.outputs(stage, () => undefined));
  if (!(outputs instanceof UserError)) {
    const origin = `Terraform outputs of ${stackName}`;
    log(`ids from the ${origin}`);
    return {
      userPoolId: outputs.userpool_id,
      clientId: outputs.client_id,
      identityPoolId: outputs.identitypool_id,
      domain: outputs.userpool_domain_base_url,
      origin,
      isComplete: true,
    };
  }
  const origin = `secret ${getSecretName(stackName, PROGRAMMATIC_CLIENT)}`;
  const secret = await toResult(
    readers.secret(getSecretName(stackName, PROGRAMMATIC_CLIENT), awsTarget),
  );
  if (secret instanceof UserError)
    throw new UserError(
      [
        `cannot read the ids of ${stackName}:`,
        `  - ${formatReason(outputs)}`,
        `  - ${formatReason(secret)}`,
      ].join("\n"),
      `use --user-pool-id, --client-id and --identity-pool-id, or name an AWS profile with permission to read the stage with --profile${describeProfile(awsTarget)}`,
    );
  log(`ids from the ${origin}`);
  const identityPoolId = await toResult(
    readers.identityPool(getIdentityPoolName(stackName), awsTarget),
  );
  return {
    userPoolId: secret.userpool_id,
    clientId: secret.client_id,
    domain: secret.cognito_domain,
    identityPoolId:
      identityPoolId instanceof UserError ? undefined : identityPoolId,
    origin,
    isComplete: false,
  };
}

/** The error for a profile whose `credential_process` fails does not name the process. */
function describeProfile({ profile }: AwsTarget): string {
  const source = selectCredentials(profile);
  return profile !== undefined || source.kind !== "profile"
    ? ""
    : `; AWS_PROFILE=${source.profile} cannot have this command as its credential_process`;
}

/** Returns an error that can be explained, and throws an internal error. */
async function toResult<T>(result: Promise<T>): Promise<T | UserError> {
  try {
    return await result;
  } catch (error) {
    const explained =
      error instanceof UserError ? error : explainAwsError(error);
    if (explained === undefined) throw error;
    return explained;
  }
}

function formatReason({ message, hint }: UserError): string {
  const reason = message.replaceAll("\n", "\n    ");
  return hint === undefined ? reason : `${reason} (${hint})`;
}

/** Returns the id of the identity pool with this name, or `undefined` unless exactly one has it. */
async function findIdentityPoolId(
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
