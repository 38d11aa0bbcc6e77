import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { RuleId } from "../../scripts/lib/review/rules/registry";
import {
  addBlock,
  combineEdits,
  editBlock,
  removeResources,
  type Edit,
  type Json,
} from "./plan-edits";
import type { PlanCase } from "./plan-cases";

/** A plan of a stage whose client secret was rotated as far as AWS has it then. */
export type RotationCase = PlanCase & {
  /** Rules whose findings a review has. */
  readonly rules: readonly RuleId[];
};

const SECRET_NAME = "veda-auth-stack-dev/workflows-client";
/** Client secret of the rotation, which no plan contains. */
export const ROTATED_SECRET = "r0tated".repeat(8);

const CLIENT = "aws_cognito_user_pool_client.workflows-client";
const FIRST = "aws_secretsmanager_secret_version.workflows-client_first";
const VERSION = "aws_secretsmanager_secret_version.workflows-client_version";
const IGNORE_LABELS = { ignore_changes: ["version_stages"] };

/** The state of a stage that has no first version yet. */
const withoutFirst: Edit = (state) => {
  state.resources = (state.resources as readonly Json[]).filter(
    ({ name }) => !String(name).includes("_first_"),
  );
};

const withAnotherScope: Pick<PlanCase, "main"> = {
  main: (text) =>
    text.replace(
      'scopes: [ingestion.scope("stac:register")]',
      'scopes: [ingestion.scope("stac:register"), ingestion.scope("stac:list")]',
    ),
};

/** The code of a version before rotations: it writes the secret that the client was created with. */
const withoutRead: Edit = combineEdits(
  editBlock(VERSION, (values) => {
    const client = /aws_cognito_user_pool_client\.[\w-]+/.exec(
      String(values.secret_string_wo),
    );
    values.secret_string_wo = String(values.secret_string_wo).replace(
      /local\.[\w-]+_live_\w+/,
      `${client?.[0] ?? ""}.client_secret`,
    );
    values.lifecycle = IGNORE_LABELS;
  }),
  addBlock(["ephemeral"], undefined),
  addBlock(["locals"], undefined),
);

/** The cases in the order in which they are recorded: each rotates on. */
export const ROTATION_PLANS: Readonly<Record<string, RotationCase>> = {
  // the deployer of every case has no boundary
  "new-stage": { fromNothing: true, rules: ["boundary-missing"] },
  upgrade: { state: withoutFirst, refresh: true, rules: [] },
  "upgrade-with-scope": {
    ...withAnotherScope,
    state: withoutFirst,
    rules: [],
  },
  "scope-added": { ...withAnotherScope, refresh: true, rules: [] },
  started: { prepare: startRotation, refresh: true, rules: [] },
  "started-refreshed": { args: ["-refresh-only"], refresh: true, rules: [] },
  "started-scope-added": { ...withAnotherScope, refresh: true, rules: [] },
  finished: { prepare: finishRotation, refresh: true, rules: [] },
  "finished-refreshed": { args: ["-refresh-only"], refresh: true, rules: [] },
  "finished-scope-added": { ...withAnotherScope, refresh: true, rules: [] },
  "finished-scope-added-opentofu": {
    ...withAnotherScope,
    refresh: true,
    opentofu: true,
    rules: [],
  },
  "client-replaced": {
    edit: editBlock(CLIENT, (values) => {
      values.generate_secret = undefined;
    }),
    refresh: true,
    rules: ["client-replaced"],
  },
  "labels-managed": {
    edit: editBlock(VERSION, (values) => {
      const { precondition } = values.lifecycle as Json;
      values.lifecycle = { precondition };
    }),
    refresh: true,
    rules: ["secret-version-stage-changed"],
  },
  "check-removed": {
    edit: editBlock(VERSION, (values) => {
      values.lifecycle = IGNORE_LABELS;
    }),
    refresh: true,
    rules: ["secret-check-removed"],
  },
  "read-removed": {
    edit: withoutRead,
    refresh: true,
    rules: ["secret-read-removed"],
  },
  "first-removed": {
    edit: combineEdits(withoutRead, removeResources(FIRST)),
    refresh: true,
    rules: ["secret-value-destroyed", "secret-read-removed"],
  },
  "manually-changed-refreshed": {
    prepare: changeManually,
    args: ["-refresh-only"],
    refresh: true,
    rules: [],
  },
};

/** Adds a second client secret, and makes it the current one. */
async function startRotation(aws: LocalAws): Promise<void> {
  const store = new secrets.SecretsManagerClient(createClientConfig(aws));
  const users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const { fields, versionId } = await readCurrent(store);
  const { ClientSecretDescriptor: added } = await users.send(
    new idp.AddUserPoolClientSecretCommand({
      UserPoolId: fields.userpool_id,
      ClientId: fields.client_id,
      ClientSecret: ROTATED_SECRET,
    }),
  );
  const { VersionId } = await store.send(
    new secrets.PutSecretValueCommand({
      SecretId: SECRET_NAME,
      SecretString: JSON.stringify({
        ...fields,
        client_secret: ROTATED_SECRET,
      }),
      VersionStages: ["AWSPENDING", added?.ClientSecretId ?? ""],
    }),
  );
  for (const change of [
    {
      VersionStage: "AWSCURRENT",
      MoveToVersionId: VersionId,
      RemoveFromVersionId: versionId,
    },
    { VersionStage: "AWSPENDING", RemoveFromVersionId: VersionId },
  ])
    await store.send(
      new secrets.UpdateSecretVersionStageCommand({
        SecretId: SECRET_NAME,
        ...change,
      }),
    );
}

/** Deletes the client secret that the client was created with. */
async function finishRotation(aws: LocalAws): Promise<void> {
  const store = new secrets.SecretsManagerClient(createClientConfig(aws));
  const users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  const { fields } = await readCurrent(store);
  const client = {
    UserPoolId: fields.userpool_id,
    ClientId: fields.client_id,
  };
  const { ClientSecrets = [] } = await users.send(
    new idp.ListUserPoolClientSecretsCommand(client),
  );
  const [original] = [...ClientSecrets].sort(
    (one, other) =>
      (one.ClientSecretCreateDate?.getTime() ?? 0) -
      (other.ClientSecretCreateDate?.getTime() ?? 0),
  );
  await users.send(
    new idp.DeleteUserPoolClientSecretCommand({
      ...client,
      ClientSecretId: original?.ClientSecretId,
    }),
  );
}

/** Writes another scope, as `aws secretsmanager put-secret-value` does. */
async function changeManually(aws: LocalAws): Promise<void> {
  const store = new secrets.SecretsManagerClient(createClientConfig(aws));
  const { fields } = await readCurrent(store);
  await store.send(
    new secrets.PutSecretValueCommand({
      SecretId: SECRET_NAME,
      SecretString: JSON.stringify({ ...fields, scope: "another" }),
    }),
  );
}

async function readCurrent(store: secrets.SecretsManagerClient): Promise<{
  readonly fields: Readonly<Record<string, string>>;
  readonly versionId: string | undefined;
}> {
  const { SecretString = "", VersionId: versionId } = await store.send(
    new secrets.GetSecretValueCommand({ SecretId: SECRET_NAME }),
  );
  const fields = JSON.parse(SecretString) as Readonly<Record<string, string>>;
  return { fields, versionId };
}
