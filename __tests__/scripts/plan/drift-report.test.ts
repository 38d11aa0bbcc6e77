import {
  driftMarkdown,
  driftReport,
  driftText,
  sentences,
} from "../../../scripts/lib/plan/drift-report";
import {
  parsePlanJson,
  type PlanJson,
  type ResourceChange,
} from "../../../scripts/lib/plan/plan-json";

const CANARY = "c4nary-s3cret";

type Attributes = Readonly<Record<string, unknown>>;

function drifted(
  type: string,
  before: Attributes,
  after: Attributes | null,
  more: Partial<ResourceChange["change"]> = {},
): ResourceChange {
  return {
    address: `${type}.a`,
    mode: "managed",
    type,
    name: "a",
    change: {
      actions: [after === null ? "delete" : "update"],
      before,
      after,
      before_sensitive: {},
      after_sensitive: {},
      ...more,
    },
  };
}

function plan(
  resource_drift: readonly ResourceChange[],
  resources: readonly object[] = [],
): PlanJson {
  return parsePlanJson(
    JSON.stringify({
      format_version: "1.2",
      terraform_version: "1.11.4",
      planned_values: {},
      resource_drift,
      prior_state: { values: { root_module: { resources } } },
    }),
  );
}

function told(...resources: readonly ResourceChange[]): string[] {
  return driftReport(plan(resources)).flatMap(sentences);
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const POOL = { name: "veda-auth-stack-dev", deletion_protection: "ACTIVE" };
const READ = { Effect: "Allow", Action: ["s3:A", "s3:B"], Resource: "*" };

describe("drift", () => {
  test("is nothing where nothing was changed", () => {
    expect(driftText(driftReport(plan([])), "dev")).toBe(
      "Stage dev: nothing was changed by hand",
    );
  });

  test("names what was changed, from what and to what", () => {
    expect(
      told(
        drifted("aws_cognito_user_pool", POOL, {
          ...POOL,
          deletion_protection: "INACTIVE",
        }),
      ),
    ).toEqual([
      "user pool veda-auth-stack-dev: deletion_protection was changed from ACTIVE to INACTIVE",
    ]);
  });

  test("tells what a list gained and lost, and not its order", () => {
    const client = { name: "veda-dashboard" };
    expect(
      told(
        drifted(
          "aws_cognito_user_pool_client",
          { ...client, callback_urls: ["a", "b"], logout_urls: ["c", "d"] },
          { ...client, callback_urls: ["b", "e"], logout_urls: ["d", "c"] },
        ),
      ),
    ).toEqual(["client veda-dashboard: callback_urls gained e and lost a"]);
  });

  test("looks into a block", () => {
    const withLength = (minimum_length: number) => ({
      ...POOL,
      password_policy: [{ minimum_length, require_symbols: true }],
    });
    expect(
      told(drifted("aws_cognito_user_pool", withLength(12), withLength(6))),
    ).toEqual([
      "user pool veda-auth-stack-dev: password_policy.minimum_length was changed from 12 to 6",
    ]);
  });

  test("tells the statements that a policy gained and lost, however it is spelled", () => {
    const role = { name: "a-role", role: "a-role" };
    const respelled = policy({
      Resource: "*",
      Action: ["s3:B", "s3:A"],
      Effect: "Allow",
    });
    expect(
      told(
        drifted(
          "aws_iam_role_policy",
          { ...role, policy: policy(READ) },
          { ...role, policy: respelled },
        ),
      ),
    ).toEqual([]);
    expect(
      told(
        drifted(
          "aws_iam_role",
          { name: "a-role", assume_role_policy: policy(READ) },
          {
            name: "a-role",
            assume_role_policy: policy(READ, { Effect: "Allow", Action: "*" }),
          },
        ),
      ),
    ).toEqual([
      'role a-role: assume_role_policy gained {"Action":"*","Effect":"Allow"}',
    ]);
  });

  test("tells policies that a role has beside Terraform's, and not those that it lists late", () => {
    const role = { name: "a-role", inline_policy: [], managed_policy_arns: [] };
    const change = drifted("aws_iam_role", role, {
      ...role,
      inline_policy: [
        { name: "a-role", policy: policy(READ) },
        { name: "extra", policy: policy(READ) },
      ],
      managed_policy_arns: [
        "arn:aws:iam::aws:policy/Own",
        "arn:aws:iam::aws:policy/AdministratorAccess",
      ],
    });
    const resources = [
      {
        type: "aws_iam_role_policy",
        values: { role: "a-role", name: "a-role" },
      },
      {
        type: "aws_iam_role_policy_attachment",
        values: { role: "a-role", policy_arn: "arn:aws:iam::aws:policy/Own" },
      },
    ];
    expect(driftReport(plan([change], resources)).flatMap(sentences)).toEqual([
      "role a-role: policies gained extra, arn:aws:iam::aws:policy/AdministratorAccess",
    ]);
  });

  test("is not what another resource has made of a thing", () => {
    const secret = { name: "a", arn: "arn:aws:secretsmanager:r:1:secret:a" };
    const changes = [
      drifted("aws_cognito_user_pool", POOL, { ...POOL, domain: "a" }),
      drifted("aws_secretsmanager_secret", secret, {
        ...secret,
        policy: policy(READ),
      }),
    ];
    const own = {
      type: "aws_secretsmanager_secret_policy",
      values: { secret_arn: secret.arn },
    };
    expect(driftReport(plan(changes, [own]))).toEqual([]);
    expect(driftReport(plan(changes)).flatMap(sentences)).toEqual([
      expect.stringMatching(/^secret a: policy was changed from nothing to /),
    ]);
  });

  test("tells what was deleted, and first", () => {
    const deleted = drifted(
      "aws_secretsmanager_secret",
      { name: "veda-auth-stack-dev/a" },
      null,
    );
    const changed = drifted("aws_cognito_user_pool", POOL, {
      ...POOL,
      deletion_protection: "INACTIVE",
    });
    expect(told(changed, deleted)).toEqual([
      "secret veda-auth-stack-dev/a was deleted",
      expect.stringMatching(/^user pool/),
    ]);
  });

  test.each<[string, Attributes, Attributes]>([
    [
      "an attribute that is not there and an empty one",
      { a: null, b: [], c: "" },
      { a: "", b: null, c: null },
    ],
    [
      "counters and dates",
      { estimated_number_of_users: 1, last_modified_date: "a" },
      { estimated_number_of_users: 2, last_modified_date: "b" },
    ],
    [
      "tags that stand in both lists",
      { tags_all: { a: "1" } },
      { tags_all: { a: "2" } },
    ],
  ])("is not %s", (_, before, after) => {
    expect(
      told(
        drifted(
          "aws_cognito_user_pool",
          { ...POOL, ...before },
          { ...POOL, ...after },
        ),
      ),
    ).toEqual([]);
  });

  test.each<[string, Attributes, Partial<ResourceChange["change"]>]>([
    ["marked before", { value: CANARY }, { before_sensitive: { value: true } }],
    ["marked after", { value: CANARY }, { after_sensitive: { value: true } }],
    ["marked as a whole", { value: CANARY }, { before_sensitive: true }],
    [
      "marked in a block",
      { a: [{ value: CANARY }] },
      { before_sensitive: { a: [{ value: true }] } },
    ],
    ["named so", { client_secret: CANARY }, {}],
    ["named so, in a block", { a: [{ smtp_password: CANARY }] }, {}],
  ])("never shows a secret that is %s", (_, before, marks) => {
    const change = drifted(
      "aws_cognito_user_pool_client",
      { name: "a", ...before },
      {
        name: "a",
        ...(JSON.parse(
          JSON.stringify(before).replace(CANARY, `${CANARY}2`),
        ) as Attributes),
      },
      marks,
    );
    const report = driftReport(plan([change]));
    expect(report).toHaveLength(1);
    expect(
      [
        driftText(report, "dev"),
        driftMarkdown(report, "dev"),
        JSON.stringify(report),
      ].join(),
    ).not.toContain(CANARY);
  });

  test("cannot write Markdown of its own", () => {
    const report = driftReport(
      plan([
        drifted(
          "aws_cognito_user_pool_client",
          { name: "a", callback_urls: [] },
          { name: "a", callback_urls: ["```\n# Merge this\n@all"] },
        ),
      ]),
    );
    expect(driftMarkdown(report, "dev")).toBe(
      [
        "### Stage dev: 1 thing changed by hand",
        "````text\nclient a: callback_urls gained ```\n# Merge this\n@all\n````",
        expect.anything() as string,
      ]
        .slice(0, 2)
        .join("\n\n") +
        "\n\nA deployment puts back what the code says. To keep a change, take it into the code; what was added beside it, such as a policy of a role, has to be removed by hand.",
    );
  });
});
