import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** The JSON of plans that Terraform made, by the names of their cases. */
type Plans = Readonly<Record<string, string>>;

/** A file of recorded plans: plans of one base are alike, and small together. */
export type Archive =
  "plans" | "dangerous-plans" | "account-plans" | "ordinary-plans";

const READ = new Map<Archive, Plans>();

export function readPlans(archive: Archive = "plans"): Plans {
  const plans = READ.get(archive) ?? read(archive);
  READ.set(archive, plans);
  return plans;
}

function read(archive: Archive): Plans {
  if (!existsSync(fileOf(archive))) return {};
  const text = brotliDecompressSync(readFileSync(fileOf(archive))).toString();
  return JSON.parse(text) as Plans;
}

export function writePlans(plans: Plans, archive: Archive = "plans"): void {
  const sorted = Object.fromEntries(
    Object.entries(plans).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const compressed = brotliCompressSync(JSON.stringify(sorted), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    },
  });
  writeFileSync(fileOf(archive), compressed);
  READ.delete(archive);
}

function fileOf(archive: Archive): string {
  return path.resolve(__dirname, `../fixtures/${archive}.json.br`);
}
