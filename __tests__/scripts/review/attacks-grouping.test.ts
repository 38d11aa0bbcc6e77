import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import type {
  PlanJson,
  ResourceChange,
} from "../../../scripts/lib/plan/plan-json";
import type { RuleId } from "../../../scripts/lib/review/rules/registry";
import { buildPlan, type PlanResource } from "../../support/plan-builder";
import {
  allow,
  BUCKET,
  CLIENT,
  policyDocument,
  GROUP,
  unchanged,
  POOL,
  PROVIDER,
  ROLE,
  ROLE_ARN,
  ROLE_POLICY,
  SECRET,
  SERVER,
  VERSION,
} from "../../support/rule-cases";

const POOL_ID = "us-west-2_abc";
const OWN_POOL = unchanged(POOL, { id: POOL_ID, name: "pool" });
const OWN_ROLE = { name: "reader", id: "reader", arn: ROLE_ARN };
const READ = policyDocument(allow("s3:GetObject*", "arn:aws:s3:::data/*"));
const ROLE_POLICY_OF_READER: PlanResource = {
  type: ROLE_POLICY,
  before: { name: "p", role: "reader", policy: READ },
};
const CLIENT_OF_POOL: PlanResource = {
  type: CLIENT,
  before: { name: "api", id: "apiapiapi", user_pool_id: POOL_ID },
};
const BLOCK = "aws_s3_bucket_public_access_block";

function secret(name: string, address = `${SECRET}.main`): PlanResource {
  const arn = `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-1`;
  return { address, type: SECRET, before: { name, arn, id: arn } };
}

function group(name: string, isUnchanged = false): PlanResource {
  const values = { name, role_arn: ROLE_ARN, user_pool_id: POOL_ID };
  const address = `${GROUP}.${name}`;
  return isUnchanged
    ? unchanged(GROUP, values, address)
    : { address, type: GROUP, before: values };
}

function server(
  before: readonly string[],
  after: readonly string[],
  identifier = "s",
): PlanResource {
  const values = (scopes: readonly string[]) => ({
    name: "s",
    identifier,
    user_pool_id: POOL_ID,
    scope: scopes.map((name) => ({
      scope_name: name,
      scope_description: name,
    })),
  });
  return { type: SERVER, before: values(before), after: values(after) };
}

function losingScopes(...scopes: readonly string[]): PlanResource {
  const values = { name: "c", user_pool_id: POOL_ID };
  return {
    type: CLIENT,
    before: { ...values, allowed_oauth_scopes: scopes },
    after: { ...values, allowed_oauth_scopes: [] },
  };
}

function provider(name: string): PlanResource {
  const values = { provider_name: name, user_pool_id: POOL_ID };
  return { address: `${PROVIDER}.${name}`, type: PROVIDER, before: values };
}

function losingProvider(name: string): PlanResource {
  const values = { name: "c", user_pool_id: POOL_ID };
  return {
    type: CLIENT,
    before: { ...values, supported_identity_providers: [name, "COGNITO"] },
    after: { ...values, supported_identity_providers: ["COGNITO"] },
  };
}

const POOL_ARN = `arn:aws:cognito-idp:us-west-2:111122223333:userpool/${POOL_ID}`;
const FUNCTION = "arn:aws:lambda:us-west-2:111122223333:function:";
const PERMISSION_OF_F: PlanResource = {
  type: "aws_lambda_permission",
  before: { function_name: `${FUNCTION}f`, source_arn: POOL_ARN },
};

/** A pool without its function before sign-up, and with one after sign-in. */
function losingTrigger(remaining: string): PlanResource {
  const values = { id: POOL_ID, arn: POOL_ARN, name: "pool" };
  const post_authentication = `${FUNCTION}${remaining}`;
  return {
    type: POOL,
    before: {
      ...values,
      lambda_config: [{ pre_sign_up: `${FUNCTION}f`, post_authentication }],
    },
    after: { ...values, lambda_config: [{ post_authentication }] },
  };
}

