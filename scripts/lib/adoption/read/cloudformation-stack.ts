import { setTimeout as sleep } from "node:timers/promises";
import type {
  CloudFormationClient,
  Stack,
} from "@aws-sdk/client-cloudformation";
import { UserError } from "../../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../../aws/client";
import { ignoreAwsError } from "../../aws/errors";
import { listAll } from "../../aws/listings";
import { type LiveStack, type StackResource, toLiveStack } from "./live-stack";
import { parseTemplate } from "./template";

/** States of what was part of the stack before. */
const NO_LONGER_OF_IT = /^DELETE_(COMPLETE|SKIPPED)$/;
const POLL_MS = 2000;
const WAIT_MINUTES = 30;
/** How often somebody who waits is told that it goes on. */
const TELL_MS = 10_000;
/** How long CloudFormation may take to show that it has begun. */
const BEGIN_MS = 20_000;

/** A stack of CloudFormation, by name or ARN. */
export class CloudFormationStack {
  private readonly client: Promise<CloudFormationClient>;

  constructor(
    readonly name: string,
    place: AwsTarget,
    private readonly log: (line: string) => void,
  ) {
    this.client = sdk().then(({ CloudFormationClient }) =>
      createAwsClient(CloudFormationClient, place),
    );
  }

  /** State and settings, without resources; `undefined` where there is none of the name. */
  async describe(name = this.name): Promise<Stack | undefined> {
    const { DescribeStacksCommand } = await sdk();
    const client = await this.client;
    const found = await ignoreAwsError(
      { names: /^ValidationError$/, text: /does not exist/ },
      () => client.send(new DescribeStacksCommand({ StackName: name })),
    );
    return found?.Stacks?.[0];
  }

  /** Everything about the stack; `undefined` where there is none, or no more. */
  async read(): Promise<LiveStack | undefined> {
    const stack = await this.describe();
    if (stack === undefined || stack.StackStatus === "DELETE_COMPLETE")
      return undefined;
    const [templateText, resources] = await Promise.all([
      this.templateText("Original"),
      this.resources(),
    ]);
    const template = parseTemplate(templateText);
    const processed =
      template.Transform === undefined
        ? template
        : parseTemplate(await this.templateText("Processed"));
    return toLiveStack(stack, { resources, templateText, template, processed });
  }

  /** {@link read}, once nothing is in progress. */
  async readAtRest(): Promise<LiveStack | undefined> {
    await this.settled();
    return this.read();
  }

  /**
   * Updates the stack with another template and nothing else, and waits for the end.
   *
   * @param template its text, or where in S3 it lies
   * @throws UserError when the update is refused, does nothing, or is rolled back
   */
  async update(
    stack: LiveStack,
    template: { TemplateBody: string } | { TemplateURL: string },
  ): Promise<void> {
    const { UpdateStackCommand } = await sdk();
    await (
      await this.client
    ).send(
      new UpdateStackCommand({
        StackName: stack.id,
        ...template,
        Capabilities: [
          ...new Set([...stack.capabilities, "CAPABILITY_NAMED_IAM"]),
        ] as never,
        Parameters: Object.keys(stack.parameters).map((ParameterKey) => ({
          ParameterKey,
          UsePreviousValue: true,
        })),
      }),
    );
    const { StackStatus = "", StackStatusReason = "" } =
      (await this.settled(stack.id, /^UPDATE_/)) ?? {};
    if (StackStatus !== "UPDATE_COMPLETE")
      throw new UserError(
        `the update of stack ${stack.name} must end as UPDATE_COMPLETE, got ${StackStatus}: ${StackStatusReason}`,
        "its events say why: aws cloudformation describe-stack-events",
      );
  }

