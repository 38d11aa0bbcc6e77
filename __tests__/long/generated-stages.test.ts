import { getEnvironment } from "../../stacks/config/environment";
import { describeLocal } from "../support/deployment";
import { removeTemporaryDirectories } from "../support/stage";
import { sampleStages, ValidatedStages } from "../support/validated-stages";

const COUNT = Number(getEnvironment().GENERATED_STAGES ?? 25);

afterAll(removeTemporaryDirectories);

describeLocal("every generated stage", () => {
  test(
    `is valid for Terraform's provider (${COUNT})`,
    async () => {
      const validated = new ValidatedStages();
      for (const stage of sampleStages(COUNT)) await validated.validate(stage);
    },
    (COUNT + 5) * 30_000,
  );
});
