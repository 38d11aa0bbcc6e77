import { clientParty, unwrapped } from "../access/client-access";
import { list, say } from "../access/phrase";
import { blocks, texts } from "../access/snapshot";
import { minutesOf, spanTold, TOKENS } from "./token-life";
import type { Finding, InPlace, InPlaceRule } from "./loss-rule";

/** What breaks or weakens sign-in when a client is changed in place. */
export const CLIENT_RULES: readonly InPlaceRule[] = [
  taken("callback_urls", "callback-url-removed", (urls) => [
    " can no longer send those who sign in to ",
    ...list(urls),
  ]),
  taken("logout_urls", "logout-url-removed", (urls) => [
    " can no longer send those who sign out to ",
    ...list(urls),
  ]),
  taken("allowed_oauth_scopes", "client-scope-removed", (scopes) => [
    " gets ",
    { name: "invalid_scope" },
    " when it asks for ",
    ...list(scopes),
  ]),
  taken("allowed_oauth_flows", "oauth-flow-removed", (flows) => [
    " can no longer use the OAuth flow ",
    ...list(flows),
  ]),
  taken("explicit_auth_flows", "auth-flow-removed", (flows) => [
    " can no longer sign people in by ",
    ...list(flows),
  ]),
  taken(
    "supported_identity_providers",
    "identity-provider-removed",
    (names) => [" no longer signs in people of ", ...list(names)],
  ),
  given("allowed_oauth_flows", "oauth-flow-added", (flows) => [
    " may now use the OAuth flow ",
    ...list(flows),
    ...(flows.includes("implicit")
      ? [", which shows tokens in addresses"]
      : []),
  ]),
  given("explicit_auth_flows", "auth-flow-added", (flows) => [
    " may now sign people in by ",
    ...list(flows),
  ]),
  given("supported_identity_providers", "identity-provider-added", (names) => [
    " now also signs in people of ",
    ...list(names),
  ]),
  unsafeCallbacks,
  oauthOff,
  tokenLife,
  switchedOff("enable_token_revocation", "token-revocation-off", [
    " no longer revokes tokens: one that was stolen works until it expires",
  ]),
  existenceErrors,
];

type Ending = (names: readonly string[]) => Finding["told"];

/** Members that a list of texts loses, which breaks who uses them. */
function taken(attribute: string, rule: string, ending: Ending): InPlaceRule {
  return (change) => {
    const { before } = change;
    const { had, has } = members(change, attribute);
    const lost = had.filter((text) => !has.includes(text));
    if (lost.length === 0) return [];
    const told = say`${clientParty(before).told}${ending(lost)}`;
    return [{ rule, gravity: "break", told }];
  };
}

/** Members that a list of texts gains, which lets more in. */
function given(attribute: string, rule: string, ending: Ending): InPlaceRule {
  return (change) => {
    const { after } = change;
    const { had, has } = members(change, attribute);
    const added = has.filter((text) => !had.includes(text));
    if (added.length === 0) return [];
    const told = say`${clientParty(after).told}${ending(added)}`;
    return [{ rule, gravity: "weakening", told }];
  };
}

function members(
  { before, after, was, is }: InPlace,
  attribute: string,
): { readonly had: readonly string[]; readonly has: readonly string[] } {
  return {
    had: texts(before.values[attribute]).map((text) => unwrapped(text, was)),
    has: texts(after.values[attribute]).map((text) => unwrapped(text, is)),
  };
}

function switchedOff(
  attribute: string,
  rule: string,
  ending: Finding["told"],
): InPlaceRule {
  return ({ before, after }) =>
    before.values[attribute] === true && after.values[attribute] !== true
      ? [
          {
            rule,
            gravity: "weakening",
            told: say`${clientParty(after).told}${ending}`,
          },
        ]
      : [];
}

const SAFE_CALLBACK =
  /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)|(?!https?:)[a-z][a-z0-9+.-]*:)/i;

function unsafeCallbacks({ before, after }: InPlace): readonly Finding[] {
  const had = texts(before.values.callback_urls);
  const unsafe = texts(after.values.callback_urls).filter(
    (url) =>
      !had.includes(url) && (!SAFE_CALLBACK.test(url) || url.includes("*")),
  );
  if (unsafe.length === 0) return [];
  const told = say`${clientParty(after).told} sends sign-ins to ${list(unsafe)}, which others can read or take`;
  return [{ rule: "callback-url-unsafe", gravity: "weakening", told }];
}

function oauthOff({ before, after }: InPlace): readonly Finding[] {
  const attribute = "allowed_oauth_flows_user_pool_client";
  if (before.values[attribute] !== true || after.values[attribute] === true)
    return [];
  const told = say`${clientParty(before).told} can no longer use OAuth at all`;
  return [{ rule: "oauth-off", gravity: "break", told }];
}

function tokenLife({ before, after }: InPlace): readonly Finding[] {
  return TOKENS.flatMap((token) => {
    const [was, is] = [before, after].map(({ values }) =>
      minutesOf(
        token,
        values[`${token}_validity`],
        blocks(values.token_validity_units)[0] ?? {},
      ),
    );
    if (was === undefined || is === undefined || is <= was) return [];
    const kind = token.replace("_", " ");
    const told = say`${[`${kind}s of `]}${clientParty(after).told} live longer: ${[spanTold(is)]}, were ${[spanTold(was)]}`;
    return [{ rule: "token-life-longer", gravity: "weakening", told }];
  });
}

function existenceErrors({ before, after }: InPlace): readonly Finding[] {
  const attribute = "prevent_user_existence_errors";
  if (
    before.values[attribute] !== "ENABLED" ||
    after.values[attribute] === "ENABLED"
  )
    return [];
  const told = say`${clientParty(after).told} now tells strangers which user names exist`;
  return [{ rule: "user-existence-told", gravity: "weakening", told }];
}
