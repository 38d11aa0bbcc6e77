import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  OAuthError,
  requestToken,
} from "../../scripts/lib/auth/token-endpoint";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import { CommandProcess } from "../support/command-process";
import {
  describeLocal,
  expectSuccess,
  startLocalAccount,
} from "../support/deployment";
import { setSecretDelay } from "../support/local-client";
import { RotatedStage } from "../support/rotated-stage";
import { removeTemporaryDirectories } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SERVICE = "workflows-client";
const WEB = "grafana";
const LOCK_FILE = `.terraform.${STACK}.tfstate.lock.info`;
const UUID = "11111111-2222-3333-4444-555555555555";

let aws: AttachedLocalAws;
let stage: RotatedStage;
/** Client secrets that were current at any time. */
const known = new Set<string>();

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  stage = new RotatedStage(aws);
  stage.synthesize(["read"]);
  await stage.init();
  await stage.apply();
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

async function rotate(...args: readonly string[]): Promise<ProcessResult> {
  await Promise.all([SERVICE, WEB].map(readSecret));
  const result = await stage.deployment.runCommand(
    "rotate-secret",
    "--stage",
    "dev",
    ...args,
  );
  await Promise.all([SERVICE, WEB].map(readSecret));
  return result;
}

/** Returns the lines of standard output, and the last lines of standard error. */
async function rotateSuccessfully(...args: readonly string[]) {
  const result = await rotate(...args);
  expectSuccess(result);
  return parseReports(result);
}

function parseReports({ stdout }: ProcessResult) {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);
}

async function readSecret(id: string) {
  const manager = new secrets.SecretsManagerClient(createClientConfig(aws));
  const { SecretString = "" } = await manager.send(
    new secrets.GetSecretValueCommand({ SecretId: `${STACK}/${id}` }),
  );
  const fields = JSON.parse(SecretString) as Readonly<Record<string, string>>;
  const { client_id: clientId = "", client_secret: clientSecret = "" } = fields;
  expect(clientSecret).toMatch(/^.{24,}$/);
  known.add(clientSecret);
  return { ...fields, clientId, clientSecret };
}

async function requestTokenWith(
  clientSecret: string,
): Promise<string | undefined> {
  const { clientId } = await readSecret(SERVICE);
  const url = new URL("/oauth2/token", aws.endpoint);
  const request = {
    url,
    clientId,
    clientSecret,
    scope: "registry-server/read",
  };
  return requestToken(request, { log: () => undefined }).then(
    () => "token",
    (error: unknown) =>
      error instanceof OAuthError ? error.code : String(error),
  );
}

