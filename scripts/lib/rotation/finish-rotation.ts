import type { ClientRotation } from "./read-rotation";
import {
  createAmbiguousError,
  createInvalidSecretError,
  createNotSwitchedError,
} from "./rotation-errors";
import {
  dropUnknownSecret,
  findLiveSecret,
  isCurrentAccepted,
  removePending,
  repeatStep,
  type RotationAction,
  type RotationContext,
  type RotationResult,
  switchSecret,
} from "./rotation-steps";
import {
  findOtherSecret,
  isKnownSecret,
  isPendingCurrent,
  isSwitchInterrupted,
} from "./rotation-status";

/** `<client-id>--<epoch>` */
const SECRET_ID_LABEL = /^[\w+]+--\d+$/;

/**
 * Deletes the live secret that AWSCURRENT does not hold. Does nothing if one secret is live.
 *
 * @throws UserError if AWSCURRENT does not hold the secret of the last switch, the other secret is not known, or the state is
 * locked: a saved plan that updates the client cannot be applied once its first secret was deleted
 */
export async function finishRotation(
  context: RotationContext,
): Promise<RotationResult> {
  const run = new FinishRun(context);
  return repeatStep(context, (rotation) => run.step(rotation));
}

class FinishRun {
  private action: RotationAction = "none";

  constructor(private readonly context: RotationContext) {}

  /** @returns `undefined` if the rotation must be read again */
  async step(rotation: ClientRotation): Promise<RotationResult | undefined> {
    const { context } = this;
    const { pending, liveSecrets } = rotation;
    if (isPendingCurrent(rotation)) {
      await removePending(context, rotation);
      return undefined;
    }
    const hasTwo = liveSecrets.length > 1;
    if (
      (pending?.clientSecret !== undefined && this.action === "none") ||
      isSwitchInterrupted(rotation)
    )
      throw createNotSwitchedError(rotation, context.formatRotate);
    if (!(await isCurrentAccepted(context, rotation)))
      return this.repairSwitch(rotation);
    if (hasTwo) return this.deleteOther(rotation);
    await this.removeLabels(rotation);
    return { rotation, action: this.action };
  }

  private async deleteOther(rotation: ClientRotation): Promise<undefined> {
    const { context } = this;
    const other = findOtherSecret(rotation);
    if (other === undefined) throw createAmbiguousError(rotation);
    if (!isKnownSecret(rotation, other)) {
      await dropUnknownSecret(context, rotation, other);
      this.action = "dropped";
      return undefined;
    }
    await context.requireUnlockedState();
    context.log(
      `Deleting the secret ${other.id}, which AWSCURRENT of ${rotation.secretName} does not hold…`,
    );
    await context.calls.deleteSecret(rotation.ids, other.id);
    this.action = "finished";
    return undefined;
  }

  /** Another run can have rolled back between the test and the deletion: AWSCURRENT then holds the deleted secret. */
  private async repairSwitch(rotation: ClientRotation): Promise<undefined> {
    const { context } = this;
    const live = await findLiveSecret(context, rotation);
    if (live === undefined || this.action === "none")
      throw createInvalidSecretError(
        rotation,
        live !== undefined,
        context.formatRotate,
      );
    await switchSecret(context, rotation, live.id, live.value);
    return undefined;
  }

  /**
   * Removes the labels of deleted secrets, also of a client that was replaced: versions with labels are never deleted, and AWS
   * allows 20 labels.
   */
  private async removeLabels({
    secretName,
    versions,
    liveSecrets,
  }: ClientRotation): Promise<void> {
    for (const { id, labels } of versions)
      for (const label of labels)
        if (
          SECRET_ID_LABEL.test(label) &&
          liveSecrets.every((secret) => secret.id !== label)
        )
          await this.context.calls.moveLabel(secretName, label, id);
  }
}
