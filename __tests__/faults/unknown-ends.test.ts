import { describeLocal } from "../support/deployment";
import { failEachCall, logProgress } from "../support/fault-runs";
import { FaultStage } from "../support/fault-stage";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(7_200_000);

let stage: FaultStage;

beforeAll(async () => {
  if (describeLocal === describe) stage = await FaultStage.start(1);
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await stage.stop();
  removeTemporaryDirectories();
});

describeLocal("a stage whose run does not learn how a call ended", () => {
  test.each(["answer lost", "killed"] as const)(
    "converges with what orphans says, everything once and an empty plan, whichever call is %s",
    async (fault) => {
      const tally = await failEachCall(
        stage,
        fault,
        await stage.listCalls(fault === "killed" ? 5 : 1),
      );
      logProgress(`${fault}: ${JSON.stringify(tally)}`);
      expect(tally.failures).toEqual([]);
      expect(tally.stopped).toBeGreaterThan(fault === "killed" ? 20 : 60);
    },
  );
});
