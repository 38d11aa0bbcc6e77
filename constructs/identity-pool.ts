import { CognitoIdentityPool } from "@cdktf/provider-aws/lib/cognito-identity-pool";
import { CognitoIdentityPoolRolesAttachment } from "@cdktf/provider-aws/lib/cognito-identity-pool-roles-attachment";
import {
  Aspects,
  type IResolvable,
  Lazy,
  type TerraformResource,
  TerraformStack,
} from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { IdentityPoolRole } from "./identity-pool-role";
import {
  createRoleMapping,
  type RoleMapping,
  type RoleRules,
  toRules,
  validateRoleRules,
} from "./role-rules";
import type { IUserPool } from "./user-pool";
import {
  type IUserPoolClient,
  ServiceClient,
  UserPoolClient,
} from "./user-pool-client";
import { getArnPart } from "./text-parts";
import {
  addValidationErrors,
  check,
  isUnknown,
  requireValid,
} from "./validation";

/** An identity pool, created by this stack or imported, that roles can trust. */
export interface IIdentityPool {
  readonly identityPoolId: string;
  readonly identityPoolArn: string;
  /**
   * Role without permissions that users get if no group has a role for them.
   *
   * @default not known: another stack manages the identity pool
   */
  readonly authenticatedRoleArn?: string | undefined;
}

/** Configuration of {@link IdentityPool}. */
export interface IdentityPoolProps {
  readonly userPool: IUserPool;
  /** Changing it replaces the pool, and all users lose their identity ids. */
  readonly identityPoolName: string;
  /** Name of the role without permissions that users get if no group has a role for them. */
  readonly authenticatedRoleName: string;
  /**
   * Returns the ids of the clients whose tokens get credentials, in addition to those of {@link IdentityPool.addClient}. It is
   * called at synth, after all clients are added.
   *
   * @default none
   */
  readonly trustedClientIds?: () => readonly string[];
  /**
   * Returns the rules of trusted clients, by the id of the client.
   *
   * @default none: users get the role of their group
   */
  readonly clientRules?: () => ReadonlyMap<string, RoleRules>;
  /**
   * Returns the providers of IAM whose tokens get credentials.
   *
   * @default none
   */
  readonly iamProviders?: () => readonly IamProvider[];
}

/** An OIDC or SAML provider of IAM, with the rules that determine the roles of its users. */
export interface IamProvider {
  readonly type: "OIDC" | "SAML";
  readonly providerArn: string;
  readonly rules: RoleRules;
}

type CreateBlock = (clientId: string) => Record<string, unknown>;

/**
 * An identity pool that issues the credentials of a group's role to its members. It has no unauthenticated identities and
 * no classic flow, and refuses the tokens of signed-out and disabled users.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html
 */
export class IdentityPool extends Construct implements IIdentityPool {
  /**
   * Imports an identity pool that another stack manages. Its clients and roles are not changed.
   *
   * @param authenticatedRoleArn role of its users, if it is known
   * @throws UserError if an ARN is not valid
   */
  static fromIdentityPoolArn(
    identityPoolArn: string,
    authenticatedRoleArn?: string,
  ): IIdentityPool {
    requireValid(
      check(LIMITS.identityPoolArn, identityPoolArn),
      check(LIMITS.roleArn, authenticatedRoleArn),
    );
    const identityPoolId = getArnPart(identityPoolArn, "/");
    return {
      identityPoolArn,
      identityPoolId,
      ...(authenticatedRoleArn !== undefined && { authenticatedRoleArn }),
    };
  }

  readonly identityPoolId: string;
  readonly identityPoolArn: string;
  /** Role without permissions that users get if no group has a role for them. */
  readonly authenticatedRoleArn: string;
  /** Role mappings of the clients of {@link addClient}, by the id of the client. */
  private readonly clients = new Map<string, RoleMapping>();

