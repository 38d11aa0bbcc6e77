import { UserError } from "../../../constructs/errors";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import {
  createLocalAwsEnvironment,
  startLocalAws,
} from "../../../scripts/lib/local-aws/local-aws";
import { SETTINGS } from "../../../stacks/config/settings";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import type { AccountTarget } from "../../support/existing-resources";

/** Value of `LOCAL_AWS_ENDPOINT` for the account of the AWS credentials. */
export const AWS = "aws";

/** The AWS that the configurations run in. */
export interface MatrixTarget extends AccountTarget {
  /** Name in the results, without the endpoint. */
  readonly name: string;
  /** Whether `LOCAL_AWS_ENDPOINT` names it by its URL. */
  readonly isEndpoint: boolean;
  /** Variables for the commands. Unset a variable that is `undefined`. */
  readonly environment: Environment;
  /** Texts that are not printed, and their replacements. */
  readonly redacted: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

interface TargetOptions {
  /** Account that the credentials must belong to. */
  readonly account: string | undefined;
  readonly log: (line: string) => void;
  readonly env?: Environment;
  /** Time for the first response. */
  readonly timeoutMs?: number;
}

/**
 * Finds the AWS that `LOCAL_AWS_ENDPOINT` names, or starts the local AWS of this project. Creates nothing in it.
 *
 * @throws UserError if it cannot be reached, is no AWS, or is another account
 */
export async function resolveTarget(
  options: TargetOptions,
): Promise<MatrixTarget> {
  const { env = getEnvironment(), log } = options;
  const value = env.LOCAL_AWS_ENDPOINT?.trim() ?? "";
  if (value === AWS) return resolveAccount(options);
  if (value !== "") return resolveEndpoint(value, options);
  const aws = await startLocalAws({ log, env });
  try {
    return await readAccount(
      {
        name: "the local AWS of this project",
        isEndpoint: false,
        environment: aws.environment,
        redacted: {},
        stop: aws.stop,
      },
      options,
    );
  } catch (error) {
    await aws.stop();
    throw error;
  }
}

/** Uses the account of the AWS credentials, as the environment configures it. */
async function resolveAccount(options: TargetOptions): Promise<MatrixTarget> {
  const { account, env = getEnvironment() } = options;
  if (account === undefined)
    throw new UsageError(
      `LOCAL_AWS_ENDPOINT=${AWS} requires --account: the run creates and deletes resources in that account`,
      "use an account that has no other stages, such as a sandbox",
    );
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "";
  return readAccount(
    {
      name: `AWS account ${account}`,
      isEndpoint: false,
      environment: {
        ...Object.fromEntries(
          Object.entries(env).filter(([name]) => name.startsWith("AWS_")),
        ),
        AWS_REGION: region === "" ? SETTINGS.stack.region.default : region,
        AWS_ACCOUNT_ID: undefined,
      },
      redacted: listSecrets(env),
      stop: () => Promise.resolve(),
    },
    options,
  );
}

async function resolveEndpoint(
  value: string,
  options: TargetOptions,
): Promise<MatrixTarget> {
  const { env = getEnvironment() } = options;
  const url = parseEndpoint(value);
  const endpoint = url.origin;
  return readAccount(
    {
      name: "LOCAL_AWS_ENDPOINT",
      isEndpoint: true,
      environment: {
        ...createLocalAwsEnvironment(endpoint, env),
        ...readCredentials(env),
        ...((env.COGNITO_DOMAIN_ENDPOINT ?? "") !== "" && {
          COGNITO_DOMAIN_ENDPOINT: env.COGNITO_DOMAIN_ENDPOINT,
        }),
      },
      redacted: {
        ...listSecrets(env),
        [value]: "(endpoint)",
        [endpoint]: "(endpoint)",
        [url.host]: "(endpoint)",
      },
      stop: () => Promise.resolve(),
    },
    options,
  );
}

/** Messages do not repeat the endpoint: it can contain a password. */
function parseEndpoint(value: string): URL {
  const form = `LOCAL_AWS_ENDPOINT must be the URL of a local AWS, such as http://127.0.0.1:4566, or ${AWS}`;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UserError(`${form}, got another text`);
  const { username, password, pathname, search, hash } = url;
  if (`${username}${password}${search}${hash}` !== "" || pathname !== "/")
    throw new UserError(
      `${form}, got a URL with a user, path, query or fragment`,
    );
  if (
    /(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws)\.?$/.test(
      url.hostname,
    )
  )
    throw new UserError(
      `${form}, got an endpoint of AWS`,
      `set LOCAL_AWS_ENDPOINT=${AWS} to use the account of the AWS credentials`,
    );
  // S3 clients put the bucket before a name, but not before an address
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  if (
    url.protocol === "http:" &&
    !/^(127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  )
    throw new UserError(
      "LOCAL_AWS_ENDPOINT must use https, or an address of this machine: clients send passwords and client secrets to it",
      "forward the port of the local AWS to 127.0.0.1",
    );
  return url;
}

/** Returns the credentials of the environment; by default, those of a local AWS stay in effect. */
function readCredentials(env: Environment): Environment {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  const [id = "", secret = ""] = [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY];
  if (id === "" && secret === "") return {};
  if (id === "" || secret === "")
    throw new UserError(
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together, or both unset",
    );
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN };
}

function listSecrets(env: Environment): Record<string, string> {
  return Object.fromEntries(
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
      .map((name) => env[name] ?? "")
      // shorter ones, such as those of a local AWS, are words of other texts
      .filter((value) => value.length >= 16)
      .map((value) => [value, "(redacted)"]),
  );
}

/** Reads the account, and sets the variables in this process, whose clients call it. */
async function readAccount(
  target: Omit<MatrixTarget, keyof AccountTarget>,
  { account, timeoutMs = 10_000 }: TargetOptions,
): Promise<MatrixTarget> {
  applyEnvironment(target.environment);
  const region = target.environment.AWS_REGION ?? "";
  const clientConfig = { region };
  const { STSClient, GetCallerIdentityCommand } =
    await import("@aws-sdk/client-sts");
  const client = new STSClient({
    ...clientConfig,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  const identity = await client
    .send(new GetCallerIdentityCommand({}))
    .catch((error: unknown) => {
      throw target.isEndpoint ? explainFailure(error) : error;
    });
  const { Account: accountId = "", Arn = "" } = identity;
  const partition = /^arn:(aws[\w-]*):/.exec(Arn)?.[1];
  if (!/^\d{12}$/.test(accountId) || partition === undefined)
    throw new UserError(
      `${target.name} must respond to sts:GetCallerIdentity with an account, got another response`,
      "check that the endpoint is an AWS API and not another server",
    );
  if (account !== undefined && account !== accountId)
    throw new UserError(
      `--account must be the account of the credentials, which is ${accountId}, got ${account}`,
    );
  return { ...target, accountId, partition, region, clientConfig };
}

/** Explains why an endpoint does not respond like AWS, without the endpoint. */
function explainFailure(error: unknown): UserError {
  const { name, code } = error as Error & { readonly code?: unknown };
  if (typeof code === "string" || name === "TimeoutError")
    return new UserError(
      `cannot reach LOCAL_AWS_ENDPOINT: ${typeof code === "string" ? code : "no response in time"}`,
      "start the local AWS, and check its port",
    );
  return new UserError(
    `LOCAL_AWS_ENDPOINT must respond to sts:GetCallerIdentity like AWS, got ${name}`,
    "check that the endpoint is an AWS API, and the credentials",
  );
}

/** Sets the variables in this process, whose SDK clients and commands then call the target. */
function applyEnvironment(variables: Environment): void {
  const env = getEnvironment();
  for (const [name, value] of Object.entries(variables))
    if (value === undefined) Reflect.deleteProperty(env, name);
    else env[name] = value;
}
