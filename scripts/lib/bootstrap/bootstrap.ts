import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/config/config";
import {
  type Environment,
  getOutputDirectory,
} from "../../../stacks/config/environment";
import { requireAccount } from "../aws/caller";
import type { AwsTarget } from "../aws/client";
import { withLock } from "../system/file-lock";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { getTerraformEnvironment } from "../terraform/environment";
import { InterruptedRunMarker } from "../terraform/interrupted-run-marker";
import { findTerraformProblem } from "../terraform/terraform";
import { formatAccountPlan } from "./account-plan";
import { AccountWorkspace } from "./account-workspace";
import { ExistingBucket } from "./existing-bucket";
import { findExistingResources } from "./existing-resources";
import { formatCommand } from "../cli/invocation";

export interface BootstrapOptions {
  readonly account: AccountConfig;
  /** Origins of the settings, by name. */
  readonly origins: Environment;
  readonly target: AwsTarget;
  /** Whether to adopt a bucket with other objects, which overwrites its configuration. */
  readonly canAdoptBucket: boolean;
  /**
   * Whether to show every attribute of new resources to the user.
   *
   * @default false
   */
  readonly isPlanComplete?: boolean;
  /** Shows a plan to the user, and asks whether to apply it. */
  readonly confirm: (plan: string) => Promise<boolean>;
  readonly log: (line: string) => void;
}

/** Fields of a state that Terraform can change without a change of a resource. */
const VOLATILE_FIELDS = /^(serial|lineage|terraform_version|check_results)$/;
/** Prefixes of the names of all resources in the account's stack. */
const OWN_NAME =
  /^(state-bucket|state-encryption-key|boundary|oidc-provider|deploy-roles)_/;
/** Longest wait for another run in the same directory. */
const LOCK_SECONDS = 600;

/**
 * Creates or updates the account's stack, which contains the bucket of its own state: starts with a local state and moves
 * it into the bucket. Continues an earlier or interrupted run.
 *
 * @returns the outputs of the stack
 * @throws UserError if it fails or the user does not confirm the plan
 */
export async function bootstrap(
  options: BootstrapOptions,
): Promise<Readonly<Record<string, string>>> {
  const { account, target, log } = options;
  const problem = await findTerraformProblem(getTerraformEnvironment());
  if (problem !== undefined) throw new UserError(problem);
  await requireAccount(
    {
      settings: { AWS_ACCOUNT_ID: account.accountId },
      origins: options.origins,
      awsTarget: target,
    },
    log,
  );

  const outputDirectory = path.resolve(getOutputDirectory(), "bootstrap");
  const lock = path.join(outputDirectory, "bootstrap.lock");
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryDirectory(async (planDirectory) => {
      const marker = new InterruptedRunMarker(outputDirectory);
      if (marker.isResumed) log("Continuing an interrupted run…");
      const workspace = new AccountWorkspace({
        account,
        target,
        outputDirectory,
        planDirectory,
        log,
      });
      return marker.run(
        () => converge(workspace, options),
        async (lockId) => {
          log(`Removing the state lock of the interrupted run: ${lockId}`);
          await workspace.open("s3");
          await workspace.forceUnlock(lockId);
        },
      );
    }),
  );
}

async function converge(
  workspace: AccountWorkspace,
  options: BootstrapOptions,
): Promise<Readonly<Record<string, string>>> {
  const { account, target, canAdoptBucket, log } = options;
  const bucket = new ExistingBucket(account, target);
  const readState = () => bucket.readObject(getStateKey(account));
  const exists = await bucket.exists();
  const remote = exists ? await readState() : undefined;
  const local = workspace.readLocalState();
  if (exists && !canAdoptBucket && (await bucket.isInUse(account.tags.Stack)))
    throw new UserError(
      `bucket ${account.stateBucket.name} must be empty or have the tag Stack=${account.tags.Stack}, got a bucket with other objects`,
      "check STATE_BUCKET_NAME; --adopt-bucket adopts the bucket with its objects and overwrites its configuration",
    );
  if (remote === undefined && (!exists || local !== undefined)) {
    log(
      `Creating the account's stack with the local state ${path.basename(workspace.localStateFile)}…`,
    );
    await workspace.open("local");
    await applyAll(workspace, options);
    requireNoState(await readState(), account);
    log("Moving the state into the bucket…");
    await workspace.migrateState();
    removeMigratedState(workspace, await readState(), log);
  } else {
    requireOwnState(remote, account);
    if (local !== undefined) removeMigratedState(workspace, remote, log);
    else workspace.removeEmptyState();
    await workspace.open("s3");
  }
  log("Planning the account's stack…");
  await applyAll(workspace, options);
  return workspace.readOutputs();
}

