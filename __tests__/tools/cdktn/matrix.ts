import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";
import {
  isGood,
  type MatrixRow,
  type Outcome,
  type Step,
} from "./matrix-table";
import {
  installProjectCopy,
  installNode,
  type InstalledNode,
} from "./project-copy";
import type { SynthesizedFiles } from "./synth-differences";
import { VariantRun, onPath } from "./variant-run";
import type { Variant } from "./variants";

export interface MatrixOptions {
  readonly variants: readonly Variant[];
  /** Folder of the project. */
  readonly project: string;
  /** Folder that what failing steps printed is kept in. */
  readonly logs: string;
  /** What the steps run with. */
  readonly environment: Environment;
  /** Told what is going on. */
  readonly log: (line: string) => void;
}

/**
 * Runs variants one after the other. A step that fails is told, and keeps no other from running but those that need it.
 *
 * @throws UserError when the project itself cannot be synthesized, which all are compared with
 */
export async function runMatrix(options: MatrixOptions): Promise<MatrixRow[]> {
  const { variants, project, environment, log } = options;
  return withTemporaryDirectory(async (folder) => {
    log(
      `synthesizing with this Node, ${process.versions.node}, to compare with`,
    );
    const own = new VariantRun({
      project,
      node: {
        folder: path.dirname(process.execPath),
        version: process.versions.node,
      },
      environment,
      folder: made(folder, "own"),
    });
    const expected = await own.synthesize(path.join(folder, "own", "log"));
    const nodes = new Map<number, InstalledNode>();
    const rows: MatrixRow[] = [];
    for (const variant of variants) {
      const run = new MatrixVariant(variant, options, folder, nodes);
      const row = await run.row(expected);
      log(`${variant.name}: ${isGood(row) ? "good" : "not good"}`);
      rows.push(row);
    }
    return rows;
  });
}

/** One variant on its way through its steps. */
class MatrixVariant {
  private readonly outcomes: Partial<Record<Step, Outcome>> = {};
  private readonly versions: string[] = [];
  private readonly folder: string;

  constructor(
    private readonly variant: Variant,
    private readonly options: MatrixOptions,
    private readonly root: string,
    private readonly nodes: Map<number, InstalledNode>,
  ) {
    this.folder = made(root, variant.name);
  }

  async row(expected: SynthesizedFiles): Promise<MatrixRow> {
    const { name: variant, aliases, nodes } = this.variant;
    const runs: VariantRun[] = [];
    await this.step("install", async () => {
      runs.push(...(await this.install()));
      return { ok: true, text: this.versions.join(", "), details: [] };
    });
    const [first] = runs;
    if (first !== undefined) {
      if (aliases !== undefined)
        await this.step("typeCheck", (log) => first.typeCheck(log));
      await this.step("unitTests", (log) => first.unitTests(log));
      await this.step("synth", async (log) => {
        const results: Omit<Outcome, "seconds">[] = [];
        for (const run of runs) results.push(await run.synth(log, expected));
        const [told = { ok: false, text: "not run", details: [] }] = [
          results.find(({ ok }) => !ok),
          ...results,
        ].filter((result) => result !== undefined);
        const also = nodes.slice(1).map((major) => `, on Node ${major} too`);
        return told.ok ? { ...told, text: told.text + also.join("") } : told;
      });
      await this.step("apply", async (log) => {
        const { apply, secondPlan } = await first.demo(log);
        if (secondPlan !== undefined)
          await this.step("secondPlan", () => Promise.resolve(secondPlan), log);
        return apply;
      });
    }
    return { variant, versions: this.versions, outcomes: this.outcomes };
  }

  /** Installs what the variant needs: a run for each of its Nodes. */
  private async install(): Promise<VariantRun[]> {
    const { name, nodes: majors, aliases } = this.variant;
    const { project, environment } = this.options;
    const nodes: InstalledNode[] = [];
    for (const major of majors) nodes.push(await this.node(major));
    this.versions.push(...nodes.map(({ version }) => `Node ${version}`));
    const [first] = nodes;
    let copy = project;
    if (aliases !== undefined && first !== undefined) {
      copy = made(this.root, `${name}-project`);
      const withNode = { ...environment, PATH: onPath(first, environment) };
      this.versions.push(
        ...(await installProjectCopy(project, copy, aliases, withNode)),
      );
    }
    return nodes.map(
      (node) =>
        new VariantRun({
          project: copy,
          node,
          environment,
          folder: this.folder,
        }),
    );
  }

  private async node(major: number): Promise<InstalledNode> {
    const directory = path.join(this.root, `node-${major}`);
    const node =
      this.nodes.get(major) ??
      (await installNode(major, directory, this.options.environment));
    this.nodes.set(major, node);
    return node;
  }

  /** Takes a step, and keeps what it printed where it fails. */
  private async step(
    step: Step,
    take: (log: string) => Promise<Omit<Outcome, "seconds">>,
    log = path.join(this.folder, `${step}.log`),
  ): Promise<void> {
    const label = `${this.variant.name}: ${step}`;
    this.options.log(label);
    const startedMs = performance.now();
    const result = await told(() => take(log));
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const kept = result.ok ? undefined : this.keep(step, log);
    this.outcomes[step] = {
      ...result,
      seconds,
      ...(kept !== undefined && { log: kept }),
    };
    this.options.log(`${label}: ${result.text} (${seconds} s)`);
  }

  private keep(step: Step, log: string): string | undefined {
    if (!existsSync(log)) return undefined;
    mkdirSync(this.options.logs, { recursive: true });
    const kept = path.join(
      this.options.logs,
      `${this.variant.name}-${step}.log`,
    );
    copyFileSync(log, kept);
    return kept;
  }
}

/** What cannot be done as what came of it. */
async function told(
  take: () => Promise<Omit<Outcome, "seconds">>,
): Promise<Omit<Outcome, "seconds">> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [text = "", ...details] = error.message.split("\n");
    return { ok: false, text, details };
  }
}

function made(...parts: readonly string[]): string {
  const folder = path.join(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}
