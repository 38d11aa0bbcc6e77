import {
  type Attributes,
  hasUnknown,
  readText,
  toBlocks,
} from "../../plan/attribute";
import {
  canChangeOwnAttributes,
  listClientAttributes,
} from "../../access/client-access";
import { resolveRoleEntity } from "../../access/roles";
import type { Redacted } from "../../plan/redactor";
import { getShortName } from "../../plan/resource-names";
import { listNames, type RichText, text } from "../../plan/rich-text";
import type { Resource, Snapshot } from "../../plan/snapshot";
import { groupBy } from "../../system/group-by";
import type { Rule, RuleContext } from "./rule";

const CLIENT = "aws_cognito_user_pool_client";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";
const RULE_PATH = "role_mapping.mapping_rule";

/** Rules about claims of tokens that choose the roles of users. */
export const ROLE_CLAIM_RULES = {
  "role-claim-writable": {
    severity: "weakening",
    covers: {
      [CLIENT]: [
        "write_attributes",
        "allowed_oauth_scopes",
        "explicit_auth_flows",
      ],
      [ATTACHMENT]: [RULE_PATH],
    },
    description:
      "Users can write an attribute by which an identity pool chooses their role, so that they can assume any role of its rules.",
    check: checkWritableClaims,
  },
  "role-mapping-imprecise": {
    severity: "weakening",
    covers: { [ATTACHMENT]: [RULE_PATH] },
    description:
      "A rule grants a role to users whose claim contains or begins with a value, or differs from it: other values match too, such as veda-readers-admin for veda-readers.",
    check: checkMatchTypes,
  },
} as const satisfies Readonly<Record<string, Rule>>;

function checkMatchTypes(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotAfter } = context;
  const earlier = listMappingRules(before).map((rule) => JSON.stringify(rule));
  return listMappingRules(after)
    .filter((rule) => !earlier.includes(JSON.stringify(rule)))
    .flatMap((rule) => {
      const [claim, type, value] = ["claim", "match_type", "value"].map(
        (path) => readText(rule, path),
      );
      if (claim === undefined || type === undefined || value === undefined)
        return [];
      const { text: role } = resolveRoleEntity(snapshotAfter, rule.role_arn);
      return type === ("Equals" as Redacted)
        ? []
        : [
            text`${name}: users assume ${role} if ${claim} ${type} ${value}, which other values match too`,
          ];
    });
}

/** Reports clients that newly write a claim at the client, and claims that are newly read at the role mapping. */
function checkWritableClaims(context: RuleContext): readonly RichText[] {
  const { resource, snapshotBefore, snapshotAfter } = context;
  const later = listWritableClaims(snapshotAfter);
  const couldWrite = ({ client, claim }: WritableClaim): boolean => {
    const earlier = snapshotBefore.get(client.address);
    return earlier !== undefined && canWrite(earlier, claim, snapshotBefore);
  };
  const known = new Set(listWritableClaims(snapshotBefore).map(getKey));
  const found = later
    .filter((one) => !known.has(getKey(one)))
    .filter((one) =>
      couldWrite(one)
        ? one.attachment.address === resource.address
        : one.client.address === resource.address,
    );
  return [...groupBy(found, ({ claim }) => claim)].map(([claim, all]) => {
    const clients = listNames(all.map(({ client }) => getShortName(client)));
    return text`users of client ${clients} can write ${claim}, by which an identity pool chooses their role`;
  });
}

interface WritableClaim {
  readonly client: Resource;
  readonly attachment: Resource;
  readonly claim: Redacted;
}

function getKey({ client, attachment, claim }: WritableClaim): string {
  return JSON.stringify([client.address, attachment.address, claim]);
}

/** Claims by snapshot: a plan can have many clients. */
const FOUND = new WeakMap<Snapshot, readonly WritableClaim[]>();

function listWritableClaims(snapshot: Snapshot): readonly WritableClaim[] {
  const found = FOUND.get(snapshot) ?? findWritableClaims(snapshot);
  FOUND.set(snapshot, found);
  return found;
}

function findWritableClaims(snapshot: Snapshot): readonly WritableClaim[] {
  return snapshot.listByType(ATTACHMENT).flatMap((attachment) => {
    const claims = toBlocks(attachment.values.role_mapping)
      .filter(isOfUserPool)
      .flatMap(({ mapping_rule: rules }) => toBlocks(rules))
      .flatMap((rule) => readText(rule, "claim") ?? []);
    return [...new Set(claims)].flatMap((claim) =>
      snapshot
        .listByType(CLIENT)
        .filter((client) => canWrite(client, claim, snapshot))
        .map((client) => ({ client, attachment, claim })),
    );
  });
}

/** Whether a mapping is about tokens of a user pool; users cannot write the claims of another provider. */
function isOfUserPool(mapping: Attributes): boolean {
  const provider = readText(mapping, "identity_provider");
  return (
    provider === undefined ||
    /^cognito-idp\b|aws_cognito_user_pool/.test(provider)
  );
}

function listMappingRules(values: Attributes): readonly Attributes[] {
  return toBlocks(values.role_mapping).flatMap(({ mapping_rule: rules }) =>
    toBlocks(rules),
  );
}

/** Claims of Cognito and OpenID Connect, which no user can write. */
const ISSUED_CLAIMS =
  /^(acr|amr|at_hash|aud|auth_time|azp|client_id|cognito:.+|email_verified|event_id|exp|iat|identities|iss|jti|nonce|origin_jti|phone_number_verified|scope|sub|token_use|username)$/;

/** Whether users of a client can write an attribute. */
function canWrite(
  client: Resource,
  attribute: Redacted,
  snapshot: Snapshot,
): boolean {
  const { values } = client;
  return (
    !hasUnknown(values.write_attributes) &&
    !ISSUED_CLAIMS.test(attribute) &&
    canChangeOwnAttributes(client, snapshot) &&
    listClientAttributes(values, "write_attributes").includes(attribute)
  );
}
