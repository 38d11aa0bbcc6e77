import { getEnvironment } from "../../stacks/config/environment";
import { describeLocal } from "../support/deployment";
import { removeTemporaryDirectories } from "../support/stage";
import { sampleStages, ValidatedStages } from "../support/validated-stages";

const COUNT = Number(getEnvironment().GENERATED_STAGES ?? 25);
/** Every so many stages, also the native syntax is validated. */
const NATIVE_INTERVAL = 5;

afterAll(removeTemporaryDirectories);

describeLocal("every generated stage", () => {
  test(
    `is valid for Terraform's provider (${COUNT})`,
    async () => {
      const validated = new ValidatedStages();
      for (const [index, stage] of sampleStages(COUNT).entries())
        await validated.validate(
          stage,
          index % NATIVE_INTERVAL === 0 ? ["json", "hcl"] : ["json"],
        );
    },
    (COUNT + 5) * 30_000,
  );
});
