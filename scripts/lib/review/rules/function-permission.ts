import { readText } from "../../plan/attribute";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  isUnknown,
  REPLACES,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const TYPE = "aws_lambda_permission";

/** Rules about who can call the functions of a user pool. */
export const FUNCTION_PERMISSION_RULES = {
  "function-permission-wide": {
    severity: "weakening",
    covers: {
      [TYPE]: [
        "action",
        "function_name",
        "function_url_auth_type",
        "principal",
        "principal_org_id",
        "source_account",
        "source_arn",
      ],
    },
    description:
      "A principal other than one user pool of this project can call a function.",
    check: checkPermission,
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const FUNCTION_PERMISSION_TYPES = {
  [TYPE]: {
    ignored: {
      [REPLACES]:
        "event_source_token qualifier statement_id statement_id_prefix",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

const USER_POOL_ARN =
  /^arn:[\w-]+:cognito-idp:[\w-]+:(\d{12}):userpool\/[\w-]+$/;

/** Expects the service of Cognito, limited to one user pool: without a source ARN, user pools of any account can call. */
function checkPermission(context: RuleContext): readonly RichText[] {
  const { after, snapshotAfter, accounts } = context;
  if (["principal", "source_arn"].some((path) => isUnknown(after, path)))
    return [];
  const [principal, source, owner, action, target] = [
    "principal",
    "source_arn",
    "source_account",
    "action",
    "function_name",
  ].map((path) => readText(after, path));
  const account = USER_POOL_ARN.exec(source ?? "")?.[1];
  const isOfUserPool =
    principal === "cognito-idp.amazonaws.com" &&
    action === "lambda:InvokeFunction" &&
    (snapshotAfter.find("aws_cognito_user_pool", source) !== undefined ||
      (account !== undefined && accounts.has(account)));
  if (isOfUserPool || principal === undefined) return [];
  const limit = source ?? owner;
  const from =
    limit === undefined ? literal(" for any account") : text` for ${limit}`;
  return [text`${principal} can call function ${target ?? principal}${from}`];
}
