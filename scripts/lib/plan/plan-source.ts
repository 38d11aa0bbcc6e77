import { statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { formatCommand } from "../cli/invocation";
import { nameInput, readInputFile } from "../system/input-file";
import { getLastLines } from "../system/processes";
import { getTerraformEnvironment } from "../terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../terraform/terraform";
import { formatPlanHint, parsePlanJson, type PlanJson } from "./plan-json";

const TIMEOUT_SECONDS = 300;
/** First bytes of a plan file, which is a ZIP archive. */
const ARCHIVE = "PK\u0003\u0004";

export interface PlanSource {
  /** A plan file, a file with its JSON, or `-` for standard input. */
  readonly plan: string;
  /** Directory in which the plan was made. @default the directory of the plan file */
  readonly directory?: string | undefined;
  readonly log: (line: string) => void;
}

/**
 * Reads a plan.
 *
 * @throws UserError that names the file, if there is no plan or Terraform cannot read it
 */
export async function readPlan(source: PlanSource): Promise<PlanJson> {
  const text = await readPlanJson(source);
  return nameInput(formatSource(source), () => parsePlanJson(text));
}

/** Returns what messages call a plan. */
export function formatSource({ plan }: Pick<PlanSource, "plan">): string {
  return plan === "-" ? "standard input" : plan;
}

/**
 * Reads the JSON of a plan, with Terraform if it is a plan file.
 *
 * @param noun what the file is in messages
 * @param hint how to create the file
 * @throws UserError if there is no plan, or Terraform cannot read it
 */
export async function readPlanJson(
  source: PlanSource,
  noun = "plan file",
  hint = formatPlanHint(),
): Promise<string> {
  const { plan, directory } = source;
  if (directory !== undefined && !isDirectory(directory))
    throw new UserError(`directory ${directory} does not exist`);
  const isStandardInput = plan === "-";
  const bytes = isStandardInput
    ? await readStandardInput()
    : readInputFile(plan, noun, hint);
  if (bytes.length === 0)
    throw new UserError(
      `${formatSource(source)} must be a plan, got an empty file`,
      "check the command that wrote it",
    );
  if (bytes.subarray(0, ARCHIVE.length).toString("latin1") === ARCHIVE) {
    if (!isStandardInput) return showPlan(source);
    throw new UserError(
      "standard input must be a plan's JSON, got a plan file",
      "name the file, or pipe the output of terraform show -json",
    );
  }
  // PowerShell writes UTF-16 and a byte order mark
  return bytes
    .toString(bytes[0] === 0xff ? "utf16le" : "utf8")
    .replace(/^\ufeff/, "");
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function readStandardInput(): Promise<Buffer> {
  if (process.stdin.isTTY)
    throw new UserError(
      "standard input must be a plan's JSON, got a terminal",
      `run terraform show -json plan.tfplan | ${formatCommand("review", "-")}`,
    );
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function showPlan({
  plan,
  directory = path.dirname(plan),
  log,
}: PlanSource): Promise<string> {
  log(`Reading ${plan} with Terraform…`);
  const env = getTerraformEnvironment();
  const { code, stdout, stderr } = await runTerraform(
    ["show", "-json", "-no-color", path.resolve(plan)],
    {
      directory,
      environment: { ...env, ...createProviderEnvironment({ env }) },
      timeoutSeconds: TIMEOUT_SECONDS,
    },
  );
  if (code === 0) return stdout;
  throw new UserError(
    `Terraform cannot read the plan file ${plan}: ${getLastLines(stderr, 8)}`,
    "set --chdir to the directory in which the plan was made, or review the output of terraform show -json",
  );
}
