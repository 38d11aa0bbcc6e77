import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../constructs/errors";
import { formatTextTable } from "../cli/table";
import {
  findDetachedLocalAws,
  LOCAL_AWS_DIRECTORY,
  startDetachedLocalAws,
  startLocalAws,
  stopDetachedLocalAws,
  type LocalAws,
} from "../local-aws/local-aws";
import { requirePrerequisites } from "../local-aws/prerequisites";
import { onExit } from "../system/exit-hooks";
import { formatShellExports } from "../system/shell";
import { createProviderEnvironment } from "../terraform/terraform";
import { createDemoUser, DEMO_ACCOUNT, prepareAccount } from "./account";
import { listStackResources } from "./stack-resources";
import { DemoStage } from "./stage";
import { formatCommand } from "../cli/invocation";

/** A line of deploy or destroy with Terraform's progress of a resource. */
const PROGRESS =
  /(aws_\w+)\.(\S+?)(?:_[0-9A-F]{8})?: (Creation|Modifications|Destruction) complete/;
const CHANGES: Readonly<Record<string, string>> = {
  Creation: "created  ",
  Modifications: "changed  ",
  Destruction: "destroyed",
};

export interface DemoOptions {
  /** Prints a line of the result. */
  readonly print: (line: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Deploys, uses and destroys a stage on a new local AWS.
 *
 * @throws UserError if a prerequisite is missing or a check fails
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { log } = options;
  await requirePrerequisites();
  log("Starting a local AWS…");
  const aws = await startLocalAws({ log });
  try {
    const stage = await deployAndUse(aws, options);
    await destroyStage(aws, stage, options);
  } catch (error) {
    throw explainConnectionError(error, aws);
  } finally {
    await aws.stop();
  }
}

/**
 * Deploys and uses a stage on the detached local AWS, and leaves both running. If it fails, ends the local AWS that it
 * started.
 *
 * @throws UserError if a prerequisite is missing or a check fails
 */
export async function runPersistentDemo(options: DemoOptions): Promise<void> {
  const { print, log } = options;
  await requirePrerequisites();
  const running = await findDetachedLocalAws({});
  const aws = running ?? (await startDetachedLocalAws({ log }));
  const stop = async (): Promise<void> => {
    if (running === undefined) await stopDetachedLocalAws({ log });
  };
  const dispose = onExit(stop);
  try {
    const stage = await deployAndUse(aws, options);
    const variables = {
      ...aws.environment,
      ...createProviderEnvironment({ directory: LOCAL_AWS_DIRECTORY }),
      ENV_FILE: stage.envFile,
    };
    for (const line of [
      "",
      "The stage is deployed. To use and change it in a shell:",
      "",
      ...formatShellExports(variables).map((command) => `  ${command}`),
      "",
      `To stop the local AWS and remove its data: ${formatCommand("local", "down")}`,
    ])
      print(line);
  } catch (error) {
    await stop();
    throw explainConnectionError(error, aws);
  } finally {
    dispose();
  }
}

/** Deploys the stage and uses it as a service and as a user. */
async function deployAndUse(
  aws: LocalAws,
  { print, log }: DemoOptions,
): Promise<DemoStage> {
  const stage = new DemoStage(aws, (line) => {
    const [, type, id, change] = PROGRESS.exec(line) ?? [];
    if (type !== undefined)
      log(`  ${CHANGES[change ?? ""] ?? ""} ${type} ${id ?? ""}`);
  });
  log(
    "Creating the state bucket, a boundary policy and a data managers' role…",
  );
  await prepareAccount(aws);
  await stage.requireOwn();
  log(formatCommand("deploy", "--stage", stage.name));
  const deployedOutputs = await stage.deploy();
  log("Planning again…");
  check(await stage.isUpToDate(), "the second plan must be empty");
  const commands = stage.createCommands(log);
  const outputs = await commands.readOutputs();
  check(
    isDeepStrictEqual(outputs, deployedOutputs),
    "the outputs in the state must equal those of the deployment",
  );
  const { service, group, hasExistingRole } = stage.findUses();
  const rows: (readonly [string, string])[] = [];
  if (service !== undefined) {
    const token = await commands.getServiceToken(service.id);
    check(
      isDeepStrictEqual(sortWords(token.scope), sortWords(service.scope)),
      `the scope of the token must be ${service.scope}, got ${token.scope}`,
    );
    const secretId = `${stage.stackName}/${service.id}`;
    rows.push(
      ["secret", `${secretId} (client_secret ********)`],
      [
        "service token",
        `scope ${token.scope}, for ${token.expiresInSeconds} s`,
      ],
    );
  }
  // without a programmatic client, no one can sign in with a password
  if (group !== undefined && outputs.client_id !== undefined) {
    log(`Creating a user in ${group}…`);
    const { userpool_id: userPool = "" } = outputs;
    const user = await createDemoUser(aws, userPool, [group]);
    const credentials = await commands.getCredentials(
      user.userName,
      user.password,
    );
    rows.push(
      ["user", `${user.userName} in ${group}`],
      [
        "credentials",
        `${credentials.AccessKeyId}, until ${credentials.Expiration}`,
      ],
    );
  }
  if (hasExistingRole) {
    const trust = await commands.addTrust(DEMO_ACCOUNT.managersRole);
    check(
      trust.includes(outputs.identitypool_id ?? "missing"),
      "the data managers' role must trust the identity pool",
    );
    rows.push([
      "data managers",
      `${DEMO_ACCOUNT.managersRole} trusts the identity pool`,
    ]);
  }
  rows.push(["doctor", await commands.checkHealth()]);
  const resources = await stage.listResources();
  const stageRows = [
    ["stack", stage.stackName],
    ["resources", `${resources.length}, second plan empty`],
    ["user pool", outputs.userpool_id ?? "missing"],
    ["hosted domain", outputs.userpool_domain_base_url ?? "missing"],
    ["identity pool", outputs.identitypool_id ?? "none"],
  ];
  for (const line of formatTextTable([...stageRows, ...rows])) print(line);
  return stage;
}

/** Disables deletion protection and destroys the stage. */
async function destroyStage(
  aws: LocalAws,
  stage: DemoStage,
  { print, log }: DemoOptions,
): Promise<void> {
  const settings = { DELETION_PROTECTION: "false" };
  log("Disabling deletion protection…");
  await stage.deploy(settings);
  log(formatCommand("destroy", "--stage", stage.name));
  await stage.destroy(settings);
  const remaining = [
    ...(await stage.listResources()),
    ...(await listStackResources(aws, stage.stackName)),
  ];
  check(
    remaining.length === 0,
    `no resource must remain after destroy, got ${remaining.join(", ")}`,
  );
  print(
    `destroyed: 0 resources left in the state, 0 of ${stage.stackName} in the account`,
  );
}

function sortWords(text: string): readonly string[] {
  return text.split(" ").sort();
}

function check(condition: boolean, requirement: string): void {
  if (!condition) throw new UserError(`demo failed: ${requirement}`);
}

/** Explains a connection error, which means that the local AWS has ended. */
function explainConnectionError(
  error: unknown,
  { endpoint }: LocalAws,
): unknown {
  const isConnectionError =
    error instanceof Error &&
    "code" in error &&
    (error.code === "ECONNREFUSED" || error.code === "ECONNRESET");
  return isConnectionError
    ? new UserError(`the local AWS at ${endpoint} ended before the demo`)
    : error;
}
