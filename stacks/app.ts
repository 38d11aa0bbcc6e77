import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { App, type AppConfig, Manifest, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { createValidationError } from "../constructs";
import { BaseStack } from "./base-stack";
import type { StackConfig } from "./config/config";
import { formatPage } from "./config/documentation";
import { getOutputDirectory, isRunByCdktf } from "./config/environment";
import { canShareAccount } from "./config/stage-conflicts";
import { limitStack } from "./limit-stack";
import { writeFileAtomic } from "./write-file-atomic";

/** The app. It synthesizes all stacks or, if one has an error, none. */
export class AuthApp extends App {
  constructor(config: AppConfig = {}) {
    const outdir = config.outdir ?? getOutputDirectory();
    // cdktf fails if another run creates the directory at the same time
    mkdirSync(path.join(outdir, "stacks"), { recursive: true });
    super({
      ...config,
      outdir,
      context: {
        // CDK Terrain reads this before it writes the locking of a state
        targetVersions: { terraform: ">=1.11.0" },
        ...config.context,
      },
    });
    // another run can read the manifest at the same time
    this.manifest.writeToFile = () => {
      const manifest = JSON.stringify(this.manifest.buildManifest(), null, 2);
      writeFileAtomic(this.manifestFile, manifest);
    };
  }

  /**
   * Writes all stacks, and removes those that the app no longer has. If cdktf-cli runs the app, it removes them itself.
   *
   * @throws UserError with the errors of all stacks, before anything is written
   */
  override synth(): void {
    const errors = [
      // an id that is used three times has the same error twice
      ...new Set([
        ...this.collectErrors(),
        ...this.findRepeatedRoleNames(),
        ...this.findRepeatedDomains(),
      ]),
    ];
    if (errors.length > 0) {
      for (const directory of [path.join(this.outdir, "stacks"), this.outdir])
        if (readdirSync(directory).length === 0) rmdirSync(directory);
      const error = createValidationError(
        "stack",
        errors,
        `correct main.ts or the settings; ${formatPage("api")} and ${formatPage("configuration")} describe them`,
      );
      throw limitStack(error, Reflect.get(this, "synth") as () => void);
    }
    this.checkNativeSyntax();
    const previous = this.readWrittenStacks();
    // a construct of the app can contain stacks
    const stacks = this.node
      .findAll()
      .filter((one) => TerraformStack.isStack(one));
    for (const { node } of stacks)
      mkdirSync(this.getStackDirectory(node.id), { recursive: true });
    super.synth();
    this.removeStaleFiles(
      previous,
      stacks.map(({ node }) => node.id),
    );
  }

  /** Formats all stacks before the first is written, because the native syntax cannot express everything. */
  private checkNativeSyntax(): void {
    if (!this.hclOutput) return;
    for (const stack of this.node.children)
      if (stack instanceof BaseStack) stack.toHclTerraform();
  }

  private collectErrors(): string[] {
    return this.node
      .findAll()
      .flatMap(({ node }) =>
        node.validate().map((error) => `${error} (${formatPath(node.path)})`),
      );
  }

  /** Returns errors for role names that are equal in an account. They are not case-sensitive. */
  private findRepeatedRoleNames(): string[] {
    return this.findRepeated(
      (name) => `role name must be unique in an account, got "${name}"`,
      // the account of another stack is not known
      (one) =>
        one instanceof IamRole && BaseStack.of(one) instanceof BaseStack
          ? one.nameInput
          : undefined,
      (one, other) => canShareAccount(getConfig(one), getConfig(other)),
    );
  }

  /** Returns errors for custom domains that are equal. They are unique across all accounts. */
  private findRepeatedDomains(): string[] {
    return this.findRepeated(
      (name) => `custom domain must be unique, got "${name}"`,
      (one) =>
        one instanceof CognitoUserPoolDomain &&
        one.certificateArnInput !== undefined
          ? one.domainInput
          : undefined,
      () => true,
    );
  }

  private findRepeated(
    formatError: (name: string) => string,
    getName: (resource: IConstruct) => string | undefined,
    conflict: (one: IConstruct, other: IConstruct) => boolean,
  ): string[] {
    const resourcesByName = new Map<string, IConstruct[]>();
    return this.node.findAll().flatMap((resource) => {
      const name = getName(resource);
      if (name === undefined || Token.isUnresolved(name)) return [];
      const others = resourcesByName.get(name.toLowerCase()) ?? [];
      resourcesByName.set(name.toLowerCase(), [...others, resource]);
      return others
        .filter((other) => conflict(other, resource))
        .map(
          (other) =>
            `${formatError(name)} also in ${formatPath(other.node.path)} (${formatPath(resource.node.path)})`,
        );
    });
  }

  /** Reads the names of the stacks in the output directory from the manifest, so that no other file is removed. */
  private readWrittenStacks(): string[] {
    try {
      const { stacks = {} } = JSON.parse(
        readFileSync(this.manifestFile, "utf8"),
      ) as { readonly stacks?: Readonly<Record<string, unknown>> };
      return Object.keys(stacks);
    } catch {
      // there is no manifest yet, or its writing was interrupted
      return [];
    }
  }

  private get manifestFile(): string {
    return path.join(this.outdir, Manifest.fileName);
  }

  private getStackDirectory(stack: string): string {
    return path.join(this.outdir, "stacks", stack);
  }

  private removeStaleFiles(
    previousStacks: readonly string[],
    stacks: readonly string[],
  ): void {
    // cdktf-cli lists the directories before it runs the app, and fails if it cannot remove each stale one afterwards
    const stale = isRunByCdktf()
      ? []
      : previousStacks.filter((name) => !stacks.includes(name));
    for (const name of stale)
      rmSync(this.getStackDirectory(name), { recursive: true, force: true });
    // Terraform reads both syntaxes and refuses duplicate blocks
    const otherSyntax = this.hclOutput
      ? ["cdk.tf.json"]
      : ["cdk.tf", "metadata.json"];
    for (const name of stacks) {
      for (const file of otherSyntax)
        rmSync(path.join(this.getStackDirectory(name), file), { force: true });
    }
  }
}

function getConfig(resource: IConstruct): StackConfig {
  return (BaseStack.of(resource) as unknown as BaseStack).config;
}

/** Names of the constructs whose children have the ids of calls in main.ts. */
const NOUNS: Readonly<Record<string, string>> = {
  clients: "client",
  groups: "group",
  "group-roles": "role of group",
  "identity-providers": "identity provider",
  "oidc-roles": "OIDC role",
  "resource-servers": "resource server",
  secrets: "secret of client",
};

/** Formats the path of a construct with the id of its call in main.ts, such as `veda-auth-stack-dev, client tiler`. */
function formatPath(path: string): string {
  const [stack = "", parent = "", id] = path.split("/");
  const noun = Object.hasOwn(NOUNS, parent) ? NOUNS[parent] : undefined;
  return noun === undefined || id === undefined
    ? path
    : `${stack}, ${noun} ${id}`;
}
