import { readFileSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  APP_FILE,
  findAppDirectory,
} from "../../../stacks/config/app-directory";
import { readAppFile } from "../../../stacks/config/app-file";
import type { Environment } from "../../../stacks/config/environment";
import { printNotice } from "../../../stacks/config/notices";
import {
  findInstalledBundle,
  findSettingsDirectory,
} from "../../../stacks/config/settings-directory";
import { toJsonObject } from "../system/json-object";
import { getLastLines, runProcess } from "../system/processes";
import { getCommandArguments } from "../system/project-directory";

/** Longer than the compilation of an app that imports every resource of the provider. */
const TIMEOUT_SECONDS = 600;
const MANIFEST = "manifest.json";
/** Memory of an app, as cdktf-cli sets it. */
const MEMORY = "--max-old-space-size=4096";
const EXIT_COMMAND_NOT_FOUND = 127;

/** The command that synthesizes the stacks of an app. */
interface AppCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Environment;
  /** The command as cdktf.json has it. @default the command is that of this project */
  readonly text?: string;
}

export interface SynthesisOptions {
  readonly environment: Environment;
  /** Output directory of cdktf. */
  readonly outputDirectory: string;
}

/** Files of the synthesized stacks in the output directory, by the names of the stacks. */
export type SynthesizedStacks = ReadonlyMap<string, string>;

/** Creates the error of a command that needs an app, and is not the command of the app that the caller is in. */
export function createAppError(directory = process.cwd()): UserError {
  const app = findAppDirectory(directory);
  return new UserError(
    `the command must run in an app that has veda-auth in its node_modules, got ${app === undefined ? `a directory without ${APP_FILE}` : "a command that is installed elsewhere"}`,
    app === undefined
      ? `run it with npx in the directory of an app, which contains ${APP_FILE}`
      : `run npm install in ${app}, and call the command with npx veda-auth`,
  );
}

/**
 * Runs the command of the app as cdktf-cli does. Prints what it prints on standard error: standard output is for the result of
 * the command.
 *
 * @returns the stacks that the app has written
 * @throws UserError if there is no app, or if it fails or writes no stack
 */
export async function synthesizeApp({
  environment,
  outputDirectory,
}: SynthesisOptions): Promise<SynthesizedStacks> {
  const { command, args, text, ...app } = getAppCommand(environment);
  markOutdated(path.join(outputDirectory, MANIFEST));
  const { code, stdout, stderr } = await runProcess(command, args, {
    environment: {
      ...environment,
      ...app.environment,
      CDKTF_OUTDIR: path.resolve(outputDirectory),
    },
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (code !== 0) {
    const output = getLastLines(stderr.trim() === "" ? stdout : stderr, 40);
    if (text === undefined) throw new UserError(output);
    throw (
      (await findSettingsError(environment, stderr)) ??
      new UserError(
        `the app must exit with code 0, got ${code} from ${text}\n${output}`.trimEnd(),
        code === EXIT_COMMAND_NOT_FOUND
          ? `install the packages of the app, or correct "app" in ${APP_FILE}`
          : undefined,
      )
    );
  }
  for (const line of `${stdout}\n${stderr}`.split("\n"))
    if (line !== "") printNotice(line);
  return readManifest(outputDirectory, text);
}

/** Returns the error of the settings if the app has failed with it: Node prints it with code of the package around it. */
async function findSettingsError(
  environment: Environment,
  output: string,
): Promise<UserError | undefined> {
  const { readAppConfig } = await import("../../../stacks/config/app-config");
  try {
    readAppConfig(environment, process.cwd(), () => undefined);
  } catch (error) {
    if (error instanceof UserError && output.includes(error.message))
      return error;
  }
  return undefined;
}

function getAppCommand(environment: Environment): AppCommand {
  if (findInstalledBundle() === undefined)
    return {
      command: process.execPath,
      args: getCommandArguments("app"),
      environment: {},
    };
  const directory = findSettingsDirectory();
  if (directory === undefined) throw createAppError();
  const { content, problems } = readAppFile(directory);
  const [problem] = problems;
  if (problem !== undefined) throw new UserError(problem);
  const { app, context } = content;
  if (typeof app !== "string" || app.trim() === "")
    throw new UserError(
      `"app" in ${APP_FILE} must be the command that synthesizes the stacks`,
      'set it, such as "app": "node -r tsx/cjs main.ts"',
    );
  return {
    command: "/bin/sh",
    args: ["-c", app],
    text: app,
    environment: {
      NODE_OPTIONS: environment.NODE_OPTIONS ?? MEMORY,
      ...(context !== undefined && {
        CDKTF_CONTEXT_JSON: JSON.stringify(context),
      }),
    },
  };
}

/** Makes a file older than any that the app writes: cdktf-cli reports the stacks of the last synthesis if the app writes none. */
function markOutdated(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined)
    utimesSync(file, 0, 0);
}

/**
 * Returns the stacks that an app has written.
 *
 * @param command the command of the app, for an error
 */
export function readManifest(
  outputDirectory: string,
  command = "main.ts",
): SynthesizedStacks {
  const file = path.join(outputDirectory, MANIFEST);
  const { mtimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (mtimeMs === 0)
    throw new UserError(
      `the app must write its stacks to the directory in CDKTF_OUTDIR, got none from ${command}`,
      "call app.synth() at the end, without outdir in the options of the app",
    );
  const { stacks } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly stacks: Readonly<Record<string, unknown>>;
  };
  return new Map(
    Object.entries(stacks).map(([name, stack]) => [
      name,
      String(toJsonObject(stack).synthesizedStackPath),
    ]),
  );
}
