import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import { readStageConfig } from "../../stacks/config/stage-config";
import {
  addGenerated,
  generatedStages,
  reordered,
  type GeneratedStage,
} from "../support/generated-stages";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

const before = process.cwd();

afterEach(() => {
  process.chdir(before);
});

afterAll(removeTemporaryDirectories);

/** What a stage is synthesized to in a folder, by file. */
function written(
  stage: GeneratedStage,
  folder: string,
): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  const app = new AuthApp({ outdir: "cdktf.out" });
  const config = readStageConfig(stage.settings, {
    userName: "somebody",
    isCi: false,
  });
  addGenerated(new AuthStack(app, config), stage);
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

describe("a valid stage, whatever it is made of,", () => {
  const folder = createTemporaryDirectory();

  test("is synthesized, to the same bytes in any order of keys and any working directory", () => {
    fc.assert(
      fc.property(generatedStages, fc.nat(1000), (stage, seed) => {
        const first = written(stage, path.join(folder, "one"));
        const other = written(
          reordered(stage, seed),
          path.join(folder, "a", "b c"),
        );
        expect(other).toEqual(first);
        expect(Object.keys(first)).toHaveLength(2);
      }),
      { numRuns: 15 },
    );
  });

  test("is the same bytes ten times", () => {
    fc.assert(
      fc.property(generatedStages, (stage) => {
        const runs = Array.from({ length: 10 }, () =>
          JSON.stringify(written(stage, path.join(folder, "ten"))),
        );
        expect(new Set(runs).size).toBe(1);
      }),
      { numRuns: 1 },
    );
  });

  test("is made of everything that a stage can have, in some of them", () => {
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
    const given = stages.flatMap(({ settings }) => Object.keys(settings));
    expect(new Set(given).size).toBeGreaterThan(15);
  });

  test("has its scopes in its secret in the order that they were given", () => {
    const stage = (scopes: readonly number[]): GeneratedStage => ({
      settings: { STAGE: "dev", STATE_BACKEND: "local", OWNER: "somebody" },
      servers: { api: { a: "A", b: "B" } },
      services: { service: { scopes, lives: {} } },
      pages: {},
      scripts: 0,
      groups: {},
      roles: {},
    });
    const [one, other] = [
      [0, 1],
      [1, 0],
    ].map((scopes) =>
      JSON.stringify(written(stage(scopes), path.join(folder, "order"))),
    );
    expect(one).toContain("api-server/a api-server/b");
    expect(other).toContain("api-server/b api-server/a");
  });
});
