import { parseJson, toJsonObject } from "../system/json-object";

/** An identity at an identity provider with which a user signs in. */
export interface LinkedIdentity {
  /** Name of the identity provider in the user pool. */
  readonly provider: string;
  readonly subject: string;
  /** Whether a sign-in with this identity created the user. */
  readonly isPrimary: boolean;
}

/** Status of a user whom a sign-in with an identity provider created. */
const EXTERNAL = "EXTERNAL_PROVIDER";

/** Parses the user attribute `identities`, which is JSON. */
export function parseIdentities(
  text: string | undefined,
): readonly LinkedIdentity[] {
  const list = parseJson(text ?? "");
  return (Array.isArray(list) ? list : []).map((item) => {
    const { providerName, userId, primary } = toJsonObject(item);
    return {
      provider: String(providerName),
      subject: String(userId),
      isPrimary: String(primary) === "true",
    };
  });
}

/**
 * Returns whether a sign-in with an identity provider created the user. Such a user cannot get another identity. The status
 * is not enough: a linked user can have the same one.
 */
export function isExternalUser({
  status,
  identities,
}: {
  readonly status: string;
  readonly identities: readonly LinkedIdentity[];
}): boolean {
  return identities.length === 0
    ? status === EXTERNAL
    : identities.some(({ isPrimary }) => isPrimary);
}
