import { getAllowedReasons } from "../../../scripts/lib/adoption/plan";
import type { AdoptionContext } from "../../../scripts/lib/adoption/context";
import {
  addDays,
  type Allowance,
} from "../../../scripts/lib/review/allowances";

const TODAY = new Date().toISOString().slice(0, 10);
const ENTRY: Allowance = {
  address: "aws_cognito_user_pool.it",
  rules: ["adoption-change"],
  reason: "agreed",
  expires: addDays(TODAY, 1),
};
const choice = { stage: "dev" } as AdoptionContext["choice"];

function reasons(entry: Partial<Allowance>): Record<string, string> {
  const allowances = [{ ...ENTRY, ...entry }];
  return Object.fromEntries(getAllowedReasons({ choice, allowances }));
}

describe("the allow-list lets values change in an adoption", () => {
  test.each<[string, Partial<Allowance>]>([
    ["by the rule adoption-change", {}],
    ["by several rules", { rules: ["mfa-weakened", "adoption-change"] }],
    ["of the stage", { stage: "dev" }],
    ["on the last day", { expires: TODAY }],
  ])("%s", (_, entry) => {
    expect(reasons(entry)).toEqual({ [ENTRY.address]: "agreed" });
  });

  test.each<[string, Partial<Allowance>]>([
    ["by another rule", { rules: ["mfa-weakened"] }],
    ["of another stage", { stage: "prod" }],
    ["after the last day", { expires: addDays(TODAY, -1) }],
  ])("but not %s", (_, entry) => {
    expect(reasons(entry)).toEqual({});
  });
});
