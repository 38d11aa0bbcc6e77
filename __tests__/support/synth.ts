import { Fn, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { RootConstruct } from "constructs";

type Block = Readonly<Record<string, unknown>>;
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** What Terraform would be given of some constructs. */
export interface SynthesizedConstructs {
  readonly resource: Blocks;
  readonly data: Blocks;
}

/** A stack that holds nothing, has no provider, and writes no file. */
function throwAwayStack(): TerraformStack {
  return new TerraformStack(new RootConstruct("app"), "stack");
}

/** The JSON that the constructs of `build` make. */
export function synthesizeConstructs(
  build: (scope: TerraformStack) => void,
): SynthesizedConstructs {
  const stack = throwAwayStack();
  build(stack);
  const { resource = {}, data = {} } = JSON.parse(
    Testing.synth(stack),
  ) as Partial<SynthesizedConstructs>;
  return { resource, data };
}

/** The problems that the constructs of `build` tell, in the order of the tree. */
export function collectProblems(
  build: (scope: TerraformStack) => void,
): string[] {
  const stack = throwAwayStack();
  build(stack);
  return stack.node
    .findAll()
    .filter((construct) => construct !== stack)
    .flatMap((construct) => construct.node.validate());
}

/** The value that `build` returns, with every reference in it as Terraform would read it. */
export function resolveValue(
  build: (scope: TerraformStack) => unknown,
): unknown {
  const stack = throwAwayStack();
  new TerraformOutput(stack, "value", { value: build(stack) });
  const { output } = JSON.parse(Testing.synth(stack)) as {
    output: { value: { value: unknown } };
  };
  return output.value.value;
}

/** The only resource of a type. */
export function getOnlyResource(
  { resource }: SynthesizedConstructs,
  type: string,
): Block {
  const blocks = Object.values(resource[type] ?? {});
  const [block] = blocks;
  if (block === undefined || blocks.length > 1)
    throw new Error(`${blocks.length} resources of type ${type}`);
  return block;
}

/** A policy as Terraform would hand it on: references stay in it as `${…}`, an escaped `${` is one again. */
export function parsePolicy(block: Block, attribute = "policy"): unknown {
  const text = block[attribute];
  if (typeof text !== "string") throw new Error(`no policy in ${attribute}`);
  return JSON.parse(text.replaceAll("$${", "${").replaceAll("%%{", "%{"));
}

/** A text that Terraform alone will know: `timestamp()` to it. */
export function createUnknownText(): string {
  return Fn.timestamp();
}