  /**
   * Deletes the stack, and waits until it is gone.
   *
   * @param retained logical ids of what an earlier deletion could not delete, and is to be left
   */
  async delete(
    stackId: string,
    retained: readonly string[] = [],
  ): Promise<void> {
    const { DeleteStackCommand } = await sdk();
    await (
      await this.client
    ).send(
      new DeleteStackCommand({
        StackName: stackId,
        ...(retained.length > 0 && { RetainResources: [...retained] }),
      }),
    );
    const stack = await this.settled(stackId, /^DELETE_/);
    const status = stack?.StackStatus ?? "DELETE_COMPLETE";
    if (status !== "DELETE_COMPLETE")
      throw new UserError(
        `the deletion of the stack must end as DELETE_COMPLETE, got ${status}: ${stack?.StackStatusReason ?? ""}`,
        "what is retained is there as before; mend what its events name, and run the command again",
      );
  }

  /** Has CloudFormation refuse to delete the stack, or not. */
  async protect(stackId: string, isProtected: boolean): Promise<void> {
    const { UpdateTerminationProtectionCommand } = await sdk();
    await (
      await this.client
    ).send(
      new UpdateTerminationProtectionCommand({
        StackName: stackId,
        EnableTerminationProtection: isProtected,
      }),
    );
  }

  /**
   * The stack once nothing is in progress; `undefined` when it is no longer there.
   *
   * @param wanted states that what was asked for leads to; others may be shown for a moment before it begins
   */
  async settled(stackId = this.name, wanted = /./): Promise<Stack | undefined> {
    const since = Date.now();
    let toldAt = since;
    for (let pause = 250; ; pause = Math.min(pause * 2, POLL_MS)) {
      const stack = await this.describe(stackId);
      const status = stack?.StackStatus ?? "DELETE_COMPLETE";
      const waited = Date.now() - since;
      const isBegun = wanted.test(status) || waited > BEGIN_MS;
      if (isBegun && !status.endsWith("_IN_PROGRESS")) return stack;
      if (Date.now() - toldAt > TELL_MS) {
        toldAt = Date.now();
        this.log(`  ${status} for ${Math.round(waited / 1000)} s`);
      }
      if (waited > WAIT_MINUTES * 60_000)
        throw new UserError(
          `stack ${this.name} must come to rest within ${WAIT_MINUTES} minutes, got ${status}`,
          "run the command again once it has",
        );
      await sleep(pause);
    }
  }

  private async templateText(
    TemplateStage: "Original" | "Processed",
  ): Promise<string> {
    const { GetTemplateCommand } = await sdk();
    const { TemplateBody = "" } = await (
      await this.client
    ).send(new GetTemplateCommand({ StackName: this.name, TemplateStage }));
    return TemplateBody;
  }

  private async resources(): Promise<readonly StackResource[]> {
    const { paginateListStackResources } = await sdk();
    const client = await this.client;
    const all = await listAll(
      paginateListStackResources({ client }, { StackName: this.name }),
      ({ StackResourceSummaries }) => StackResourceSummaries,
    );
    return all
      .map((resource) => ({
        logicalId: resource.LogicalResourceId ?? "",
        type: resource.ResourceType ?? "",
        physicalId: resource.PhysicalResourceId ?? "",
        status: resource.ResourceStatus ?? "",
      }))
      .filter(({ status }) => !NO_LONGER_OF_IT.test(status));
  }
}

function sdk(): Promise<typeof import("@aws-sdk/client-cloudformation")> {
  return import("@aws-sdk/client-cloudformation");
}

/** An export that other stacks import. */
export interface ImportedExport {
  readonly name: string;
  /** Names of those stacks. */
  readonly by: readonly string[];
}

/** Exports of a stack that other stacks import: CloudFormation does not delete it as long as there are any. */
export async function listImportedExports(
  { outputs }: LiveStack,
  place: AwsTarget,
): Promise<readonly ImportedExport[]> {
  const sdk = await import("@aws-sdk/client-cloudformation");
  const client = await createAwsClient(sdk.CloudFormationClient, place);
  const used: ImportedExport[] = [];
  for (const { exportName } of outputs) {
    if (exportName === undefined) continue;
    // AWS returns this error for an export that no stack imports
    const by = await ignoreAwsError({ names: /^ValidationError$/ }, () =>
      listAll(
        sdk.paginateListImports({ client }, { ExportName: exportName }),
        ({ Imports }) => Imports,
      ),
    );
    if (by !== undefined && by.length > 0) used.push({ name: exportName, by });
  }
  return used;
}