/** Plans and applies, importing existing resources. */
async function applyAll(
  workspace: AccountWorkspace,
  options: BootstrapOptions,
): Promise<void> {
  const { account, target, confirm, log, isPlanComplete = false } = options;
  let plan = await workspace.plan();
  if (plan.hasChanges) {
    const existing = await findExistingResources(
      plan.resourceChanges,
      account,
      target,
    );
    if (existing.length > 0) {
      for (const [address, id] of existing)
        log(`Importing ${address}, which already exists: ${id}`);
      workspace.setImports(existing);
      plan = await workspace.plan();
    }
  }
  if (!plan.hasChanges) {
    log("no changes");
    return;
  }
  const text = formatAccountPlan(plan, account.accountId, isPlanComplete);
  if (!(await confirm(text))) {
    workspace.setImports([]);
    throw new UserError(
      "the plan was not confirmed: nothing was changed",
      `run ${formatCommand("bootstrap")} again`,
    );
  }
  log("Applying the plan…");
  await workspace.apply();
}

/** Removes the local state if the bucket has the same. */
function removeMigratedState(
  workspace: AccountWorkspace,
  remote: string | undefined,
  log: (line: string) => void,
): void {
  const local = workspace.readLocalState() ?? "";
  if (remote === undefined || !isSameState(local, remote)) {
    throw new UserError(
      `the state in the bucket must equal ${path.basename(workspace.localStateFile)}, got another state`,
      `compare both (${formatCommand("outputs", "--stage account")} reads the one in the bucket); remove the local file if the bucket has the newer state`,
    );
  }
  workspace.removeLocalState();
  log("the state is in the bucket; removed the local copy");
}

/** @throws UserError if another run wrote a state, which the migration would overwrite */
function requireNoState(
  remote: string | undefined,
  account: AccountConfig,
): void {
  if (remote !== undefined)
    throw new UserError(
      `${getStateKey(account)} must not exist in bucket ${account.stateBucket.name} before the migration, got the state of another run`,
      `run ${formatCommand("bootstrap")} again where the other run was started; remove the local state here if the other state has all its resources`,
    );
}

/** @throws UserError if the state is of another stack: a plan would destroy the resources of that stack */
function requireOwnState(
  remote: string | undefined,
  account: AccountConfig,
): void {
  if (remote === undefined) return;
  const { resources = [] } = JSON.parse(remote) as {
    readonly resources?: readonly Record<"mode" | "type" | "name", string>[];
  };
  const other = resources.find(
    ({ mode, name }) => mode === "managed" && !OWN_NAME.test(name),
  );
  if (other !== undefined)
    throw new UserError(
      `${getStateKey(account)} in bucket ${account.stateBucket.name} must be the state of the account's stack, got one with ${other.type}.${other.name}`,
      "check the state; choose another APP_NAME or STATE_BUCKET_NAME",
    );
}

function getStateKey({ state }: AccountConfig): string {
  return state.backend === "s3" ? state.key : "";
}

function isSameState(one: string, other: string): boolean {
  const [first, second] = [parseState(one), parseState(other)];
  return first !== undefined && isDeepStrictEqual(first, second);
}

function parseState(text: string): object | undefined {
  try {
    const state = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(state).filter(([name]) => !VOLATILE_FIELDS.test(name)),
    );
  } catch {
    return undefined;
  }
}
