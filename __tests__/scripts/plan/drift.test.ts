import {
  describeDrift,
  findDrift,
  formatDriftMarkdown,
  formatDriftText,
  listChangedSecrets,
} from "../../../scripts/lib/plan/drift";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import {
  buildPlanModel,
  type PlanModel,
} from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";

const CANARY = "c4nary-s3cret";

type Attributes = Readonly<Record<string, unknown>>;

function createDrift(
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
  return buildModel({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_drift,
    prior_state: {
      values: {
        root_module: {
          resources: [
            ...resources,
            createResource("aws_cognito_user_pool", POOL),
          ],
        },
      },
    },
  });
}

function buildModel(json: object): PlanModel {
  return buildPlanModel(parsePlanJson(JSON.stringify(json)));
}

/** Returns the values that changed, by address. */
function findChanges(model: PlanModel): object[] {
  return findDrift(model).flatMap(({ address, values }) =>
    values.map((value) => ({ address, ...value })),
  );
}

/** Creates a resource of the refreshed state. */
function createResource(type: string, values: Attributes): object {
  return { address: `${type}.a`, mode: "managed", type, values };
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const POOL = { name: "veda-auth-stack-dev", deletion_protection: "ACTIVE" };
const READ = { Effect: "Allow", Action: ["s3:A", "s3:B"], Resource: "*" };

describe("drift", () => {
  test("is empty without changes", () => {
    expect(formatDriftText(findDrift(plan([])), "dev")).toBe(
      "Stage dev: no changes outside Terraform",
    );
  });

  test("is described in one sentence per value", () => {
    const client = { name: "veda-dashboard" };
    const drifts = findDrift(
      plan([
        createDrift("aws_secretsmanager_secret", { name: "dev/a" }, null),
        createDrift("aws_cognito_user_pool", POOL, {
          ...POOL,
          deletion_protection: "INACTIVE",
          smtp_password: CANARY,
        }),
        createDrift(
          "aws_cognito_user_pool_client",
          { ...client, callback_urls: ["a", "b"], logout_urls: ["c", "d"] },
          { ...client, callback_urls: ["b", "e"], logout_urls: ["d", "c"] },
        ),
      ]),
    );
    expect(drifts.flatMap(describeDrift).map(toPlainText)).toEqual([
      "secret dev/a was deleted",
      "user pool veda-auth-stack-dev: deletion_protection was changed from ACTIVE to INACTIVE",
      "user pool veda-auth-stack-dev: smtp_password, a secret, was changed",
      "client veda-dashboard: callback_urls gained e and lost a",
    ]);
  });

  test("is the statements that a policy gained and lost, in any format", () => {
    const role = { name: "a-role", role: "a-role" };
    const rewritten = policy({
      Resource: "*",
      Action: ["s3:B", "s3:A"],
      Effect: "Allow",
    });
    const changes = [
      createDrift(
        "aws_iam_role_policy",
        { ...role, policy: policy(READ) },
        { ...role, policy: rewritten },
      ),
      createDrift(
        "aws_iam_role",
        { name: "a-role", assume_role_policy: policy(READ) },
        {
          name: "a-role",
          assume_role_policy: policy(READ, { Effect: "Allow", Action: "*" }),
        },
      ),
    ];
    expect(findChanges(plan(changes))).toEqual([
      {
        address: "aws_iam_role.a",
        kind: "members",
        path: "assume_role_policy",
        gained: ['{"Action":"*","Effect":"Allow"}'],
        lost: [],
      },
    ]);
  });

  test("includes policies of a role that are not in the code, as long as they exist", () => {
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
      createResource("aws_iam_role", now),
      createResource("aws_iam_role_policy", { role: "a-role", name: "a-role" }),
      createResource("aws_iam_role_policy_attachment", {
        role: "a-role",
        policy_arn: "arn:aws:iam::aws:policy/Own",
      }),
    ];
    for (const changes of [[], [createDrift("aws_iam_role", role, now)]])
      expect(findChanges(plan(changes, resources))).toEqual([
        {
          address: "aws_iam_role.a",
          kind: "members",
          path: "policies",
          gained: ["extra", "arn:aws:iam::aws:policy/AdministratorAccess"],
          lost: [],
        },
      ]);
  });

  test("includes a newer value of a secret", () => {
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
    expect(findDrift(plan([], [createResource(type, before)]))).toEqual([]);
    for (const changes of [[], [createDrift(type, before, after)]])
      expect(findChanges(plan(changes, [createResource(type, after)]))).toEqual(
        [{ address: `${type}.a`, kind: "secret", path: "secret_string" }],
      );
  });

  test.each<[string, readonly string[] | undefined, readonly string[], number]>(
    [
      [
        "is not current, and a rotation wrote the current one",
        ["AWSCURRENT", "c1--17"],
        ["AWSPREVIOUS"],
        0,
      ],
      [
        "has no label, and a rotation wrote the current one",
        ["AWSCURRENT", "c1--17"],
        [],
        0,
      ],
      [
        "is not current, and another version is",
        ["AWSCURRENT"],
        ["TERRAFORM"],
        1,
      ],
      [
        "is not current, and the first version is",
        ["AWSCURRENT", "FIRST"],
        ["TERRAFORM"],
        1,
      ],
      ["is not current, and no version is", [], ["TERRAFORM"], 1],
      [
        "is not current, and got the label of the first version",
        ["AWSCURRENT"],
        ["FIRST", "TERRAFORM"],
        1,
      ],
      [
        "is not current, and the current one is of another client",
        ["AWSCURRENT", "c2--17"],
        ["TERRAFORM"],
        1,
      ],
      [
        "is not current, and the labels are unknown",
        undefined,
        ["TERRAFORM"],
        0,
      ],
      ["is current", ["AWSCURRENT"], ["AWSCURRENT", "TERRAFORM"], 0],
    ],
  )(
    "of a secret with a first version whose version %s",
    (_, labels, own, count) => {
      const type = "aws_secretsmanager_secret_version";
      const secret_id = "arn:aws:secretsmanager:r:1:secret:a/b-1";
      const first = { secret_id, secret_string: "{}", version_stages: [] };
      const model = plan(
        [],
        [
          createResource(type, {
            secret_id,
            secret_string_wo_version: 7,
            version_stages: own,
          }),
          { ...createResource(type, first), address: `${type}.first` },
          createResource("aws_cognito_user_pool_client", { id: "c1" }),
        ],
      );
      const known = labels && new Map([[secret_id, labels]]);
      expect(findDrift(model, known).map(({ address }) => address)).toEqual(
        Array.from({ length: count }, () => `${type}.a`),
      );
      expect(listChangedSecrets(model)).toEqual(
        own.includes("AWSCURRENT") ? [] : [secret_id],
      );
    },
  );

  test("excludes a client secret that Cognito no longer returns", () => {
    const type = "aws_cognito_user_pool_client";
    const client = (client_secret: string) => ({ name: "a", client_secret });
    const [one, other, none] = ["0ne-of-two", "0ther-of-two", ""].map(client);
    const find = (before = {}, after = {}) =>
      findChanges(plan([createDrift(type, before, after)]));
    expect(find(one, none)).toEqual([]);
    expect(find(one, other)).toMatchObject([{ path: "client_secret" }]);
    expect(find(none, other)).toMatchObject([{ path: "client_secret" }]);
  });

  test("fails if the state is empty", () => {
    const empty = buildModel({
      format_version: "1.2",
      terraform_version: "1.11.4",
      planned_values: {},
    });
    expect(() => findDrift(empty)).toThrow(
      /^the state of this stage is empty: it was not deployed/,
    );
  });

  test("excludes attributes that repeat those of another resource", () => {
    const secret = { name: "a", arn: "arn:aws:secretsmanager:r:1:secret:a" };
    const changes = [
      createDrift("aws_cognito_user_pool", POOL, { ...POOL, domain: "a" }),
      createDrift("aws_secretsmanager_secret", secret, {
        ...secret,
        policy: policy(READ),
      }),
    ];
    const own = createResource("aws_secretsmanager_secret_policy", {
      secret_arn: secret.arn,
    });
    expect(findDrift(plan(changes, [own]))).toEqual([]);
    expect(findChanges(plan(changes))).toMatchObject([
      { address: "aws_secretsmanager_secret.a", path: "policy" },
    ]);
  });

  test.each<[string, Attributes, Attributes]>([
    [
      "an attribute that is not set and an empty one",
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
  ])("excludes %s", (_, before, after) => {
    const change = createDrift(
      "aws_cognito_user_pool",
      { ...POOL, ...before },
      { ...POOL, ...after },
    );
    expect(findDrift(plan([change]))).toEqual([]);
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
    ["named as one", { client_secret: CANARY }, {}],
    ["named as one, in a block", { a: [{ smtp_password: CANARY }] }, {}],
    [
      "named as one, in a list",
      { a: [{ smtp_password: CANARY }, { b: 1 }] },
      {},
    ],
    [
      "marked in a list",
      { a: [{ value: CANARY }, { value: "b" }] },
      { after_sensitive: { a: [{ value: true }] }, before_sensitive: true },
    ],
    ["in a map", { provider_details: { client_secret: CANARY } }, {}],
  ])("shows no secret that is %s", (_, before, marks) => {
    const change = createDrift(
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

  test("shows no secret that was added or removed", () => {
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
    const compare = (before: Attributes, after: Attributes) =>
      findChanges(
        plan([
          createDrift("aws_cognito_identity_provider", before, after, {
            before_sensitive: before === full ? marks : {},
            after_sensitive: after === full ? marks : {},
          }),
        ]),
      );
    expect(compare(bare, full)).toMatchObject([
      { path: "blocks", gained: ['{"size":1,"value":"(redacted)"}'] },
      { path: "map", after: '{"list":[{"value":"(redacted)"}]}' },
      {
        path: "provider_details",
        after: '{"client_id":"b","client_secret":"(redacted)"}',
      },
    ]);
    expect(JSON.stringify(compare(full, bare))).not.toContain(CANARY);
  });

  test("includes each attribute of a resource that is sensitive as a whole", () => {
    const change = createDrift(
      "aws_cognito_user_pool",
      POOL,
      { ...POOL, a: CANARY, b: CANARY },
      { after_sensitive: true },
    );
    expect(findChanges(plan([change]))).toMatchObject([
      { kind: "secret", path: "a" },
      { kind: "secret", path: "b" },
    ]);
  });

  test("cannot add a line, nor move the cursor", () => {
    const change = createDrift(
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

  test("cannot add Markdown", () => {
    const report = findDrift(
      plan([
        createDrift(
          "aws_cognito_user_pool_client",
          { name: "a", callback_urls: [] },
          { name: "a", callback_urls: ["```\n# Merge this\n@all"] },
        ),
      ]),
    );
    expect(formatDriftMarkdown(report, "dev")).toBe(
      "### Stage dev: 1 resource changed outside Terraform\n\n" +
        '````text\nclient a: callback_urls gained "```\\n# Merge this\\n@all"\n````' +
        "\n\nThe next deployment restores the configuration in the code. To retain a change, add it to the code. Remove what was added outside Terraform, such as a policy of a role or a newer value of a secret: no deployment removes it.",
    );
  });

  test("includes resources of modules, and a policy has the name of its role", () => {
    const change = createDrift(
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
    const model = buildModel({
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
                    ...createResource("aws_iam_role", role),
                    address: "module.auth.aws_iam_role.a",
                  },
                ],
              },
            ],
          },
        },
      },
    });
    expect(findDrift(model).flatMap(describeDrift).map(toPlainText)).toEqual([
      'policy bucket-access of role veda-readers: policy gained {"Action":"*","Effect":"Allow","Resource":"*"}',
      "role veda-readers: policies gained extra",
    ]);
  });

  test("is counted by resource, deleted resources first", () => {
    const report = findDrift(
      plan([
        createDrift("aws_cognito_user_pool", POOL, { ...POOL, a: "1" }),
        createDrift("aws_kms_key", { arn: "arn:a" }, null),
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
