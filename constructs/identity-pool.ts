import { CognitoIdentityPool } from "@cdktf/provider-aws/lib/cognito-identity-pool";
import { CognitoIdentityPoolRolesAttachment } from "@cdktf/provider-aws/lib/cognito-identity-pool-roles-attachment";
import {
  Aspects,
  Fn,
  type IResolvable,
  Lazy,
  type TerraformResource,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { getUserPoolProviderName } from "./aws";
import { LIMITS } from "./constraints";
import { IdentityPoolRole } from "./identity-pool-role";
import { getRegion } from "./provider-region";
import {
  createRoleMapping,
  type RoleRules,
  validateRoleRules,
} from "./role-rules";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check, isUnknown } from "./validation";

/** An identity pool, created by this stack or imported, that roles can trust. */
export interface IIdentityPool {
  readonly identityPoolId: string;
  readonly identityPoolArn: string;
}

export interface IdentityPoolProps {
  readonly userPool: IUserPool;
  /** Changing it replaces the pool, and all users lose their identity ids. */
  readonly identityPoolName: string;
  /** Name of the role without permissions that users get if no group has a role for them. */
  readonly authenticatedRoleName: string;
  /** Returns the ids of the clients whose tokens get credentials. It is called at synth, after all clients are added. */
  readonly trustedClientIds: () => readonly string[];
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
  /** Imports an identity pool that another stack manages. Its clients and roles are not changed. */
  static fromIdentityPoolArn(identityPoolArn: string): IIdentityPool {
    const identityPoolId = Token.isUnresolved(identityPoolArn)
      ? Token.asString(Fn.element(Fn.split("/", identityPoolArn), 1))
      : identityPoolArn.slice(identityPoolArn.indexOf("/") + 1);
    return { identityPoolArn, identityPoolId };
  }

  readonly identityPoolId: string;
  readonly identityPoolArn: string;

  constructor(scope: Construct, id: string, props: IdentityPoolProps) {
    super(scope, id);
    addValidationErrors(
      this,
      check(LIMITS.identityPoolName, props.identityPoolName),
    );
    const {
      clientRules = () => new Map<string, RoleRules>(),
      iamProviders = () => [],
    } = props;
    this.node.addValidation({
      validate: () =>
        validateProviders(
          props.trustedClientIds(),
          clientRules(),
          iamProviders(),
        ).filter((error) => error !== undefined),
    });
    const provider = getUserPoolProviderName(
      getRegion(this),
      props.userPool.userPoolId,
    );
    const createProvider: CreateBlock = (clientId) => ({
      client_id: clientId,
      provider_name: provider,
      server_side_token_check: true,
    });
    const createMapping: CreateBlock = (clientId) =>
      createRoleMapping(`${provider}:${clientId}`, clientRules().get(clientId));
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
      cognitoIdentityProviders: createBlocks(props, createProvider),
      openidConnectProviderArns: listArns("OIDC"),
      samlProviderArns: listArns("SAML"),
    });
    addDynamicBlocks(
      resource,
      props,
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
      roleMapping: createBlocks(props, createMapping, () =>
        iamProviders().map(({ providerArn, rules }) =>
          createRoleMapping(providerArn, rules),
        ),
      ),
    });
    addDynamicBlocks(roles, props, "role_mapping", createMapping);
  }
}

/** Returns the errors of what an identity pool trusts. */
function validateProviders(
  clientIds: readonly string[],
  clientRules: ReadonlyMap<string, RoleRules>,
  iamProviders: readonly IamProvider[],
): (string | undefined)[] {
  const clients = isUnknown(clientIds) ? 0 : clientIds.length;
  return [
    check(
      LIMITS.roleMappingsPerIdentityPool,
      clients + iamProviders.length,
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
  { trustedClientIds }: IdentityPoolProps,
  create: CreateBlock,
  createOthers: () => Record<string, unknown>[] = () => [],
): IResolvable {
  return Lazy.anyValue({
    produce: () => {
      const ids = trustedClientIds();
      const others = createOthers();
      if (!isUnknown(ids)) return [...ids.map(create), ...others];
      return others.length === 0 ? undefined : others;
    },
  });
}

/** Adds one block for each client when the app is synthesized, if only Terraform knows the clients. */
function addDynamicBlocks(
  resource: TerraformResource,
  { trustedClientIds }: IdentityPoolProps,
  name: string,
  create: CreateBlock,
): void {
  Aspects.of(resource).add({
    visit: () => {
      const ids = trustedClientIds();
      if (isUnknown(ids))
        resource.addOverride(`dynamic.${name}`, {
          for_each: ids,
          content: create(`\${${name}.value}`),
        });
    },
  });
}
