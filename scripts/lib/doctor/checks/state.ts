import { formatStateLocation, readStateConfig } from "../../stage/stage-state";
import type { Check } from "../check";
import { formatFix } from "../format-fix";

export const STATE: Check = {
  id: "state",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const reading = await context.state;
    if (reading.kind === "unreadable") throw reading.error;
    const location = formatStateLocation(readStateConfig(context.target));
    if (reading.kind === "absent")
      return {
        status: "failed",
        message: reading.isEmpty
          ? `the state must have resources, got none at ${location}: the stage was destroyed`
          : `the stage must have a state, got none at ${location}: it was not deployed, or another state is configured`,
        details: ["check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY"],
        fix: formatFix(context, "deploy"),
      };
    const { resources, serial } = reading.state;
    return {
      status: "ok",
      message: `the state has ${resources.length} resources (serial ${serial}, ${location})`,
    };
  },
};

export const STATE_RESOURCES: Check = {
  id: "state-resources",
  section: "Settings and state",
  run: async (context) => {
    const reading = await context.state;
    const { tainted, deposed } =
      reading.kind === "read" ? reading.state : { tainted: [], deposed: [] };
    const [first] = tainted;
    if (first === undefined && deposed.length === 0)
      return {
        status: "ok",
        message: "no resource in the state is tainted or deposed",
      };
    return {
      status: "failed",
      message:
        "no resource in the state must be tainted or deposed: the next deployment would replace or delete it",
      details: [
        ...tainted.map((address) => `${address} is tainted`),
        ...deposed.map((address) => `${address} is deposed`),
      ],
      fix: formatFix(context, "plan"),
    };
  },
};

/** Values of resources that the outputs repeat, by the name of the output. */
const OUTPUTS = {
  userpool_id: ["aws_cognito_user_pool", "id"],
  client_id: ["aws_cognito_user_pool_client", "id"],
  identitypool_id: ["aws_cognito_identity_pool", "id"],
  oidc_provider_arn: ["aws_iam_openid_connect_provider", "arn"],
} as const;

export const OUTPUT_VALUES: Check = {
  id: "outputs",
  section: "Settings and state",
  run: (context) => {
    const { outputs } = context;
    const expected = [
      ...Object.entries(OUTPUTS),
      ...Object.keys(outputs).flatMap((name) => {
        const source = findOutputSource(name);
        return source === undefined ? [] : [[name, source] as const];
      }),
    ];
    const stale = expected.filter(([name, [type, attribute]]) => {
      const values = context
        .listResources(type)
        .map(({ attributes }) => attributes[attribute]);
      const { [name]: value } = outputs;
      // a resource that the stage uses, but does not manage, is not in the state
      if (values.length === 0) return false;
      return value === undefined
        ? name === "userpool_id"
        : !values.includes(value);
    });
    return Promise.resolve(
      stale.length === 0
        ? { status: "ok", message: "the outputs are those of the resources" }
        : {
            status: "failed",
            message:
              "the outputs must be those of the resources: a deployment was interrupted",
            details: stale.map(([name]) => name),
            fix: formatFix(context, "deploy"),
          },
    );
  },
};

/** Returns the resource type and the attribute of an output whose name contains one of `main.ts`. */
function findOutputSource(
  name: string,
): readonly [type: string, attribute: string] | undefined {
  if (name.endsWith("_client_id"))
    return ["aws_cognito_user_pool_client", "id"];
  if (name.endsWith("_secret_id")) return ["aws_secretsmanager_secret", "name"];
  return name.endsWith("_secret_arn")
    ? ["aws_secretsmanager_secret", "arn"]
    : undefined;
}
