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

describeLocal("a stage whose calls are denied or cut off", () => {
  test.each(["denied", "dropped"] as const)(
    "converges, with everything once and an empty plan, whichever call of an apply and of a destroy is %s",
    async (fault) => {
      const tally = await failEachCall(stage, fault, await stage.calls(1));
      tell(`${fault}: ${JSON.stringify(tally)}`);
      expect(tally.failures).toEqual([]);
      expect(tally.took.orphans).toBeUndefined();
      expect(tally.stopped).toBeGreaterThan(60);
    },
  );
});
