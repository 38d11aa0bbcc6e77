import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { ownCommand } from "../own-command";
import { roundedRatio, type PeerFigure } from "./bench-report";
import type { BenchPlace } from "./goals";
import { growthOf, type Growth } from "./growth";
import { outputOf, pairedRatio, type Measured } from "./paired-runs";
import { awsCdk, cdkTerrain, type PeerApp } from "./peer-apps";

/** Clients of the apps that are compared. */
const COMPARED = 100;

/** What is beside the goals: how this project stands to others, and how it grows. */
export interface Comparison {
  readonly peers: readonly PeerFigure[];
  readonly growth: readonly Growth[];
}

/**
 * Compares this project with those that make the same in another way, as far as they can be installed.
 *
 * @param log told what is measured, and what is left out
 */
export async function compare(
  place: BenchPlace,
  log: (line: string) => void,
): Promise<Comparison> {
  const own: PeerApp = {
    name: "this project",
    most: Infinity,
    run: (clients) => ({
      command: process.execPath,
      args: [
        ...ownCommand("bench-stage"),
        String(clients),
        path.join(place.folder, "own"),
      ],
      environment: place.environment,
    }),
  };
  const apps = [
    ...(await installed("CDK Terrain", log, async () => [
      await cdkTerrain(path.join(place.folder, "cdktn"), place.environment),
    ])),
    ...(await installed("AWS CDK", log, () =>
      awsCdk(path.join(place.folder, "aws-cdk"), place.environment),
    )),
  ];
  const peers: PeerFigure[] = [];
  const add = async (
    name: string,
    mine: Measured,
    theirs: Measured,
  ): Promise<void> => {
    log(`measuring ${name}`);
    const ratio = await pairedRatio(mine, theirs, place.rounds);
    peers.push({ name, ...roundedRatio(ratio) });
  };
  for (const app of apps)
    await add(
      `synth of ${COMPARED} clients / ${app.name}`,
      own.run(COMPARED),
      app.run(COMPARED),
    );
  await add(
    `synth of ${COMPARED} clients / terraform fmt of them, written by hand`,
    own.run(COMPARED),
    await byHand(place),
  );
  await add(
    "terraform plan and show, by hand / cdktf diff",
    planAndShow(place),
    place.cdktfDiff,
  );
  const growth: Growth[] = [];
  for (const app of [own, ...apps]) {
    log(`measuring how ${app.name} grows`);
    growth.push(await growthOf(app, Math.min(place.rounds, 3)));
  }
  return { peers, growth };
}

async function installed(
  name: string,
  log: (line: string) => void,
  install: () => Promise<readonly PeerApp[]>,
): Promise<readonly PeerApp[]> {
  log(`installing ${name}`);
  try {
    return await install();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log(`${name} is left out: ${error.message}`);
    return [];
  }
}

/** Terraform reading the same stage in its own language: what a configuration costs that nothing generates. */
async function byHand(place: BenchPlace): Promise<Measured> {
  const folder = path.join(place.folder, "by-hand");
  await outputOf({
    command: process.execPath,
    args: [...ownCommand("bench-stage"), String(COMPARED), folder],
    environment: { ...place.environment, SYNTH_HCL_OUTPUT: "true" },
  });
  return {
    command: "terraform",
    args: ["fmt", "-check"],
    environment: place.environment,
    directory: path.join(folder, "stacks", "veda-auth-stack-bench"),
  };
}

/** The least that a review of a plan needs: Terraform's own work. */
function planAndShow(place: BenchPlace): Measured {
  const commands =
    "terraform plan -input=false -out=bench.tfplan && terraform show -json bench.tfplan";
  return {
    command: "bash",
    args: ["-c", commands],
    environment: { ...place.environment, ...place.deployed },
    directory: place.deployedFolder,
  };
}
