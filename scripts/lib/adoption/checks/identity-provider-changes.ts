import { toJsonObject } from "../../system/json-object";
import type { ChangeCheck } from "./change-check";

/** Details that Cognito derives from others. */
const DERIVED_DETAILS = [
  "ActiveEncryptionCertificate",
  "SLORedirectBindingURI",
  "SSORedirectBindingURI",
  "attributes_url_add_attributes",
];

/** A map may gain members; no message contains a value, since one is the client secret. */
function onlyNewMembers(changeable: readonly string[] = []): ChangeCheck {
  return (before, after, attribute) => {
    const next = toJsonObject(after[attribute]);
    return Object.entries(toJsonObject(before[attribute]))
      .filter(
        ([key, value]) => !changeable.includes(key) && next[key] !== value,
      )
      .map(([key]) =>
        key in next
          ? `must still have the live value of ${key}, which the plan changes`
          : `must still contain ${key}, which the plan removes`,
      );
  };
}

/** Attributes that every mapping of this project has. */
const FIXED_ATTRIBUTES = ["email_verified", "username"];

/** A mapped attribute can grant access, so only attributes that cannot may be added. */
const checkMapping: ChangeCheck = (before, after, attribute) => {
  const live = toJsonObject(before[attribute]);
  return [
    ...onlyNewMembers()(before, after, attribute),
    ...Object.keys(toJsonObject(after[attribute]))
      .filter((key) => !(key in live) && !FIXED_ATTRIBUTES.includes(key))
      .map((key) => `must not contain ${key}, which is not mapped`),
  ];
};

/** Checks of the changes of an identity provider; any other change would revert a manual one. */
export const IDENTITY_PROVIDER_CHANGES = {
  attribute_mapping: checkMapping,
  provider_details: onlyNewMembers(DERIVED_DETAILS),
} as const satisfies Readonly<Record<string, ChangeCheck>>;
