import {
  findExpiry,
  parseSamlMetadata,
  warnOfExpiry,
} from "../../../../constructs/saml-metadata";
import { hasPlaceholder } from "../../auth/provider-secret";
import { formatSecretCommand } from "../../plan/placeholder-secrets";
import { getAwsReader } from "../aws-reader";
import type { Check, DeployedResource, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatFix } from "../format-fix";
import { readText } from "../state-attributes";
import { listPoolResources } from "../user-pool";

/** Checks that OIDC identity providers have a real client secret. */
export const IDENTITY_PROVIDER_SECRETS: Check = {
  id: "identity-provider-secrets",
  section: "User pool",
  run: (context) =>
    checkProviders(context, "OIDC", {
      ok: "each OIDC identity provider has its client secret",
      bad: "no one can sign in with OIDC identity providers without their client secret",
      check: ({ ProviderDetails: details }, name) =>
        hasPlaceholder(details)
          ? [
              {
                status: "failed",
                text: `${name}: the client secret is the placeholder`,
                fix: formatSecretCommand(context.target, name),
              },
            ]
          : [],
    }),
};

/** Checks the certificates with which SAML identity providers sign. */
export const SAML_CERTIFICATES: Check = {
  id: "saml-certificates",
  section: "Quotas and certificates",
  run: (context) =>
    checkProviders(context, "SAML", {
      ok: "the metadata of each SAML identity provider is valid for 30 days or more",
      bad: "the metadata of SAML identity providers expires",
      check: (
        { ProviderDetails: { MetadataFile: text, MetadataURL: url } = {} },
        name,
      ) =>
        text === undefined
          ? [
              {
                status: "skipped",
                text: `${name}: ${url === undefined ? "AWS returns no metadata" : `Cognito reads the metadata again from ${url}`}`,
              },
            ]
          : checkMetadata(name, text, context),
    }),
};

function checkMetadata(
  name: string,
  text: string,
  context: DoctorContext,
): readonly ItemFinding[] {
  const fix = `save the provider's current metadata in its file, then run ${formatFix(context, "deploy")}`;
  const metadata = parseSamlMetadata(Buffer.from(text));
  const problem =
    typeof metadata === "string" ? metadata : findExpiry(metadata, context.now);
  if (problem !== undefined)
    return [
      { status: "failed", text: `${name}: the metadata must ${problem}`, fix },
    ];
  const warning =
    typeof metadata === "string"
      ? undefined
      : warnOfExpiry(metadata, context.now);
  return warning === undefined
    ? []
    : [{ status: "warning", text: `${name}: the metadata ${warning}`, fix }];
}

type Provider = NonNullable<
  Awaited<ReturnType<ReturnType<typeof getAwsReader>["findIdentityProvider"]>>
>;

/** Checks the identity providers of a type that the stage has. */
function checkProviders(
  context: DoctorContext,
  type: "OIDC" | "SAML",
  {
    ok,
    bad,
    check,
  }: {
    readonly ok: string;
    readonly bad: string;
    readonly check: (
      provider: Provider,
      name: string,
    ) => readonly ItemFinding[];
  },
) {
  const getName = ({ attributes }: DeployedResource): string =>
    readText(attributes, "provider_name");
  return checkItems(
    listPoolResources(context, "aws_cognito_identity_provider").filter(
      ({ attributes }) => readText(attributes, "provider_type") === type,
    ),
    { ok, bad, none: `the stage has no ${type} identity provider` },
    getName,
    async (resource) => {
      const name = getName(resource);
      const provider = await getAwsReader(context).findIdentityProvider(name);
      return provider === undefined
        ? [
            {
              status: "failed",
              text: `${name}: the identity provider does not exist`,
              fix: formatFix(context, "deploy"),
            },
          ]
        : check(provider, name);
    },
  );
}
