import { formatCommand } from "../../cli/invocation";
import { formatStageOptions } from "../../cli/options";
import { formatStateLocation, readStateConfig } from "../../stage/stage-state";
import type { Check } from "../check";

export const stateCheck: Check = {
  id: "state",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const reading = await context.state;
    if (reading.kind === "unreadable") throw reading.error;
    const location = formatStateLocation(readStateConfig(context.target));
    const deploy = formatCommand("deploy", formatStageOptions(context.target));
    if (reading.kind === "absent")
      return {
        status: "failed",
        message: reading.isEmpty
          ? `The state must have resources, got none in ${location}: the stage was destroyed`
          : `The stage must have a state, got none at ${location}: it was not deployed, or another state is configured`,
        fix: `${deploy}, or check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY`,
      };
    const { resources, serial } = reading.state;
    return {
      status: "ok",
      message: `The state has ${resources.length} resources (serial ${serial}, ${location})`,
    };
  },
};

export const stateResourcesCheck: Check = {
  id: "state-resources",
  section: "Settings and state",
  run: async (context) => {
    const reading = await context.state;
    const { tainted, deposed } =
      reading.kind === "read" ? reading.state : { tainted: [], deposed: [] };
    if (tainted.length === 0 && deposed.length === 0)
      return {
        status: "ok",
        message: "No resource in the state is tainted or deposed",
      };
    return {
      status: "failed",
      message:
        "No resource in the state must be tainted or deposed: the next deployment would replace or delete it",
      details: [
        ...tainted.map((address) => `${address} is tainted`),
        ...deposed.map((address) => `${address} is deposed`),
      ],
      fix: formatCommand("plan", formatStageOptions(context.target)),
    };
  },
};