describeLocal("rotate-secret, in this order,", () => {
  const service = ["--service-id", SERVICE];
  let first: string;
  let second: string;

  test("adds a secret and makes it current, while the first one is valid", async () => {
    first = (await readSecret(SERVICE)).clientSecret;
    const [before] = await rotateSuccessfully(...service, "--status");
    expect(before).toMatchObject({ status: "idle", action: "none" });
    const result = await rotate(...service);
    expectSuccess(result);
    expect(parseReports(result)).toEqual([
      {
        client: SERVICE,
        secret: `${STACK}/${SERVICE}`,
        status: "rotating",
        action: "started",
        createdAt: expect.any(String) as string,
        switchedAt: expect.any(String) as string,
        otherCreatedAt: before?.createdAt,
      },
    ]);
    expect(result.stderr).toContain("Restart applications that got the secret");
    expect(result.stderr).toContain("rotate-secret --service-id");
    second = (await readSecret(SERVICE)).clientSecret;
    expect(second).not.toBe(first);
    expect(await requestTokenWith(first)).toBe("token");
    expect(await requestTokenWith(second)).toBe("token");
  });

  test("reports the rotation, and does nothing when it is repeated", async () => {
    for (const option of [
      ["--status"],
      [],
      ["--every", "90d", "--keep-old", "24h"],
    ])
      expect(await rotateSuccessfully(...service, ...option)).toMatchObject([
        { status: "rotating", action: "none" },
      ]);
    expect((await readSecret(SERVICE)).clientSecret).toBe(second);
  });

  test("rolls back, and stays there", async () => {
    for (const action of ["rolled-back", "none"])
      expect(await rotateSuccessfully(...service, "--back")).toMatchObject([
        { status: "rotating", action },
      ]);
    expect((await readSecret(SERVICE)).clientSecret).toBe(first);
    expect(await requestTokenWith(second)).toBe("token");
  });

  test("deletes no secret while the state is locked", async () => {
    const lock = path.join(stage.deployment.directory, LOCK_FILE);
    const fields = {
      ID: UUID,
      Who: "ada@laptop",
      Operation: "OperationTypeApply",
      Created: "2026-01-01T00:00:00Z",
    };
    writeFileSync(lock, JSON.stringify(fields));
    const { code, stderr } = await rotate(...service, "--finish");
    rmSync(lock);
    expect(code).toBe(1);
    expect(stderr).toContain("the state is locked by ada@laptop");
    expect(await requestTokenWith(second)).toBe("token");
  });

  test("deletes the secret that is not current, which cannot be undone", async () => {
    for (const action of ["finished", "none"])
      expect(await rotateSuccessfully(...service, "--finish")).toMatchObject([
        { status: "idle", action },
      ]);
    expect(await requestTokenWith(first)).toBe("token");
    expect(await requestTokenWith(second)).toBe("invalid_client");
    const { code, stderr } = await rotate(...service, "--back");
    expect(code).toBe(1);
    expect(stderr).toContain("the former client secret was deleted");
  });

  test("repairs a secret that was overwritten after a rotation", async () => {
    const before = await stage.readFields();
    await stage.writeSecret("{}");
    await stage.rotate("--back");
    expect(await stage.readFields()).toEqual(before);
  });

  test("rotates the secret of a web client, which has no flow of a service", async () => {
    const before = await readSecret(WEB);
    await rotateSuccessfully("--service-id", WEB, "--every", "0m");
    const after = await readSecret(WEB);
    expect(after.clientSecret).not.toBe(before.clientSecret);
    expect(
      await rotateSuccessfully("--service-id", WEB, "--keep-old", "0m"),
    ).toMatchObject([{ client: WEB, status: "idle", action: "finished" }]);
  });

  test("rotates all clients of main.ts that are due", async () => {
    expect(
      await rotateSuccessfully("--all", "--every", "0m", "--keep-old", "24h"),
    ).toMatchObject([
      { client: SERVICE, status: "rotating", action: "started" },
    ]);
  });

  test("explains the state of all clients, each with its id once", async () => {
    const { stderr } = await rotate(
      ...service,
      "--service-id",
      WEB,
      "--status",
    );
    for (const line of [
      `${SERVICE}: the client of ${STACK}/${SERVICE} has two valid secrets`,
      `${WEB}: the client of ${STACK}/${WEB} has one valid secret`,
    ])
      expect(stderr).toContain(`\n${line}`);
  });

  test("prints what to run after an interruption, and continues then", async () => {
    const { directory, printed } = stage.deployment;
    const environment = stage.deployment.environment();
    const args = ["rotate-secret", "--stage", "dev", "--service-id", WEB];
    await setSecretDelay(aws.endpoint, 3);
    const command = new CommandProcess(args, { directory, environment });
    await command.waitForLine("Waiting until Cognito");
    command.kill("SIGINT");
    expect(await command.waitForExit()).toBe("SIGINT");
    printed.push(...command.lines);
    expect(command.lines.at(-1)).toBe(
      "interrupted: run the same command again, and it continues",
    );
    expect(await rotateSuccessfully("--service-id", WEB)).toMatchObject([
      { client: WEB, status: "rotating", action: "started" },
    ]);
    await setSecretDelay(aws.endpoint, 0);
  });

  test("goes on after a client that fails, and explains each", async () => {
    const result = await rotate(
      ...[WEB, "programmatic-client", "unknown-client"].flatMap((id) => [
        "--service-id",
        id,
      ]),
    );
    expect(result.code).toBe(1);
    const reports = parseReports(result).map(({ client, status }) => [
      client,
      status,
    ]);
    expect(Object.fromEntries(reports)).toEqual({
      [WEB]: "rotating",
      "programmatic-client": "failed",
      "unknown-client": "failed",
    });
    for (const text of [
      "programmatic-client: the client of secret",
      "got a public client",
      "unknown-client: secret",
      "does not exist in",
      "2 of 3 clients failed",
    ])
      expect(result.stderr).toContain(text);
  });

  test.each([
    [[], "--service-id or --all is required"],
    [["--all", ...service], "must not be used together"],
    [[...service, "--every", "90"], "--every must be a number of minutes"],
    [[...service, "--back", "--finish"], "must not be used together"],
    [[...service, "--status", "--drop-unknown"], "must not be used together"],
    [["--service-id", "a b"], "--service-id must be"],
  ])("refuses the options %j", async (args, message) => {
    const { code, stderr } = await rotate(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test("changes nothing if its summary cannot be written", async () => {
    const summary = ["--summary", "missing/summary.md"];
    const { code, stdout, stderr } = await rotate(...service, ...summary);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("missing/summary.md");
  });

  test("has printed no secret", () => {
    expect(known.size).toBeGreaterThanOrEqual(5);
    const printed = stage.deployment.printed.join("\n");
    expect(printed).toContain(STACK);
    for (const value of known) expect(printed).not.toContain(value);
  });
});
