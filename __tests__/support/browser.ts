import chromium from "@sparticuz/chromium";
import { chromium as driver, type Browser, type Page } from "playwright-core";
import { getEnvironment } from "../../stacks/config/environment";

const TIMEOUT_MS = 10_000;

/** Unexpected events of a page. */
export interface PageErrors {
  /** Console errors and warnings, uncaught errors, and violations of the content security policy. */
  readonly errors: string[];
  /** URLs that the page requested, without its own. */
  readonly requests: string[];
}

/**
 * Starts the headless browser at `CHROME_PATH`, or the packaged one, which runs only on Linux.
 *
 * @param args further arguments
 */
export async function startBrowser(
  args: readonly string[] = [],
): Promise<Browser> {
  const own = getEnvironment().CHROME_PATH ?? "";
  if (own === "" && process.platform !== "linux")
    throw new Error(
      `CHROME_PATH is required on ${process.platform}: the path of Chrome or Chromium`,
    );
  return await driver.launch({
    executablePath: own === "" ? await chromium.executablePath() : own,
    args: ["--no-sandbox", ...(own === "" ? packagedArguments() : []), ...args],
    timeout: 30_000,
  });
}

/** Opens a URL in a new page and records the errors of the page. */
export async function openFile(
  browser: Browser,
  address: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ readonly page: Page; readonly pageErrors: PageErrors }> {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  page.setDefaultTimeout(TIMEOUT_MS);
  const pageErrors: PageErrors = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (/^(error|warning)$/.test(message.type()))
      pageErrors.errors.push(message.text());
  });
  page.on("pageerror", ({ message }) => pageErrors.errors.push(message));
  page.on("dialog", (dialog) => {
    pageErrors.errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== address) pageErrors.requests.push(request.url());
  });
  await page.goto(address);
  return { page, pageErrors };
}

/** Returns the arguments of the package, without those that disable web security or share one process. */
function packagedArguments(): string[] {
  const unwanted =
    /^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content|disable-site-isolation-trials|headless.*)$/;
  return chromium.args.filter((argument) => !unwanted.test(argument));
}
