import { Redactor } from "../../../scripts/lib/plan/redactor";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import {
  parseAllowances,
  type Allowance,
} from "../../../scripts/lib/review/allowances";
import { applyGate } from "../../../scripts/lib/review/gate";
import {
  GATE_POLICIES,
  type FindingGroup,
  type GatePolicy,
  type Severity,
} from "../../../scripts/lib/review/review-model";
import type { RuleId } from "../../../scripts/lib/review/rules/registry";
import {
  consequence,
  finding,
  redacted,
  writeReasons,
} from "../../support/plan-reviews";

const TODAY = "2026-11-23";

const RULES = {
  "data-loss": "client-destroyed",
  breaking: "callback-url-removed",
  weakening: "mfa-weakened",
} as const satisfies Readonly<Record<Severity, RuleId>>;

function found(
  severity: Severity,
  changes: Partial<FindingGroup> = {},
): FindingGroup {
  return finding({
    rule: RULES[severity],
    severity,
    address: redacted(`${severity}.main`),
    ...changes,
  });
}

const ALL = [found("data-loss"), found("breaking"), found("weakening")];

function runGate(
  policy: GatePolicy,
  allowances: readonly Allowance[] = [],
  {
    stage,
    findings = ALL,
    secrets = [],
  }: {
    readonly stage?: string;
    readonly findings?: readonly FindingGroup[];
    readonly secrets?: readonly string[];
  } = {},
) {
  const decision = applyGate(findings, {
    policy,
    allowances,
    stage,
    today: TODAY,
    redactor: new Redactor(secrets),
  });
  const { passes, stoppedBy, notices, allowList } = decision.gate;
  return {
    passes,
    stoppedBy: stoppedBy.map(toPlainText),
    notices: notices.map(toPlainText),
    allowed: decision.findings.flatMap(({ address, allowed }) =>
      allowed ? [address] : [],
    ),
    allowList,
  };
}

const ENTRY: Allowance = {
  address: "data-loss.main",
  rules: ["client-destroyed"],
  reason: "agreed",
  expires: TODAY,
};

test.each<[GatePolicy, readonly Severity[]]>([
  ["off", []],
  ["data-loss", ["data-loss"]],
  ["breaking", ["data-loss", "breaking"]],
  ["weakening", ["data-loss", "breaking", "weakening"]],
])("policy %s blocks %j", (policy, severities) => {
  expect(runGate(policy)).toMatchObject({
    passes: severities.length === 0,
    stoppedBy: severities.map(
      (severity) => `${RULES[severity]} at ${severity}.main is not allowed`,
    ),
    notices: [],
    allowed: [],
  });
});

test("every policy is tried", () => {
  expect(GATE_POLICIES).toEqual(["off", "data-loss", "breaking", "weakening"]);
});

