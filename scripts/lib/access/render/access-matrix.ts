import {
  compareNodes,
  compareText,
  listAccessRows,
  listNodes,
  type AccessRow,
} from "./access-rows";
import type { EdgeChange, AccessGraph, AccessNode } from "../access-graph";
import { resolveGroupAccess } from "./group-access";

/** Access in a cell. An empty text means that the row has what the column names. */
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

/** Who has which access, as a grid. */
export interface AccessMatrix {
  readonly title: string;
  /** The resource that every column belongs to. */
  readonly resource?: string;
  /** Heading of the column of names. */
  readonly rowHeading: string;
  /** What the columns are, together. */
  readonly columnsHeading: string;
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
  /** Says what this matrix leaves to the table. */
  readonly note?: string;
}

/** A place in a matrix and what it holds. */
interface Cell extends MatrixEntry {
  readonly row: AccessNode;
  readonly column: string;
  readonly isOther: boolean;
}

const CLIENTS: readonly string[] = ["service", "application"];
const OTHER = "Anything else";
/** A wider or larger grid is shown as one list per row, because most of its cells would be empty. */
const MOST_COLUMNS = 40;
const MOST_CELLS = 10_000;

/** Returns the matrices of a graph; a part without access has none. */
export function buildAccessMatrices(graph: AccessGraph): AccessMatrix[] {
  const facts = listAccessRows(graph);
  return [
    ...groupMatrix(graph, facts),
    ...scopeMatrices(graph, facts),
    ...callbackMatrix(facts),
  ];
}

/** Whether a row holds access that the plan changes. */
export function isChangedRow({ cells }: MatrixRow): boolean {
  return cells.some((entries) =>
    entries.some(({ change }) => change !== "same"),
  );
}

function groupMatrix(
  graph: AccessGraph,
  facts: readonly AccessRow[],
): AccessMatrix[] {
  const groups = listNodes(graph).filter(({ kind }) => kind === "group");
  const { accesses, roles } = resolveGroupAccess(groups, facts);
  const cells = accesses.map(
    ({
      group,
      resource: to,
      permission: can,
      condition: where,
      change,
    }): Cell => {
      const isOther = to.kind !== "bucket";
      const words = [can, ...(isOther ? [to.kind, to.name] : []), where];
      const text = words.filter((word) => word !== "").join(" ");
      return { row: group, column: to.name, text, change, isOther };
    },
  );
  const hasOthers = facts.some(
    ({ principal: from, resource: to }) =>
      to.kind === "bucket" && from.kind !== "group" && !roles.has(from.id),
  );
  const note = "Access to buckets without a group is in the table below.";
  return matrix(cells, {
    title: "Groups × buckets",
    rowHeading: "Group",
    columnsHeading: "Buckets",
    ...(hasOthers && { note }),
  });
}

function scopeMatrices(
  graph: AccessGraph,
  facts: readonly AccessRow[],
): AccessMatrix[] {
  const servers = listNodes(graph).filter(
    ({ kind }) => kind === "resource server",
  );
  const byServer = new Map(servers.map(({ id }) => [id, [] as AccessRow[]]));
  for (const fact of facts)
    if (CLIENTS.includes(fact.principal.kind))
      byServer.get(fact.resource.id)?.push(fact);
  return servers.flatMap(({ id, name }) => {
    const own = byServer.get(id) ?? [];
    const client = clientWord(own.map(({ principal: from }) => from));
    const cells = own.flatMap(
      ({ principal: from, permissions: can, condition: where, change }) =>
        can.map((column): Cell => ({
          row: from,
          column,
          text: where,
          change,
          isOther: false,
        })),
    );
    return matrix(cells, {
      title: `${client}s × scopes of`,
      resource: name,
      rowHeading: client,
      columnsHeading: "Scopes",
    });
  });
}

