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

describeLocal("a stage whose calls AWS refuses", () => {
  test.each(["error", "throttled"] as const)(
    "converges, with everything once and an empty plan, whichever call of an apply and of a destroy is %s",
    async (fault) => {
      const tally = await failEachCall(stage, fault, await stage.listCalls(1));
      logProgress(`${fault}: ${JSON.stringify(tally)}`);
      expect(tally.failures).toEqual([]);
      expect(tally.recoverySteps.orphans).toBeUndefined();
      expect(tally.stopped).toBeGreaterThan(60);
    },
  );
});