/** Changes the first resource of a plan. */
function changeFirst(
  plan: PlanJson,
  more: { readonly previous_address?: string; readonly deposed?: string },
): PlanJson {
  const [one, ...others] = plan.resource_changes;
  return {
    ...plan,
    resource_changes:
      one === undefined
        ? []
        : [{ ...one, ...more } as ResourceChange, ...others],
  };
}

/** Returns the rules of findings that an allow-list with one entry does not permit. */
function listBlockingRules(plan: PlanJson, address: string, rule: RuleId) {
  const { findings } = reviewPlan(plan, {
    policy: "weakening",
    today: "2026-11-30",
    allowances: [
      { address, rules: [rule], reason: "x", expires: "2026-12-01" },
    ],
  });
  return findings
    .filter(({ allowed }) => allowed === undefined)
    .map((finding) => finding.rule)
    .filter((id) => !id.endsWith("not-reviewed"));
}

test.each<readonly [string, PlanJson, string, RuleId, readonly RuleId[]]>([
  [
    "a destroyed client and a secret that is not named by it",
    buildPlan([OWN_POOL, CLIENT_OF_POOL, secret("stage/unrelated")]),
    `${CLIENT}.main`,
    "client-destroyed",
    ["secret-destroyed"],
  ],
  [
    "a destroyed client and two secrets that end with its name",
    buildPlan([
      CLIENT_OF_POOL,
      secret("stage/api"),
      secret("payments/api", `${SECRET}.other`),
    ]),
    `${CLIENT}.main`,
    "client-destroyed",
    ["secret-destroyed", "secret-destroyed"],
  ],
  [
    "a destroyed group and the policy of a role that stays",
    buildPlan([
      unchanged(ROLE, OWN_ROLE),
      group("g"),
      group("h", true),
      ROLE_POLICY_OF_READER,
    ]),
    `${GROUP}.g`,
    "group-destroyed",
    ["role-policy-destroyed"],
  ],
  [
    "a destroyed group and a role that another group still names",
    buildPlan([{ type: ROLE, before: OWN_ROLE }, group("g"), group("h", true)]),
    `${GROUP}.g`,
    "group-destroyed",
    ["role-destroyed"],
  ],
  [
    "a user pool that is moved and destroyed, and what is in no pool",
    changeFirst(
      buildPlan([
        { type: POOL, before: { id: POOL_ID, name: "pool" } },
        secret("stage/unrelated"),
        { type: ROLE, before: OWN_ROLE },
      ]),
      { previous_address: `${POOL}.old` },
    ),
    `${POOL}.main`,
    "user-pool-destroyed",
    ["role-destroyed", "secret-destroyed"],
  ],
  [
    "a user pool that remains from an earlier replacement",
    changeFirst(
      buildPlan([
        { type: POOL, before: { id: POOL_ID, name: "pool" } },
        secret("stage/unrelated"),
      ]),
      { deposed: "abcd1234" },
    ),
    `${POOL}.main`,
    "user-pool-destroyed",
    ["secret-destroyed"],
  ],
  [
    "a client that remains from an earlier replacement, and the secret of the current client",
    changeFirst(
      buildPlan([
        CLIENT_OF_POOL,
        unchanged(CLIENT, { ...CLIENT_OF_POOL.before }),
        secret("stage/api"),
      ]),
      { deposed: "abcd1234" },
    ),
    `${CLIENT}.main`,
    "client-destroyed",
    ["secret-destroyed"],
  ],
  [
    "a scope that is removed, and another one that a client loses",
    buildPlan([server(["x", "y"], ["y"]), losingScopes("s/x", "s/y")]),
    `${SERVER}.main`,
    "scope-removed",
    ["client-scope-removed"],
  ],
  [
    "a scope that is removed, and one of another server whose identifier is longer",
    buildPlan([
      server(["x"], [], "https://a.example"),
      losingScopes("https://a.example/v1/x"),
    ]),
    `${SERVER}.main`,
    "scope-removed",
    ["client-scope-removed"],
  ],
  [
    "a bucket that is replaced, and its public access block that is destroyed",
    buildPlan([
      {
        type: BUCKET,
        before: { bucket: "b", id: "b" },
        after: { bucket: "c", id: "c" },
        actions: ["delete", "create"],
      },
      { type: BLOCK, before: { bucket: "b", id: "b" } },
    ]),
    `${BUCKET}.main`,
    "bucket-replaced",
    ["public-access-block-destroyed"],
  ],
  [
    "an identity provider, and a client that loses another one",
    buildPlan([provider("One"), provider("Other"), losingProvider("Other")]),
    `${PROVIDER}.One`,
    "identity-provider-destroyed",
    ["identity-provider-destroyed"],
  ],
  [
    "a trigger, and the permission of a function that the pool still calls",
    buildPlan([losingTrigger("f"), PERMISSION_OF_F]),
    `${POOL}.main`,
    "trigger-removed",
    ["function-permission-destroyed"],
  ],
])("%s are two findings", (_, plan, address, rule, expected) => {
  expect(listBlockingRules(plan, address, rule)).toEqual(expected);
});

