/**
 * Versions of the AWS provider that stacks allow. Pure, so that commands can explain an error of Terraform without loading the
 * provider.
 */

/** First version with all resources and attributes that every stack has. */
const FIRST_VERSION = "5.100.0";
/** First version that no stack allows. */
const NEXT_MAJOR_VERSION = "7.0.0";

/**
 * First versions of the features that only some stacks have. Managed login branding is in 6.12.0 too, which cannot read it if
 * the user pool has several clients.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md
 */
const FEATURES = {
  "managed login branding": {
    version: "6.13.0",
    removal: "remove addBranding from main.ts",
  },
  "log delivery": {
    version: "6.5.0",
    removal: "remove the option logDelivery from main.ts",
  },
} as const satisfies Readonly<
  Record<string, { readonly version: string; readonly removal: string }>
>;

/** A feature that the first version of the provider does not have. */
export type ProviderFeature = keyof typeof FEATURES;

/** Formats the constraint of the provider's version for a stack with these features. */
export function formatProviderVersions(
  features: Iterable<ProviderFeature> = [],
): string {
  const versions = [...features].map((feature) => FEATURES[feature].version);
  const [first = FIRST_VERSION] = versions.sort(compareVersions).reverse();
  return `>= ${first}, < ${NEXT_MAJOR_VERSION}`;
}

/** Returns the feature that requires a first version, and how to do without it. */
export function findProviderFeature(
  version: string,
): { readonly name: string; readonly removal: string } | undefined {
  const [name, feature] =
    Object.entries(FEATURES).find(([, { version: one }]) => one === version) ??
    [];
  return name === undefined || feature === undefined
    ? undefined
    : { name, removal: feature.removal };
}

function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
