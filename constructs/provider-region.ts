import { Lazy, TerraformProvider, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { addValidationErrors } from "./validation";

/** Providers by stack. A stack with many constructs is searched once. */
const providers = new WeakMap<TerraformStack, TerraformProvider>();
/** Stacks without a Region, whose error is reported once. */
const reported = new WeakSet<TerraformStack>();

/** Region of a stack with an error. It is a token, so that checks skip it. */
const UNKNOWN_REGION = Lazy.stringValue({ produce: () => "unknown-region" });

/**
 * Returns the Region of a construct's stack: that of the AWS provider without an alias, which must exist already. If there is
 * none, or only Terraform knows it, adds one error for the stack and returns a token.
 */
export function getRegion(scope: IConstruct): string {
  const stack = TerraformStack.of(scope);
  const provider = findProvider(stack);
  const region = provider && readRegion(provider);
  // also an expression that is written in Terraform's syntax
  const isUnknown = Token.isUnresolved(region) || String(region).includes("${");
  const isKnown = typeof region === "string" && region !== "" && !isUnknown;
  const actual =
    provider === undefined
      ? "no AWS provider without an alias"
      : isUnknown
        ? "one that only Terraform knows"
        : "none";
  addValidationErrors(
    scope,
    isKnown || reported.has(stack)
      ? undefined
      : `Region of the AWS provider must be known at synth, got ${actual}: create new AwsProvider(this, "aws", { region: "us-west-2" }) before this construct`,
  );
  if (isKnown) return region;
  reported.add(stack);
  return UNKNOWN_REGION;
}

/** Recognizes the provider by its type in Terraform, because an app can have more than one copy of its class. */
function findProvider(stack: TerraformStack): TerraformProvider | undefined {
  const isDefault = (provider: TerraformProvider): boolean =>
    provider.terraformResourceType === "aws" && provider.alias === undefined;
  const known = providers.get(stack);
  // code can set an alias later
  if (known !== undefined && isDefault(known)) return known;
  const found = stack.node
    .findAll()
    .filter((node) => TerraformProvider.isTerraformProvider(node))
    .find((node) => isDefault(node) && TerraformStack.of(node) === stack);
  if (found !== undefined) providers.set(stack, found);
  return found;
}

/** Reads the Region as Terraform does, so that an override of the provider counts. */
function readRegion(provider: TerraformProvider): unknown {
  const { provider: blocks } = provider.toTerraform() as {
    readonly provider: {
      readonly aws: readonly { readonly region?: unknown }[];
    };
  };
  return blocks.aws[0]?.region;
}
