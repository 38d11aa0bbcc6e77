import {
  type ClientRotation,
  readRotation,
  PENDING_LABEL,
} from "./read-rotation";
import {
  createAmbiguousError,
  createInvalidSecretError,
  createUnknownSecretError,
} from "./rotation-errors";
import {
  dropUnknownSecret,
  findLiveSecret,
  findOtherValue,
  hasChanged,
  isCurrentAccepted,
  removePending,
  repeatStep,
  type RotationAction,
  type RotationContext,
  type RotationResult,
  switchSecret,
  waitUntilAccepted,
} from "./rotation-steps";
import {
  findOtherSecret,
  isKnownSecret,
  isPendingCurrent,
  isSwitchInterrupted,
} from "./rotation-status";
import { createVersionId, generateClientSecret } from "./new-version";

/** Pending versions of one AWSCURRENT: all but one have lost their label. */
const MAX_PENDING = 20;
const LISTING_MS = 1_000;

/**
 * Adds a second secret to a client and makes it current; both are valid until the rotation is finished. Continues a rotation
 * that was interrupted, and does nothing if two secrets are live.
 *
 * @throws UserError if nothing can be switched; no error contains a secret
 */
export async function startRotation(
  context: RotationContext,
): Promise<RotationResult> {
  const run = new StartRun(context);
  return repeatStep(context, (rotation) => run.step(rotation));
}

class StartRun {
  private action: RotationAction = "none";
  /** The secret that this run added. */
  private added: { readonly id: string; readonly value: string } | undefined;

  constructor(private readonly context: RotationContext) {}

  /** @returns `undefined` if the rotation must be read again */
  async step(rotation: ClientRotation): Promise<RotationResult | undefined> {
    const { liveSecrets } = rotation;
    if (isPendingCurrent(rotation)) {
      await removePending(this.context, rotation);
      this.action = "started";
      return undefined;
    }
    if (liveSecrets.length > 1) return this.continueWithTwo(rotation);
    // this run has switched, and another one has deleted the former secret since
    if (this.action === "started") return { rotation, action: this.action };
    return this.addSecond(rotation);
  }

  private async continueWithTwo(
    rotation: ClientRotation,
  ): Promise<RotationResult | undefined> {
    const { context } = this;
    if (await this.deleteRepeated(rotation)) return undefined;
    if (isSwitchInterrupted(rotation)) return this.resumeSwitch(rotation);
    if (rotation.pending?.clientSecret !== undefined)
      return this.switchToPending(rotation);
    if (!(await isCurrentAccepted(context, rotation))) {
      await this.canReplaceInvalid(rotation);
      return undefined;
    }
    const other = findOtherSecret(rotation);
    if (other === undefined) throw createAmbiguousError(rotation);
    if (isKnownSecret(rotation, other))
      return { rotation, action: this.action };
    await dropUnknownSecret(context, rotation, other);
    return undefined;
  }

  /** Deletes the secret that this run added if another run had completed the rotation with the same value before. */
  private async deleteRepeated({
    ids,
    clientSecret,
    currentSecretId,
    values,
  }: ClientRotation): Promise<boolean> {
    const { added } = this;
    const isRepeated =
      added?.value === clientSecret &&
      currentSecretId !== undefined &&
      currentSecretId !== added.id &&
      !values.has(added.id);
    if (!isRepeated) return false;
    await this.context.calls.deleteSecret(ids, added.id);
    this.added = undefined;
    return true;
  }

  private async resumeSwitch(rotation: ClientRotation): Promise<undefined> {
    const { context } = this;
    const { switchedTo: id = "", liveSecrets, values } = rotation;
    const value = values.get(id) ?? "";
    const secret = liveSecrets.find((one) => one.id === id);
    if (await waitUntilAccepted(context, rotation, value))
      await this.switchTo(rotation, id, value);
    else if (secret !== undefined)
      throw createUnknownSecretError(rotation, secret, context.formatRotate);
    return undefined;
  }

