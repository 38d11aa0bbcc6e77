import type { JsonObject } from "../system/json-object";
import type { DeployedResource, DoctorContext } from "./check";
import { readText, readTexts } from "./state-attributes";
import { listPoolResources } from "./user-pool";

/** Flow in the secret of a client, which determines the fields of the secret. */
export type SecretFlow =
  "client_credentials" | "authorization_code" | "user_password";

/** A client of a stage, as it was deployed. */
export interface StageClient {
  /** Id in `main.ts`. */
  readonly id: string;
  readonly clientId: string;
  readonly flow: SecretFlow;
  readonly attributes: JsonObject;
  /** Name of its secret in Secrets Manager; `undefined` if it has none. */
  readonly secretName: string | undefined;
}

/** A client with a secret in Secrets Manager. */
export interface SecretClient extends StageClient {
  readonly secretName: string;
}

/** Lists the clients in the state of a stage, sorted by id. */
export function listStageClients(
  context: DoctorContext,
): readonly StageClient[] {
  const secrets = new Map(
    context
      .listResources("aws_secretsmanager_secret")
      .map((secret) => [
        parseConstructId(secret),
        readText(secret.attributes, "name"),
      ]),
  );
  return listPoolResources(context, "aws_cognito_user_pool_client")
    .map((resource) => {
      const { attributes } = resource;
      const id = parseConstructId(resource);
      return {
        id,
        clientId: readText(attributes, "id"),
        flow: getFlow(attributes),
        attributes,
        secretName: secrets.get(id),
      };
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Lists the clients that have a secret in Secrets Manager, also public ones. */
export function listStoredClients(
  context: DoctorContext,
): readonly SecretClient[] {
  return listStageClients(context).flatMap((client) =>
    client.secretName === undefined
      ? []
      : [{ ...client, secretName: client.secretName }],
  );
}

/** Lists the clients with a client secret: service clients and web clients. */
export function listConfidentialClients(
  context: DoctorContext,
): readonly SecretClient[] {
  return listStoredClients(context).filter(
    ({ flow }) => flow !== "user_password",
  );
}

/** Returns the id in `main.ts` that is in the address of a client or a secret. */
function parseConstructId({ address, attributes }: DeployedResource): string {
  const [, id] = /\.(?:clients|secrets)_(.+)_[0-9A-F]{8}$/.exec(address) ?? [];
  return id ?? readText(attributes, "name");
}

function getFlow(attributes: JsonObject): SecretFlow {
  if (readTexts(attributes, "allowed_oauth_flows").includes(CLIENT_CREDENTIALS))
    return CLIENT_CREDENTIALS;
  return attributes.generate_secret === true
    ? "authorization_code"
    : "user_password";
}

const CLIENT_CREDENTIALS = "client_credentials";
