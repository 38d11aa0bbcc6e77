import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import manifest from "../../../package.json";
import {
  type NewApp,
  writeAppFiles,
} from "../../../scripts/lib/init/app-files";
import {
  APP_SETTINGS,
  getTableDefault,
} from "../../../scripts/lib/init/app-settings";
import { findPackageSource } from "../../../scripts/lib/init/package-source";
import { SETTINGS } from "../../../stacks/config/settings";
import {
  listAddressesWithoutHash,
  synthesizeMain,
} from "../../support/main-file";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const VALUES = {
  APP_NAME: "our-auth",
  AWS_REGION: "eu-central-1",
  PROJECT: "Climate",
  CLIENT: "our-org",
};
const VEDA_VALUES = Object.fromEntries(
  APP_SETTINGS.map((setting) => [setting.row.name, getTableDefault(setting)]),
);

function createApp(app: Partial<NewApp> = {}) {
  const directory = createTemporaryDirectory();
  writeAppFiles(
    {
      values: VALUES,
      example: undefined,
      source: findPackageSource(),
      specifier: "^0.1.0",
      ...app,
    },
    directory,
  );
  const read = (file: string): string =>
    readFileSync(path.join(directory, file), "utf8");
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      path.relative(directory, path.join(parentPath, name)),
    )
    .sort();
  return { directory, read, files };
}

