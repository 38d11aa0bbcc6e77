import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { formatAccessHtml } from "../../../scripts/lib/access/render/html";
import { readText } from "../../../scripts/lib/plan/attribute";
import {
  findDrift,
  formatDriftText,
  listChangedSecrets,
} from "../../../scripts/lib/plan/drift";
import { hashPlan } from "../../../scripts/lib/plan/plan-hash";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import {
  buildPlanModel,
  type PlanModel,
} from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import type { PlanReview } from "../../../scripts/lib/review/review-model";
import { renderJson } from "../../../scripts/lib/review/render/json";
import { renderMarkdown } from "../../../scripts/lib/review/render/markdown";
import { renderSarif } from "../../../scripts/lib/review/render/sarif";
import { renderText } from "../../../scripts/lib/review/render/text";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { readPlans } from "../../support/plan-archives";
import { ROTATED_SECRET, ROTATION_PLANS } from "../../support/rotation-plans";

const PLANS = readPlans("rotation-plans");
const NAMES = Object.keys(ROTATION_PLANS);
const VALUE = "value of secret veda-auth-stack-dev/workflows-client";

function parse(name: string) {
  return parsePlanJson(PLANS[name] ?? "");
}

function model(name: string): PlanModel {
  return buildPlanModel(parse(name));
}

function review(name: string): PlanReview {
  return reviewPlan(parse(name), {
    policy: "weakening",
    allowances: [],
    today: "2026-11-30",
  });
}

/** Returns the changes of a review that are about secrets. */
function listSecretChanges(name: string): readonly string[] {
  return review(name)
    .changes.filter(({ type }) => type.startsWith("aws_secretsmanager_"))
    .map(({ action, what }) => `${action} ${toPlainText(what)}`);
}

function getSecretArn(plan: PlanModel): string {
  const secret = plan.before
    .listByType("aws_secretsmanager_secret")
    .find(({ address }) => address.includes("workflows-client"));
  return readText(secret?.values, "arn") ?? "";
}

function getClientId({ before }: PlanModel): string {
  const client = before
    .listByType("aws_cognito_user_pool_client")
    .find(({ address }) => address.includes("workflows-client"));
  return readText(client?.values, "id") ?? "";
}

test("every case is recorded", () => {
  expect(Object.keys(PLANS).sort()).toEqual([...NAMES].sort());
});

describe.each(NAMES)("the plan %s", (name) => {
  test("has the findings of its case, and no drift", () => {
    const { findings, drift } = review(name);
    const rules = findings
      .flatMap((finding) => [finding, ...finding.consequences])
      .map(({ rule }) => rule);
    expect([rules, drift.map(toPlainText)]).toEqual([
      ROTATION_PLANS[name]?.rules,
      [],
    ]);
  });

  test("contains no client secret of a rotation, and no report any client secret", () => {
    expect(PLANS[name]).not.toContain(ROTATED_SECRET);
    const plan = model(name);
    const reports = [
      renderText(review(name), { colors: false }),
      renderMarkdown(review(name)),
      renderJson(review(name)),
      renderSarif(review(name)),
      formatAccessHtml(buildAccessGraph(plan.after), { title: name }),
      ...(name === "new-stage" ? [] : readDrift(plan)),
    ];
    expect(reports.join()).not.toContain("c4nary");
  });
});

/** Returns the drift as text and as JSON, with unknown and with known labels. */
function readDrift(plan: PlanModel): readonly string[] {
  const labels = new Map(
    listChangedSecrets(plan).map((secret) => [secret, ["AWSCURRENT"]]),
  );
  return [findDrift(plan), findDrift(plan, labels)].flatMap((drifts) => [
    formatDriftText(drifts, "dev"),
    JSON.stringify(drifts),
  ]);
}

test("the state of a stage contains the secret that its client was created with", () => {
  expect(PLANS.upgrade).toContain("c4nary");
});

test("an upgrade adds a first version, and changes nothing else", () => {
  expect(listSecretChanges("upgrade")).toEqual([
    "create first version of secret veda-auth-stack-dev/workflows-client, which contains no field: through it, Terraform reads the current secret",
  ]);
  expect(review("upgrade").verdict).toMatchObject({
    add: 1,
    change: 0,
    destroy: 0,
    replace: 0,
  });
});

test.each([
  "scope-added",
  "started-scope-added",
  "finished-scope-added",
  "finished-scope-added-opentofu",
])("the secret of the plan %s stays the same", (name) => {
  expect(listSecretChanges(name)).toEqual([
    `replace ${VALUE}, written again: its client id and secret stay the same`,
  ]);
  const { changes } = review(name);
  const values = changes.flatMap((change) => change.values);
  expect(values.map(({ path }) => path).sort()).toEqual([
    "allowed_oauth_scopes",
    "secret_string_wo_version",
  ]);
});

