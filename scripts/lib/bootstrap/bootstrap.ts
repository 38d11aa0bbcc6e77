import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/account-config";
import { outputFolder } from "../../../stacks/config";
import type { AwsPlace } from "../aws-client";
import { withLock } from "../file-lock";
import { withTemporaryFolder } from "../temporary-folder";
import { terraformProblem } from "../terraform/terraform";
import { ownEnvironment } from "../terraform/own-environment";
import { TerraformError } from "../terraform/stack-folder";
import { stateLockOf } from "../terraform/state-lock";
import { AccountFolder, type AccountPlan } from "./account-folder";
import { requireAccount } from "./caller-account";
import { ExistingBucket } from "./existing-bucket";
import { existingResources } from "./existing-resources";
import { RunMark } from "./stale-lock";

export interface BootstrapOptions {
  readonly account: AccountConfig;
  readonly place: AwsPlace;
  /** Whether a bucket that others keep something in may be taken in, which changes its rules. */
  readonly adoptsBucket: boolean;
  /** Whether a plan, as a person reads it, may be applied. */
  readonly agree: (plan: string) => Promise<boolean>;
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
  const { account, place, log } = options;
  const problem = await terraformProblem(ownEnvironment(place));
  if (problem !== undefined) throw new UserError(problem);
  await requireAccount(account.accountId, place);

  const directory = path.resolve(outputFolder(), "bootstrap");
  const lock = path.join(directory, "bootstrap.lock");
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryFolder(async (plans) => {
      const mark = new RunMark(directory);
      if (mark.isResumed) log("going on from a run that was interrupted");
      const folder = new AccountFolder({
        account,
        place,
        outdir: directory,
        plans,
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
  folder: AccountFolder,
  options: BootstrapOptions,
): Promise<Readonly<Record<string, string>>> {
  const { account, place, adoptsBucket, log } = options;
  const bucket = new ExistingBucket(account, place);
  const isThere = await bucket.exists();
  const remote = isThere ? await bucket.read(stateKey(account)) : undefined;
  const local = folder.readLocalState();
  const isTaken =
    isThere && (await bucket.isUsedByOthers(account.stage)) && !adoptsBucket;
  if (isTaken)
    throw new UserError(
      `bucket ${account.stateBucketName} must be empty or of this stack, tagged Stack=${account.stage}, got one that others keep something in`,
      "check STATE_BUCKET_NAME; --adopt-bucket takes it in with all that it holds, and puts rules of a state bucket in place of its own",
    );
  if (remote === undefined && (!isThere || local !== undefined)) {
    log(`setting up with a local state, ${path.basename(folder.localState)}`);
    await folder.open("local");
    await applyAll(folder, options);
    requireNone(await bucket.read(stateKey(account)), account);
    log("moving the state into its bucket");
    await folder.moveToBucket();
    removeMovedState(folder, await bucket.read(stateKey(account)), log);
  } else {
    requireOwn(remote, account);
    if (local !== undefined) removeMovedState(folder, remote, log);
    else folder.removeEmptyState();
    await folder.open("s3");
  }
  log("comparing the account with its stack");
  await applyAll(folder, options);
  return folder.outputs();
}

/** Plans and applies, taking in what is there already, until nothing is left to do. */
async function applyAll(
  folder: AccountFolder,
  { account, place, agree, log }: BootstrapOptions,
): Promise<void> {
  let plan: AccountPlan = await folder.plan();
  if (plan.hasChanges) {
    const existing = await existingResources(
      plan.resourceChanges,
      account,
      place,
    );
    if (existing.length > 0) {
      for (const [address, id] of existing)
        log(`taking in ${address}, which is there already: ${id}`);
      folder.importAll(existing);
      plan = await folder.plan();
    }
  }
  if (!plan.hasChanges) {
    log("nothing to change");
    return;
  }
  if (!(await agree(plan.text))) {
    folder.importAll([]);
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
  folder: AccountFolder,
  remote: string | undefined,
  log: (line: string) => void,
): void {
  const local = folder.readLocalState() ?? "";
  if (remote === undefined || !holdsTheSame(local, remote)) {
    throw new UserError(
      `the state in the bucket must hold what ${path.basename(folder.localState)} does, got another`,
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
      `${stateKey(account)} must not be in bucket ${account.stateBucketName} before the state is moved there, and is now: another run has written it`,
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
      `the state ${stateKey(account)} in bucket ${account.stateBucketName} must be the account's, got another stack's, with ${strange.type}.${strange.name}`,
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
  folder: AccountFolder,
  mark: RunMark,
  log: (line: string) => void,
  job: () => Promise<T>,
): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const lock =
      error instanceof TerraformError
        ? stateLockOf(`${error.result.stdout}\n${error.result.stderr}`)
        : undefined;
    if (lock === undefined || !mark.owns(lock)) throw error;
    log(`removing the lock that the interrupted run has left: ${lock.id}`);
    await folder.open("s3");
    await folder.forceUnlock(lock.id);
    return job();
  }
}
