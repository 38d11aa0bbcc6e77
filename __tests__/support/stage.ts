import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Testing } from "cdktf";
import { readStageConfig } from "../../stacks/config/stage-config";
import type { Environment } from "../../stacks/config/environment";
import type { StageConfig } from "../../stacks/config/config";
import { AuthApp } from "../../stacks/app";
import { AuthStack, type AuthStackOptions } from "../../stacks/auth-stack";

/** Minimal settings of a stage. */
export const MINIMAL_SETTINGS: Environment = {
  STAGE: "dev",
  STATE_BACKEND: "local",
  OWNER: "example",
};

/** Reads a stage's configuration from the minimal settings and these. */
export function createStageConfig(settings: Environment = {}): StageConfig {
  return readStageConfig(
    { ...MINIMAL_SETTINGS, ...settings },
    { userName: "example", isCi: false },
  );
}

const directories: string[] = [];

/** Creates a directory with these files, which {@link removeTemporaryDirectories} removes. */
export function createTemporaryDirectory(
  files: Readonly<Record<string, string>> = {},
): string {
  const directory = mkdtempSync(path.join(tmpdir(), "veda-auth-"));
  directories.push(directory);
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(directory, name), text);
  return directory;
}

/** Removes all temporary directories. Call it after all tests of a file. */
export function removeTemporaryDirectories(): void {
  for (const directory of directories.splice(0))
    rmSync(directory, { recursive: true, force: true });
}

export function createApp(): AuthApp {
  return new AuthApp({
    outdir: path.join(createTemporaryDirectory(), "cdktf.out"),
  });
}

type Block = Readonly<Record<string, unknown>>;

/** The parts of synthesized JSON that tests read. */
export interface Synthesized {
  readonly terraform: Block;
  readonly provider: { readonly aws: readonly Block[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly locals?: Block;
  readonly output: Readonly<
    Record<string, { readonly value: string; readonly description?: string }>
  >;
}

/** Synthesizes a stage, with additions by `build`. */
export function synthesize(
  settings: Environment = {},
  build: (auth: AuthStack) => void = () => undefined,
  options: AuthStackOptions = {},
): Synthesized {
  const config = createStageConfig(settings);
  const stack = new AuthStack(createApp(), config, options);
  build(stack);
  return JSON.parse(Testing.synth(stack, true)) as Synthesized;
}

/** Lists the addresses of all resources, sorted. */
export function listAddresses(configuration: Synthesized): string[] {
  return Object.entries(configuration.resource)
    .flatMap(([type, blocks]) =>
      Object.keys(blocks).map((name) => `${type}.${name}`),
    )
    .sort();
}

/** Returns the only resource of a type, without resources that lack an attribute. */
export function getOnlyBlock(
  configuration: Synthesized,
  type: string,
  attribute?: string,
): Block {
  const blocks = Object.values(configuration.resource[type] ?? {}).filter(
    (block) => attribute === undefined || attribute in block,
  );
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new Error(`${blocks.length} resources of type ${type}`);
  return block;
}

/** Returns the only version of a secret that has a client's fields. */
export function getSecretVersion(configuration: Synthesized): Block {
  const type = "aws_secretsmanager_secret_version";
  return getOnlyBlock(configuration, type, "secret_string_wo");
}

/** Lists the problems that an app reports at synth time. */
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
