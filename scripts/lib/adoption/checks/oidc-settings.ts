import { createAwsClient, type AwsTarget } from "../../aws/client";
import type { ResourceImport } from "../workspace";
import type { Matching } from "../read/matching";
import type { MissingSetting, SettingsInput } from "./missing-settings";
import {
  toText,
  type ConfiguredResource,
} from "../read/terraform-configuration";

/** Line that has a provider looked up instead of made. */
export const OIDC_EXISTS_LINE = "OIDC_PROVIDER_EXISTS=true";

const OIDC_PROVIDER = "aws_iam_openid_connect_provider";

/** A provider of a URL is one in an account: the stack's own is taken over, another one is looked up. */
export async function findOidcSettings({
  choice,
  stack,
  code,
  matching,
  isApplied,
}: SettingsInput): Promise<MissingSetting[]> {
  const type = OIDC_PROVIDER;
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
  // what is there now is the one that the apply has made
  if (isApplied && wanted !== undefined) return [];
  const exported = stack.outputs.find(({ value }) =>
    /^arn:[\w-]+:iam::\d+:oidc-provider\//.test(value),
  )?.value;
  const issuer =
    wanted === undefined
      ? toText(exported?.replace(/^.*:oidc-provider\//, ""))
      : issuerOf(wanted);
  if (issuer === "") return [];
  if (
    wanted === undefined &&
    (code.looksUp(type) || code.ofType(type).length > 0)
  )
    return [];
  if ((await providerOf(issuer, choice.awsTarget)) === undefined) return [];
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
      line: OIDC_EXISTS_LINE,
      why: `the account has the OIDC provider ${issuer}, and the stack did not make it`,
    },
  ];
}

/**
 * The provider that an apply has made which ended before the state knew of it: whatever was there before it, the gate
 * has stopped at.
 */
export async function findInterruptedProvider(
  { missing }: Matching,
  place: AwsTarget,
): Promise<ResourceImport | undefined> {
  const code = missing.find(({ type }) => type === OIDC_PROVIDER);
  if (code === undefined) return undefined;
  const importId = await providerOf(issuerOf(code), place);
  return importId === undefined ? undefined : { code, importId };
}

function issuerOf({ values }: ConfiguredResource): string {
  return toText(values.url).replace(/^https:\/\//, "");
}

/** ARN of the account's provider of an issuer; `undefined` where it has none. */
async function providerOf(
  issuer: string,
  place: AwsTarget,
): Promise<string | undefined> {
  const sdk = await import("@aws-sdk/client-iam");
  const client = await createAwsClient(sdk.IAMClient, place);
  const { OpenIDConnectProviderList: list = [] } = await client.send(
    new sdk.ListOpenIDConnectProvidersCommand({}),
  );
  return list.find(
    ({ Arn }) => Arn?.endsWith(`:oidc-provider/${issuer}`) === true,
  )?.Arn;
}