function callbackMatrix(facts: readonly AccessRow[]): AccessMatrix[] {
  const cells = facts
    .filter(isCallback)
    .map(
      ({ principal: from, resource: to, condition: where, change }): Cell => ({
        row: from,
        column: to.name,
        text: where,
        change,
        isOther: false,
      }),
    );
  return matrix(cells, {
    title: "Applications × callback URLs",
    rowHeading: "Application",
    columnsHeading: "Callback URLs",
  });
}

/** An application signs users in to its callback URLs, and to nothing else that is a plain resource. */
function isCallback({
  principal: from,
  resource: to,
  permissions: can,
}: AccessRow): boolean {
  return (
    from.kind === "application" &&
    to.kind === "resource" &&
    (can.includes("sign in to") || /^[a-z][a-z\d+.-]*:\S/i.test(to.name))
  );
}

function clientWord(clients: readonly AccessNode[]): string {
  const kinds = new Set(clients.map(({ kind }) => kind));
  if (kinds.size > 1) return "Client";
  return kinds.has("service") ? "Service" : "Application";
}

type MatrixWords = Pick<
  AccessMatrix,
  "title" | "resource" | "rowHeading" | "columnsHeading" | "note"
>;

function matrix(cells: readonly Cell[], words: MatrixWords): AccessMatrix[] {
  if (cells.length === 0) return [];
  const rows = new Set(cells.map(({ row }) => row)).size;
  const columns = new Set(
    cells.filter(({ isOther }) => !isOther).map(({ column }) => column),
  ).size;
  const isGrid = columns <= MOST_COLUMNS && columns * rows <= MOST_CELLS;
  return [
    grid(isGrid ? cells : cells.map((cell) => listed(cell)), words, isGrid),
  ];
}

function grid(
  cells: readonly Cell[],
  words: MatrixWords,
  isGrid: boolean,
): AccessMatrix {
  const named = cells.filter(({ isOther }) => !isOther);
  const names = isGrid
    ? [...new Set(named.map(({ column }) => column))].sort(compareText)
    : named.slice(0, 1).map(() => words.columnsHeading);
  const columns = [
    ...names.map((text) => ({ text, isName: isGrid })),
    ...(named.length < cells.length ? [{ text: OTHER, isName: false }] : []),
  ];
  const places = new Map(names.map((name, place) => [name, place]));
  const nodes = [...new Set(cells.map(({ row }) => row))].sort(compareNodes);
  const rows = new Map(
    nodes.map((node) => [node, columns.map((): MatrixEntry[] => [])]),
  );
  for (const { row, column, text, change, isOther } of cells) {
    const place = isOther
      ? names.length
      : ((isGrid ? places.get(column) : undefined) ?? 0);
    rows.get(row)?.[place]?.push({ text, change });
  }
  return {
    ...words,
    columns,
    rows: [...rows].map(([node, own]) => ({ node, cells: own })),
  };
}

/** A cell that names its column, for a list. */
function listed(cell: Cell): Cell {
  return cell.isOther
    ? cell
    : { ...cell, text: listedText(cell.column, cell.text) };
}

function listedText(column: string, text: string): string {
  return text === "" ? column : `${column}: ${text}`;
}

/** Returns a matrix with one list per row in place of its columns of names, for a form without room for the grid. */
export function toListMatrix(matrix: AccessMatrix): AccessMatrix {
  const { columns, rows, columnsHeading: list } = matrix;
  if (!columns.some(({ isName }) => isName)) return matrix;
  const others = columns.filter(({ isName }) => !isName);
  return {
    ...matrix,
    columns: [{ text: list, isName: false }, ...others],
    rows: rows.map(({ node, cells }) => {
      const entries = cells.flatMap((own, place) => {
        const { text: name = "", isName = false } = columns[place] ?? {};
        return isName
          ? own.map(({ text, change }) => ({
              text: listedText(name, text),
              change,
            }))
          : [];
      });
      const rest = cells.filter((_, place) => columns[place]?.isName === false);
      return { node, cells: [entries, ...rest] };
    }),
  };
}
