import path from "node:path";
import { buildSync } from "esbuild";

/** Returns the files and the packages that a module loads when it is loaded, without its dynamic imports. */
function listLoaded(entry: string) {
  const { metafile } = buildSync({
    entryPoints: [entry],
    absWorkingDir: path.resolve("."),
    outdir: "out",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    metafile: true,
    write: false,
  });
  const { outputs } = metafile;
  const loaded = new Set(
    Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === entry),
  );
  const packages = new Set<string>();
  for (const file of loaded)
    for (const one of outputs[file]?.imports ?? [])
      if (one.kind === "import-statement")
        (one.external === true ? packages : loaded).add(one.path);
  const files = [...loaded].flatMap((file) =>
    Object.keys(outputs[file]?.inputs ?? {}),
  );
  return { files, packages: [...packages] };
}

test("the client loads no package and no construct when it is loaded", () => {
  const { files, packages } = listLoaded("scripts/lib/client/index.ts");
  expect(files).toContain("scripts/lib/auth/service-tokens.ts");
  expect(packages.filter((name) => !name.startsWith("node:"))).toEqual([]);
  expect(packages).not.toContain("node:net");
  // each file takes about a third of a millisecond
  expect(files.length).toBeLessThan(45);
});
