import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  claimId,
  type IUserPool,
  type OAuthScope,
  ResourceServer,
  type ResourceServerProps,
} from "../constructs";
import { getResourceServerIdentifier } from "./naming";

/** A scope by its name in Cognito, and by a reference to its resource server. */
interface Scope {
  readonly name: OAuthScope;
  readonly reference: OAuthScope;
}

/** Options of a resource server. */
export type ResourceServerOptions = Partial<
  Pick<ResourceServerProps<string>, "identifier" | "name">
>;

/** The resource servers of a stage and their scopes. */
export class ResourceServers {
  private readonly parent: Construct;
  private readonly identifiers = new Set<string>();
  /** Scopes by name and by reference. */
  private readonly scopes = new Map<OAuthScope, Scope>();

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
  resolveScopes(
    client: Construct,
    clientId: string,
    scopes: readonly OAuthScope[],
  ): readonly Scope[] {
    const resolved = scopes.map(
      (scope) => this.scopes.get(scope) ?? { name: scope, reference: scope },
    );
    const names = resolved.map(({ name }) => name);
    const known = [...new Set([...this.scopes.values()])]
      .map(({ name }) => name)
      .join(", ");
    const isRepeated = (name: string, index: number) =>
      names.indexOf(name as OAuthScope) !== index;
    addValidationErrors(
      client,
      ...names
        .filter(isRepeated)
        .map(
          (name) =>
            `scopes of "${clientId}" must be unique, got "${name}" twice`,
        ),
      ...names
        .filter((name) => !Token.isUnresolved(name) && !this.scopes.has(name))
        .map(
          (name) =>
            `scopes of "${clientId}" must be among ${known}, got "${name}"`,
        ),
    );
    return resolved.filter(({ name }, index) => !isRepeated(name, index));
  }
}

/** Joins texts. Terraform joins those that it alone knows: cdktf warns of a concatenation in a function's argument. */
export function joinTexts(separator: string, texts: readonly string[]): string {
  return texts.some((text) => Token.isUnresolved(text))
    ? Fn.join(separator, [...texts])
    : texts.join(separator);
}
