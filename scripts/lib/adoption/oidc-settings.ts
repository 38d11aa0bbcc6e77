import { awsClient } from "../aws-client";
import type { MissingSetting, SettingsSurvey } from "./settings-survey";
import { textFrom } from "./stage-code";

/** Line that has a provider looked up instead of made. */
export const OIDC_EXISTS = "OIDC_PROVIDER_EXISTS=true";

/** A provider of a URL is one in an account: the stack's own is taken over, another one is looked up. */
export async function oidcSettings({
  choice,
  stack,
  code,
  matching,
}: SettingsSurvey): Promise<MissingSetting[]> {
  const type = "aws_iam_openid_connect_provider";
  const own = matching.unmatched.find(
    ({ terraformType }) => terraformType === type,
  );
  if (own !== undefined)
    return [
      {
        line: `OIDC_PROVIDER_URL=${own.key}`,
        why: "the stack has an OIDC provider of this issuer",
      },
    ];
  const wanted = matching.missing.find((resource) => resource.type === type);
  const exported = stack.outputs.find(({ value }) =>
    /^arn:[\w-]+:iam::\d+:oidc-provider\//.test(value),
  )?.value;
  const issuer = textFrom(
    wanted?.values.url ?? exported?.replace(/^.*:oidc-provider\//, ""),
  ).replace(/^https:\/\//, "");
  if (issuer === "") return [];
  if (
    wanted === undefined &&
    (code.looksUp(type) || code.ofType(type).length > 0)
  )
    return [];
  const sdk = await import("@aws-sdk/client-iam");
  const client = await awsClient(sdk.IAMClient, choice.place);
  const { OpenIDConnectProviderList: list = [] } = await client.send(
    new sdk.ListOpenIDConnectProvidersCommand({}),
  );
  const isThere = list.some(
    ({ Arn }) => Arn?.endsWith(`:oidc-provider/${issuer}`) === true,
  );
  if (!isThere) return [];
  return [
    ...(wanted === undefined
      ? [
          {
            line: `OIDC_PROVIDER_URL=${issuer}`,
            why: "the stack's outputs name an OIDC provider of this issuer",
          },
        ]
      : []),
    {
      line: OIDC_EXISTS,
      why: `the account has the OIDC provider ${issuer}, and the stack did not make it`,
    },
  ];
}
