import { describeLocal } from "../support/deployment";
import { removeTemporaryFolders } from "../support/stage";
import { sampledStages, ValidatedStages } from "../support/validated-stages";

/** A few: `npm run test:long` has a hundred. */
const COUNT = 3;

afterAll(removeTemporaryFolders);

describeLocal("a valid stage, whatever it is made of,", () => {
  test("is valid for Terraform's provider", async () => {
    const validated = new ValidatedStages();
    for (const stage of sampledStages(COUNT)) await validated.validate(stage);
  }, 120_000);
});
