import { getEnvironment } from "../../../stacks/config/environment";
import { getSecretName } from "../../../stacks/naming";
import { isAwsError } from "../aws/errors";
import { formatCommand } from "../cli/invocation";
import { formatStageOptions, type StageTarget } from "../cli/options";
import { requireUnlockedState } from "../stage/state-lock-file";
import { SYSTEM_CLOCK } from "../system/clock";
import { limitConcurrency } from "../system/concurrency";
import { retry } from "../system/retry";
import { ClientSecretTester, type TestedSecret } from "./client-secret-tester";
import type { RotatedClient } from "./rotate-secrets";
import { SdkRotationCalls } from "./rotation-calls";
import { createRotationClients } from "./rotation-reader";
import type { RotationContext } from "./rotation-steps";

/** Calls at the same time. Pauses do not count, so that one client does not delay another. */
const MAX_CALLS = 6;
const THROTTLED_ATTEMPTS = 5;
const THROTTLED_MS = 2_000;

/** Connects to AWS for the rotation of clients of a stage. */
export async function createRotatedClients(
  stage: StageTarget,
  ids: readonly string[],
  options: Pick<RotationContext, "dropsUnknown" | "replacesInvalid" | "log">,
): Promise<readonly RotatedClient[]> {
  const limit = limitConcurrency(MAX_CALLS);
  const test = new ClientSecretTester(getEnvironment(), { log: options.log });
  const calls = new SdkRotationCalls(
    await createRotationClients(stage.awsTarget),
    { run: (secret: TestedSecret) => limit(() => test.run(secret)) },
    (_, send) => retryThrottled(() => limit(send)),
  );
  const requireUnlocked = (): Promise<void> => requireUnlockedState(stage);
  return ids.map((id) => ({
    id,
    context: {
      ...options,
      calls,
      secretName: getSecretName(stage.stackName, id),
      clock: SYSTEM_CLOCK,
      log: (line) => {
        options.log(ids.length === 1 ? line : `${id}: ${line}`);
      },
      formatRotate: (...more) =>
        formatCommand(
          "rotate-secret",
          "--service-id",
          id,
          formatStageOptions(stage),
          ...more,
        ),
      requireUnlockedState: requireUnlocked,
    },
  }));
}

/** The SDK has repeated the call already: many clients of one user pool share its quota. */
async function retryThrottled<T>(call: () => Promise<T>): Promise<T> {
  return retry(call, {
    attempts: THROTTLED_ATTEMPTS,
    recover: async (error, attempt) => {
      const isThrottled = isAwsError(
        error,
        "TooManyRequestsException",
        "ThrottlingException",
      );
      if (isThrottled) await SYSTEM_CLOCK.sleep(THROTTLED_MS * attempt);
      return isThrottled;
    },
  });
}
