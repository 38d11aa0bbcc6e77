import path from "node:path";
import { parseArgs } from "node:util";
import { runCommand, UsageError } from "../../../scripts/lib/cli/command";
import { requirePrerequisites } from "../../../scripts/lib/local-aws/prerequisites";
import { runMatrix } from "./matrix";
import { failures, isGood, matrixTable } from "./matrix-table";
import { VARIANTS } from "./variants";
import { findProjectDirectory } from "../../../scripts/lib/system/project-directory";
import { getEnvironmentWithoutSettings } from "../../../scripts/lib/terraform/environment";

const NAMES = VARIANTS.map(({ name }) => name);
const HELP = `Usage: npm run matrix [-- --only <variant>]

Runs the project on each Node that it supports, and on CDK Terrain, which carries CDK for Terraform on: the unit tests,
a synthesis of several configurations that is compared with this folder's, and the demo, which deploys a stage with every
part to a local AWS and plans it anew. Node comes from npm's package node, CDK Terrain in the place of cdktf and of its
provider bindings into a copy of the project; both into a temporary folder. Needs what the demo needs, git and npm's
registry, 1.5 GB of disk, and about fifteen minutes on two cores.

Options:
  --only <variant>  one of ${NAMES.join(", ")}; may be repeated (default: all)
  --json            print {"good","rows":[{"variant","versions","outcomes":{"unitTests":{"ok","text",…},…}}]} instead of a
                    Markdown table
  -h, --help        show this text

Exit code: 0 all of it runs; 1 some does not, as is told, or it cannot be tried; 2 an option is not accepted; 70 a defect.`;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const stray = values.only.find((name) => !NAMES.includes(name));
  if (stray !== undefined)
    throw new UsageError(
      `--only must be one of ${NAMES.join(", ")}, got ${JSON.stringify(stray)}`,
    );
  await requirePrerequisites();
  const project = findProjectDirectory();
  const rows = await runMatrix({
    variants: VARIANTS.filter(
      ({ name }) => values.only.length === 0 || values.only.includes(name),
    ),
    project,
    logs: path.join(project, ".build", "matrix"),
    environment: getEnvironmentWithoutSettings(),
    log: console.error,
  });
  const good = rows.every(isGood);
  console.log(
    values.json ? JSON.stringify({ good, rows }, null, 2) : matrixTable(rows),
  );
  for (const line of failures(rows)) console.error(line);
  return good ? 0 : 1;
});
