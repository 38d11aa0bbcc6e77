import { UserError } from "../../../constructs/errors";
import { defineCommand } from "../../../scripts/lib/cli/command";
import { formatHelp } from "../../../scripts/lib/cli/help";
import { setInvocation } from "../../../scripts/lib/cli/invocation";
import { parseArguments } from "../../../scripts/lib/cli/parse";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { findProjectDirectory } from "../../../scripts/lib/system/project-directory";
import { findTerraformProblem } from "../../../scripts/lib/terraform/terraform";
import { getEnvironment } from "../../../stacks/config/environment";
import {
  type ConfigurationName,
  CONFIGURATION_NAMES,
} from "../../support/configurations";
import { formatMatrix, isSame } from "./report";
import { runMatrix } from "./run-matrix";
import { AWS, resolveTarget } from "./target";

const log = console.error;

const command = defineCommand({
  description: `Deploys each configuration of the end-to-end tests as a stage, uses it and destroys it. Prints a table with the result of each step. Without LOCAL_AWS_ENDPOINT, it starts the local AWS of this project, in which all steps are ok.`,
  options: {
    configuration: {
      type: "list",
      value: "<name>",
      description: `run only this configuration: ${CONFIGURATION_NAMES.join(", ")}`,
    },
    account: {
      type: "text",
      value: "<id>",
      description: "account that the credentials must belong to",
    },
    json: {
      type: "flag",
      description: "print the results as one line of JSON",
    },
  },
  examples: [
    "LOCAL_AWS_ENDPOINT=http://127.0.0.1:4566 veda-auth matrix",
    `LOCAL_AWS_ENDPOINT=${AWS} veda-auth matrix --account 123456789012 --configuration minimal`,
  ],
  notes: `LOCAL_AWS_ENDPOINT is the URL of another local AWS, or ${AWS} for the account of the AWS credentials. With a URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are used if they are set, else the credentials of a local AWS. COGNITO_DOMAIN_ENDPOINT replaces the URL for tokens. With ${AWS}, --account is required.

The run creates a state bucket, a role, a policy, an OIDC provider, two user pools and an identity pool for the stages. All names begin with the same unique prefix, which is printed. At the end, or after Ctrl-C, everything is deleted, and what remains is listed. Only SIGKILL leaves resources: delete those with the prefix.

A step is ok, differs (another result), failed, or skipped after a failed one. The JSON is {"target","account","prefix","same","configurations":[{"name","steps":[{"step","status","reasons"}]}],"remaining":[…]}.`,
  exitCodes: {
    0: "as with the local AWS of this project",
    1: "differences, or an error",
  },
  run: async (values) => {
    const configurations = resolveNames(values.configuration);
    if (values.account !== undefined && !/^\d{12}$/.test(values.account))
      throw new UsageError("--account must be an account id of 12 digits");
    const problem = await findTerraformProblem(getEnvironment());
    if (problem !== undefined) throw new UserError(problem);
    const target = await resolveTarget({ account: values.account, log });
    try {
      const project = findProjectDirectory();
      const result = await runMatrix({ target, configurations, project, log });
      const same = isSame(result);
      console.log(
        values.json
          ? JSON.stringify({ ...result, same })
          : formatMatrix(result),
      );
      return same ? 0 : 1;
    } finally {
      await target.stop();
    }
  },
});

function resolveNames(names: readonly string[]): readonly ConfigurationName[] {
  const unknown = names.find(
    (name) => !(CONFIGURATION_NAMES as readonly string[]).includes(name),
  );
  if (unknown !== undefined)
    throw new UsageError(
      `--configuration must be one of ${CONFIGURATION_NAMES.join(", ")}, got ${JSON.stringify(unknown)}`,
    );
  return CONFIGURATION_NAMES.filter(
    (name) => names.length === 0 || names.includes(name),
  );
}

const entry = {
  name: "matrix",
  summary:
    "Run the end-to-end configurations in another local AWS or a sandbox account.",
  load: () => Promise.resolve({ command }),
};

setInvocation({
  program: "npx veda-auth",
  current: { name: entry.name, form: `npm run -s ${entry.name} --` },
  isNpmScript: true,
});
void runCommand(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(formatHelp(entry, command));
    return 0;
  }
  return command.run(parseArguments(command, args).values, undefined);
});
