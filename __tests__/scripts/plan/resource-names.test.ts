import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { parseSnapshot } from "../../../scripts/lib/access/access-source";
import { findConstructId } from "../../../scripts/lib/plan/construct-ids";
import {
  describeResource,
  formatResourceName,
  getShortName,
} from "../../../scripts/lib/plan/resource-names";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import type { Resource, Snapshot } from "../../../scripts/lib/plan/snapshot";
import type { AuthStack } from "../../../stacks/auth-stack";
import { synthesize } from "../../support/stage";

const CLIENT = "aws_cognito_user_pool_client";
const SERVER = "aws_cognito_resource_server";

function synthesizeStage(build: (auth: AuthStack) => void): Snapshot {
  return parseSnapshot(JSON.stringify(synthesize({}, build)));
}

function describeAll(snapshot: Snapshot, type: string): string[] {
  return snapshot
    .listByType(type)
    .map((resource) => toPlainText(describeResource(resource, snapshot)))
    .sort();
}

const STAGE = synthesizeStage((auth) => {
  const api = auth.addResourceServer("api", { read: "Read" });
  auth.addServiceClient("tiler", { scopes: [api.scope("read")] });
  auth.addProgrammaticClient("programmatic-client", { name: "VEDA scripts" });
  auth.addFrontendClient("dashboard", { callbackUrls: ["https://a.example/"] });
  auth.addGroup("writers", {
    description: "Writers",
    precedence: 1,
    buckets: { data: "read" },
  });
});

test("clients have the ids of main.ts, and the names that do not follow from them", () => {
  expect(describeAll(STAGE, CLIENT)).toEqual([
    "client dashboard",
    "client identity-provider (the identity pool's own client)",
    "client programmatic-client (named VEDA scripts)",
    "service client tiler",
  ]);
});

test("a client of the same id that main.ts creates is not the identity pool's own", () => {
  const stage = synthesizeStage((auth) => {
    auth.addFrontendClient("identity-provider", {
      callbackUrls: ["https://a.example/"],
    });
  });
  expect(describeAll(stage, CLIENT)).toEqual(["client identity-provider"]);
});

test("a resource server has the id of main.ts, and its identifier", () => {
  expect(describeAll(STAGE, SERVER)).toEqual([
    "resource server api (identifier api-server)",
  ]);
});

test("a resource server with another identifier is called by it, since its scopes are others", () => {
  const [server] = STAGE.listByType(SERVER);
  const values = {
    ...server?.values,
    identifier: "b-server",
    name: "B",
  };
  const other = { ...server, values } as unknown as Resource;
  expect(toPlainText(describeResource(other, STAGE))).toBe(
    "resource server b-server",
  );
});

test("a resource server whose identifier is a URL is called by it, as are its scopes", () => {
  const stage = synthesizeStage((auth) => {
    for (const [id, identifier] of Object.entries({
      all: "https://api.example.org",
      v1: "https://api.example.org/v1",
    })) {
      const api = auth.addResourceServer(
        id,
        { read: "Read" },
        { identifier, name: "API" },
      );
      auth.addServiceClient(`of-${id}`, { scopes: [api.scope("read")] });
    }
  });
  expect(describeAll(stage, SERVER)).toEqual([
    "resource server https://api.example.org",
    "resource server https://api.example.org/v1",
  ]);
  const { nodes, edges } = buildAccessGraph(stage);
  const getName = (id: string) => nodes.find((node) => node.id === id)?.name;
  expect(
    edges.map(({ from, can, to }) => [getName(from), can, getName(to)]),
  ).toEqual([
    ["of-all", "read", "https://api.example.org"],
    ["of-v1", "read", "https://api.example.org/v1"],
  ]);
});

test("a client is called the same in the access of a stage", () => {
  const { nodes } = buildAccessGraph(STAGE);
  const clients = nodes.filter(({ kind }) =>
    ["service", "application", "resource server"].includes(kind),
  );
  expect(clients.map(({ name }) => name).sort()).toEqual([
    "OpenID Connect",
    "api",
    "dashboard",
    "identity-provider (the identity pool's own client)",
    "programmatic-client",
    "tiler",
  ]);
});

test.each(["a_b", "a-b_C1234567", "s", "clients", "x_0123ABCD"])(
  "the id of a client is found: %j",
  (id) => {
    const stage = synthesizeStage((auth) => {
      const api = auth.addResourceServer("api", { read: "Read" });
      auth.addServiceClient(id, { scopes: [api.scope("read")] });
    });
    const [client] = stage.listByType(CLIENT);
    expect(client && findConstructId(client)).toBe(id);
  },
);

test.each(["api.v2", "A_b", "servers"])(
  "the id of a resource server is found: %j",
  (id) => {
    const stage = synthesizeStage((auth) => {
      auth.addResourceServer(id, { read: "Read" });
    });
    const [server] = stage.listByType(SERVER);
    expect(server && findConstructId(server)).toBe(id);
  },
);

test("no other resource has the id of one in main.ts", () => {
  const [tiler] = STAGE.listByType(CLIENT).filter(
    (client) => getShortName(client) === "tiler",
  );
  const { address = "", values = {} } = tiler ?? {};
  const hash = address.slice(-8);
  for (const other of [
    `module.m.${address}`,
    `${address}["k"]`,
    `${CLIENT}.clients_tiler_00000000`,
    `${CLIENT}.clients_other_${hash}`,
    `${CLIENT}.tiler_${hash}`,
    `${CLIENT}.tiler`,
  ]) {
    const resource = {
      address: other,
      type: CLIENT,
      values: { ...values, name: "another" },
    } as unknown as Resource;
    expect([other, findConstructId(resource)]).toEqual([other, undefined]);
    expect(getShortName(resource)).toBe("another");
  }
});

test.each([
  [CLIENT, "tiler Service Access", "service client tiler"],
  [
    CLIENT,
    "Identity Pool Authentication Provider",
    "client identity-provider (the identity pool's own client)",
  ],
  [CLIENT, "dashboard", "client dashboard"],
  [SERVER, "api-server", "resource server api (identifier api-server)"],
  [SERVER, "https://api.example", "resource server https://api.example"],
  ["aws_secretsmanager_secret", "stack/tiler", "secret stack/tiler"],
])("%s %j in AWS is called %j", (type, name, expected) => {
  expect(formatResourceName(type, { name })).toBe(expected);
});

test("a resource server in AWS is called by its identifier, whatever its name", () => {
  const identifier = "https://api.example";
  expect(formatResourceName(SERVER, { name: "API", identifier })).toBe(
    "resource server https://api.example",
  );
});
