import { OIDC_AUDIENCE } from "../../../../constructs/constraints";
import { findOrUndefined } from "../../aws/errors";
import { getAwsReader } from "../aws-reader";
import type { Check } from "../check";
import { formatAwsFix, formatFix } from "../format-fix";

/** Checks the OIDC provider whose tokens roles trust. */
export const OIDC_PROVIDER: Check = {
  id: "oidc-provider",
  section: "OIDC provider and roles",
  run: async (context) => {
    const { oidc_provider_arn: arn } = context.outputs;
    if (arn === undefined)
      return { status: "skipped", message: "the stage has no OIDC provider" };
    const isOwn =
      context.listResources("aws_iam_openid_connect_provider").length > 0;
    const reader = getAwsReader(context);
    const { sdk, client } = await reader.iam();
    const provider = await reader.read(
      "iam:GetOpenIDConnectProvider",
      arn,
      () =>
        findOrUndefined(() =>
          client.send(
            new sdk.GetOpenIDConnectProviderCommand({
              OpenIDConnectProviderArn: arn,
            }),
          ),
        ),
    );
    const deploy = formatFix(context, "deploy");
    if (provider === undefined)
      return {
        status: "failed",
        message: `the OIDC provider ${arn} does not exist`,
        fix: isOwn
          ? deploy
          : "create it again in the stack that manages it, or set OIDC_PROVIDER_EXISTS=false and deploy the stage",
      };
    return (provider.ClientIDList ?? []).includes(OIDC_AUDIENCE)
      ? {
          status: "ok",
          message: `the OIDC provider exists, with the audience ${OIDC_AUDIENCE}`,
        }
      : {
          status: "failed",
          message: `the OIDC provider ${arn} does not have the audience ${OIDC_AUDIENCE}: no token can assume a role`,
          fix: isOwn
            ? deploy
            : formatAwsFix(
                context,
                `iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${OIDC_AUDIENCE}`,
              ),
        };
  },
};
