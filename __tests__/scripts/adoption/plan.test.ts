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
const stageTarget = { stage: "dev" } as AdoptionContext["stageTarget"];

function getReasons(entry: Partial<Allowance>): Record<string, string> {
  const allowances = [{ ...ENTRY, ...entry }];
  return Object.fromEntries(getAllowedReasons({ stageTarget, allowances }));
}

describe("an entry of the allow-list applies to an adoption", () => {
  test.each<[string, Partial<Allowance>]>([
    ["with the rule adoption-change", {}],
    ["with several rules", { rules: ["mfa-weakened", "adoption-change"] }],
    ["for the stage", { stage: "dev" }],
    ["on its last day", { expires: TODAY }],
  ])("%s", (_, entry) => {
    expect(getReasons(entry)).toEqual({ [ENTRY.address]: "agreed" });
  });

  test.each<[string, Partial<Allowance>]>([
    ["with another rule", { rules: ["mfa-weakened"] }],
    ["for another stage", { stage: "prod" }],
    ["after its last day", { expires: addDays(TODAY, -1) }],
  ])("but not %s", (_, entry) => {
    expect(getReasons(entry)).toEqual({});
  });
});
