import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import { readStageConfig } from "../../stacks/config/stage-config";
import {
  addGeneratedParts,
  type GeneratedStage,
  generatedStages,
  reorderKeys,
} from "../support/generated-stages";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const before = process.cwd();

afterEach(() => {
  process.chdir(before);
});

afterAll(removeTemporaryDirectories);

/** Synthesizes a stage in a directory, and returns the files by path. */
function synthesizeFiles(
  stage: GeneratedStage,
  directory: string,
): Record<string, string> {
  mkdirSync(directory, { recursive: true });
  process.chdir(directory);
  const app = new AuthApp({ outdir: "cdktf.out" });
  const config = readStageConfig(stage.settings, {
    userName: "operator",
    isCi: false,
  });
  addGeneratedParts(new AuthStack(app, config), stage);
  app.synth();
  const files = readdirSync("cdktf.out", {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(file, "utf8")]),
  );
}

describe("every generated stage", () => {
  const directory = createTemporaryDirectory();

  test("is synthesized to the same bytes in every order of keys and every working directory", () => {
    fc.assert(
      fc.property(generatedStages, fc.nat(1000), (stage, seed) => {
        const first = synthesizeFiles(stage, path.join(directory, "one"));
        const other = synthesizeFiles(
          reorderKeys(stage, seed),
          path.join(directory, "a", "b c"),
        );
        expect(other).toEqual(first);
        expect(Object.keys(first)).toHaveLength(2);
      }),
      { numRuns: 15 },
    );
  });

  test("is synthesized to the same bytes ten times", () => {
    fc.assert(
      fc.property(generatedStages, (stage) => {
        const runs = Array.from({ length: 10 }, () =>
          JSON.stringify(synthesizeFiles(stage, path.join(directory, "ten"))),
        );
        expect(new Set(runs).size).toBe(1);
      }),
      { numRuns: 1 },
    );
  });

  test("has each part in some samples", () => {
    const stages = fc.sample(generatedStages, 50);
    for (const part of [
      "servers",
      "services",
      "pages",
      "groups",
      "roles",
    ] as const)
      expect(stages.some((stage) => Object.keys(stage[part]).length > 1)).toBe(
        true,
      );
    const names = stages.flatMap(({ settings }) => Object.keys(settings));
    expect(new Set(names).size).toBeGreaterThan(15);
  });

  test("has its scopes in its secret in order", () => {
    const stage = (scopes: readonly number[]): GeneratedStage => ({
      settings: { STAGE: "dev", STATE_BACKEND: "local", OWNER: "operator" },
      servers: { api: { a: "A", b: "B" } },
      services: { service: { scopes, validity: {} } },
      pages: {},
      scripts: 0,
      groups: {},
      roles: {},
    });
    const [one, other] = [
      [0, 1],
      [1, 0],
    ].map((scopes) =>
      JSON.stringify(
        synthesizeFiles(stage(scopes), path.join(directory, "order")),
      ),
    );
    expect(one).toContain("api-server/a api-server/b");
    expect(other).toContain("api-server/b api-server/a");
  });
});
