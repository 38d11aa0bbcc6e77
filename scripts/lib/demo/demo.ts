import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../constructs/errors";
import { DemoStage } from "./stage";
import {
  DEMO_ACCOUNT,
  listStackResources,
  createUser,
  prepareAccount,
} from "./account";
import { onExit } from "../system/exit-hooks";
import {
  LOCAL_AWS_DIRECTORY,
  startDetachedLocalAws,
  findDetachedLocalAws,
  startLocalAws,
  stopDetachedLocalAws,
  type LocalAws,
} from "../local-aws/local-aws";
import { requirePrerequisites } from "../local-aws/prerequisites";
import { formatShellExports } from "../system/shell";
import { createProviderEnvironment } from "../terraform/terraform";

const GROUP = "veda-writers";
const SERVICE = "workflows-client";
/** A line of Terraform, as cdktf writes it, that says what has been done to a resource. */
const PROGRESS =
  /(aws_\w+)\.\S+ \((.+?)(?:\/Resource)?\): (Creation|Modifications|Destruction) complete/;
const DONE: Readonly<Record<string, string>> = {
  Creation: "created  ",
  Modifications: "changed  ",
  Destruction: "destroyed",
};
const SERVICE_SCOPE = "veda-stac-ingestion-registry-server/stac:register";

export interface DemoOptions {
  /** Leaves the stage and the local AWS up. */
  readonly keep: boolean;
  /** Told what the demo found, for a person to read. */
  readonly print: (line: string) => void;
  /** Told what is going on. */
  readonly log: (line: string) => void;
}

/**
 * The main job from beginning to end on a local AWS.
 *
 * @throws UserError when a prerequisite is missing or anything is not as it should be
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { keep, log } = options;
  await requirePrerequisites();
  if (keep) {
    await keepUp(options);
    return;
  }
  log("starting a local AWS");
  const aws = await startLocalAws({ log });
  try {
    await tearDown(aws, await use(aws, options), options);
  } catch (error) {
    throw explained(error, aws);
  } finally {
    await aws.stop();
  }
}

/** Leaves the stage up at the end, but nothing that this demo has started when it does not get there. */
async function keepUp(options: DemoOptions): Promise<void> {
  const { log } = options;
  const present = await findDetachedLocalAws({});
  const aws = present ?? (await startDetachedLocalAws({ log }));
  const settle = onExit(async () => {
    if (present === undefined) await stopDetachedLocalAws({ log });
  });
  try {
    printExports(aws, await use(aws, options), options);
  } catch (error) {
    if (present === undefined) await stopDetachedLocalAws({ log });
    throw explained(error, aws);
  } finally {
    settle();
  }
}

/** Deploys the stage and uses it, as a service and as a user. */
async function use(aws: LocalAws, options: DemoOptions): Promise<DemoStage> {
  const { print, log } = options;
  const stage = new DemoStage(aws, (line) => {
    const [, type, id, change] = PROGRESS.exec(line) ?? [];
    if (type !== undefined)
      log(`  ${DONE[change ?? ""] ?? ""} ${type} ${id ?? ""}`);
  });
  log("making the state bucket, a boundary policy and a data managers' role");
  await prepareAccount(aws);
  log(`cdktf deploy ${stage.stackName}`);
  const written = await stage.deploy();
  log("terraform plan, for the second time");
  ensure(await stage.isUpToDate(), "the second plan is not empty");
  const use = stage.createCommands(log);
  const outputs = await use.readOutputs();
  ensure(
    isDeepStrictEqual(outputs, written),
    "the outputs in the state are others than those of cdktf deploy",
  );
  const token = await use.getServiceToken(SERVICE);
  ensure(token.scope === SERVICE_SCOPE, `the token's scope is ${token.scope}`);
  log(`making a user of ${GROUP}, as an administrator does`);
  const user = await createUser(aws, outputs.userpool_id ?? "", GROUP);
  const credentials = await use.getCredentials(user.userName, user.password);
  const trust = await use.addTrust(DEMO_ACCOUNT.managersRole);
  ensure(
    trust.includes(outputs.identitypool_id ?? "missing"),
    "the data managers' role does not trust the identity pool",
  );

  const resources = await stage.listResources();
  printTable(print, [
    ["stack", stage.stackName],
    ["resources", `${resources.length}, second plan empty`],
    ["user pool", outputs.userpool_id],
    ["hosted domain", outputs.userpool_domain_base_url],
    ["identity pool", outputs.identitypool_id],
    [
      "secret",
      `${outputs.workflows_client_secret_id ?? "missing"} (client_secret ********)`,
    ],
    ["service token", `scope ${token.scope}, for ${token.expiresInSeconds} s`],
    ["user", `${user.userName} in ${GROUP}`],
    [
      "credentials",
      `${credentials.accessKeyId}, until ${credentials.expiration}`,
    ],
    ["data managers", `${DEMO_ACCOUNT.managersRole} trusts the identity pool`],
  ]);
  return stage;
}

/** Destroys the stage, in the two steps that its deletion protection asks for. */
async function tearDown(
  aws: LocalAws,
  stage: DemoStage,
  { print, log }: DemoOptions,
): Promise<void> {
  const unprotected = { DELETION_PROTECTION: "false" };
  log("switching deletion protection off");
  await stage.deploy(unprotected);
  log(`cdktf destroy ${stage.stackName}`);
  await stage.destroy(unprotected);
  const left = [
    ...(await stage.listResources()),
    ...(await listStackResources(aws, stage.stackName)),
  ];
  ensure(left.length === 0, `left after destroy: ${left.join(", ")}`);
  print(
    `destroyed: 0 resources left in the state, 0 of ${stage.stackName} in the account`,
  );
}

function printExports(
  aws: LocalAws,
  stage: DemoStage,
  { print }: DemoOptions,
): void {
  const variables = {
    ...aws.environment,
    ...createProviderEnvironment({ directory: LOCAL_AWS_DIRECTORY }),
    ENV_FILE: stage.envFile,
  };
  print("");
  print("The stage is up. To use it, and to change it, from a shell:");
  print("");
  for (const line of formatShellExports(variables)) print(`  ${line}`);
  print("");
  print("To stop it and lose all of it: npm run local -- down");
}

function printTable(
  print: DemoOptions["print"],
  rows: readonly (readonly [string, string | undefined])[],
): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) {
    print(`${name.padEnd(width)}  ${value ?? "missing"}`);
  }
}

function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new UserError(`demo failed: ${otherwise}`);
}

/** A refused connection as what it means here. */
function explained(error: unknown, { endpoint }: LocalAws): unknown {
  const isRefused =
    error instanceof Error &&
    "code" in error &&
    (error.code === "ECONNREFUSED" || error.code === "ECONNRESET");
  return isRefused
    ? new UserError(`the local AWS at ${endpoint} has ended before the demo`)
    : error;
}
