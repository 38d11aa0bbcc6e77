import path from "node:path";
import { findInstalledPython } from "../../scripts/lib/local-aws/install";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";
import { runProcess } from "../../scripts/lib/system/processes";
import { getEnvironment } from "../../stacks/config/environment";
import { expectSuccess } from "./deployment";

const PROJECT = path.resolve(__dirname, "../..");
const FUNCTION_NAME = "member-groups";

/** ARN of the function of {@link createTokenTrigger}. */
export const TOKEN_TRIGGER_ARN = `arn:aws:lambda:us-west-2:000000000000:function:${FUNCTION_NAME}`;

/**
 * A pre-token-generation trigger that adds the groups in a list of members. It copies the groups of the user, since its
 * response replaces them. The preferred role is what an identity pool uses.
 *
 * The local AWS expects the groups in another field than AWS, and ignores the preferred role: the last lines are for it.
 */
const FUNCTION = `
import json, os

MEMBERS = json.loads(os.environ["MEMBERS"])

def handler(event, context):
    groups = dict(event["request"]["groupConfiguration"])
    member = MEMBERS.get(event["userName"])
    if member:
        groups["groupsToOverride"] = [*groups["groupsToOverride"], member["group"]]
        groups["iamRolesToOverride"] = [member["role"]]
        groups["preferredRole"] = member["role"]
    claims = {"cognito:preferred_role": member["role"]} if member else {}
    local = {"groupOverrideDetails": groups, "claimsToAddOrOverride": claims}
    event["response"] = {
        "claimsAndScopeOverrideDetails": {
            "groupOverrideDetails": groups,
            "idTokenGeneration": local,
            "accessTokenGeneration": local,
        }
    }
    return event
`;

const CREATE = `
import io, json, sys, zipfile
import botocore.session

name, code, members = sys.argv[1:]
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as file:
    file.writestr("index.py", code)
session = botocore.session.get_session()
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
role = session.create_client("iam").create_role(
    RoleName=name, AssumeRolePolicyDocument=json.dumps(trust)
)
session.create_client("lambda").create_function(
    FunctionName=name,
    Runtime="python3.12",
    Handler="index.handler",
    Role=role["Role"]["Arn"],
    Code={"ZipFile": archive.getvalue()},
    Environment={"Variables": {"MEMBERS": members}},
)
`;

/** Creates the function of a trigger that adds groups, with their roles, to tokens of these users. */
export async function createTokenTrigger(
  aws: LocalAws,
  members: Readonly<
    Record<string, { readonly group: string; readonly role: string }>
  >,
): Promise<void> {
  const python = findInstalledPython(path.join(PROJECT, ".local-aws"));
  if (python === undefined) throw new Error("the local AWS is not installed");
  const result = await runProcess(
    python,
    ["-c", CREATE, FUNCTION_NAME, FUNCTION, JSON.stringify(members)],
    {
      environment: { ...getEnvironment(), ...aws.environment },
      timeoutSeconds: 30,
    },
  );
  expectSuccess(result);
}
