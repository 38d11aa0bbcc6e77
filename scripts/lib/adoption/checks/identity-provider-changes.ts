import { toJsonObject } from "../../system/json-object";
import { toTexts } from "../read/terraform-configuration";
import { type ChangeCheck, requireThat } from "./change-check";

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

/** Mappings of this project that change no user: AWS maps `username` to `sub` itself. */
const FIXED_MAPPINGS = ["email_verified=email_verified", "username=sub"];

/** A mapped attribute can grant access, so only attributes that cannot may be added. */
const checkMapping: ChangeCheck = (before, after, attribute) => {
  const live = toJsonObject(before[attribute]);
  return [
    ...onlyNewMembers()(before, after, attribute),
    ...Object.entries(toJsonObject(after[attribute]))
      .filter(
        ([key, value]) =>
          !(key in live) && !FIXED_MAPPINGS.includes(`${key}=${String(value)}`),
      )
      .map(([key]) => `must not contain ${key}, which is not mapped`),
  ];
};

/** The sign-in pages send everyone with an address of a domain to the provider. */
const checkDomains: ChangeCheck = (before, after, attribute) => {
  const [domains = "", nextDomains = ""] = [before, after].map((values) =>
    [...toTexts(values[attribute])].sort().join(", "),
  );
  return requireThat(
    domains === nextDomains,
    `must stay ${domains || "empty"}, got ${nextDomains || "none"}`,
  );
};

/** Checks of the changes of an identity provider; any other change would revert a manual one. */
export const IDENTITY_PROVIDER_CHANGES = {
  attribute_mapping: checkMapping,
  idp_identifiers: checkDomains,
  provider_details: onlyNewMembers(DERIVED_DETAILS),
} as const satisfies Readonly<Record<string, ChangeCheck>>;
