import { dependable, Fn, Lazy, TerraformResource, Token } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  checkSingleValue,
  claimId,
  isUnknown,
  type IUserPool,
  type OAuthScope,
  ResourceServer,
  type ResourceServerProps,
  type SignInScope,
  toList,
  UserPool,
  type UserPoolClient,
} from "../constructs";
import { getResourceServerIdentifier } from "./naming";

/** A scope by its name in Cognito, and by a reference to its resource server. */
interface Scope<S extends string = OAuthScope> {
  readonly name: S;
  readonly reference: S;
}

/** Options of a resource server. */
export interface ResourceServerOptions extends Pick<
  ResourceServerProps<string>,
  "name"
> {
  /**
   * Prefix of the scopes, unique in the user pool: a name, or the URL of the API. Changing it replaces the server and revokes
   * all of its scopes.
   *
   * @default {id}-server
   */
  readonly identifier?: string;
}

/** The scopes of a client. */
export interface ClientScopes<S extends string> {
  readonly references: readonly S[];
  /** Their names, separated by spaces. */
  readonly names: string;
  /** Makes Terraform create all resource servers before a client whose scopes only Terraform knows. */
  readonly addDependency: (client: UserPoolClient) => void;
}

/** The resource servers of a stage and their scopes. */
export class ResourceServers {
  private readonly parent: Construct;
  private readonly identifiers = new Set<string>();
  /** Scopes by name and by reference. */
  private readonly scopes = new Map<string, Scope>();
  /** Resource servers whose scopes only Terraform knows, by the prefix of a scope's name and of its reference. */
  private readonly unknown = new Map<
    string,
    [identifier: string, server: ResourceServer<string>]
  >();

  constructor(
    scope: Construct,
    private readonly userPool: IUserPool,
  ) {
    this.parent = new Construct(scope, "resource-servers");
  }

  add<S extends string>(
    id: string,
    scopes: Readonly<Record<S, string>>,
    {
      identifier = getResourceServerIdentifier(id),
      ...options
    }: ResourceServerOptions,
  ): ResourceServer<S> {
    const [parent, ownId] = claimId(this.parent, id);
    // an id that is in use has an error already
    const isRepeated = ownId === id && this.identifiers.has(identifier);
    addValidationErrors(
      this.parent,
      isRepeated
        ? `resource server identifier must be unique, got "${identifier}" twice`
        : undefined,
    );
    this.identifiers.add(identifier);
    const server = new ResourceServer(parent, ownId, {
      ...options,
      userPool: this.userPool,
      identifier,
      scopes,
    });
    if (isUnknown(scopes)) {
      const reference = server.scope("" as S).slice(0, -1);
      this.unknown
        .set(identifier, [identifier, server])
        .set(reference, [identifier, server]);
      return server;
    }
    for (const key of Object.keys(scopes) as S[]) {
      const reference = server.scope(key);
      const name = joinTexts("/", [identifier, key]) as OAuthScope;
      const scope: Scope = { name, reference };
      this.scopes.set(scope.name, scope).set(reference, scope);
    }
    return server;
  }

  /**
   * Returns the scopes of a client. A reference makes Terraform create the resource server before the client.
   *
   * @param client construct that gets the errors
   */
  resolveScopes<S extends SignInScope>(
    client: Construct,
    clientId: string,
    scopes: readonly S[],
  ): ClientScopes<S> {
    if (isUnknown(scopes))
      return {
        references: scopes,
        names: Fn.join(" ", [...toList(scopes)]),
        addDependency: (one) => {
          this.addDependency(one);
        },
      };
    const resolved = scopes.map((scope) => this.find(scope));
    const names = resolved.map(({ name }) => name);
    const known = [...new Set([...this.scopes.values()])]
      .map(({ name }) => name)
      .join(", ");
    const isRepeated = (name: S, index: number) =>
      names.indexOf(name) !== index;
    addValidationErrors(
      client,
      ...names
        .filter(
          (name, index) => isRepeated(name, index) && !Token.isUnresolved(name),
        )
        .map(
          (name) =>
            `scopes of "${clientId}" must be unique, got "${name}" twice`,
        ),
      ...resolved
        .filter(
          ({ name, reference }) =>
            !Token.isUnresolved(reference) && !this.scopes.has(name),
        )
        .map(
          ({ name }) =>
            checkSingleValue(`scope of "${clientId}"`, name) ??
            (this.isOwn(name)
              ? `scopes of "${clientId}" must be among ${known}, got "${name}"`
              : undefined),
        ),
    );
    const unique = resolved.filter(
      ({ name }, index) => !isRepeated(name, index),
    );
    return {
      references: unique.map(({ reference }) => reference),
      names: joinTexts(
        " ",
        unique.map(({ name }) => name),
      ),
      addDependency: () => undefined,
    };
  }

  private addDependency(client: UserPoolClient): void {
    const resource = client.node.defaultChild as TerraformResource;
    resource.dependsOn = Lazy.listValue({
      produce: () => this.servers.map((server) => dependable(server)),
    });
  }

  /**
   * Whether a scope must be of a resource server of this stack. Other stacks can manage those of an imported user pool, and
   * the client's construct checks scopes of none.
   */
  private isOwn(scope: string): boolean {
    const identifier = scope.slice(0, scope.lastIndexOf("/"));
    return (
      scope.includes("/") &&
      (this.userPool instanceof UserPool || this.identifiers.has(identifier))
    );
  }

  private find<S extends SignInScope>(scope: S): Scope<S> {
    const separator = scope.lastIndexOf("/");
    const prefix = scope.slice(0, separator);
    const key = scope.slice(separator + 1);
    const [identifier, server] = this.unknown.get(prefix) ?? [];
    const known: Scope | undefined =
      this.scopes.get(scope) ??
      (server === undefined
        ? undefined
        : {
            name: joinTexts("/", [identifier ?? "", key]) as OAuthScope,
            reference: server.scope(key),
          });
    // both are texts of the same form as the scope
    return (known ?? { name: scope, reference: scope }) as Scope<S>;
  }

  private get servers(): TerraformResource[] {
    return this.parent.node
      .findAll()
      .filter((construct) => TerraformResource.isTerraformResource(construct));
  }
}

/** Joins texts. Terraform joins those that it alone knows: cdktf warns of a concatenation in a function's argument. */
function joinTexts(separator: string, texts: readonly string[]): string {
  return texts.some((text) => Token.isUnresolved(text))
    ? Fn.join(separator, [...texts])
    : texts.join(separator);
}
