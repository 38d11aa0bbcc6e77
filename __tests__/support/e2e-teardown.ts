import { getEnvironment } from "../../stacks/config/environment";
import { formatCallReport, readCallReport } from "./api-model/call-log";

/** Runs after the end-to-end tests: prints the number of calls that were checked against AWS's API models. */
export default function tearDown(): void {
  if (getEnvironment().E2E_MISSING === undefined)
    console.error(formatCallReport(readCallReport()));
}
