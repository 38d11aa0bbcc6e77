import { OIDC_AUDIENCE } from "../../../../constructs/constraints";
import { findOrUndefined } from "../../aws/errors";
import { getStatements, parsePolicy } from "../../iam/policy";
import { quoteShellWord } from "../../system/shell";
import { getAwsReader } from "../aws-reader";
import type { Check, DoctorContext } from "../check";
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
    const audiences = listAudiences(context, arn);
    const missing = audiences.find(
      (audience) => !(provider.ClientIDList ?? []).includes(audience),
    );
    return missing === undefined
      ? {
          status: "ok",
          message: `the OIDC provider exists, with the audience ${audiences.join(", ")}`,
        }
      : {
          status: "failed",
          message: `the OIDC provider ${arn} does not have the audience ${missing}: no token can assume a role`,
          fix: isOwn
            ? deploy
            : formatAwsFix(
                context,
                `iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${quoteShellWord(missing)}`,
              ),
        };
  },
};

/** Returns the audiences with which roles of the stage trust a provider; that of AWS if no role does. */
function listAudiences(context: DoctorContext, arn: string): readonly string[] {
  const audiences = context
    .listResources("aws_iam_role")
    .map(({ attributes }) => attributes.assume_role_policy)
    .filter((policy) => typeof policy === "string")
    .flatMap((policy) => getStatements(parsePolicy(policy)))
    .filter(
      ({ principals }) =>
        principals?.patterns.includes(`Federated:${arn}`) === true,
    )
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.endsWith(":aud"))
    .flatMap(({ values }) => values);
  return audiences.length === 0 ? [OIDC_AUDIENCE] : [...new Set(audiences)];
}
