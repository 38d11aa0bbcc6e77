import { describeLocal } from "../support/deployment";
import { failEachCall, tell } from "../support/fault-runs";
import { FaultyStage } from "../support/faulty-stage";
import { removeTemporaryFolders } from "../support/stage";

jest.setTimeout(7_200_000);

let stage: FaultyStage;

beforeAll(async () => {
  if (describeLocal === describe) stage = await FaultyStage.start(1);
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await stage.stop();
  removeTemporaryFolders();
});

describeLocal("a stage whose run does not learn how a call ended", () => {
  test.each(["answer lost", "killed"] as const)(
    "converges with what orphans says, everything once and an empty plan, whichever call is %s",
    async (fault) => {
      const tally = await failEachCall(
        stage,
        fault,
        await stage.calls(fault === "killed" ? 5 : 1),
      );
      tell(`${fault}: ${JSON.stringify(tally)}`);
      expect(tally.failures).toEqual([]);
      expect(tally.stopped).toBeGreaterThan(fault === "killed" ? 20 : 60);
    },
  );
});
