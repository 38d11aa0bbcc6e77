import { CANARY, type DoctorStage, STACK } from "./doctor-stage";
import { type AwsAnswer, AwsFailure, type AwsInput } from "./fake-aws-apis";

export const DEPLOY = "npx veda-auth deploy --stage dev";
export const ROTATE = "npx veda-auth rotate-secret --stage dev";
/** A value that no part of the stage has. */
export const OTHER = `${CANARY}-other`;
export const NOT_FOUND = new AwsFailure(
  "ResourceNotFoundException",
  "not found",
);

type Response = Readonly<Record<string, unknown>>;

/** Changes the response to a call. */
export function changeAnswer(
  { answers }: DoctorStage,
  action: string,
  change: (response: Response, input: AwsInput) => AwsAnswer,
): void {
  const { [action]: before = {} } = answers;
  answers[action] = (input) =>
    change(
      (typeof before === "function"
        ? (before as (one: AwsInput) => AwsAnswer)(input)
        : before) as Response,
      input,
    );
}

/** Changes the fields of a secret; `undefined` removes one. */
export function changeSecret(
  stage: DoctorStage,
  id: string,
  fields: Response | string,
): void {
  changeAnswer(stage, "secretsmanager:GetSecretValue", (response, input) => {
    if (input.SecretId !== `${STACK}/${id}`) return response;
    const before = JSON.parse(String(response.SecretString)) as object;
    const text =
      typeof fields === "string"
        ? fields
        : JSON.stringify({ ...before, ...fields });
    return { ...response, SecretString: text };
  });
}

export function changeClient(
  stage: DoctorStage,
  clientId: string,
  values: Response | AwsFailure,
): void {
  changeAnswer(
    stage,
    "cognito-idp:DescribeUserPoolClient",
    (response, input) => {
      if (input.ClientId !== clientId) return response;
      if (values instanceof AwsFailure) return values;
      return {
        UserPoolClient: { ...(response.UserPoolClient as object), ...values },
      };
    },
  );
}

/** Changes the live secrets of the service client. */
export function changeLiveSecrets(
  stage: DoctorStage,
  ...ClientSecrets: readonly object[]
): void {
  changeAnswer(
    stage,
    "cognito-idp:ListUserPoolClientSecrets",
    (response, { ClientId }) =>
      ClientId === "workflows" ? { ClientSecrets } : response,
  );
}

/** Adds versions of the service client's secret, with their values. */
export function addVersions(
  stage: DoctorStage,
  ...versions: readonly (readonly [version: object, value: string])[]
): void {
  changeAnswer(
    stage,
    "secretsmanager:ListSecretVersionIds",
    (response, { SecretId: id }) =>
      id === `${STACK}/workflows-client`
        ? {
            Versions: [
              ...(response.Versions as object[]),
              ...versions.map(([version]) => version),
            ],
          }
        : response,
  );
  changeAnswer(
    stage,
    "secretsmanager:GetSecretValue",
    (response, { VersionId: id }) => {
      const found = versions.find(
        ([version]) => (version as { VersionId?: string }).VersionId === id,
      );
      if (found === undefined) return response;
      const fields = JSON.parse(String(response.SecretString)) as object;
      const [version, client_secret] = found;
      return {
        ...version,
        SecretString: JSON.stringify({ ...fields, client_secret }),
      };
    },
  );
}

/** Changes the response to the token requests of services. */
export function replyToTokenRequests(stage: DoctorStage, body: object): void {
  const status = "error" in body ? 400 : 200;
  stage.documents = {
    ...stage.documents,
    "/oauth2/token": (request) =>
      request.body.includes("authorization_code")
        ? { status: 400, body: { error: "invalid_grant" } }
        : { status, body },
  };
}

export const createTokenBody = (access_token: string): object => ({
  access_token,
  expires_in: 3600,
  token_type: "Bearer",
});
