import { findOrUndefined } from "../../aws/errors";
import type { Check } from "../check";
import { formatFix } from "../fix";

export const IDENTITY_POOL: Check = {
  id: "identity-pool",
  section: "Identity pool and groups",
  run: async (context) => {
    const { identitypool_id: id } = context.outputs;
    if (id === undefined)
      return { status: "skipped", message: "the stage has no identity pool" };
    const { CognitoIdentityClient, DescribeIdentityPoolCommand } =
      await import("@aws-sdk/client-cognito-identity");
    const client = await context.getClient(CognitoIdentityClient);
    const pool = await findOrUndefined(() =>
      context.call("cognito-identity:DescribeIdentityPool", () =>
        client.send(new DescribeIdentityPoolCommand({ IdentityPoolId: id })),
      ),
    );
    return pool === undefined
      ? {
          status: "failed",
          message: `identity pool ${id} must exist: it was deleted outside Terraform, or the account is another`,
          fix: formatFix(context, "deploy"),
        }
      : { status: "ok", message: `identity pool ${id} exists` };
  },
};
