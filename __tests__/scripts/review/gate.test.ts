import { plain } from "../../../scripts/lib/access/phrase";
import {
  hasExpired,
  parseAllowances,
  type Allowance,
} from "../../../scripts/lib/review/allowances";
import { gateOf, missingEntries } from "../../../scripts/lib/review/gate";
import {
  GATE_POLICIES,
  type GatePolicy,
  type Gravity,
  type Loss,
} from "../../../scripts/lib/review/plan-review";

const TODAY = "2026-11-23";

function loss(gravity: Gravity, address = `${gravity}.main`): Loss {
  return { rule: "r", gravity, address, told: ["x"], forcedBy: [] };
}

const ALL = [loss("loss"), loss("break"), loss("weakening")];

function judge(
  policy: GatePolicy,
  allowances: readonly Allowance[] = [],
  stage?: string,
) {
  const { losses, gate } = gateOf(ALL, {
    policy,
    allowances,
    stage,
    today: TODAY,
  });
  return {
    passes: gate.passes,
    stoppedBy: gate.stoppedBy.map(plain),
    notices: gate.notices.map(plain),
    allowed: losses.flatMap(({ address, allowed }) =>
      allowed ? [address] : [],
    ),
  };
}

const ENTRY = { address: "loss.main", reason: "agreed", expires: TODAY };

test.each<[GatePolicy, readonly Gravity[]]>([
  ["off", []],
  ["loss", ["loss"]],
  ["break", ["loss", "break"]],
  ["weakening", ["loss", "break", "weakening"]],
])("policy %s stops %j", (policy, gravities) => {
  expect(judge(policy)).toEqual({
    passes: gravities.length === 0,
    stoppedBy: gravities.map(
      (gravity) => `r at ${gravity}.main is not allowed`,
    ),
    notices: [],
    allowed: [],
  });
});

test("every level is tried", () => {
  expect(GATE_POLICIES).toEqual(["off", "loss", "break", "weakening"]);
});

test("an entry lets its address pass until the end of its last day", () => {
  expect(judge("loss", [ENTRY])).toEqual({
    passes: true,
    stoppedBy: [],
    notices: [],
    allowed: ["loss.main"],
  });
});

test("an entry that has expired lets nothing pass, and says so", () => {
  const expired = { ...ENTRY, expires: "2026-11-22" };
  expect(judge("loss", [expired])).toMatchObject({
    passes: false,
    stoppedBy: [
      "r at loss.main is no longer allowed: the entry expired on 2026-11-22",
    ],
    allowed: [],
  });
});

test("an entry that nothing needs is told, and one that has expired to be taken out", () => {
  const others = [
    { ...ENTRY, address: "other.main" },
    { ...ENTRY, address: "old.main", expires: "2020-01-01" },
  ];
  expect(judge("off", others).notices).toEqual([
    "the entry for other.main allows nothing in this plan",
    "the entry for old.main expired on 2020-01-01: take it out",
  ]);
});

test("an entry of another stage does not count", () => {
  const entry = { ...ENTRY, stage: "prod" };
  expect(judge("loss", [entry], "prod").passes).toBe(true);
  expect(judge("loss", [entry], "dev").passes).toBe(false);
  expect(judge("loss", [entry]).passes).toBe(false);
});

test("entries that are missing can be pasted", () => {
  const { losses, gate } = gateOf([...ALL, loss("loss")], {
    policy: "break",
    allowances: [],
    stage: undefined,
    today: TODAY,
  });
  expect(JSON.parse(`[${missingEntries({ losses, gate })}]`)).toEqual(
    ["loss.main", "break.main"].map((address) => ({
      address,
      reason: "",
      expires: "",
    })),
  );
});

test("a day has not passed on itself", () => {
  expect(hasExpired(ENTRY, TODAY)).toBe(false);
  expect(hasExpired(ENTRY, "2026-11-24")).toBe(true);
});

test("an allow-list is read", () => {
  const list = [ENTRY, { ...ENTRY, stage: "dev" }];
  expect(parseAllowances(JSON.stringify(list))).toEqual(list);
});

test.each<[string, string, string]>([
  ["no JSON", "{", "must be JSON"],
  ["no list", "{}", 'must be a list of {"address", "reason", "expires"}'],
  ["an entry that is none", "[1]", "entry 1: it must be an object"],
  [
    "no reason",
    '[{"address":"a","expires":"2030-01-01"}]',
    "entry 1: reason must be a text that is not empty",
  ],
  [
    "an empty reason",
    '[{"address":"a","reason":" ","expires":"2030-01-01"}]',
    "reason must be a text",
  ],
  [
    "no last day",
    '[{"address":"a","reason":"b"}]',
    "expires must be a day such as 2030-01-31, got null",
  ],
  [
    "a day that is none",
    '[{"address":"a","reason":"b","expires":"2030-02-30"}]',
    'got "2030-02-30"',
  ],
  [
    "a time",
    '[{"address":"a","reason":"b","expires":"2030-01-01T00:00:00Z"}]',
    "expires must be a day",
  ],
  [
    "another key",
    '[{"address":"a","reason":"b","expires":"2030-01-01","until":1}]',
    "until must not be there",
  ],
  [
    "an empty stage",
    '[{"address":"a","reason":"b","expires":"2030-01-01","stage":""}]',
    "stage must be the name of one",
  ],
  [
    "two entries that are wrong",
    '[1,{"address":""}]',
    "entry 2: address must be a text",
  ],
])("fails when the allow-list has %s", (_, text, message) => {
  expect(() => parseAllowances(text)).toThrow(message);
});