describe("an entry", () => {
  test("permits its rule at its address until the end of its last day", () => {
    expect(runGate("data-loss", [ENTRY])).toEqual({
      passes: true,
      stoppedBy: [],
      notices: [],
      allowed: ["data-loss.main"],
      allowList: undefined,
    });
  });

  test("permits no other rule at its address, such as a destroyed client if the entry is for a callback URL", () => {
    const entry: Allowance = { ...ENTRY, rules: ["callback-url-removed"] };
    expect(runGate("data-loss", [entry])).toMatchObject({
      passes: false,
      stoppedBy: [
        "client-destroyed at data-loss.main is not allowed: the entry there is for other rules",
      ],
      notices: ["the entry for data-loss.main permits nothing in this plan"],
      allowed: [],
    });
  });

  test("permits each rule that it names", () => {
    const address = redacted("a.main");
    const findings = [
      found("data-loss", { address }),
      found("breaking", { address }),
      found("weakening", { address }),
    ];
    const rules: readonly RuleId[] = ["client-destroyed", "mfa-weakened"];
    expect(
      runGate("weakening", [{ ...ENTRY, address, rules }], { findings }),
    ).toMatchObject({
      stoppedBy: [
        "callback-url-removed at a.main is not allowed: the entry there is for other rules",
      ],
      allowed: [address, address],
    });
  });

  test("permits a finding with its consequences, but not the finding by one of them", () => {
    const secret = consequence({
      rule: "secret-destroyed",
      address: redacted("secret.main"),
    });
    const findings = [found("data-loss", { consequences: [secret] })];
    expect(runGate("data-loss", [ENTRY], { findings }).passes).toBe(true);
    const entry: Allowance = {
      ...ENTRY,
      address: "secret.main",
      rules: ["secret-destroyed"],
    };
    expect(runGate("data-loss", [entry], { findings }).passes).toBe(false);
  });

  test("that has expired permits nothing, and is named in the reason", () => {
    const expired = { ...ENTRY, expires: "2026-11-22" };
    expect(runGate("data-loss", [expired])).toMatchObject({
      passes: false,
      stoppedBy: [
        "client-destroyed at data-loss.main is no longer allowed: the entry expired on 2026-11-22",
      ],
      notices: [],
      allowed: [],
    });
  });

  test("that the plan does not need is a notice, and one that has expired is to be removed", () => {
    const others = [
      { ...ENTRY, address: "other.main" },
      { ...ENTRY, address: "old.main", expires: "2020-01-01" },
    ];
    expect(runGate("off", others).notices).toEqual([
      "the entry for other.main permits nothing in this plan",
      "the entry for old.main expired on 2020-01-01: remove it",
    ]);
  });

  test("for another stage has no effect", () => {
    const entries = [{ ...ENTRY, stage: "prod" }];
    expect(runGate("data-loss", entries, { stage: "prod" }).passes).toBe(true);
    expect(runGate("data-loss", entries, { stage: "dev" })).toMatchObject({
      passes: false,
      notices: [],
    });
    expect(runGate("data-loss", entries).passes).toBe(false);
  });
});

describe("the allow-list of a plan that is blocked", () => {
  test("lets the plan pass, and includes every entry that has not expired", () => {
    const address = redacted("a.main");
    const findings = [
      ...ALL,
      found("data-loss", { address }),
      found("breaking", { address }),
    ];
    const entries: readonly Allowance[] = [
      { ...ENTRY, stage: "dev" },
      { ...ENTRY, address: "elsewhere", stage: "prod" },
      { ...ENTRY, address: "old", expires: "2026-11-22" },
    ];
    const { allowList } = runGate("weakening", entries, {
      findings,
      stage: "dev",
    });
    const next = parseAllowances(writeReasons(allowList), TODAY);
    expect(JSON.parse(allowList ?? "")).toEqual([
      {
        address: "data-loss.main",
        rule: "client-destroyed",
        stage: "dev",
        reason: "agreed",
        expires: TODAY,
      },
      {
        address: "elsewhere",
        rule: "client-destroyed",
        stage: "prod",
        reason: "agreed",
        expires: TODAY,
      },
      ...[
        ["breaking.main", "callback-url-removed"],
        ["weakening.main", "mfa-weakened"],
        ["a.main", ["client-destroyed", "callback-url-removed"]],
      ].map(([at, rule]) => ({
        address: at,
        rule,
        stage: "dev",
        reason: expect.any(String) as string,
        expires: "2027-02-21",
      })),
    ]);
    expect(
      runGate("weakening", next, { findings, stage: "dev" }),
    ).toMatchObject({
      passes: true,
      notices: [],
    });
  });

  test("names no stage if the plan has none", () => {
    expect(JSON.parse(runGate("data-loss").allowList ?? "")).toEqual([
      expect.not.objectContaining({ stage: expect.anything() as string }),
    ]);
  });

  test("is valid JSON without control characters, with any address and reason", () => {
    const begin = "-----BEGIN RSA PRIVATE KEY-----";
    const { allowList } = runGate(
      "weakening",
      [{ ...ENTRY, address: "other", reason: `${begin} s3cr3t-value` }],
      {
        findings: [
          found("data-loss", { address: redacted('a["\u202e\u009b\n`"]') }),
          found("breaking", { address: redacted(begin) }),
        ],
        secrets: ["s3cr3t-value"],
      },
    );
    expect(allowList).not.toContain("s3cr3t-value");
    expect(allowList?.replaceAll("\n", "")).not.toMatch(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u,
    );
    const addresses = parseAllowances(writeReasons(allowList), TODAY).map(
      ({ address }) => address,
    );
    expect(addresses).toEqual(["other", 'a["\u202e\u009b\n`"]', begin]);
  });
});
