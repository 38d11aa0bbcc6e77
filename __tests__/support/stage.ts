import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Testing } from "cdktf";
import { readStageConfig } from "../../stacks/config/stage-config";
import type { Environment } from "../../stacks/config/environment";
import type { StageConfig } from "../../stacks/config/config";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";

/** Settings of the smallest stage. */
export const MINIMAL_SETTINGS: Environment = {
  STAGE: "dev",
  STATE_BACKEND: "local",
  OWNER: "somebody",
};

/** A stage's configuration from the smallest settings and these. */
export function createStageConfig(settings: Environment = {}): StageConfig {
  return readStageConfig(
    { ...MINIMAL_SETTINGS, ...settings },
    { userName: "somebody", isCi: false },
  );
}

const folders: string[] = [];

/** A folder that is removed by {@link removeTemporaryDirectories}. */
export function createTemporaryDirectory(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "veda-auth-"));
  folders.push(folder);
  return folder;
}

/** To be called after all tests of a file that makes folders. */
export function removeTemporaryDirectories(): void {
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true });
}

export function createApp(): AuthApp {
  return new AuthApp({
    outdir: path.join(createTemporaryDirectory(), "cdktf.out"),
  });
}

type Block = Readonly<Record<string, unknown>>;

/** The parts of synthesized JSON that tests look at. */
export interface Synthesized {
  readonly terraform: Block;
  readonly provider: { readonly aws: readonly Block[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output: Readonly<Record<string, { readonly value: string }>>;
}

/** A stage's synthesized JSON, after `build` has added to it. */
export function synthesize(
  settings: Environment = {},
  build: (auth: AuthStack) => void = () => undefined,
): Synthesized {
  const stack = new AuthStack(createApp(), createStageConfig(settings));
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

/** Sorted addresses of everything Terraform keeps state of. */
export function listAddresses(configuration: Synthesized): string[] {
  return Object.entries(configuration.resource)
    .flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${type}.${name}`),
    )
    .sort();
}

/** The only resource of a type. */
export function getOnlyBlock(configuration: Synthesized, type: string): Block {
  const blocks = Object.values(configuration.resource[type] ?? {});
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new Error(`${blocks.length} resources of type ${type}`);
  return block;
}

/** The problems that an app tells when it is synthesized. */
export function listProblems(
  build: (auth: AuthStack) => void,
  settings: Environment = {},
): string[] {
  const app = createApp();
  build(new AuthStack(app, createStageConfig(settings)));
  try {
    app.synth();
  } catch (error) {
    const [, ...problems] = (error as Error).message.split("\n  - ");
    return problems;
  }
  return [];
}
