import { readFileSync } from "node:fs";
import path from "node:path";
import { APP_FILE } from "./app-directory";

/** The file cdktf.json of an app. */
export interface AppFile {
  /** Empty if the file does not exist or has a problem. */
  readonly content: {
    /** Command that synthesizes the stacks. */
    readonly app?: unknown;
    readonly context?: unknown;
  };
  readonly problems: readonly string[];
}

/** Reads cdktf.json. A file that does not exist is empty. */
export function readAppFile(directory: string): AppFile {
  const file = path.join(directory, APP_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code = "an error" } = error as NodeJS.ErrnoException;
    return {
      content: {},
      problems:
        code === "ENOENT"
          ? []
          : [`${APP_FILE} must be a readable file, got ${code}`],
    };
  }
  try {
    const content: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return isObject(content)
      ? { content, problems: [] }
      : {
          content: {},
          problems: [`${APP_FILE} must be a JSON object, got another value`],
        };
  } catch (error) {
    return {
      content: {},
      problems: [`${APP_FILE} must be JSON: ${(error as Error).message}`],
    };
  }
}

export function isObject(
  value: unknown,
): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
