import { readFileSync } from "node:fs";
import { ENTRY_SOURCES, PublicApi } from "../support/public-api";

const STACKS = "stacks/index.ts";
const CLIENT = "scripts/lib/client/index.ts";

type TypeName = readonly [file: string, type: string];

/** The type of each table of options, or the types by the value of the second column. */
const TABLES: Readonly<
  Record<
    string,
    Readonly<Record<string, TypeName | Readonly<Record<string, TypeName>>>>
  >
> = {
  "docs/api.md": {
    "Auth stack": [STACKS, "AuthStackOptions"],
    "Options of the user pool": ["constructs/index.ts", "UserPoolOptions"],
    "Options of resource servers": [STACKS, "ResourceServerOptions"],
    "Options of clients": {
      service: [STACKS, "ServiceClientOptions"],
      frontend: [STACKS, "FrontendClientOptions"],
      web: [STACKS, "WebClientOptions"],
      programmatic: [STACKS, "ProgrammaticClientOptions"],
    },
    "Options of groups": {
      addGroup: [STACKS, "BucketGroupOptions"],
      addGroupWithRole: [STACKS, "RoleGroupOptions"],
    },
    "Options of identity providers": {
      OIDC: [STACKS, "OidcIdentityProviderOptions"],
      SAML: [STACKS, "SamlIdentityProviderOptions"],
    },
    "Options of OIDC roles": [STACKS, "OidcRoleOptions"],
  },
  "docs/client.md": {
    "Service tokens": [CLIENT, "ServiceTokensOptions"],
    "Verify tokens": [CLIENT, "AccessTokenVerifierOptions"],
    "User credentials": [CLIENT, "UserCredentialsOptions"],
  },
};

const api = new PublicApi(ENTRY_SOURCES);
const texts = Object.fromEntries(
  Object.keys(TABLES).map((page) => [page, readFileSync(page, "utf8")]),
);
const apiPage = texts["docs/api.md"] ?? "";

/** A table of a page, by the heading above it, with the text of its cells. */
interface Table {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

describe.each(Object.entries(TABLES))("the options in %s", (page, sections) => {
  const tables = listTables(texts[page] ?? "").filter(
    ({ columns: [first] }) => first === "Option",
  );

  test("are those of known types", () => {
    expect(tables.map(({ heading }) => heading)).toEqual(Object.keys(sections));
  });

  const rows = Object.entries(sections).flatMap(([heading, types]) =>
    isTypeName(types)
      ? [[heading, "all", ...types] as const]
      : Object.entries(types).map(
          ([kind, type]) => [heading, kind, ...type] as const,
        ),
  );

  test.each(rows)("%s (%s) are those of %s %s", (heading, kind, file, type) => {
    const table = tables.find((one) => one.heading === heading);
    const properties = api
      .listProperties(file, type)
      .filter(({ summary }) => !summary.startsWith("Replaced in tests"));
    expect(properties.length).toBeGreaterThan(1);
    const rowsOfKind = (table?.rows ?? []).filter(
      ([, kinds = ""]) =>
        kind === "all" ||
        ["all", kind].some((one) => kinds.split(", ").includes(one)),
    );
    const defaultColumn = table?.columns.indexOf("Default") ?? -1;
    const found = rowsOfKind.map((row) => ({
      name: row[0] ?? "",
      text: row[defaultColumn] ?? "",
    }));
    const expected = properties.map(({ name, defaultText, isAlternative }) => ({
      name,
      text:
        defaultText !== undefined
          ? removeMarkup(defaultText)
          : isAlternative
            ? (expect.stringMatching(/^(required(, or .*)?|none)$/) as string)
            : "required",
    }));
    const byName = (one: { name: string }, other: { name: string }) =>
      one.name.localeCompare(other.name);
    expect([...found].sort(byName)).toEqual([...expected].sort(byName));
  });
});

describe("the methods in docs/api.md", () => {
  const inline = [
    ...apiPage.replace(/^```[^]*?^```/gm, "").matchAll(/`([^`\n]+)`/g),
  ].map(([, code = ""]) => code);
  const methods = ENTRY_SOURCES.flatMap((file) =>
    api
      .listClasses(file)
      .flatMap(({ name }) =>
        api
          .listMethods(file, name)
          .map((method) => ({ ...method, type: name })),
      ),
  );

  test("of the auth stack are all of its methods, with their parameters", () => {
    const table = listTables(apiPage).find(
      ({ columns: [first] }) => first === "Method",
    );
    const expected = methods
      .filter(
        ({ type, name }) => type === "AuthStack" && name !== "toHclTerraform",
      )
      .map(({ name, parameters }) => `${name}(${parameters.join(", ")})`);
    expect(expected.length).toBeGreaterThan(15);
    expect(table?.rows.map(([name]) => name).sort()).toEqual(expected.sort());
  });

  test("are named, for each class", () => {
    const unnamed = methods.filter(
      ({ type, name }) =>
        name !== "visit" &&
        !inline.some((code) =>
          new RegExp(`^(${type}\\.)?${name}(\\(|$)`).test(code),
        ),
    );
    expect(unnamed.map(({ type, name }) => `${type}.${name}`)).toEqual([]);
  });

  test("have the parameters of a method of this name", () => {
    const calls = inline.flatMap((code) => {
      const [, name = "", parameters] =
        /^(?:[A-Z]\w+\.)?([a-z]\w+)\(((?:\w+\??(?:, )?)*)\)$/.exec(code) ?? [];
      return methods.some((method) => method.name === name)
        ? [{ code, name, parameters }]
        : [];
    });
    expect(calls.length).toBeGreaterThan(15);
    const wrong = calls.filter(
      ({ name, parameters }) =>
        !methods.some(
          (method) =>
            method.name === name && method.parameters.join(", ") === parameters,
        ),
    );
    expect(wrong).toEqual([]);
  });
});

function isTypeName(
  types: TypeName | Readonly<Record<string, TypeName>>,
): types is TypeName {
  return Array.isArray(types);
}

function listTables(text: string): readonly Table[] {
  let heading = "";
  return text
    .replace(/^```[^]*?^```/gm, "")
    .split(/\n(?=#)|\n\n/)
    .flatMap((block) => {
      const [first = "", , ...lines] = block.trim().split("\n");
      if (first.startsWith("#")) heading = first.replace(/^#+ /, "");
      if (!first.startsWith("|")) return [];
      const [columns = [], ...rows] = [first, ...lines].map(splitRow);
      return [{ heading, columns, rows }];
    });
}

function splitRow(line: string): readonly string[] {
  return line
    .replace(/^\|\s*|\s*\|$/g, "")
    .split(/\s+\|\s+/)
    .map(removeMarkup);
}

/** Returns a text without code quotes, quotation marks and links. */
function removeMarkup(text: string): string {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`"]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
