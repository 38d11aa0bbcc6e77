import chromium from "@sparticuz/chromium";
import { chromium as driver, type Browser, type Page } from "playwright-core";
import { getEnvironment } from "../../stacks/config/environment";

/** Longest that anything in a page is waited for. */
const PATIENCE_MS = 10_000;

/** What a page did that nobody asked for. */
export interface PageErrors {
  /** Errors and warnings of the console, uncaught ones and breaches of the page's policy too. */
  readonly errors: string[];
  /** Addresses that were asked for, without the page's own. */
  readonly requests: string[];
}

/** A headless browser: the one that `CHROME_PATH` names, or that of the package, which runs on Linux alone. */
export async function startBrowser(): Promise<Browser> {
  const own = getEnvironment().CHROME_PATH ?? "";
  if (own === "" && process.platform !== "linux")
    throw new Error(
      `CHROME_PATH must name a Chrome or Chromium on ${process.platform}, got nothing`,
    );
  return await driver.launch({
    executablePath: own === "" ? await chromium.executablePath() : own,
    args: ["--no-sandbox", ...(own === "" ? packagedArguments() : [])],
    timeout: 30_000,
  });
}

/** Opens a file in a page of its own that keeps what goes wrong in it. */
export async function openFile(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly mishaps: PageErrors }> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const mishaps: PageErrors = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (/^(error|warning)$/.test(message.type()))
      mishaps.errors.push(message.text());
  });
  page.on("pageerror", ({ message }) => mishaps.errors.push(message));
  page.on("dialog", (dialog) => {
    mishaps.errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== address) mishaps.requests.push(request.url());
  });
  await page.goto(address);
  return { page, mishaps };
}

/** What the package starts its browser with, without what takes a page's protection away or ends it with its first page. */
function packagedArguments(): string[] {
  const unwanted =
    /^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content|disable-site-isolation-trials|headless.*)$/;
  return chromium.args.filter((argument) => !unwanted.test(argument));
}
