import { compareSnapshots } from "../../../scripts/lib/access/access-changes";
import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { parseSnapshot } from "../../../scripts/lib/access/access-source";
import { Redactor } from "../../../scripts/lib/plan/redactor";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { Snapshot } from "../../../scripts/lib/plan/snapshot";
import { synthesize } from "../../support/stage";

const EMPTY = new Snapshot([], new Redactor());
const VALUES = { name: "g", role_arn: "arn:r" };
const TYPE = "aws_cognito_user_group";

test.each<[string, object]>([
  ["a synthesized stack", { resource: { [TYPE]: { main: VALUES } } }],
  [
    "the output of terraform show",
    {
      format_version: "1.0",
      values: {
        root_module: {
          resources: [
            {
              address: `${TYPE}.main`,
              mode: "managed",
              type: TYPE,
              values: VALUES,
            },
          ],
        },
      },
    },
  ],
  [
    "a stored state",
    {
      version: 4,
      resources: [
        {
          mode: "managed",
          type: TYPE,
          name: "main",
          instances: [{ attributes: VALUES }],
        },
        {
          mode: "data",
          type: TYPE,
          name: "other",
          instances: [{ attributes: VALUES }],
        },
      ],
    },
  ],
])("parses %s", (_, json) => {
  expect(parseSnapshot(JSON.stringify(json)).resources).toEqual([
    { address: `${TYPE}.main`, type: TYPE, values: VALUES },
  ]);
});

test("resources of modules and for_each have their addresses", () => {
  const shown = {
    format_version: "1.0",
    values: {
      root_module: {
        child_modules: [
          {
            resources: [
              {
                address: `module.a.${TYPE}.main`,
                mode: "managed",
                type: TYPE,
                values: VALUES,
              },
            ],
          },
        ],
      },
    },
  };
  const stored = {
    version: 4,
    resources: [
      {
        module: "module.a",
        mode: "managed",
        type: TYPE,
        name: "main",
        instances: [{ index_key: "k", attributes: VALUES }],
      },
    ],
  };
  const addresses = [shown, stored].flatMap((json) =>
    parseSnapshot(JSON.stringify(json)).resources.map(({ address }) => address),
  );
  expect(addresses).toEqual([
    `module.a.${TYPE}.main`,
    `module.a.${TYPE}.main["k"]`,
  ]);
});

test.each([
  [
    "other JSON",
    "{}",
    "must be a synthesized stack, a plan or a state, got other JSON",
  ],
  ["a list", "[]", "got a list"],
  ["incomplete JSON", '{"resource":', "got text that is not JSON"],
])("fails when the text is %s", (_, text, message) => {
  expect(() => parseSnapshot(text)).toThrow(message);
});

describe("a synthesized stage", () => {
  const stage = parseSnapshot(
    JSON.stringify(
      synthesize(
        { OIDC_PROVIDER_URL: "token.actions.githubusercontent.com" },
        (auth) => {
          const api = auth.addResourceServer("api", { read: "Read" });
          auth.addServiceClient("ingest", { scopes: [api.scope("read")] });
          auth.addProgrammaticClient("programmatic-client");
          auth.addGroup("writers", {
            description: "Writers",
            precedence: 1,
            buckets: {
              data: "read-write",
              raw: { permission: "read", prefix: "in/" },
            },
          });
        },
      ),
    ),
  );

  test("has the access of its code", () => {
    const { gained, lost, unknown } = compareSnapshots(EMPTY, stage);
    expect(gained.map(toPlainText)).toEqual([
      "client identity-provider (the identity pool's own client) can now sign users in",
      "service client ingest can now request scope read of resource server api",
      "client programmatic-client can now sign users in",
      "group writers can now assume role veda-auth-stack-dev-writers",
      "users of client identity-provider (the identity pool's own client) can now get AWS credentials from identity pool veda-auth-stack-dev IdentityPool",
      "users of client programmatic-client can now get AWS credentials from identity pool veda-auth-stack-dev IdentityPool",
      "all users who sign in can now assume role veda-auth-stack-dev-authenticated (no permissions)",
      "group writers can now read and write data",
      "group writers can now read raw under in/",
    ]);
    expect([...lost, ...unknown]).toEqual([]);
  });

  test("is a graph without changes whose edges connect its nodes", () => {
    const { nodes, edges } = buildAccessGraph(stage);
    const ids = nodes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { from, to, change } of edges) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
      expect(change).toBe("same");
    }
    const named = new Map(
      nodes.map(({ id, kind, name }) => [id, `${kind} ${name}`]),
    );
    expect(
      edges.map(({ from, can, to, where }) =>
        [named.get(from), can, named.get(to), where].join(" | "),
      ),
    ).toEqual(
      expect.arrayContaining([
        "group writers | assume | role veda-auth-stack-dev-writers | ",
        "role veda-auth-stack-dev-writers | read and write | bucket data | ",
        "role veda-auth-stack-dev-writers | read | bucket raw | under in/",
        "service ingest | read | resource server api | ",
      ]),
    );
  });

  test("shows the role mapping instead of the trust policy for the identity pool", () => {
    const { nodes, edges } = buildAccessGraph(stage);
    const roles = new Set(
      nodes.filter(({ kind }) => kind === "role").map(({ id }) => id),
    );
    const names = new Map(nodes.map(({ id, name }) => [id, name]));
    expect(
      edges
        .filter(({ to }) => roles.has(to))
        .map(({ from }) => names.get(from)),
    ).toEqual(["writers", "all users who sign in"]);
  });

  test("is all gained after an empty snapshot, and all lost before one", () => {
    expect(
      new Set(buildAccessGraph(stage, EMPTY).edges.map(({ change }) => change)),
    ).toEqual(new Set(["gained"]));
    expect(
      new Set(buildAccessGraph(EMPTY, stage).edges.map(({ change }) => change)),
    ).toEqual(new Set(["lost"]));
  });
});