  /** Switches to the secret in AWSPENDING, or in a version whose label AWSPENDING another run has moved. */
  private async switchToPending(rotation: ClientRotation): Promise<undefined> {
    const { context } = this;
    const { liveSecrets, values, currentSecretId } = rotation;
    const secret = [...liveSecrets]
      .reverse()
      .find(({ id }) => id !== currentSecretId && !values.has(id));
    if (secret === undefined) {
      // it was never added: another run has completed the rotation
      await removePending(context, rotation);
      return undefined;
    }
    const value = await this.findPendingValue(rotation);
    if (await hasChanged(this.context, rotation)) return undefined;
    if (value !== undefined) await this.switchTo(rotation, secret.id, value);
    else if (currentSecretId !== undefined)
      await dropUnknownSecret(context, rotation, secret);
    else if (await isCurrentAccepted(context, rotation))
      throw createAmbiguousError(rotation);
    else await this.canReplaceInvalid(rotation);
    return undefined;
  }

  private async findPendingValue(
    rotation: ClientRotation,
  ): Promise<string | undefined> {
    const { context } = this;
    const value = rotation.pending?.clientSecret ?? "";
    if (await waitUntilAccepted(context, rotation, value)) return value;
    // without the id of the current secret, a value can be of either
    return rotation.currentSecretId === undefined
      ? undefined
      : findOtherValue(context, rotation);
  }

  private async switchTo(
    rotation: ClientRotation,
    id: string,
    value: string,
  ): Promise<void> {
    this.context.log(
      `Moving AWSCURRENT of ${rotation.secretName} to the new secret…`,
    );
    if (await switchSecret(this.context, rotation, id, value))
      this.action = "started";
  }

  private async addSecond(rotation: ClientRotation): Promise<undefined> {
    const { calls, secretName, log, clock } = this.context;
    const { ids, pending } = rotation;
    const canAdd =
      (await isCurrentAccepted(this.context, rotation)) ||
      (await this.canReplaceInvalid(rotation));
    if (!canAdd) return undefined;
    if (pending?.clientSecret === undefined) return this.writePending(rotation);
    log(`Adding a second secret to the client of ${secretName}…`);
    const id = await calls.addSecret(ids, pending.clientSecret);
    if (id === undefined) await clock.sleep(LISTING_MS);
    else this.added = { id, value: pending.clientSecret };
    return undefined;
  }

  /** Writes the value of the new secret, so that each later run uses the same one. */
  private async writePending(rotation: ClientRotation): Promise<undefined> {
    const { calls, secretName } = this.context;
    const { current, currentSecretId, ids } = rotation;
    for (let count = 0; count < MAX_PENDING; count += 1) {
      const isWritten = await calls.writeVersion(secretName, {
        id: createVersionId(
          "pending",
          current.id,
          currentSecretId ?? "",
          String(count),
        ),
        text: JSON.stringify({
          client_id: ids.clientId,
          client_secret: generateClientSecret(),
          ...(currentSecretId !== undefined && { replaces: currentSecretId }),
        }),
        label: PENDING_LABEL,
      });
      if (isWritten) return undefined;
      // another run has written it; without the label, its value is of a rotation that has ended
      const now = await readRotation(calls, secretName);
      const isPending = now.pending?.clientSecret !== undefined;
      if (isPending || now.current.id !== current.id) return undefined;
    }
    return undefined;
  }

  /**
   * Returns whether a new secret can replace that in AWSCURRENT, which Cognito does not recognize; if not, the rotation must be
   * read again.
   *
   * @throws UserError if another live secret is known
   */
  private async canReplaceInvalid(rotation: ClientRotation): Promise<boolean> {
    const { context } = this;
    const { secretName, liveSecrets } = rotation;
    if (await hasChanged(this.context, rotation)) return false;
    const live = await findLiveSecret(context, rotation);
    if (live !== undefined || !context.replacesInvalid)
      throw createInvalidSecretError(
        rotation,
        live !== undefined,
        context.formatRotate,
      );
    context.log(
      `Cognito does not recognize the secret in AWSCURRENT of ${secretName}: a new one replaces it`,
    );
    const [oldest] = liveSecrets;
    if (liveSecrets.length < 2 || oldest === undefined) return true;
    await dropUnknownSecret(context, rotation, oldest);
    return false;
  }
}
