import type { ClientRotation } from "./read-rotation";
import {
  createAmbiguousError,
  createFinishedError,
  createInvalidSecretError,
  createLostSecretError,
  createNotSwitchedError,
} from "./rotation-errors";
import {
  findLiveSecret,
  findOtherValue,
  isCurrentAccepted,
  type KnownSecret,
  removePending,
  repeatStep,
  type RotationAction,
  type RotationContext,
  type RotationResult,
  switchSecret,
  waitUntilAccepted,
} from "./rotation-steps";
import { isPendingCurrent, isSwitchInterrupted } from "./rotation-status";

/**
 * Makes the older of two live secrets current again. If Cognito does not recognize the secret in AWSCURRENT, makes a live secret
 * current whose value is known. Does nothing if the older secret is current.
 *
 * @throws UserError if no such secret is live, or its value is not known
 */
export async function rollBack(
  context: RotationContext,
): Promise<RotationResult> {
  const run = new RollBackRun(context);
  return repeatStep(context, (rotation) => run.step(rotation));
}

class RollBackRun {
  private action: RotationAction = "none";
  /** Whether this run has replaced a secret that was not valid. */
  private isRepaired = false;

  constructor(private readonly context: RotationContext) {}

  /** @returns `undefined` if the rotation must be read again */
  async step(rotation: ClientRotation): Promise<RotationResult | undefined> {
    const { context } = this;
    const { pending, liveSecrets, currentSecretId } = rotation;
    // a later start would continue the rotation
    if (isPendingCurrent(rotation)) {
      await removePending(context, rotation);
      return undefined;
    }
    if (!(await isCurrentAccepted(context, rotation)))
      return this.repair(rotation);
    if (this.isRepaired) return { rotation, action: this.action };
    if (pending?.clientSecret !== undefined)
      throw createNotSwitchedError(rotation, context.formatRotate);
    const [older, newer] = liveSecrets;
    const isDone =
      older?.id === currentSecretId && !isSwitchInterrupted(rotation);
    if (newer === undefined ? this.action !== "none" : isDone)
      return { rotation, action: this.action };
    if (older === undefined || newer === undefined)
      throw createFinishedError(rotation, context.formatRotate);
    if (currentSecretId === undefined) throw createAmbiguousError(rotation);
    const value =
      rotation.values.get(older.id) ??
      (await findOtherValue(context, rotation));
    if (
      value === undefined ||
      !(await waitUntilAccepted(context, rotation, value))
    )
      throw createLostSecretError(rotation, context.formatRotate);
    await this.switchTo(rotation, { id: older.id, value });
    return undefined;
  }

  private async repair(rotation: ClientRotation): Promise<undefined> {
    const live = await findLiveSecret(this.context, rotation);
    if (live === undefined)
      throw createInvalidSecretError(
        rotation,
        false,
        this.context.formatRotate,
      );
    await this.switchTo(rotation, live);
    this.isRepaired = true;
    return undefined;
  }

  private async switchTo(
    rotation: ClientRotation,
    { id, value }: KnownSecret,
  ): Promise<void> {
    this.context.log(
      `Moving AWSCURRENT of ${rotation.secretName} to the secret ${id}…`,
    );
    if (await switchSecret(this.context, rotation, id, value))
      this.action = "rolled-back";
  }
}