test("a replaced client has another secret", () => {
  expect(listSecretChanges("client-replaced")).toEqual([`replace ${VALUE}`]);
});

test("a plan has the same hash before, during and after a rotation", () => {
  const [before, ...others] = [
    "scope-added",
    "started-scope-added",
    "finished-scope-added",
  ].map((name) => hashPlan(parse(name)));
  expect(others).toEqual([before, before]);
  expect(hashPlan(parse("upgrade-with-scope"))).not.toBe(before);
  expect(hashPlan(parse("client-replaced"))).not.toBe(before);
});

describe("drift of a refreshed stage", () => {
  const label = (plan: PlanModel): readonly string[] => [
    "AWSCURRENT",
    `${getClientId(plan)}--1764500000`,
  ];

  test.each(["started-refreshed", "finished-refreshed"])(
    "is none after a rotation: %s",
    (name) => {
      const plan = refreshed(name);
      const [secret = ""] = listChangedSecrets(plan);
      expect(secret).toMatch(/^arn:aws:secretsmanager:/);
      expect(findDrift(plan, new Map([[secret, label(started)]]))).toEqual([]);
    },
  );

  test("is a manual change after a rotation, if the labels are known", () => {
    const plan = refreshed("manually-changed-refreshed");
    const [secret = ""] = listChangedSecrets(plan);
    expect(
      findDrift(plan, new Map([[secret, ["AWSCURRENT"]]])).map(
        ({ resource, values }) => [toPlainText(resource), values],
      ),
    ).toEqual([[VALUE, [{ kind: "secret", path: "secret_string" }]]]);
    expect(findDrift(plan)).toEqual([]);
  });

  test("is a value with the label of another client", () => {
    const plan = refreshed("started-refreshed");
    const [secret = ""] = listChangedSecrets(plan);
    const labels = ["AWSCURRENT", "another-client--1764500000"];
    expect(findDrift(plan, new Map([[secret, labels]]))).toHaveLength(1);
  });

  const refreshed = model;
  const started = model("started");

  test("is asked for the changed secret alone", () => {
    expect(listChangedSecrets(started)).toEqual([getSecretArn(started)]);
    expect(listChangedSecrets(model("scope-added"))).toEqual([]);
  });
});

describe("the local value of the client secret", () => {
  const name =
    /local\.([\w-]+_live_\w+)/.exec(PLANS["scope-added"] ?? "")?.[1] ?? "";
  const withLocal = (value: string, plan = "scope-added") => {
    const provenance = {
      backend: {},
      providers: [],
      locals: { [name]: value },
    };
    const { findings, changes } = reviewPlan(
      { ...parse(plan), provenance },
      { policy: "off", allowances: [], today: "2026-11-30" },
    );
    return {
      rules: findings.map(({ rule }) => rule),
      texts: [
        ...findings.map(({ message }) => message),
        ...changes.map(({ what }) => what),
      ].map(toPlainText),
    };
  };
  const withoutEphemeral = "${aws_cognito_user_pool_client.a.client_secret}";

  test("is reviewed in the directory of the stack, which contains it", () => {
    expect(
      withLocal("${try(ephemeral.aws_secretsmanager_secret_version.a)}").rules,
    ).toEqual([]);
    expect(withLocal(withoutEphemeral).rules).toEqual([
      "secret-value-replaced",
      "secret-read-removed",
    ]);
  });

  test("is overwritten by the plan, or by the next change of the fields", () => {
    const rewrite = expect.stringContaining("stay the same") as string;
    const { texts } = withLocal(withoutEphemeral, "finished-scope-added");
    expect(texts).toContain(
      `${VALUE}: the code does not read the current client secret, so that this plan overwrites the secret of a rotation`,
    );
    expect(texts).not.toContainEqual(rewrite);
    expect(withLocal(withoutEphemeral, "finished").texts).toEqual([
      `${VALUE}: the code does not read the current client secret, so that the next change of the fields overwrites the secret of a rotation`,
    ]);
  });

  test("is a part of the hash", () => {
    const hash = (value: string): string =>
      hashPlan({
        ...parse("scope-added"),
        provenance: { backend: {}, providers: [], locals: { [name]: value } },
      });
    expect(hash("a")).toBe(hash("a"));
    expect(hash("a")).not.toBe(hash("b"));
  });
});
