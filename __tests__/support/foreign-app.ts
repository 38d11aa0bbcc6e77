import { copyFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import { Deployment, expectSuccess } from "./deployment";
import { installApp } from "./installed-app";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const MODULES = path.join(PROJECT, "node_modules");
const CDKTF = path.join(MODULES, "cdktf-cli/bundle");
/** Files that cdktf-cli writes for a new app. */
const TEMPLATE = path.join(CDKTF, "templates/typescript");
const SAMPLES = path.join(PROJECT, "__tests__/fixtures/foreign-app");

/** An app of another team: the files that cdktf-cli writes for a new one, and the package among its dependencies. */
export class ForeignApp extends Deployment {
  private readonly home = createTemporaryDirectory();

  /** Installs the packages, and writes the files of the app. */
  async install(
    dependencies: Readonly<Record<string, string>>,
    main: string,
  ): Promise<void> {
    await installApp(this.directory, dependencies);
    copyFileSync(
      path.join(TEMPLATE, "tsconfig.json"),
      path.join(this.directory, "tsconfig.json"),
    );
    this.writeFile("main.ts", main);
    for (const file of readdirSync(SAMPLES))
      copyFileSync(path.join(SAMPLES, file), path.join(this.directory, file));
    this.setMain("main.ts");
  }

  /** Sets the file that synthesizes the app. */
  setMain(file: string): void {
    this.writeFile(
      "cdktf.json",
      JSON.stringify({
        language: "typescript",
        app: `node -r tsx/cjs ${file}`,
        projectId: "2f2f4b4c-6f5c-4c3c-9a65-5b5d2c1f0a10",
        sendCrashReports: "false",
        terraformProviders: [],
        terraformModules: [],
        context: { "veda-auth": { APP_NAME: "our-auth" } },
      }),
    );
  }

  removeOutput(): void {
    rmSync(path.join(this.directory, "cdktf.out"), { recursive: true });
  }

  writeFile(name: string, text: string): void {
    writeFileSync(path.join(this.directory, name), text);
  }

  /** Runs a command of the installed package. Returns its standard output. */
  async vedaAuth(...args: readonly string[]): Promise<string> {
    return this.runInApp("npx", ["veda-auth", ...args]);
  }

  /** Synthesizes the app by cdktf-cli. */
  async cdktfSynth(): Promise<string> {
    return this.node(path.join(CDKTF, "bin/cdktf.js"), "synth");
  }

  /** Checks types as `tsc` of the app does. */
  async checkTypes(): Promise<string> {
    const compiler = path.join(MODULES, "typescript/bin/tsc");
    return this.node(compiler, "--noEmit", "--incremental", "false");
  }

  /** Runs a file of tests with jest. */
  async jest(file: string): Promise<void> {
    const configuration = {
      rootDir: this.directory,
      testMatch: [`<rootDir>/${file}`],
      transform: {
        "\\.ts$": [path.join(MODULES, "ts-jest"), { diagnostics: false }],
      },
    };
    this.writeFile("jest.config.json", JSON.stringify(configuration));
    const jest = path.join(MODULES, "jest/bin/jest.js");
    await this.node(jest, "--config", "jest.config.json");
  }

  /** Runs Node in the directory of the app. */
  async node(...args: readonly string[]): Promise<string> {
    return this.runInApp(process.execPath, args);
  }

  private async runInApp(
    command: string,
    args: readonly string[],
  ): Promise<string> {
    const result = await runProcess(command, args, {
      directory: this.directory,
      environment: {
        ...this.environment(),
        HOME: this.home,
        CI: "true",
        npm_config_offline: "true",
        npm_config_update_notifier: "false",
      },
      timeoutSeconds: 300,
    });
    this.printed.push(result.stdout, result.stderr);
    expectSuccess(result);
    return result.stdout;
  }
}
