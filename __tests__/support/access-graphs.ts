import type {
  EdgeChange,
  AccessEdge,
  AccessGraph,
  AccessNode,
  NodeKind,
} from "../../scripts/lib/access/access-graph";
import { redacted } from "./redacted";

/** An edge as a row: nodes, permission, condition and change. */
type EdgeRow = readonly [
  from: string,
  to: string,
  can: string,
  where?: string | undefined,
  change?: EdgeChange,
];

/** Builds a graph of nodes whose id is their kind and name. */
export function buildGraph(
  rows: readonly EdgeRow[],
  isolated: readonly string[] = [],
): AccessGraph {
  const ids = new Set([
    ...rows.flatMap(([from, to]) => [from, to]),
    ...isolated,
  ]);
  return {
    nodes: [...ids].map(parseNode),
    edges: rows.map(([from, to, can, where, change = "same"]): AccessEdge => ({
      from: redacted(from),
      to: redacted(to),
      can: redacted(can),
      change,
      ...(where !== undefined && { where: redacted(where) }),
    })),
  };
}

/** Builds the graph of a stage, optionally with gained and lost access. */
export function buildStageGraph({
  changed,
}: {
  readonly changed: boolean;
}): AccessGraph {
  const change = (kind: EdgeChange): EdgeChange => (changed ? kind : "same");
  const [editors, stewards, readers, admins] = [
    "role veda-auth-dev-editors",
    "role veda-auth-dev-data-stewards",
    "role veda-auth-dev-readers",
    "role veda-auth-dev-administrators",
  ] as const;
  const api = "resource server https://stac.example.org/api";
  return buildGraph([
    ["group editors", editors, "assume"],
    ["group data-stewards", stewards, "assume"],
    ["group readers", readers, "assume"],
    ["group administrators", admins, "assume"],
    [editors, "bucket veda-data-store-dev", "read"],
    [editors, "bucket veda-data-store-dev", "write", "under staging/"],
    [editors, "bucket veda-uploads-dev", "read"],
    [editors, "bucket veda-uploads-dev", "write", undefined, change("gained")],
    [stewards, "bucket veda-data-store-dev", "read"],
    [stewards, "bucket veda-data-store-dev", "write"],
    [stewards, "bucket veda-data-store-dev", "delete", "under raw/"],
    [readers, "bucket veda-data-store-dev", "read", "under public/"],
    [admins, "bucket veda-data-store-dev", "read"],
    [admins, "bucket veda-uploads-dev", "read", undefined, change("lost")],
    [
      admins,
      "bucket veda-auth-terraform-state-for-everything-in-this-account",
      "read",
    ],
    ["service ingest-api", api, "stac:register"],
    ["service ingest-api", api, "stac:update"],
    ["service cataloguer", api, "stac:register"],
    ["service cataloguer", api, "stac:delete", undefined, change("gained")],
    [
      "repository example/veda-ingest",
      "role veda-ingest-deploy",
      "assume",
      "on branch main",
    ],
    [
      "repository example/veda-backend",
      "role veda-backend-deploy",
      "assume",
      "in environment production",
    ],
    [
      "repository example/veda-backend",
      "role veda-backend-plan",
      "assume",
      "in pull requests",
      change("gained"),
    ],
    ["role veda-ingest-deploy", "secret veda-auth-dev/ingest-api", "read"],
    ["role veda-ingest-deploy", "secret veda-auth-dev/cataloguer", "read"],
    ["role veda-backend-deploy", "secret veda-auth-dev/backend", "read"],
    ["role veda-backend-deploy", "secret veda-auth-dev/oidc", "read"],
    [
      "role veda-backend-plan",
      "secret veda-auth-dev/oidc",
      "read",
      undefined,
      change("gained"),
    ],
    [
      "role veda-backend-deploy",
      "secret veda-auth-dev/smtp",
      "read",
      undefined,
      change("lost"),
    ],
  ]);
}

/** Builds a graph of about `nodes` nodes, in which each group assumes a role and each role reads three buckets. */
export function buildLargeGraph(nodes: number): AccessGraph {
  const third = Math.floor(nodes / 3);
  const indexes = Array.from({ length: third }, (_, index) => index);
  return buildGraph(
    indexes.flatMap((index): readonly EdgeRow[] => [
      [`group team-${index}`, `role team-${index}`, "assume"],
      ...[0, 1, 7].map((step): EdgeRow => [
        `role team-${index}`,
        `bucket data-${(index + step) % third}`,
        "read",
        `under team-${index}/`,
      ]),
    ]),
  );
}

function parseNode(id: string): AccessNode {
  const kind =
    (["resource server", "identity pool"] as const).find((kindWithSpace) =>
      id.startsWith(`${kindWithSpace} `),
    ) ?? (id.split(" ", 1)[0] as NodeKind);
  return {
    id: redacted(id),
    kind,
    name: redacted(id.slice(kind.length + 1)),
  };
}
