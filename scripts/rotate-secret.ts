import { appendFileSync } from "node:fs";
import { defineCommand } from "./lib/cli/command";
import {
  requireValidOption,
  resolveStage,
  STAGE_OPTIONS,
} from "./lib/cli/options";
import { UsageError } from "./lib/cli/usage-error";
import { ROTATION_IAM_ACTIONS } from "./lib/rotation/iam-actions";
import type { RotationReport } from "./lib/rotation/rotation-report";
import { DURATION, parseDuration } from "./lib/system/time";

const SERVICE_ID = {
  expected: "letters, digits or any of / _ + = . @ -",
  allows: (text: string) => /^[A-Za-z0-9/_+=.@-]{1,400}$/.test(text),
};
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description:
    "A client can have two valid secrets in Cognito. The first run adds a second one, checks that Cognito recognizes it, and makes it the current value of the secret in Secrets Manager. A later run with --finish deletes the former one. Until then both are valid, and --back returns to the former one.\n\nRun the command again after any interruption: it continues where the other run ended. Several runs at the same time do no harm. No secret is printed.",
  options: {
    "service-id": {
      type: "list",
      value: "<id>",
      description: "service client or web client, such as workflows-client",
      conflicts: ["all"],
    },
    all: {
      type: "flag",
      description: "all clients with a secret, as main.ts defines them",
    },
    every: {
      type: "text",
      value: "<duration>",
      description: "rotate only secrets of this age, such as 90d",
      conflicts: ["finish", "back"],
    },
    "keep-old": {
      type: "text",
      value: "<duration>",
      description:
        "delete a former secret this long after the switch, such as 24h",
      defaultText: "until a run with --finish",
      conflicts: ["back"],
    },
    finish: {
      type: "flag",
      description:
        "delete the former secret; with --keep-old only if it is due",
      conflicts: ["back", "status"],
    },
    back: {
      type: "flag",
      description:
        "make the former secret current again, or a valid one if the current one is not",
      conflicts: ["status", "drop-unknown"],
    },
    status: {
      type: "flag",
      description: "change nothing; report the state of each client",
      conflicts: ["drop-unknown"],
    },
    "drop-unknown": {
      type: "flag",
      description:
        "delete a second secret that AWSCURRENT does not hold, and whose value no version has",
    },
    summary: {
      type: "path",
      value: "<file>",
      description: "append a Markdown summary to this file",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth rotate-secret --stage dev --service-id workflows-client",
    "veda-auth rotate-secret --stage dev --service-id workflows-client --finish",
    "veda-auth rotate-secret --stage dev --all --every 90d --keep-old 24h",
    "veda-auth rotate-secret --stage dev --all --status",
  ],
  notes: `A duration is a number with m, h or d. With --every or --keep-old, a run does what is due: it deletes former secrets, then rotates. It is made for a daily job.

Standard output contains one line of JSON for each client: {"client","secret","status","action",…} with times. The status is idle, pending, rotating, unknown-secret or failed.

Requires a stage that is deployed, and ${ROTATION_IAM_ACTIONS.join(", ")}. The former secret is not deleted while the Terraform state is locked: --finish also reads the lock next to the state.`,
  run: async (values) => {
    const { all, finish, back, status, every } = values;
    const keepOld = values["keep-old"];
    requireValidOption("every", DURATION, every);
    requireValidOption("keep-old", DURATION, keepOld);
    const named = [...new Set(values["service-id"])];
    for (const id of named) requireValidOption("service-id", SERVICE_ID, id);
    if (named.length === 0 && !all)
      throw new UsageError("--service-id or --all is required");
    const { summary } = values;
    // fails before a secret changes, not after it
    if (summary !== undefined) appendFileSync(summary, "");
    const stage = resolveStage(values);

    const [
      { requireAccount },
      { logInterruption },
      { listSecretClients },
      { rotateSecrets },
      { createRotatedClients },
      { renderSummary },
    ] = await Promise.all([
      import("./lib/aws/caller"),
      import("./lib/deploy/interruption"),
      import("./lib/rotation/list-secret-clients"),
      import("./lib/rotation/rotate-secrets"),
      import("./lib/rotation/create-rotated-clients"),
      import("./lib/rotation/render-summary"),
    ]);
    await requireAccount(stage, log);
    const ids = all ? await listSecretClients(stage, log) : named;
    if (ids.length === 0) log("the stage has no client with a secret");
    const clients = await createRotatedClients(stage, ids, {
      dropsUnknown: values["drop-unknown"],
      replacesInvalid: every === undefined,
      log,
    });
    const reports: RotationReport[] = [];
    try {
      await logInterruption(
        status
          ? "interrupted: nothing was changed"
          : "interrupted: run the same command again, and it continues",
        log,
        () =>
          rotateSecrets(
            clients,
            {
              mode: finish
                ? "finish"
                : back
                  ? "back"
                  : status
                    ? "status"
                    : "rotate",
              everyMs: every === undefined ? undefined : parseDuration(every),
              keepOldMs:
                keepOld === undefined ? undefined : parseDuration(keepOld),
            },
            (report) => {
              reports.push(report);
              console.log(JSON.stringify(report));
            },
          ),
      );
    } finally {
      if (summary !== undefined)
        appendFileSync(summary, `${renderSummary(stage.stage, reports)}\n`);
    }
    return 0;
  },
});
