import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getTerraformEnvironment } from "../terraform/environment";
import {
  runTerraform,
  createProviderEnvironment,
} from "../terraform/terraform";
import type { AwsTarget } from "../aws/client";
import { getLastLines } from "../system/processes";

const TIMEOUT_SECONDS = 300;

/** How a plan file begins: it is an archive. */
const ARCHIVE = "PK\u0003\u0004";

export interface PlanSource {
  /** A plan file, a file of its JSON, or `-` for standard input. */
  readonly plan: string;
  /** Directory that the plan file was made in. @default the plan file's own */
  readonly directory?: string | undefined;
  readonly target: AwsTarget;
  readonly log: (line: string) => void;
}

/**
 * Returns the JSON of a plan: as it is, or from Terraform if it is a plan file.
 *
 * @throws UserError if there is no plan, or Terraform cannot read it
 */
export async function readPlanJson(source: PlanSource): Promise<string> {
  const { plan } = source;
  const bytes = plan === "-" ? await standardInput() : fileOf(plan);
  if (bytes.length === 0)
    throw new UserError(
      `${plan === "-" ? "standard input" : plan} must hold a plan, got nothing`,
      "check the command that wrote it",
    );
  if (bytes.subarray(0, ARCHIVE.length).toString("latin1") === ARCHIVE) {
    if (plan === "-")
      throw new UserError(
        "standard input must be a plan's JSON, got a plan file",
        "name the file, or pipe what terraform show -json prints of it",
      );
    return shown(source);
  }
  // what PowerShell writes begins so
  return bytes
    .toString(bytes[0] === 0xff ? "utf16le" : "utf8")
    .replace(/^\ufeff/, "");
}

async function standardInput(): Promise<Buffer> {
  if (process.stdin.isTTY)
    throw new UserError(
      "standard input must be a plan's JSON, got a terminal",
      "run terraform show -json plan.tfplan | npm run -s review-plan -- -",
    );
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function fileOf(plan: string): Buffer {
  if (statSync(plan).isDirectory())
    throw new UserError(`${plan} must be a file, got a directory`);
  return readFileSync(plan);
}

async function shown({
  plan,
  directory,
  target: place,
  log,
}: PlanSource): Promise<string> {
  log(`Reading ${plan} with Terraform…`);
  const own = getTerraformEnvironment(place);
  const { code, stdout, stderr } = await runTerraform(
    ["show", "-json", "-no-color", path.resolve(plan)],
    {
      directory: directory ?? path.dirname(plan),
      environment: { ...own, ...createProviderEnvironment({ env: own }) },
      timeoutSeconds: TIMEOUT_SECONDS,
    },
  );
  if (code === 0) return stdout;
  throw new UserError(
    `Terraform cannot read the plan file ${plan}: ${getLastLines(stderr, 8)}`,
    "name the directory that it was made in with --chdir, or review what terraform show -json prints there",
  );
}