type Json = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe("a new app", () => {
  const { directory, read, files } = createApp();

  test("has these files", () => {
    expect(files).toEqual([
      ".env.example",
      ".github/actions/cdk-deploy/action.yml",
      ".github/workflows/deploy.yml",
      ".github/workflows/drift.yml",
      ".github/workflows/pr.yml",
      ".github/workflows/rotate.yml",
      ".gitignore",
      ".npmrc",
      ".nvmrc",
      "README.md",
      "cdktf.json",
      "main.ts",
      "package.json",
      "tsconfig.json",
    ]);
  });

  test("has nothing of an example", () => {
    for (const file of files)
      expect([file, read(file)]).toEqual([
        file,
        expect.not.stringMatching(
          /veda-(?!auth\b)|veda-auth-stack|nasa|\bVEDA\b|: veda\b|workflows-client/,
        ),
      ]);
  });

  test("has the files of this project, unchanged", () => {
    for (const file of files.filter((one) => /^\.github|^\.nvmrc/.test(one)))
      expect([file, read(file)]).toEqual([file, readFileSync(file, "utf8")]);
  });

  test("commits the settings that all stages share", () => {
    const { context, ...json } = JSON.parse(read("cdktf.json")) as Json;
    expect(context?.["veda-auth"]).toEqual({
      ...VALUES,
      BOUNDARY_BUCKETS: "our-auth-data-*",
    });
    expect(json).toEqual({
      ...(JSON.parse(readFileSync("cdktf.json", "utf8")) as Json),
      app: "node -r tsx/cjs main.ts",
      context: undefined,
      projectId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
    const other = JSON.parse(createApp().read("cdktf.json")) as Json;
    expect(other.projectId).not.toBe(json.projectId);
  });

  test("commits that its Region is new, if the user allowed that", () => {
    const { read: readNew } = createApp({
      values: { ...VALUES, AWS_REGION: "eu-west-9" },
    });
    expect(readNew("cdktf.json")).toContain('"ALLOW_UNKNOWN_REGION": "true"');
  });

  test("depends on the versions that this project is tested with", () => {
    const { dependencies, devDependencies } = JSON.parse(
      read("package.json"),
    ) as Json;
    const all: Readonly<Record<string, string>> = manifest.devDependencies;
    for (const [name, range] of Object.entries({
      ...dependencies,
      ...devDependencies,
    }))
      expect([name, range]).toEqual([name, all[name] ?? "^0.1.0"]);
    expect(Object.keys(dependencies ?? {})).toEqual([
      "@cdktf/provider-aws",
      "cdktf",
      "constructs",
      "veda-auth",
    ]);
  });

  test("runs no script of a package at its installation", () => {
    expect(read(".npmrc")).toBe("ignore-scripts=true\n");
  });

  test("has the scripts that its workflows and its action call", () => {
    const { check, ...scripts } = (JSON.parse(read("package.json")) as Json)
      .scripts as Readonly<Record<string, string>>;
    const called = files.flatMap((file) =>
      file.startsWith(".github/")
        ? [...read(file).matchAll(/npm run -s ([a-z-]+)/g)].map(
            ([, name = ""]) => [name, `veda-auth ${name}`],
          )
        : [],
    );
    expect(scripts).toEqual(Object.fromEntries(called));
    expect(check).toBe("tsc");
  });

  test("ignores the files that this project ignores, apart from what is built", () => {
    expect(read(".gitignore")).toBe(
      readFileSync(".gitignore", "utf8").replace(/^(?:\.build|dist)\/\n/gm, ""),
    );
  });

  test("shows its own defaults in .env.example, and only settings that have an effect", () => {
    const text = read(".env.example");
    expect(text).toContain("# Default: our-auth\n# APP_NAME=\n");
    expect(text).toContain("# Default: our-auth-data-*\n# BOUNDARY_BUCKETS=\n");
    expect(text).not.toMatch(/# (?:COGNITO_GROUPS|DASHBOARD_|SIGN_IN_OIDC)/);
    const readParts = (main: string) =>
      new Set(
        [
          ...main.matchAll(/(?<=stage\.)[a-z]\w+|\w+(?=[\w, ]* \} = stage;)/g),
        ].map(([part]) => part),
      );
    // main.ts and the template read OIDC_PROVIDER_URL for the account stack
    const [all, own] = ["main.ts", "scripts/lib/init/template/main.ts"].map(
      (file) => readParts(readFileSync(file, "utf8")),
    );
    const onlyInExample = [...(all ?? [])].filter(
      (part) => own?.has(part) === false && part !== "oidcProvider",
    );
    const names = onlyInExample.flatMap((part) =>
      Object.values(SETTINGS[part as keyof typeof SETTINGS]).map(
        ({ name }: { readonly name: string }) => name,
      ),
    );
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) expect(text).not.toContain(`# ${name}=`);
  });

  test("links pages that the package contains", () => {
    const links = [
      ...read("README.md").matchAll(/\]\(node_modules\/veda-auth\/([^)]+)\)/g),
    ].map(([, file = ""]) => file);
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) {
      expect([link, existsSync(link)]).toEqual([link, true]);
      expect(link).toMatch(/^README\.md$|^docs\/[^/]+\.md$/);
    }
    expect(manifest.files).toEqual(
      expect.arrayContaining([
        "docs/",
        "scripts/lib/init/template/",
        "main.ts",
        ".nvmrc",
      ]),
    );
  });

  test("has types, with its own compiler options", () => {
    const sources = (entry: string) => [path.resolve(entry)];
    const { compilerOptions } = JSON.parse(read("tsconfig.json")) as Json;
    const config = {
      compilerOptions: {
        ...compilerOptions,
        typeRoots: [path.resolve("node_modules/@types")],
        paths: {
          "veda-auth": sources("stacks/index.ts"),
          "veda-auth/constructs": sources("constructs/index.ts"),
        },
      },
      files: ["main.ts"],
    };
    const file = path.join(directory, "tsconfig.sources.json");
    writeFileSync(file, JSON.stringify(config));
    execFileSync(
      process.execPath,
      ["node_modules/typescript7/bin/tsc", "--project", file],
      { stdio: "inherit" },
    );
  });

  test("adds a service, people with credentials, and the account stack", () => {
    const addresses = listAddressesWithoutHash(synthesizeMain(read("main.ts")));
    expect(addresses).toEqual(
      expect.arrayContaining([
        "aws_cognito_user_pool_client.clients_ingest",
        "aws_cognito_user_pool_client.clients_programmatic-client",
        "aws_cognito_user_group.groups_editors",
      ]),
    );
    expect(read("main.ts")).toContain("new AccountStack(app, config.account)");
  });
});

describe("the app of the example veda", () => {
  const { read } = createApp({ example: "veda", values: VEDA_VALUES });

  test("has the main.ts and the settings of this project", () => {
    for (const file of ["main.ts", ".env.example"])
      expect(read(file)).toBe(readFileSync(file, "utf8"));
    const { context } = JSON.parse(read("cdktf.json")) as Json;
    expect(context?.["veda-auth"]).toEqual({
      APP_NAME: "veda-auth-stack",
      AWS_REGION: "us-west-2",
      PROJECT: "veda",
      CLIENT: "nasa-impact",
    });
    expect(read("README.md")).toContain("--service-id workflows-client");
  });
});
