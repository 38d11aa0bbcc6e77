import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { REGIONS } from "../../../constructs/aws";
import type { Setting } from "../../../stacks/config/setting-row";
import { SETTING_ROWS, SETTINGS } from "../../../stacks/config/settings";
import type { AppValues } from "./app-settings";
import { formatEnvExample } from "./env-example";
import { PACKAGE, type PackageSource } from "./package-source";

/** Files that only an app has. */
const TEMPLATE = "scripts/lib/init/template";

/** Files of this project that an app has too. */
const COPIED_FILES = [
  ".nvmrc",
  ".github/actions/cdk-deploy/action.yml",
  ".github/workflows/deploy.yml",
  ".github/workflows/drift.yml",
  ".github/workflows/pr.yml",
  ".github/workflows/rotate.yml",
];

/** Commands that the workflows run as npm scripts. */
const WORKFLOW_COMMANDS = [
  "apply-reviewed",
  "deploy",
  "deployment-stage",
  "doctor",
  "drift",
  "review-plan",
  "rotate-secret",
  "sync-env",
];

const DEPENDENCIES = ["@cdktf/provider-aws", "cdktf", "constructs"];
const DEV_DEPENDENCIES = ["@types/node", "tsx", "typescript"];

/** Groups of settings that only the `main.ts` of the example reads. */
const EXAMPLE_SETTINGS: readonly Readonly<Record<string, Setting>>[] = [
  SETTINGS.groups,
  SETTINGS.signIn,
  SETTINGS.dashboard,
  SETTINGS.ignored,
];

/** An app with the resources of an example. */
export const EXAMPLES = {
  veda: "the resources of NASA's VEDA, as in the main.ts of this project",
};

/** A new app. */
export interface NewApp {
  /** Settings that the app commits, by name. */
  readonly values: AppValues;
  readonly example: keyof typeof EXAMPLES | undefined;
  readonly source: PackageSource;
  /** Version or file of this package, as in `package.json`. */
  readonly specifier: string;
}

/** Writes the files of an app to a directory. */
export function writeAppFiles(app: NewApp, directory: string): void {
  const { source, example } = app;
  const from = example === undefined ? TEMPLATE : ".";
  const copy = (file: string, to = file): void => {
    mkdirSync(path.dirname(path.join(directory, to)), { recursive: true });
    cpSync(path.join(source.directory, file), path.join(directory, to));
  };
  copy(path.join(from, "main.ts"), "main.ts");
  for (const file of COPIED_FILES) copy(file);
  const contents = {
    "README.md": formatReadme(app),
    "cdktf.json": formatJson(createCdktfJson(app)),
    "package.json": formatJson(createPackageJson(app)),
    "tsconfig.json": formatJson(TSCONFIG),
    ".env.example": formatEnvExample(listSettings(app)),
    // npm would report scripts of packages, which an installation does not need
    ".npmrc": "ignore-scripts=true\n",
    ".gitignore": `${IGNORED_FILES.join("\n")}\n`,
  };
  for (const [file, content] of Object.entries(contents))
    writeFileSync(path.join(directory, file), content);
}

const IGNORED_FILES = [
  "node_modules/",
  "cdktf.out/",
  ".local-aws/",
  ".env",
  ".env.*",
  "!.env.example",
  "*.tfstate",
  "*.tfstate.*",
  ".adoption/",
  "cdktf.log",
  "crash.log",
  "outputs.json",
  "*.tfplan",
  "plan.json",
  "access.html",
  "next-steps.sh",
  "*.tmp",
];

const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2022"],
    module: "Preserve",
    moduleResolution: "Bundler",
    esModuleInterop: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    types: ["node"],
  },
};

/** Returns the settings that the app commits. */
function getSharedSettings({ values, example }: NewApp): AppValues {
  const { APP_NAME = "", AWS_REGION = "" } = values;
  return {
    ...values,
    ...(!REGIONS.includes(AWS_REGION) && { ALLOW_UNKNOWN_REGION: "true" }),
    // the buckets of the group in the main.ts of the template
    ...(example === undefined && { BOUNDARY_BUCKETS: `${APP_NAME}-data-*` }),
  };
}

function createCdktfJson(app: NewApp) {
  return {
    language: "typescript",
    app: "node -r tsx/cjs main.ts",
    projectId: randomUUID(),
    sendCrashReports: "false",
    terraformProviders: [],
    terraformModules: [],
    context: { [PACKAGE]: getSharedSettings(app) },
  };
}

function createPackageJson({ values, source, specifier }: NewApp) {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, source.ranges[name]]));
  return {
    // not the app name alone, which can be that of a dependency
    name: `${values.APP_NAME ?? ""}-app`,
    private: true,
    engines: { node: ">=20.19" },
    scripts: {
      check: "tsc",
      ...Object.fromEntries(
        WORKFLOW_COMMANDS.map((command) => [command, `${PACKAGE} ${command}`]),
      ),
    },
    dependencies: { ...pick(DEPENDENCIES), [PACKAGE]: specifier },
    devDependencies: pick(DEV_DEPENDENCIES),
  };
}

/** Returns the settings that have an effect in the app, with its defaults. */
function listSettings(app: NewApp): readonly Setting[] {
  const shared = getSharedSettings(app);
  const unused =
    app.example === undefined
      ? EXAMPLE_SETTINGS.flatMap((group) => Object.values(group))
      : [];
  return SETTING_ROWS.filter(
    (row) => !unused.some(({ name }) => name === row.name),
  ).map((row) => {
    const value = shared[row.name];
    return value === undefined ? row : { ...row, default: value };
  });
}

function formatReadme({ values, example, source }: NewApp): string {
  const placeholders = {
    APP_NAME: values.APP_NAME ?? "",
    SERVICE_ID: example === undefined ? "ingest" : "workflows-client",
  };
  return Object.entries(placeholders).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, value),
    readFileSync(path.join(source.directory, TEMPLATE, "README.md"), "utf8"),
  );
}

function formatJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
