import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "@aws-sdk/client-cloudformation";
import { UserError } from "../../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../../aws/client";
import { ignoreAwsError } from "../../aws/errors";
import { listAll } from "../../aws/listings";
import type { LiveStack, StackResource } from "./live-stack";
import { parseTemplate } from "./template";

/** Statuses of resources that are no longer in the stack. */
const REMOVED = /^DELETE_(COMPLETE|SKIPPED)$/;
const MAX_POLL_MS = 2000;
const WAIT_MINUTES = 30;
const PROGRESS_MS = 10_000;
/** CloudFormation may show the previous status for this long after an operation was started. */
const START_MS = 20_000;

/** Reads, updates and deletes a CloudFormation stack. */
export class CloudFormationStack {
  private readonly connection: ReturnType<typeof connect>;

  /** @param name name or ARN */
  constructor(
    readonly name: string,
    target: AwsTarget,
    private readonly log: (line: string) => void,
  ) {
    this.connection = connect(target);
  }

  /** Reads the stack; returns `undefined` if it does not exist or is deleted. */
  async read(): Promise<LiveStack | undefined> {
    const stack = await this.describe(this.name);
    if (stack === undefined || stack.StackStatus === "DELETE_COMPLETE")
      return undefined;
    const [templateText, resources] = await Promise.all([
      this.readTemplate("Original"),
      this.listResources(),
    ]);
    const template = parseTemplate(templateText);
    const processedTemplate =
      template.Transform === undefined
        ? template
        : parseTemplate(await this.readTemplate("Processed"));
    const parameters = (stack.Parameters ?? []).map(
      ({ ParameterKey = "", ParameterValue = "", ResolvedValue }) => [
        ParameterKey,
        ResolvedValue ?? ParameterValue,
      ],
    );
    return {
      name: stack.StackName ?? "",
      id: stack.StackId ?? "",
      status: stack.StackStatus ?? "",
      isTerminationProtected: stack.EnableTerminationProtection === true,
      parentId: stack.ParentId,
      capabilities: stack.Capabilities ?? [],
      parameters: Object.fromEntries(parameters) as Record<string, string>,
      outputs: stack.Outputs ?? [],
      resources,
      templateText,
      template,
      processedTemplate,
    };
  }

  /** Reads the stack once no operation is in progress. */
  async readWhenStable(): Promise<LiveStack | undefined> {
    await this.waitUntilStable();
    return this.read();
  }

  /** Describes the exports that other stacks import. CloudFormation cannot delete a stack that has any. */
  async listImportedExports({
    outputs,
  }: LiveStack): Promise<readonly string[]> {
    const { sdk, client } = await this.connection;
    const found: string[] = [];
    for (const { ExportName } of outputs) {
      if (ExportName === undefined) continue;
      const pages = sdk.paginateListImports({ client }, { ExportName });
      // AWS returns this error for an export that no stack imports
      const importers = await ignoreAwsError(
        { names: /^ValidationError$/ },
        () => listAll(pages, ({ Imports }) => Imports),
      );
      if (importers !== undefined && importers.length > 0)
        found.push(`${ExportName} by ${importers.join(" and ")}`);
    }
    return found;
  }

  /**
   * Updates the template of the stack, with its current parameters, and waits for the end.
   *
   * @param template its text, or its location in S3
   * @throws UserError when the update fails, changes nothing, or is rolled back
   */
  async update(
    stack: LiveStack,
    template: { TemplateBody: string } | { TemplateURL: string },
  ): Promise<void> {
    const { client } = await this.connection;
    const capabilities = [...stack.capabilities, "CAPABILITY_NAMED_IAM"];
    await client.updateStack({
      StackName: stack.id,
      ...template,
      Capabilities: [...new Set(capabilities)] as never,
      Parameters: Object.keys(stack.parameters).map((ParameterKey) => ({
        ParameterKey,
        UsePreviousValue: true,
      })),
    });
    const { StackStatus = "", StackStatusReason = "" } =
      (await this.waitUntilStable(stack.id, /^UPDATE_/)) ?? {};
    if (StackStatus !== "UPDATE_COMPLETE")
      throw new UserError(
        `the update of stack ${stack.name} must end with UPDATE_COMPLETE, got ${StackStatus}: ${StackStatusReason}`,
        "read the stack's events with `aws cloudformation describe-stack-events`",
      );
  }

