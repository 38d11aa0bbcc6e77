import { readFileSync } from "node:fs";
import { findStageUses } from "../../../scripts/lib/demo/stage-uses";
import { synthesizeMain } from "../../support/main-file";
import { removeTemporaryDirectories } from "../../support/stage";

afterAll(removeTemporaryDirectories);

const ROLE = "arn:aws:iam::000000000000:role/data";

function findUses(file: string, settings = {}) {
  const main = readFileSync(file, "utf8");
  return findStageUses(JSON.stringify(synthesizeMain(main, settings)), ROLE);
}

describe("the uses of a stage in a demo", () => {
  test("are those of a new app", () => {
    expect(findUses("scripts/lib/init/template/main.ts")).toEqual({
      service: { id: "ingest", scope: "catalog-server/items:write" },
      group: "editors",
      hasExistingRole: false,
    });
  });

  test("include the existing role of a group", () => {
    const settings = { COGNITO_GROUPS: "true", DATA_MANAGERS_ROLE_ARN: ROLE };
    expect(findUses("main.ts", settings)).toEqual({
      service: {
        id: "workflows-client",
        scope: "veda-stac-ingestion-registry-server/stac:register",
      },
      group: expect.stringMatching(/^veda-\w+/) as unknown,
      hasExistingRole: true,
    });
  });

  test("can be none", () => {
    expect(findStageUses("{}", ROLE)).toEqual({ hasExistingRole: false });
  });
});
