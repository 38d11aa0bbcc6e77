import {
  type AccessGraph,
  type AccessNode,
  type EdgeChange,
  getKindNoun,
} from "../access-graph";
import {
  type AccessRow,
  compareNodes,
  compareText,
  listAccessRows,
  listNodes,
} from "./access-rows";
import { resolveGroupAccess } from "./group-access";

/** Access in a cell. An empty text means that the row has the permission that the column names. */
export interface MatrixEntry {
  readonly text: string;
  readonly change: EdgeChange;
}

export interface MatrixColumn {
  readonly text: string;
  /** Whether the text is a name from a plan or a state. */
  readonly isName: boolean;
}

export interface MatrixRow {
  readonly node: AccessNode;
  /** One list per column; an empty list means no access. */
  readonly cells: readonly (readonly MatrixEntry[])[];
}

interface MatrixHeadings {
  readonly title: string;
  /** Name of the resource that all columns belong to. */
  readonly resource?: string;
  /** Heading of the column of row names. */
  readonly rowHeading: string;
  /** Heading of all columns together. */
  readonly columnsHeading: string;
  /** Access that this matrix leaves out. */
  readonly note?: string;
}

/** Access of principals as a grid. */
export interface AccessMatrix extends MatrixHeadings {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
  /** Cells that are not empty. */
  readonly cells: readonly MatrixCell[];
}

interface MatrixCell extends MatrixEntry {
  readonly row: AccessNode;
  readonly column: string;
  /** Whether the cell is in the last column, which has no name. */
  readonly isOther: boolean;
}

const CLIENTS: readonly string[] = ["service", "application"];
const OTHER_COLUMN: MatrixColumn = { text: "Anything else", isName: false };
/** Most cells of a larger grid are empty, so it is shown as one list per row. */
const MAX_COLUMNS = 40;
const MAX_CELLS = 10_000;

/** Returns the matrices of a graph that have access in them. */
export function buildAccessMatrices(graph: AccessGraph): AccessMatrix[] {
  const rows = listAccessRows(graph);
  return [
    ...buildGroupMatrix(graph, rows),
    ...buildScopeMatrices(graph, rows),
    ...buildCallbackMatrix(rows),
  ];
}

/** Whether a plan changes access in a row. */
export function isChangedRow({ cells }: MatrixRow): boolean {
  return cells.flat().some(({ change }) => change !== "same");
}

function buildGroupMatrix(
  graph: AccessGraph,
  rows: readonly AccessRow[],
): AccessMatrix[] {
  const groups = listNodes(graph).filter(({ kind }) => kind === "group");
  const { accesses, roles } = resolveGroupAccess(groups, rows);
  const cells = accesses.map(
    ({ group, resource, permission, condition, change }): MatrixCell => {
      const { kind, name } = resource;
      const isOther = kind !== "bucket";
      const words = [
        permission,
        ...(isOther ? [getKindNoun(kind), name] : []),
        condition,
      ];
      const text = words.filter((word) => word !== "").join(" ");
      return { row: group, column: name, text, change, isOther };
    },
  );
  const hasOthers = rows.some(
    ({ principal, resource }) =>
      resource.kind === "bucket" &&
      principal.kind !== "group" &&
      !roles.has(principal.id),
  );
  const note =
    "Bucket access of principals other than groups is in the table below.";
  return buildMatrix(cells, {
    title: "Groups × buckets",
    rowHeading: "Group",
    columnsHeading: "Buckets",
    ...(hasOthers && { note }),
  });
}

function buildScopeMatrices(
  graph: AccessGraph,
  rows: readonly AccessRow[],
): AccessMatrix[] {
  const servers = listNodes(graph).filter(
    ({ kind }) => kind === "resource server",
  );
  const byServer = new Map(servers.map(({ id }) => [id, [] as AccessRow[]]));
  for (const row of rows)
    if (CLIENTS.includes(row.principal.kind))
      byServer.get(row.resource.id)?.push(row);
  return servers.flatMap(({ id, name }) => {
    const own = byServer.get(id) ?? [];
    const heading = getClientHeading(own.map(({ principal }) => principal));
    const cells = own.flatMap((row) =>
      row.permissions.map((scope) => toCell(row, scope)),
    );
    return buildMatrix(cells, {
      title: `${heading}s × scopes of`,
      resource: name,
      rowHeading: heading,
      columnsHeading: "Scopes",
    });
  });
}

function buildCallbackMatrix(rows: readonly AccessRow[]): AccessMatrix[] {
  const cells = rows
    .filter(isCallback)
    .map((row) => toCell(row, row.resource.name));
  return buildMatrix(cells, {
    title: "Clients × callback URLs",
    rowHeading: "Client",
    columnsHeading: "Callback URLs",
  });
}

function toCell(
  { principal, condition, change }: AccessRow,
  column: string,
): MatrixCell {
  return { row: principal, column, text: condition, change, isOther: false };
}

function isCallback({ principal, resource, permissions }: AccessRow): boolean {
  return (
    principal.kind === "application" &&
    resource.kind === "resource" &&
    (permissions.includes("sign in to") ||
      /^[a-z][a-z\d+.-]*:\S/i.test(resource.name))
  );
}

function getClientHeading(clients: readonly AccessNode[]): string {
  const kinds = new Set(clients.map(({ kind }) => kind));
  return kinds.size === 1 && kinds.has("service") ? "Service client" : "Client";
}

function buildMatrix(
  cells: readonly MatrixCell[],
  headings: MatrixHeadings,
): AccessMatrix[] {
  if (cells.length === 0) return [];
  const rows = new Set(cells.map(({ row }) => row)).size;
  const columns = listColumnNames(cells).length;
  const isLarge = columns > MAX_COLUMNS || columns * rows > MAX_CELLS;
  return [arrangeCells(cells, headings, isLarge ? "list" : "grid")];
}

/** Returns a matrix with one list per row instead of the named columns. */
export function toListMatrix(matrix: AccessMatrix): AccessMatrix {
  return arrangeCells(matrix.cells, matrix, "list");
}

function arrangeCells(
  cells: readonly MatrixCell[],
  headings: MatrixHeadings,
  form: "grid" | "list",
): AccessMatrix {
  const isGrid = form === "grid";
  const names = listColumnNames(cells);
  const named = isGrid
    ? names.map((text) => ({ text, isName: true }))
    : names
        .slice(0, 1)
        .map(() => ({ text: headings.columnsHeading, isName: false }));
  const hasOther = cells.some(({ isOther }) => isOther);
  const columns = hasOther ? [...named, OTHER_COLUMN] : named;
  const positions = new Map(names.map((name, position) => [name, position]));
  const nodes = [...new Set(cells.map(({ row }) => row))].sort(compareNodes);
  const rows = new Map(
    nodes.map((node) => [node, columns.map((): MatrixEntry[] => [])]),
  );
  for (const { row, column, text, change, isOther } of cells) {
    const position = isGrid ? (positions.get(column) ?? 0) : 0;
    const item = text === "" ? column : `${column}: ${text}`;
    rows.get(row)?.[isOther ? named.length : position]?.push({
      text: isGrid || isOther ? text : item,
      change,
    });
  }
  return {
    ...headings,
    columns,
    rows: [...rows].map(([node, own]) => ({ node, cells: own })),
    cells,
  };
}

function listColumnNames(cells: readonly MatrixCell[]): readonly string[] {
  const named = cells.filter(({ isOther }) => !isOther);
  return [...new Set(named.map(({ column }) => column))].sort(compareText);
}
