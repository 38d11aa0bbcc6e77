import { TerraformError } from "../../terraform/terraform-error";
import { findDeniedAction } from "../denied-action";
import { type Check, MissingPermission } from "../check";
import { formatFix } from "../format-fix";

/** Slow: it synthesizes the stage and runs Terraform. */
export const DRIFT: Check = {
  id: "drift",
  section: "Drift",
  run: async (context) => {
    const { describeDrift } = await import("../../plan/drift");
    const { toPlainText } = await import("../../plan/rich-text");
    const { findStageDrift } = await import("../../rotation/stage-drift");
    const { target, log } = context;
    try {
      const drifts = await findStageDrift(target, log);
      return drifts.length === 0
        ? { status: "ok", message: "nothing was changed outside Terraform" }
        : {
            status: "failed",
            message: `nothing must be changed outside Terraform, got changes of ${drifts.length === 1 ? "1 resource" : `${drifts.length} resources`}`,
            details: drifts.flatMap(describeDrift).map(toPlainText),
            fix: formatFix(context, "deploy"),
          };
    } catch (error) {
      const action =
        error instanceof TerraformError
          ? findDeniedAction(error.result.stderr)
          : undefined;
      throw action === undefined ? error : new MissingPermission(action);
    }
  },
};
