import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { formatAccessHtml } from "../../../scripts/lib/access/render/html";
import {
  formatAccessMarkdown,
  formatAccessText,
} from "../../../scripts/lib/access/render/text-and-markdown";
import { findPlanBlockers } from "../../../scripts/lib/adoption/checks/plan-blockers";
import { findDrift, formatDriftText } from "../../../scripts/lib/plan/drift";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { readPriorState } from "../../../scripts/lib/plan/snapshot";
import { renderJson } from "../../../scripts/lib/review/render/json";
import { renderMarkdown } from "../../../scripts/lib/review/render/markdown";
import { renderSarif } from "../../../scripts/lib/review/render/sarif";
import { renderText } from "../../../scripts/lib/review/render/text";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { PLANTED_PROVIDER } from "../../support/dangerous/sign-in";
import { readPlans } from "../../support/plan-archives";

const PLANS = readPlans("sign-in-plans");
const SECRETS = [...Object.values(PLANTED_PROVIDER), "planted-client-secret"]
  .flatMap((secret) => secret.split("\n"))
  .filter((line) => !line.startsWith("-----"));

/** Returns everything that the project prints about a plan. */
function renderAll(name: string): string {
  const json = parsePlanJson(PLANS[name] ?? "");
  const reviewed = reviewPlan(json, {
    policy: "weakening",
    allowances: [],
    today: "2026-11-30",
  });
  const plan = buildPlanModel(json);
  const graph = buildAccessGraph(plan.after, plan.before);
  const none = { allowed: new Map(), createAddresses: [] };
  return [
    renderText(reviewed),
    renderMarkdown(reviewed),
    renderJson(reviewed),
    renderSarif(reviewed),
    formatAccessText(graph),
    formatAccessMarkdown(graph),
    formatAccessHtml(graph, { title: name }),
    formatDriftText(findDrift(plan), "dev"),
    JSON.stringify(findPlanBlockers(reviewed, json, none)),
    JSON.stringify(
      [...plan.resources, ...plan.drift].map(({ before, after }) => [
        before,
        after,
      ]),
    ),
    JSON.stringify(plan.outputs),
    JSON.stringify(readPriorState(json, plan.redactor).resources),
  ].join("\n");
}

const PROVIDER_PLANS = Object.keys(PLANS).filter((name) =>
  name.startsWith("provider-"),
);

test.each(PROVIDER_PLANS)("no output of %s has a provider's secret", (name) => {
  const printed = renderAll(name);
  const found = SECRETS.filter(
    (secret) =>
      printed.includes(secret) ||
      printed.includes(Buffer.from(secret).toString("base64")),
  );
  expect(found).toEqual([]);
});

test("the plans have the secrets, in every part of Terraform's JSON", () => {
  const text = PROVIDER_PLANS.map((name) => PLANS[name]).join("");
  expect(SECRETS.filter((secret) => !text.includes(secret))).toEqual([]);
  const has = (name: string, part: string): boolean =>
    JSON.stringify(
      (JSON.parse(PLANS[name] ?? "{}") as Record<string, unknown>)[part],
    ).includes("planted-idp-");
  expect(has("provider-created", "resource_changes")).toBe(true);
  expect(has("provider-created", "planned_values")).toBe(true);
  expect(has("provider-created", "configuration")).toBe(true);
  expect(has("provider-updated-after-rotation", "prior_state")).toBe(true);
  expect(has("provider-secret-drift", "resource_drift")).toBe(true);
  expect(has("provider-secret-ignored-in-code", "configuration")).toBe(true);
  expect(has("provider-secret-output", "output_changes")).toBe(true);
});

test("the public parts of a connection stay readable", () => {
  const printed = renderAll("provider-issuer-changed");
  const missing = [
    "https://attacker.example",
    "https://keycloak.example.org/realms/veda/certs",
    '"client_id":"keycloak-client"',
    '"attributes_request_method":"GET"',
  ].filter((text) => !printed.includes(text));
  expect(missing).toEqual([]);
});

test("SAML metadata is shown by its entity id and a digest", () => {
  const printed = renderAll("provider-metadata-changed");
  expect(printed).toMatch(
    /\(metadata of https:\/\/idp\.example\.edu\/shibboleth, sha256:[0-9a-f]{12}\)/,
  );
  expect(printed.includes("X509Certificate")).toBe(false);
});

test("a secret that is set outside Terraform is not drift", () => {
  const plan = buildPlanModel(
    parsePlanJson(PLANS["provider-secret-drift"] ?? ""),
  );
  expect(JSON.stringify(plan.drift)).toContain("(redacted, changed)");
  expect(findDrift(plan)).toEqual([]);
});
