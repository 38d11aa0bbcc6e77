import { existsSync } from "node:fs";
import path from "node:path";

const MODULES = `${path.sep}node_modules${path.sep}`;

/**
 * Returns the path of a page of the documentation, for a message. An installed package has the pages, too: the path then leads
 * there from the working directory.
 *
 * @param page name of the page, and the heading in it after `#`
 */
export function formatPage(page: string): string {
  const directory = findPackageDirectory(__dirname);
  const file = path.join("docs", page.replace(/^[\w-]+/, "$&.md"));
  if (!`${directory}${path.sep}`.includes(MODULES)) return file;
  const installed = path.join(directory, file);
  const relative = path.relative(process.cwd(), installed);
  return relative.startsWith("..") ? installed : relative;
}

function findPackageDirectory(directory: string): string {
  return existsSync(path.join(directory, "package.json")) ||
    path.dirname(directory) === directory
    ? directory
    : findPackageDirectory(path.dirname(directory));
}