  /**
   * Deletes the stack and waits for the end.
   *
   * @param retained logical ids that a failed deletion could not delete, and that are left
   */
  async delete(
    stackId: string,
    retained: readonly string[] = [],
  ): Promise<void> {
    const { client } = await this.connection;
    await client.deleteStack({
      StackName: stackId,
      ...(retained.length > 0 && { RetainResources: [...retained] }),
    });
    const stack = await this.waitUntilStable(stackId, /^DELETE_/);
    const status = stack?.StackStatus ?? "DELETE_COMPLETE";
    if (status !== "DELETE_COMPLETE")
      throw new UserError(
        `the deletion of stack ${this.name} must end with DELETE_COMPLETE, got ${status}: ${stack?.StackStatusReason ?? ""}`,
        "retained resources are unchanged; fix what the stack's events report, and run the command again",
      );
  }

  async setTerminationProtection(
    stackId: string,
    isProtected: boolean,
  ): Promise<void> {
    const { client } = await this.connection;
    await client.updateTerminationProtection({
      StackName: stackId,
      EnableTerminationProtection: isProtected,
    });
  }

  /**
   * Waits until no operation is in progress; returns `undefined` if the stack does not exist.
   *
   * @param expected statuses of the operation that was started; the previous one may be visible for a moment
   */
  async waitUntilStable(
    stackId = this.name,
    expected = /./,
  ): Promise<Stack | undefined> {
    const startedAt = Date.now();
    let loggedAt = startedAt;
    for (let pause = 250; ; pause = Math.min(pause * 2, MAX_POLL_MS)) {
      const stack = await this.describe(stackId);
      const status = stack?.StackStatus ?? "DELETE_COMPLETE";
      const waited = Date.now() - startedAt;
      const isStarted = expected.test(status) || waited > START_MS;
      if (isStarted && !status.endsWith("_IN_PROGRESS")) return stack;
      if (Date.now() - loggedAt > PROGRESS_MS) {
        loggedAt = Date.now();
        this.log(`  ${status} for ${Math.round(waited / 1000)} s`);
      }
      if (waited > WAIT_MINUTES * 60_000)
        throw new UserError(
          `stack ${this.name} must complete its operation within ${WAIT_MINUTES} minutes, got ${status}`,
          "run the command again once the operation is complete",
        );
      await sleep(pause);
    }
  }

  private async describe(nameOrId: string): Promise<Stack | undefined> {
    const { client } = await this.connection;
    const found = await ignoreAwsError(
      { names: /^ValidationError$/, text: /does not exist/ },
      () => client.describeStacks({ StackName: nameOrId }),
    );
    return found?.Stacks?.[0];
  }

  private async readTemplate(
    TemplateStage: "Original" | "Processed",
  ): Promise<string> {
    const { client } = await this.connection;
    const { TemplateBody = "" } = await client.getTemplate({
      StackName: this.name,
      TemplateStage,
    });
    return TemplateBody;
  }

  private async listResources(): Promise<readonly StackResource[]> {
    const { sdk, client } = await this.connection;
    const all = await listAll(
      sdk.paginateListStackResources({ client }, { StackName: this.name }),
      ({ StackResourceSummaries }) => StackResourceSummaries,
    );
    return all
      .map((resource) => ({
        logicalId: resource.LogicalResourceId ?? "",
        type: resource.ResourceType ?? "",
        physicalId: resource.PhysicalResourceId ?? "",
        status: resource.ResourceStatus ?? "",
      }))
      .filter(({ status }) => !REMOVED.test(status));
  }
}

async function connect(target: AwsTarget) {
  const sdk = await import("@aws-sdk/client-cloudformation");
  return {
    sdk,
    client: await createAwsClient(sdk.CloudFormation, target),
  };
}
