import { Token } from "cdktf";
import { Construct } from "constructs";
import { resourceServerIdentifier } from "../constructs/names";
import { ResourceServer, type OAuthScope } from "../constructs/resource-server";
import type { IUserPool } from "../constructs/user-pool";
import { reportProblems } from "../constructs/validation";
import { uniqueId } from "./unique-id";

/** The resource servers of a stage, and the scopes that clients can have of them. */
export class ApiScopes {
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

  get serverCount(): number {
    return this.resourceServers.node.children.length;
  }

  add<S extends string>(
    id: string,
    scopes: Readonly<Record<S, string>>,
  ): ResourceServer<S> {
    const identifier = resourceServerIdentifier(id);
    const server = new ResourceServer(
      this.resourceServers,
      uniqueId(this.resourceServers, id),
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
  namesOf(
    asking: Construct,
    clientId: string,
    scopes: readonly OAuthScope[],
  ): OAuthScope[] {
    const names = scopes.map((scope) => this.names.get(scope) ?? scope);
    const known = [...this.references.keys()].join(", ");
    reportProblems(
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
  reference(name: OAuthScope): OAuthScope {
    return this.references.get(name) ?? name;
  }
}
