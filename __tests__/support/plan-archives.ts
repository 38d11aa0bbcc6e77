import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** The JSON of recorded plans by case. */
type Plans = Readonly<Record<string, string>>;

/** A file of recorded plans of the same base, which compress well together. */
export type Archive =
  | "plans"
  | "dangerous-plans"
  | "account-plans"
  | "ordinary-plans"
  | "sign-in-plans"
  | "rotation-plans";

const READ = new Map<Archive, Plans>();

export function readPlans(archive: Archive = "plans"): Plans {
  const plans = READ.get(archive) ?? readArchive(archive);
  READ.set(archive, plans);
  return plans;
}

function readArchive(archive: Archive): Plans {
  if (!existsSync(getFile(archive))) return {};
  const text = brotliDecompressSync(readFileSync(getFile(archive))).toString();
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
  writeFileSync(getFile(archive), compressed);
  READ.delete(archive);
}

function getFile(archive: Archive): string {
  return path.resolve(`__tests__/fixtures/${archive}.json.br`);
}
