import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Fn, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { RootConstruct } from "constructs";

type Block = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** Blocks in the JSON of some constructs. */
export interface SynthesizedConstructs {
  readonly resource: Blocks;
  readonly data: Blocks;
  readonly ephemeral: Blocks;
  readonly locals: Block;
}

/** Creates a stack in a Region that writes no files. */
function createStack(region = "us-west-2"): TerraformStack {
  const stack = new TerraformStack(new RootConstruct("app"), "stack");
  new AwsProvider(stack, "aws", { region });
  return stack;
}

/** Synthesizes the constructs of `build`. */
export function synthesizeConstructs(
  build: (scope: TerraformStack) => void,
  region?: string,
): SynthesizedConstructs {
  const stack = createStack(region);
  build(stack);
  const blocks = JSON.parse(
    Testing.synth(stack),
  ) as Partial<SynthesizedConstructs>;
  return { resource: {}, data: {}, ephemeral: {}, locals: {}, ...blocks };
}

/** Returns the errors of the constructs of `build`, in the order of the tree. */
export function collectErrors(
  build: (scope: TerraformStack) => void,
  region?: string,
): string[] {
  const stack = createStack(region);
  build(stack);
  return stack.node
    .findAll()
    .filter((construct) => construct !== stack)
    .flatMap((construct) => construct.node.validate());
}

/** Returns the value of `build`, with references in Terraform's syntax. */
export function resolveValue(
  build: (scope: TerraformStack) => unknown,
): unknown {
  const stack = createStack();
  new TerraformOutput(stack, "value", { value: build(stack) });
  const { output } = JSON.parse(Testing.synth(stack)) as {
    output: { value: { value: unknown } };
  };
  return output.value.value;
}

/** Returns the only resource of a type, without resources that lack an attribute. */
export function getOnlyResource(
  { resource }: Pick<SynthesizedConstructs, "resource">,
  type: string,
  attribute?: string,
): Block {
  const blocks = Object.values(resource[type] ?? {}).filter(
    (block) => attribute === undefined || attribute in block,
  );
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new Error(`${blocks.length} resources of type ${type}`);
  return block;
}

/** Parses a policy as Terraform evaluates it, except for references. */
export function parsePolicy(block: Block, attribute = "policy"): unknown {
  const text = block[attribute];
  if (typeof text !== "string") throw new Error(`no policy in ${attribute}`);
  return JSON.parse(text.replaceAll("$${", "${").replaceAll("%%{", "%{"));
}

/** Creates a text that only Terraform knows. */
export function createUnknownText(): string {
  return Fn.timestamp();
}
