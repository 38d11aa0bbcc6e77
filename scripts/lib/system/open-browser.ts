import { type ChildProcess, spawn } from "node:child_process";
import { release } from "node:os";
import path from "node:path";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";

/** Time after which a command that still runs is a browser. */
const START_MS = 2_000;

/** A command and its arguments, which no shell reads. */
type CommandLine = readonly [command: string, ...args: string[]];

/** Properties of the machine, which tests replace. */
export interface BrowserHost {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** Release of the operating system. */
  readonly release: string;
}

function getHost(): BrowserHost {
  return {
    env: getEnvironment(),
    platform: process.platform,
    release: release(),
  };
}

/**
 * Lists the commands that open a URL in the user's browser, by preference. The list is empty if the user has no screen here, as
 * in a session of SSH.
 *
 * The variable `BROWSER` precedes: commands separated by colons, in which `%s` stands for the URL.
 */
export function listBrowserCommands(
  url: string,
  { env, platform, release: version }: BrowserHost = getHost(),
): readonly CommandLine[] {
  const chosen = getSetting(env, "BROWSER");
  if (chosen !== undefined) return parseBrowserVariable(chosen, url, platform);
  const has = (name: string): boolean => getSetting(env, name) !== undefined;
  const isLinux = platform !== "darwin" && platform !== "win32";
  const isWindowsSubsystem = isLinux && /microsoft/i.test(version);
  const hasDisplay = has("DISPLAY") || has("WAYLAND_DISPLAY");
  if (has("SSH_CONNECTION") && !(isLinux && hasDisplay)) return [];
  // `start` is a command of a shell, in which "&" separates commands
  const handler = ["url.dll,FileProtocolHandler", url];
  switch (platform) {
    case "darwin":
      return [["open", url]];
    case "win32": {
      const system = path.win32.join(
        getSetting(env, "SYSTEMROOT") ?? "C:\\Windows",
        "System32",
      );
      return [[path.win32.join(system, "rundll32.exe"), ...handler]];
    }
    default:
      return [
        ...(isWindowsSubsystem
          ? [["wslview", url] as const, ["rundll32.exe", ...handler] as const]
          : []),
        ...(hasDisplay
          ? [["xdg-open", url] as const, ["x-www-browser", url] as const]
          : []),
      ];
  }
}

function parseBrowserVariable(
  text: string,
  url: string,
  platform: NodeJS.Platform,
): readonly CommandLine[] {
  return text
    .split(platform === "win32" ? ";" : ":")
    .map(splitWords)
    .flatMap(([command, ...args]): CommandLine[] => {
      if (command === undefined) return [];
      return args.some((word) => word.includes("%s"))
        ? [[command, ...args.map((word) => word.replaceAll("%s", () => url))]]
        : [[command, ...args, url]];
    });
}

/** Splits a command line at spaces outside quotes, which are removed. A quote without a second one is a character. */
function splitWords(line: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

/**
 * Opens a URL with the first command that starts, and returns whether one did. The command runs on after this process.
 *
 * @param startMs time to wait for the error of a command
 */
export async function openBrowser(
  commands: readonly CommandLine[],
  startMs = START_MS,
): Promise<boolean> {
  for (const command of commands)
    if (await startCommand(command, startMs)) return true;
  return false;
}

function startCommand(
  [command, ...args]: CommandLine,
  startMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(command, args, { detached: true, stdio: "ignore" });
    } catch {
      // such as a path below a file: Node throws some errors of the system, and emits others
      resolve(false);
      return;
    }
    const finish = (hasStarted: boolean): void => {
      clearTimeout(timer);
      resolve(hasStarted);
    };
    const timer = setTimeout(finish, startMs, true);
    child.once("error", () => {
      finish(false);
    });
    child.once("exit", (code) => {
      finish(code === 0);
    });
    child.unref();
  });
}