  constructor(scope: Construct, id: string, props: IdentityPoolProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.identityPoolName, props.identityPoolName),
    );
    const { iamProviders = () => [] } = props;
    const listClients = () => this.listClients(props);
    const listRules = () => this.listRules(props);
    this.node.addValidation({
      validate: () =>
        validateProviders(listClients(), listRules(), iamProviders()).filter(
          (error) => error !== undefined,
        ),
    });
    // the user pool can be of a stack in another Region
    const provider = props.userPool.issuer.replace("https://", "");
    const createProvider: CreateBlock = (clientId) => ({
      client_id: clientId,
      provider_name: provider,
      server_side_token_check: true,
    });
    const createMapping: CreateBlock = (clientId) =>
      createRoleMapping(`${provider}:${clientId}`, listRules().get(clientId));
    const listArns = (type: IamProvider["type"]) =>
      Lazy.listValue(
        {
          produce: () =>
            iamProviders()
              .filter((one) => one.type === type)
              .map(({ providerArn }) => providerArn),
        },
        { omitEmpty: true },
      );

    const resource = new CognitoIdentityPool(this, "Resource", {
      identityPoolName: props.identityPoolName,
      allowUnauthenticatedIdentities: false,
      allowClassicFlow: false,
      cognitoIdentityProviders: createBlocks(listClients, createProvider),
      openidConnectProviderArns: listArns("OIDC"),
      samlProviderArns: listArns("SAML"),
    });
    addDynamicBlocks(
      resource,
      listClients,
      "cognito_identity_providers",
      createProvider,
    );
    this.identityPoolId = resource.id;
    this.identityPoolArn = resource.arn;

    const authenticatedRole = new IdentityPoolRole(this, "authenticated-role", {
      identityPoolId: this.identityPoolId,
      roleName: props.authenticatedRoleName,
      description: `Default Authenticated Role for Identity Pool ${props.identityPoolName}`,
      statements: [],
    });
    const roles = new CognitoIdentityPoolRolesAttachment(this, "roles", {
      identityPoolId: this.identityPoolId,
      roles: { authenticated: authenticatedRole.roleArn },
      roleMapping: createBlocks(listClients, createMapping, () =>
        iamProviders().map(({ providerArn, rules }) =>
          createRoleMapping(providerArn, rules),
        ),
      ),
    });
    addDynamicBlocks(roles, listClients, "role_mapping", createMapping);
    this.authenticatedRoleArn = authenticatedRole.roleArn;
  }

  /**
   * Lets the users of a client of the user pool get AWS credentials.
   *
   * @param roleMapping `Token` for the role of the user's group, or rules on claims that users of no client can change
   */
  addClient(client: IUserPoolClient, roleMapping: RoleMapping = "Token"): void {
    const { clientId } = client;
    const name = Construct.isConstruct(client) ? client.node.id : clientId;
    addValidationErrors(
      this,
      check(LIMITS.userPoolClientId, clientId),
      client instanceof ServiceClient
        ? `client of an identity pool must sign in users, got the service client "${name}"`
        : undefined,
      Construct.isConstruct(client) &&
        TerraformStack.of(client) !== TerraformStack.of(this)
        ? `client of an identity pool must be of the same stack, got "${name}" of another stack`
        : undefined,
      this.clients.has(clientId)
        ? `client of an identity pool must be unique, got "${name}" twice`
        : undefined,
      ...(client instanceof UserPoolClient && roleMapping !== "Token"
        ? toRules(roleMapping).map(({ claim }) =>
            client.canUsersChange(claim)
              ? `claim of a rule must not be an attribute that users can change, got "${claim}", which users of ${name} can change`
              : undefined,
          )
        : []),
    );
    this.clients.set(clientId, roleMapping);
  }

  private listClients({
    trustedClientIds = () => [],
  }: IdentityPoolProps): TrustedClients {
    const ids = trustedClientIds();
    const added = [...this.clients.keys()];
    return isUnknown(ids)
      ? { known: added, unknown: ids }
      : { known: [...new Set([...ids, ...added])], unknown: undefined };
  }

  private listRules({
    clientRules = () => new Map(),
  }: IdentityPoolProps): ReadonlyMap<string, RoleRules> {
    const added = [...this.clients].flatMap(([clientId, mapping]) =>
      mapping === "Token" ? [] : [[clientId, mapping] as const],
    );
    return new Map([...clientRules(), ...added]);
  }
}

/** Ids of the clients whose tokens get credentials. */
interface TrustedClients {
  readonly known: readonly string[];
  /** A list that only Terraform knows. */
  readonly unknown: readonly string[] | undefined;
}

/** Returns the errors of what an identity pool trusts. */
function validateProviders(
  { known }: TrustedClients,
  clientRules: ReadonlyMap<string, RoleRules>,
  iamProviders: readonly IamProvider[],
): (string | undefined)[] {
  return [
    check(
      LIMITS.roleMappingsPerIdentityPool,
      known.length + iamProviders.length,
      iamProviders.length === 0
        ? undefined
        : "number of clients and providers an identity pool trusts",
    ),
    ...iamProviders.map(({ providerArn }) =>
      check(LIMITS.iamProviderArn, providerArn),
    ),
    ...[
      ...clientRules.values(),
      ...iamProviders.map(({ rules }) => rules),
    ].flatMap((rules) => validateRoleRules(rules)),
  ];
}

/** Creates one block for each client, and other blocks. */
function createBlocks(
  listClients: () => TrustedClients,
  create: CreateBlock,
  createOthers: () => Record<string, unknown>[] = () => [],
): IResolvable {
  return Lazy.anyValue({
    produce: () => {
      const { known, unknown } = listClients();
      const blocks = [...known.map(create), ...createOthers()];
      return unknown !== undefined && blocks.length === 0 ? undefined : blocks;
    },
  });
}

/** Adds one block for each client when the app is synthesized, if only Terraform knows the clients. */
function addDynamicBlocks(
  resource: TerraformResource,
  listClients: () => TrustedClients,
  name: string,
  create: CreateBlock,
): void {
  Aspects.of(resource).add({
    visit: () => {
      const { unknown } = listClients();
      if (unknown !== undefined)
        resource.addOverride(`dynamic.${name}`, {
          for_each: unknown,
          content: create(`\${${name}.value}`),
        });
    },
  });
}
