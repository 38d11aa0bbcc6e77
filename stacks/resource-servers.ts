import { Token } from "cdktf";
import { Construct } from "constructs";
import { getResourceServerIdentifier } from "./naming";
import { type OAuthScope, ResourceServer } from "../constructs/resource-server";
import type { IUserPool } from "../constructs/user-pool";
import { addValidationErrors, ensureUniqueId } from "../constructs/validation";

/** The resource servers of a stage, and the scopes that clients can have of them. */
export class ResourceServers {
  private readonly resourceServers: Construct;
  /** Name that Cognito has for a scope -> reference to it. */
  private readonly references = new Map<OAuthScope, OAuthScope>();
  /** Reference to a scope -> its name. */
  private readonly names = new Map<OAuthScope, OAuthScope>();

  constructor(
    scope: Construct,
    private readonly userPool: IUserPool,
  ) {
    this.resourceServers = new Construct(scope, "resource-servers");
  }

  get count(): number {
    return this.resourceServers.node.children.length;
  }

  add<S extends string>(
    id: string,
    scopes: Readonly<Record<S, string>>,
  ): ResourceServer<S> {
    const identifier = getResourceServerIdentifier(id);
    const server = new ResourceServer(
      this.resourceServers,
      ensureUniqueId(this.resourceServers, id),
      { userPool: this.userPool, identifier, scopes },
    );
    for (const scope of Object.keys(scopes) as S[]) {
      const name: OAuthScope = `${identifier}/${scope}`;
      this.references.set(name, server.scope(scope));
      this.names.set(server.scope(scope), name);
    }
    return server;
  }

  /**
   * The scopes by name, each once. One that no resource server of this stage has would fail the apply.
   *
   * @param asking where a problem is told
   */
  resolveScopeNames(
    asking: Construct,
    clientId: string,
    scopes: readonly OAuthScope[],
  ): OAuthScope[] {
    const names = scopes.map((scope) => this.names.get(scope) ?? scope);
    const known = [...this.references.keys()].join(", ");
    addValidationErrors(
      asking,
      ...names
        .filter((name, index) => names.indexOf(name) !== index)
        .map(
          (name) =>
            `scopes of "${clientId}" must be given once each, got "${name}" twice`,
        ),
      ...names
        .filter((name) => !Token.isUnresolved(name))
        .filter((name) => !this.references.has(name))
        .map(
          (name) =>
            `scopes of "${clientId}" must be among ${known}, got "${name}"`,
        ),
    );
    return [...new Set(names)];
  }

  /** A scope by reference to its resource server, so that Terraform makes that before a client that has the scope. */
  getReference(name: OAuthScope): OAuthScope {
    return this.references.get(name) ?? name;
  }
}
