import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { UserError } from "../../../constructs/errors";
import {
  ClientError,
  type ClientErrorCode,
} from "../../../scripts/lib/client/client-error";

/** All codes; the compiler reports a missing one. */
const CODES: Readonly<Record<ClientErrorCode, true>> = {
  invalid_option: true,
  secret_unusable: true,
  wrong_client: true,
  unknown_scope: true,
  token_refused: true,
  endpoint_failed: true,
  sign_in_required: true,
  sign_in_refused: true,
  token_expired: true,
  identity_pool_refused: true,
  no_role: true,
  token_missing: true,
  not_a_token: true,
  invalid_claim: true,
  not_yet_valid: true,
  wrong_issuer: true,
  wrong_use: true,
  unknown_key: true,
  invalid_signature: true,
  missing_scope: true,
  wrong_group: true,
  keys_unavailable: true,
};

test("an error of the client has a code and a hint", () => {
  const error = new ClientError("invalid_option", "no", "do");
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: "invalid_option", hint: "do" });
  expect(inspect(error)).toMatch(/^ClientError: no\n/);
});

test("the page of the client lists every code", () => {
  const page = readFileSync("docs/client.md", "utf8");
  const [, table = ""] = page.split(/^\| Code .*$/m);
  const rows = [...table.matchAll(/^\| `([a-z_]+)` +\|/gm)];
  expect(rows.map(([, code]) => code).sort()).toEqual(
    Object.keys(CODES).sort(),
  );
});
