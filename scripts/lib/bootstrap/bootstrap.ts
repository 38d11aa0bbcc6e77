import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/config/config";
import { getOutputDirectory } from "../../../stacks/config/environment";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { withLock } from "../system/file-lock";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { findTerraformProblem } from "../terraform/terraform";
import { getTerraformEnvironment } from "../terraform/environment";
import { TerraformError } from "../terraform/stack-directory";
import { parseStateLock } from "../terraform/state-lock";
import { type AccountPlan, AccountWorkspace } from "./account-workspace";
import { ExistingBucket } from "./existing-bucket";
import { findExistingResources } from "./existing-resources";
import { RunMark } from "./stale-lock";

export interface BootstrapOptions {
  readonly account: AccountConfig;
  readonly target: AwsTarget;
  /** Whether a bucket that others keep something in may be taken in, which changes its rules. */
  readonly canAdoptBucket: boolean;
  /** Whether a plan, as a person reads it, may be applied. */
  readonly confirm: (plan: string) => Promise<boolean>;
  /** Told what happens, a line at a time. */
  readonly log: (line: string) => void;
}

/** What Terraform writes anew in a state that says the same. */
const COUNTED = ["serial", "lineage", "terraform_version", "check_results"];
/** How the names of all resources of the account's stack begin. */
const OWN_NAME =
  /^(state-bucket|state-encryption-key|boundary|oidc-provider|deploy-roles)_/;
/** Another run may be at work in the same folder. */
const LOCK_SECONDS = 600;

/**
 * Brings the account's stack up, whose state lies in the bucket that it makes itself: at first with a local state, which
 * is then moved into the bucket. Whatever is there already, from an earlier or an interrupted run, is gone on from.
 *
 * @returns the stack's outputs
 * @throws UserError when it cannot be done or is not agreed to
 */
export async function bootstrap(
  options: BootstrapOptions,
): Promise<Readonly<Record<string, string>>> {
  const { account, target: place, log } = options;
  const problem = await findTerraformProblem(getTerraformEnvironment(place));
  if (problem !== undefined) throw new UserError(problem);
  await requireCallerAccount(account.accountId, place);

  const directory = path.resolve(getOutputDirectory(), "bootstrap");
  const lock = path.join(directory, "bootstrap.lock");
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryDirectory(async (plans) => {
      const mark = new RunMark(directory);
      if (mark.isResumed) log("going on from a run that was interrupted");
      const folder = new AccountWorkspace({
        account,
        target: place,
        outputDirectory: directory,
        planDirectory: plans,
        log,
      });
      try {
        const outputs = await withoutStaleLocks(folder, mark, log, () =>
          converge(folder, options),
        );
        mark.end({ keep: false });
        return outputs;
      } catch (error) {
        // the lock of a run that was killed before may still be there
        mark.end({ keep: mark.isResumed });
        throw error;
      }
    }),
  );
}

async function converge(
  folder: AccountWorkspace,
  options: BootstrapOptions,
): Promise<Readonly<Record<string, string>>> {
  const { account, target: place, canAdoptBucket: adoptsBucket, log } = options;
  const bucket = new ExistingBucket(account, place);
  const isThere = await bucket.exists();
  const remote = isThere
    ? await bucket.readObject(stateKey(account))
    : undefined;
  const local = folder.readLocalState();
  const isTaken =
    isThere && (await bucket.isInUse(account.tags.Stack)) && !adoptsBucket;
  if (isTaken)
    throw new UserError(
      `bucket ${account.stateBucket.name} must be empty or of this stack, tagged Stack=${account.tags.Stack}, got one that others keep something in`,
      "check STATE_BUCKET_NAME; --adopt-bucket takes it in with all that it holds, and puts rules of a state bucket in place of its own",
    );
  if (remote === undefined && (!isThere || local !== undefined)) {
    log(
      `setting up with a local state, ${path.basename(folder.localStateFile)}`,
    );
    await folder.open("local");
    await applyAll(folder, options);
    requireNone(await bucket.readObject(stateKey(account)), account);
    log("moving the state into its bucket");
    await folder.migrateState();
    removeMovedState(folder, await bucket.readObject(stateKey(account)), log);
  } else {
    requireOwn(remote, account);
    if (local !== undefined) removeMovedState(folder, remote, log);
    else folder.removeEmptyState();
    await folder.open("s3");
  }
  log("comparing the account with its stack");
  await applyAll(folder, options);
  return folder.readOutputs();
}

