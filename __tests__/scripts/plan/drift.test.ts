import {
  formatDriftMarkdown,
  findDrift,
  describeDrift,
  formatDriftText,
  type Drift,
} from "../../../scripts/lib/plan/drift";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import {
  buildPlanModel,
  type PlanModel,
} from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";

const CANARY = "c4nary-s3cret";

type Attributes = Readonly<Record<string, unknown>>;

function drifted(
  type: string,
  before: Attributes,
  after: Attributes | null,
  more: Attributes = {},
): object {
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
  resource_drift: readonly object[],
  resources: readonly object[] = [],
): PlanModel {
  return modelOf({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_drift,
    prior_state: {
      values: {
        root_module: {
          resources: [...resources, has("aws_cognito_user_pool", POOL)],
        },
      },
    },
  });
}

function modelOf(json: object): PlanModel {
  return buildPlanModel(parsePlanJson(JSON.stringify(json)));
}

function sentencesOf(drifts: readonly Drift[]): string[] {
  return drifts.flatMap(describeDrift).map(toPlainText);
}

/** A resource of the stage, as AWS has it. */
function has(type: string, values: Attributes): object {
  return { address: `${type}.a`, mode: "managed", type, values };
}

function driftOf(...resources: readonly object[]): string[] {
  return sentencesOf(findDrift(plan(resources)));
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const POOL = { name: "veda-auth-stack-dev", deletion_protection: "ACTIVE" };
const READ = { Effect: "Allow", Action: ["s3:A", "s3:B"], Resource: "*" };

describe("drift", () => {
  test("is nothing if nothing was changed", () => {
    expect(formatDriftText(findDrift(plan([])), "dev")).toBe(
      "Stage dev: no changes outside Terraform",
    );
  });

  test("names what was changed, from what and to what", () => {
    expect(
      driftOf(
        drifted("aws_cognito_user_pool", POOL, {
          ...POOL,
          deletion_protection: "INACTIVE",
        }),
      ),
    ).toEqual([
      "user pool veda-auth-stack-dev: deletion_protection was changed from ACTIVE to INACTIVE",
    ]);
  });

  test("reports what a list gained and lost, and not its order", () => {
    const client = { name: "veda-dashboard" };
    expect(
      driftOf(
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
      driftOf(drifted("aws_cognito_user_pool", withLength(12), withLength(6))),
    ).toEqual([
      "user pool veda-auth-stack-dev: password_policy.minimum_length was changed from 12 to 6",
    ]);
  });

  test("reports the statements that a policy gained and lost, however it is written", () => {
    const role = { name: "a-role", role: "a-role" };
    const respelled = policy({
      Resource: "*",
      Action: ["s3:B", "s3:A"],
      Effect: "Allow",
    });
    expect(
      driftOf(
        drifted(
          "aws_iam_role_policy",
          { ...role, policy: policy(READ) },
          { ...role, policy: respelled },
        ),
      ),
    ).toEqual([]);
    expect(
      driftOf(
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

  test("reports policies that a role has in addition to Terraform's, for as long as it has them", () => {
    const role = { name: "a-role", inline_policy: [], managed_policy_arns: [] };
    const now = {
      ...role,
      inline_policy: [
        { name: "a-role", policy: policy(READ) },
        { name: "extra", policy: policy(READ) },
      ],
      managed_policy_arns: [
        "arn:aws:iam::aws:policy/Own",
        "arn:aws:iam::aws:policy/AdministratorAccess",
      ],
    };
    const resources = [
      has("aws_iam_role", now),
      has("aws_iam_role_policy", { role: "a-role", name: "a-role" }),
      has("aws_iam_role_policy_attachment", {
        role: "a-role",
        policy_arn: "arn:aws:iam::aws:policy/Own",
      }),
    ];
    for (const changes of [[], [drifted("aws_iam_role", role, now)]])
      expect(sentencesOf(findDrift(plan(changes, resources)))).toEqual([
        "role a-role: policies gained extra and arn:aws:iam::aws:policy/AdministratorAccess",
      ]);
  });

  test("reports that a secret has a newer value than Terraform's", () => {
    const version = { secret_id: "arn:aws:secretsmanager:r:1:secret:a/b-1" };
    const withStages = (...version_stages: string[]) => ({
      ...version,
      version_stages,
    });
    const [before, after] = [
      withStages("AWSCURRENT"),
      withStages("AWSPREVIOUS"),
    ];
    const type = "aws_secretsmanager_secret_version";
    expect(findDrift(plan([], [has(type, before)]))).toEqual([]);
    for (const changes of [[], [drifted(type, before, after)]])
      expect(sentencesOf(findDrift(plan(changes, [has(type, after)])))).toEqual(
        ["value of secret a/b-1: secret_string, a secret, was changed"],
      );
  });

  test("fails when the state is empty, so that nothing can be compared", () => {
    const empty = modelOf({
      format_version: "1.2",
      terraform_version: "1.11.4",
      planned_values: {},
    });
    expect(() => findDrift(empty)).toThrow(
      /^the state of this stage is empty: it was not deployed/,
    );
  });

  test("is not what another resource repeats", () => {
    const secret = { name: "a", arn: "arn:aws:secretsmanager:r:1:secret:a" };
    const changes = [
      drifted("aws_cognito_user_pool", POOL, { ...POOL, domain: "a" }),
      drifted("aws_secretsmanager_secret", secret, {
        ...secret,
        policy: policy(READ),
      }),
    ];
    const own = has("aws_secretsmanager_secret_policy", {
      secret_arn: secret.arn,
    });
    expect(findDrift(plan(changes, [own]))).toEqual([]);
    expect(sentencesOf(findDrift(plan(changes)))).toEqual([
      expect.stringMatching(
        /^secret a: policy was changed from \(not set\) to /,
      ),
    ]);
  });

  test("reports what was deleted first", () => {
    const deleted = drifted(
      "aws_secretsmanager_secret",
      { name: "veda-auth-stack-dev/a" },
      null,
    );
    const changed = drifted("aws_cognito_user_pool", POOL, {
      ...POOL,
      deletion_protection: "INACTIVE",
    });
    expect(driftOf(changed, deleted)).toEqual([
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
      "another order of tags",
      { tags: { a: "1", b: "2" }, tags_all: { a: "1", b: "2" } },
      { tags: { b: "2", a: "1" }, tags_all: { b: "2", a: "1" } },
    ],
  ])("is not %s", (_, before, after) => {
    expect(
      driftOf(
        drifted(
          "aws_cognito_user_pool",
          { ...POOL, ...before },
          { ...POOL, ...after },
        ),
      ),
    ).toEqual([]);
  });

  test.each<[string, Attributes, Attributes]>([
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
    ["named so, in a list", { a: [{ smtp_password: CANARY }, { b: 1 }] }, {}],
    [
      "marked in a list",
      { a: [{ value: CANARY }, { value: "b" }] },
      { after_sensitive: { a: [{ value: true }] }, before_sensitive: true },
    ],
    ["in a map", { provider_details: { client_secret: CANARY } }, {}],
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
    const report = findDrift(plan([change]));
    expect(report).toHaveLength(1);
    expect(
      [
        formatDriftText(report, "dev"),
        formatDriftMarkdown(report, "dev"),
        JSON.stringify(report),
      ].join(),
    ).not.toContain(CANARY);
  });

  test("never shows a secret of what was added or removed", () => {
    const bare = { name: "a" };
    const full = {
      name: "a",
      provider_details: { client_secret: CANARY, client_id: "b" },
      blocks: [{ value: CANARY, size: 1 }],
      map: { list: [{ value: CANARY }] },
    };
    const marks = {
      blocks: [{ value: true }],
      map: { list: [{ value: true }] },
    };
    const change = (before: Attributes, after: Attributes) =>
      driftOf(
        drifted("aws_cognito_identity_provider", before, after, {
          before_sensitive: before === full ? marks : {},
          after_sensitive: after === full ? marks : {},
        }),
      );
    expect(change(bare, full)).toEqual([
      'identity provider a: blocks gained {"size":1,"value":"(redacted)"}',
      'identity provider a: map was changed from (not set) to {"list":[{"value":"(redacted)"}]}',
      'identity provider a: provider_details was changed from (not set) to {"client_id":"b","client_secret":"(redacted)"}',
    ]);
    expect(change(full, bare).join()).not.toContain(CANARY);
  });

  test("reports a tag once that is in both lists, and one that the provider adds", () => {
    const tagged = (tags: Attributes, tags_all: Attributes) => ({
      ...POOL,
      tags,
      tags_all,
    });
    const type = "aws_cognito_user_pool";
    expect(
      driftOf(
        drifted(
          type,
          tagged({ a: "1" }, { a: "1" }),
          tagged({ a: "2" }, { a: "2" }),
        ),
      ),
    ).toEqual([
      "user pool veda-auth-stack-dev: tags.a was changed from 1 to 2",
    ]);
    expect(
      driftOf(
        drifted(type, tagged({}, { Stack: "dev" }), tagged({}, { Stack: "x" })),
      ),
    ).toEqual([
      "user pool veda-auth-stack-dev: tags_all.Stack was changed from dev to x",
    ]);
  });

  test("names each attribute of a resource that is a secret as a whole", () => {
    expect(
      driftOf(
        drifted(
          "aws_cognito_user_pool",
          POOL,
          { ...POOL, a: CANARY, b: CANARY },
          { after_sensitive: true },
        ),
      ),
    ).toEqual([
      "user pool (redacted): a, a secret, was changed",
      "user pool (redacted): b, a secret, was changed",
    ]);
  });

  test("shows what only sounds like a secret", () => {
    expect(
      driftOf(
        drifted(
          "aws_cognito_user_pool_client",
          {
            name: "a",
            generate_secret: false,
            token_validity_units: [{ id_token: "hours" }],
          },
          {
            name: "a",
            generate_secret: true,
            token_validity_units: [{ id_token: "days" }],
          },
        ),
      ),
    ).toEqual([
      "client a: generate_secret was changed from false to true",
      "client a: token_validity_units.id_token was changed from hours to days",
    ]);
  });

  test("reports the version of a policy, and an order of rules that counts", () => {
    const before = {
      name: "a",
      assume_role_policy: policy(READ),
      mapping_rule: [{ value: "a" }, { value: "b" }],
    };
    expect(
      driftOf(
        drifted("aws_iam_role", before, {
          ...before,
          assume_role_policy: policy(READ).replace("2012-10-17", "2008-10-17"),
          mapping_rule: [{ value: "b" }, { value: "a" }],
        }),
      ),
    ).toEqual([
      "role a: assume_role_policy.Version was changed from 2012-10-17 to 2008-10-17",
      'role a: mapping_rule was changed from [{"value":"a"},{"value":"b"}] to [{"value":"b"},{"value":"a"}]',
    ]);
  });

  test("cannot write a line of its own, nor move the cursor", () => {
    const change = drifted(
      "aws_cognito_user_pool_client",
      { name: "a\n- b", callback_urls: [] },
      { name: "a\n- b", callback_urls: ["x\u001b[2J\n- client c", "y\u202e"] },
    );
    expect(
      formatDriftText(findDrift(plan([change])), "dev").split("\n"),
    ).toEqual([
      "Stage dev: 1 resource changed outside Terraform",
      '- client a\\u000a- b: callback_urls gained "x\\u001b[2J\\n- client c" and y\\u202e',
    ]);
  });

  test("cannot write Markdown of its own", () => {
    const report = findDrift(
      plan([
        drifted(
          "aws_cognito_user_pool_client",
          { name: "a", callback_urls: [] },
          { name: "a", callback_urls: ["```\n# Merge this\n@all"] },
        ),
      ]),
    );
    expect(formatDriftMarkdown(report, "dev")).toBe(
      [
        "### Stage dev: 1 resource changed outside Terraform",
        '````text\nclient a: callback_urls gained "```\\n# Merge this\\n@all"\n````',
        expect.anything() as string,
      ]
        .slice(0, 2)
        .join("\n\n") +
        "\n\nThe next deployment restores the configuration in the code. To retain a change, add it to the code. Remove what was added outside Terraform, such as a policy of a role or a newer value of a secret: no deployment removes it.",
    );
  });

  test("reads resources of modules, and names a policy by its role", () => {
    const change = drifted(
      "aws_iam_role_policy",
      { name: "bucket-access", role: "veda-readers", policy: policy(READ) },
      {
        name: "bucket-access",
        role: "veda-readers",
        policy: policy(READ, { Effect: "Allow", Action: "*", Resource: "*" }),
      },
    );
    const role = {
      name: "veda-readers",
      inline_policy: [{ name: "extra", policy: policy(READ) }],
    };
    const model = modelOf({
      format_version: "1.2",
      terraform_version: "1.11.4",
      planned_values: {},
      resource_drift: [change],
      prior_state: {
        values: {
          root_module: {
            child_modules: [
              {
                resources: [
                  {
                    ...has("aws_iam_role", role),
                    address: "module.auth.aws_iam_role.a",
                  },
                ],
              },
            ],
          },
        },
      },
    });
    expect(sentencesOf(findDrift(model))).toEqual([
      'policy bucket-access of role veda-readers: policy gained {"Action":"*","Effect":"Allow","Resource":"*"}',
      "role veda-readers: policies gained extra",
    ]);
  });

  test("counts resources, and reports each of them once", () => {
    const report = findDrift(
      plan([
        drifted("aws_cognito_user_pool", POOL, { ...POOL, a: "1" }),
        drifted("aws_kms_key", { arn: "arn:a" }, null),
      ]),
    );
    expect(report.map(({ address, kind }) => [address, kind])).toEqual([
      ["aws_kms_key.a", "deleted"],
      ["aws_cognito_user_pool.a", "changed"],
    ]);
    expect(formatDriftText(report, "dev")).toMatch(
      /^Stage dev: 2 resources changed outside Terraform\n/,
    );
  });
});
