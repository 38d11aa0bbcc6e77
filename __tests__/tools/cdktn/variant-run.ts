import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { isJsonObject } from "../../../scripts/lib/system/json-object";
import {
  runProcess,
  getLastLines,
  type ProcessResult,
} from "../../../scripts/lib/system/processes";
import { createProviderEnvironment } from "../../../scripts/lib/terraform/terraform";
import type { Outcome } from "./matrix-table";
import type { InstalledNode } from "./project-copy";
import { compareSyntheses, synthesizeAll } from "./synthesis";
import { findDifferences, type SynthesizedFiles } from "./synth-differences";

const SECONDS = { typeCheck: 300, unitTests: 1800, synth: 120, apply: 600 };
/** The demo ends what it has started first, and waits for it. */
const GRACE_SECONDS = 30;
/** A test's own patience is for a quiet machine; here none is compared by its speed. */
const TEST_MS = 60_000;

export interface VariantRunOptions {
  /** Folder of the project, or of a copy. */
  readonly project: string;
  readonly node: InstalledNode;
  /** What is left of the process's environment. */
  readonly environment: Environment;
  /** Existing folder for what the steps write. */
  readonly folder: string;
}

type Result = Omit<Outcome, "seconds" | "log">;

/** The steps of a variant, each in processes of that variant's Node. */
export class VariantRun {
  constructor(private readonly options: VariantRunOptions) {}

  async typeCheck(log: string): Promise<Result> {
    const { code, stdout } = await this.run(
      ["node_modules/typescript7/bin/tsc", "--noEmit"],
      log,
      SECONDS.typeCheck,
    );
    return code === 0
      ? { ok: true, text: "passed", details: [] }
      : failed("failed", stdout);
  }

  async unitTests(log: string): Promise<Result> {
    const file = path.join(this.options.folder, "tests.json");
    const { code, stderr } = await this.run(
      [
        "node_modules/jest/bin/jest.js",
        "--selectProjects=unit",
        `--testTimeout=${TEST_MS}`,
        "--json",
        `--outputFile=${file}`,
      ],
      log,
      SECONDS.unitTests,
    );
    const counts = testCounts(file);
    if (counts === undefined) return failed("did not run", stderr);
    const [passed, failing, skipped] = counts;
    const text = [
      `${passed} passed`,
      ...(failing > 0 ? [`${failing} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ].join(", ");
    const names = stderr.match(/^ {2}● .*$/gm) ?? [];
    return {
      ok: code === 0 && passed > 0,
      text,
      details: code === 0 ? [] : [...new Set(names)],
    };
  }

  /** Synthesizes every configuration; what was written is compared with `expected`. */
  async synth(log: string, expected: SynthesizedFiles): Promise<Result> {
    const written = await this.synthesize(log);
    return compareSyntheses(
      expected,
      written,
      findDifferences(expected, written),
    );
  }

  /** @throws UserError when a configuration cannot be synthesized */
  async synthesize(log: string): Promise<SynthesizedFiles> {
    const folder = path.join(
      this.options.folder,
      `synth-${this.options.node.version}`,
    );
    mkdirSync(folder, { recursive: true });
    const command = path.join(this.options.project, "scripts", "run.mjs");
    const written = await synthesizeAll(folder, (name, variables) =>
      // where a state file is, as seen from the stack, is then the same for all
      this.run([command, name], log, SECONDS.synth, variables, folder),
    );
    if (isFailure(written))
      throw new UserError(
        `synth failed with exit code ${written.failed.code}\n${getLastLines(written.failed.stderr, 20)}`,
      );
    return written;
  }

  /** The demo: deploys a stage with every part to a local AWS, plans it anew, uses it and takes it down. */
  async demo(log: string): Promise<{ apply: Result; secondPlan?: Result }> {
    const { code, stdout, stderr } = await this.run(
      ["scripts/run.mjs", "demo"],
      log,
      SECONDS.apply,
      createProviderEnvironment(),
    );
    if (code === 0) {
      const [, count = "0"] =
        /^resources +(\d+), second plan empty$/m.exec(stdout) ?? [];
      const ok = count !== "0";
      return {
        apply: { ok, text: `${count} resources`, details: [] },
        secondPlan: { ok, text: ok ? "empty" : "not told", details: [] },
      };
    }
    return stderr.includes("the second plan is not empty")
      ? {
          apply: { ok: true, text: "applied", details: [] },
          secondPlan: failed("not empty", stderr),
        }
      : { apply: failed("failed", stderr) };
  }

  private async run(
    args: readonly string[],
    log: string,
    timeoutSeconds: number,
    variables: Environment = {},
    directory = this.options.project,
  ): Promise<ProcessResult> {
    const { node, environment } = this.options;
    return runProcess(path.join(node.folder, "node"), args, {
      directory,
      environment: {
        ...environment,
        ...variables,
        PATH: onPath(node, environment),
      },
      timeoutSeconds,
      graceSeconds: GRACE_SECONDS,
      onLine: (line) => {
        appendFileSync(log, `${line}\n`);
      },
    });
  }
}

/** A path that leads to a Node before any other. */
export function onPath(
  { folder }: Pick<InstalledNode, "folder">,
  { PATH = "" }: Environment,
): string {
  return `${folder}${path.delimiter}${PATH}`;
}

/** How many tests passed, failed and were skipped, as jest wrote it down. */
function testCounts(file: string): [number, number, number] | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isJsonObject(found)) return undefined;
    return [
      Number(found.numPassedTests),
      Number(found.numFailedTests) + Number(found.numRuntimeErrorTestSuites),
      Number(found.numPendingTests),
    ];
  } catch {
    // it ended before it wrote any
    return undefined;
  }
}

function failed(text: string, output: string): Result {
  return { ok: false, text, details: getLastLines(output, 30).split("\n") };
}

function isFailure(
  written: SynthesizedFiles | { readonly failed: ProcessResult },
): written is { readonly failed: ProcessResult } {
  return typeof written.failed === "object";
}