/** Plans and applies, taking in what is there already, until nothing is left to do. */
async function applyAll(
  folder: AccountWorkspace,
  { account, target: place, confirm: agree, log }: BootstrapOptions,
): Promise<void> {
  let plan: AccountPlan = await folder.plan();
  if (plan.hasChanges) {
    const existing = await findExistingResources(
      plan.resourceChanges,
      account,
      place,
    );
    if (existing.length > 0) {
      for (const [address, id] of existing)
        log(`taking in ${address}, which is there already: ${id}`);
      folder.setImports(existing);
      plan = await folder.plan();
    }
  }
  if (!plan.hasChanges) {
    log("nothing to change");
    return;
  }
  if (!(await agree(plan.text))) {
    folder.setImports([]);
    throw new UserError(
      "the plan was not agreed to: nothing was changed",
      "run npm run bootstrap again",
    );
  }
  log("applying");
  await folder.apply();
}

/** Removes the local state, which the bucket has word for word. */
function removeMovedState(
  folder: AccountWorkspace,
  remote: string | undefined,
  log: (line: string) => void,
): void {
  const local = folder.readLocalState() ?? "";
  if (remote === undefined || !holdsTheSame(local, remote)) {
    throw new UserError(
      `the state in the bucket must hold what ${path.basename(folder.localStateFile)} does, got another`,
      `compare the two (npm run -s outputs -- --stage account reads the bucket's); remove the local file if the bucket's is the newer one`,
    );
  }
  folder.removeLocalState();
  log("the state is in its bucket; the local copy is removed");
}

/** @throws UserError when somebody else has written a state meanwhile, which moving ours there would bury */
function requireNone(remote: string | undefined, account: AccountConfig): void {
  if (remote !== undefined)
    throw new UserError(
      `${stateKey(account)} must not be in bucket ${account.stateBucket.name} before the state is moved there, and is now: another run has written it`,
      "run npm run bootstrap again where that run was made, and remove the local state here if its resources are all there",
    );
}

/** @throws UserError when a state is another stack's: a plan on it would destroy all that stack has */
function requireOwn(remote: string | undefined, account: AccountConfig): void {
  if (remote === undefined) return;
  const { resources = [] } = JSON.parse(remote) as {
    readonly resources?: readonly Record<"mode" | "type" | "name", string>[];
  };
  const strange = resources.find(
    ({ mode, name }) => mode === "managed" && !OWN_NAME.test(name),
  );
  if (strange !== undefined)
    throw new UserError(
      `the state ${stateKey(account)} in bucket ${account.stateBucket.name} must be the account's, got another stack's, with ${strange.type}.${strange.name}`,
      "look at what lies there, and choose another APP_NAME or STATE_BUCKET_NAME",
    );
}

function stateKey({ state }: AccountConfig): string {
  return state.backend === "s3" ? state.key : "";
}

/** Whether two states are one, whatever Terraform has counted since. */
function holdsTheSame(one: string, other: string): boolean {
  const [first, second] = [parse(one), parse(other)];
  return first !== undefined && isDeepStrictEqual(first, second);
}

function parse(text: string): object | undefined {
  try {
    const state = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(state).filter(([name]) => !COUNTED.includes(name)),
    );
  } catch {
    return undefined;
  }
}

/** Does a job again when nothing but a lock that a killed run has left was in its way. */
async function withoutStaleLocks<T>(
  folder: AccountWorkspace,
  mark: RunMark,
  log: (line: string) => void,
  job: () => Promise<T>,
): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const lock =
      error instanceof TerraformError
        ? parseStateLock(`${error.result.stdout}\n${error.result.stderr}`)
        : undefined;
    if (lock === undefined || !mark.owns(lock)) throw error;
    log(`removing the lock that the interrupted run has left: ${lock.id}`);
    await folder.open("s3");
    await folder.forceUnlock(lock.id);
    return job();
  }
}

/**
 * Has the credentials be those of an account, before anything is made with them.
 *
 * @throws UserError when they are another's
 */
export async function requireCallerAccount(
  accountId: string,
  place: AwsTarget,
): Promise<void> {
  const { STSClient, GetCallerIdentityCommand } =
    await import("@aws-sdk/client-sts");
  const client = await createAwsClient(STSClient, place);
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account !== accountId)
    throw new UserError(
      `AWS_ACCOUNT_ID must be the account of the credentials, got "${accountId}" with credentials of "${Account ?? "none"}"`,
      "check AWS_ACCOUNT_ID, and AWS_PROFILE or --profile",
    );
}
