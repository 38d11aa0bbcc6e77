import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** The JSON of plans that Terraform made, by the names of their cases; all in one archive, since they are much alike. */
type Plans = Readonly<Record<string, string>>;

const FILE = path.resolve(__dirname, "../fixtures/plans.json.br");

export function readPlans(): Plans {
  if (!existsSync(FILE)) return {};
  const text = brotliDecompressSync(readFileSync(FILE)).toString();
  return JSON.parse(text) as Plans;
}

export function writePlans(plans: Plans): void {
  const sorted = Object.fromEntries(
    Object.entries(plans).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const archive = brotliCompressSync(JSON.stringify(sorted), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    },
  });
  writeFileSync(FILE, archive);
}