test.each<readonly [string, PlanJson, string, RuleId]>([
  [
    "the only secret with its name, and the value of it",
    buildPlan([
      CLIENT_OF_POOL,
      secret("stage/api"),
      {
        type: VERSION,
        before: { secret_id: secret("stage/api").before?.arn, name: "v" },
      },
    ]),
    `${CLIENT}.main`,
    "client-destroyed",
  ],
  [
    "a role that nothing else names, and its policy",
    buildPlan([
      { type: ROLE, before: OWN_ROLE },
      group("g"),
      ROLE_POLICY_OF_READER,
    ]),
    `${GROUP}.g`,
    "group-destroyed",
  ],
  [
    "what is in a user pool that is moved and destroyed",
    changeFirst(
      buildPlan([
        { type: POOL, before: { id: POOL_ID, name: "pool" } },
        CLIENT_OF_POOL,
      ]),
      { previous_address: `${POOL}.old` },
    ),
    `${POOL}.main`,
    "user-pool-destroyed",
  ],
  [
    "a scope that the client loses with it",
    buildPlan([server(["x", "y"], ["y"]), losingScopes("s/x")]),
    `${SERVER}.main`,
    "scope-removed",
  ],
  [
    "a scope that the client loses with it, of a server whose identifier is a URL",
    buildPlan([
      server(["x", "y"], ["y"], "https://a.example/"),
      losingScopes("https://a.example//x"),
    ]),
    `${SERVER}.main`,
    "scope-removed",
  ],
  [
    "a client that loses the identity provider",
    buildPlan([provider("One"), losingProvider("One")]),
    `${PROVIDER}.One`,
    "identity-provider-destroyed",
  ],
  [
    "the permission of a function that no trigger calls",
    buildPlan([losingTrigger("other"), PERMISSION_OF_F]),
    `${POOL}.main`,
    "trigger-removed",
  ],
])("the cause has as consequence %s", (_, plan, address, rule) => {
  expect(listBlockingRules(plan, address, rule)).toEqual([]);
});

test("a destroyed resource server names the clients with its scopes, not those of a longer identifier", () => {
  const client = (name: string, scope: string) =>
    unchanged(
      CLIENT,
      { name, user_pool_id: POOL_ID, allowed_oauth_scopes: [scope] },
      `${CLIENT}.${name}`,
    );
  const { before } = server(["x"], [], "https://a.example");
  const { findings } = reviewPlan(
    buildPlan([
      { type: SERVER, before: before ?? {} },
      client("own", "https://a.example/x"),
      client("other", "https://a.example/v1/x"),
    ]),
    { policy: "weakening", today: "2026-11-30", allowances: [] },
  );
  const message = findings.find(
    ({ rule }) => rule === "resource-server-destroyed",
  )?.message;
  expect(message).toContainEqual({ name: "own" });
  expect(message).not.toContainEqual({ name: "other" });
});
