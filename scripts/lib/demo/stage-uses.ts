import { getServiceClientName } from "../../../stacks/naming";
import { parseJsonObject, toJsonObject } from "../system/json-object";

/** Purposes that a stage can be used for. */
export interface StageUses {
  /** Id of a service client, and its scopes. */
  readonly service?: { readonly id: string; readonly scope: string };
  /** Name of a group whose role the stage creates. */
  readonly group?: string;
  /** Whether a group has the existing role. */
  readonly hasExistingRole: boolean;
}

/** End of the name of a service client. */
const SERVICE_SUFFIX = getServiceClientName("");

/** Reference to the identifier of a resource server. */
const IDENTIFIER = /\$\{aws_cognito_resource_server\.([\w-]+)\.identifier\}/g;

/**
 * Finds a service client and a group in the synthesized configuration of a stage.
 *
 * @param existingRole ARN of a role that a group can have
 */
export function findStageUses(
  configuration: string,
  existingRole: string,
): StageUses {
  const resources = toJsonObject(parseJsonObject(configuration).resource);
  const list = (type: string) =>
    Object.values(toJsonObject(resources[type])).map(toJsonObject);
  const servers = toJsonObject(resources.aws_cognito_resource_server);
  const resolveIdentifiers = (scopes: unknown): string =>
    (scopes as readonly string[])
      .join(" ")
      .replace(IDENTIFIER, (_, server: string) =>
        String(toJsonObject(servers[server]).identifier),
      );
  const service = list("aws_cognito_user_pool_client").find(({ name }) =>
    String(name).endsWith(SERVICE_SUFFIX),
  );
  const groups = list("aws_cognito_user_group");
  const group = groups.find(({ role_arn: role }) =>
    String(role).startsWith("${aws_iam_role."),
  );
  return {
    hasExistingRole: groups.some(({ role_arn: role }) => role === existingRole),
    ...(service !== undefined && {
      service: {
        id: String(service.name).slice(0, -SERVICE_SUFFIX.length),
        scope: resolveIdentifiers(service.allowed_oauth_scopes),
      },
    }),
    ...(group !== undefined && { group: String(group.name) }),
  };
}
