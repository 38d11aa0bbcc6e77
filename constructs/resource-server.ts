import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import { Fn, type IResolvable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { IUserPool } from "./user-pool";
import {
  addValidationErrors,
  check,
  checkCount,
  checkEach,
  isUnknown,
  requireValid,
  toMap,
} from "./validation";

/** Scope of a {@link ResourceServer} that a client can have, as `identifier/scope`. */
export type OAuthScope = `${string}/${string}`;

/** An API whose scopes clients can request, created by this stack or imported. */
export interface IResourceServer<S extends string> {
  /** Prefix of the scopes: a name, or the URL of the API. */
  readonly identifier: string;
  /** Returns the full name of a scope. */
  readonly scope: (name: S) => OAuthScope;
}

/** Configuration of {@link ResourceServer}. */
export interface ResourceServerProps<S extends string> {
  readonly userPool: IUserPool;
  /**
   * Prefix of the scopes: a name, or the URL of the API. Changing it replaces the server and revokes all of its scopes.
   */
  readonly identifier: string;
  /**
   * Name for administrators. Changing it replaces the server, like its identifier.
   *
   * @default the identifier; a hyphen replaces characters that AWS does not allow in a name
   */
  readonly name?: string;
  /** Scope name to description. */
  readonly scopes: Readonly<Record<S, string>>;
}

/**
 * An API whose scopes clients can request.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
 */
export class ResourceServer<S extends string>
  extends Construct
  implements IResourceServer<S>
{
  /**
   * Imports a resource server that another stack manages in the same user pool. It is not changed.
   *
   * @param scopes names of scopes that clients can request, without the identifier
   * @throws UserError if the identifier or a scope is not valid, or if `scope` of the result is called with another name
   */
  static fromIdentifier<const S extends string>(
    identifier: string,
    scopes: readonly S[],
  ): IResourceServer<S> {
    requireValid(
      check(LIMITS.resourceServerIdentifier, identifier),
      ...checkEach(LIMITS.scopeName, scopes),
    );
    return {
      identifier,
      scope: (name) => {
        requireValid(isUnknown(scopes) ? undefined : checkName(name, scopes));
        return `${identifier}/${name}`;
      },
    };
  }

  /** Prefix of the scopes, as a reference to the resource server. */
  readonly identifier: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ResourceServerProps<S>,
  ) {
    super(scope, id);
    const scopes = toMap(props.scopes);
    const names = listScopes(scopes).sort();
    addValidationErrors(
      this,
      check(LIMITS.resourceServerIdentifier, props.identifier),
      check(LIMITS.resourceServerName, props.name),
      checkCount(LIMITS.scopesPerResourceServer, names),
      ...names.flatMap((name) => [
        check(LIMITS.scopeName, name),
        check(
          LIMITS.scopeDescription,
          props.scopes[name],
          `description of scope "${name}"`,
        ),
        check(LIMITS.oauthScope, `${props.identifier}/${name}`),
      ]),
    );

    const resource = new CognitoResourceServer(this, "Resource", {
      userPoolId: props.userPool.userPoolId,
      identifier: props.identifier,
      name: props.name ?? toServerName(props.identifier),
      scope: isUnknown(scopes)
        ? createScopeBlocks(scopes)
        : names.map((name) => ({
            scopeName: name,
            scopeDescription: props.scopes[name],
          })),
    });
    this.identifier = resource.identifier;
  }

  /**
   * Returns the full name of a scope. It refers to the resource server, so that Terraform creates the server before the
   * client.
   */
  scope(name: S): OAuthScope {
    if (!isUnknown(this.props.scopes))
      addValidationErrors(this, checkName(name, listScopes(this.props.scopes)));
    return `${this.identifier}/${name}`;
  }
}

/** Checks the name of a scope, unless only Terraform knows it. */
function checkName(name: string, known: readonly string[]): string | undefined {
  return Token.isUnresolved(name) || known.includes(name)
    ? undefined
    : `scope must be one of ${known.map((scope) => `"${scope}"`).join(", ")}, got "${name}"`;
}

/** Returns the name of a resource server that has none of its own. */
function toServerName(identifier: string): string {
  const disallowed = "[^0-9A-Za-z_+=,.@-]+";
  return Token.isUnresolved(identifier)
    ? Fn.replace(identifier, `/${disallowed}/`, "-")
    : identifier.replace(new RegExp(disallowed, "g"), "-");
}

/** Returns the names of the scopes, none if only Terraform knows them. */
function listScopes<S extends string>(
  scopes: Readonly<Record<S, string>>,
): S[] {
  return isUnknown(scopes) ? [] : (Object.keys(scopes) as S[]);
}

/** Creates one block for each scope in a map that only Terraform knows. */
function createScopeBlocks(
  scopes: Readonly<Record<string, string>>,
): IResolvable {
  const iterator = TerraformIterator.fromMap({ ...scopes });
  return iterator.dynamic({
    scope_name: iterator.key,
    scope_description: iterator.value as unknown,
  });
}
