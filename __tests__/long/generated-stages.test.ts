import { getEnvironment } from "../../stacks/config/environment";
import { describeLocal } from "../support/deployment";
import { removeTemporaryDirectories } from "../support/stage";
import { sampledStages, ValidatedStages } from "../support/validated-stages";

const COUNT = Number(getEnvironment().GENERATED_STAGES ?? 25);

afterAll(removeTemporaryDirectories);

describeLocal("a valid stage, whatever it is made of,", () => {
  test(
    `is valid for Terraform's provider: ${COUNT} of them`,
    async () => {
      const validated = new ValidatedStages();
      for (const stage of sampledStages(COUNT)) await validated.validate(stage);
    },
    (COUNT + 5) * 30_000,
  );
});
