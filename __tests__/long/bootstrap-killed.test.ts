import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import {
  Account,
  ACCOUNT_SETTINGS,
  ALL_RESOURCES,
  GITHUB_SETTINGS,
  STATE_FILE,
} from "../support/account";
import { describeLocal, expectSuccess } from "../support/deployment";
import type { Call } from "../support/fault-proxy";
import { removeTemporaryDirectories } from "../support/stage";

function stateObject(suffix = ""): RegExp {
  return new RegExp(`/account/terraform\\.tfstate${suffix}(\\?|$)`);
}

describeLocal("bootstrap of an empty account, killed", () => {
  let other: Account;
  let stderr: string;

  beforeAll(async () => {
    other = await Account.start({
      ".env": {
        ...ACCOUNT_SETTINGS,
        ...GITHUB_SETTINGS,
        ACCOUNT_STAGES: "dev,staging",
      },
    });
  }, 60_000);

  afterAll(async () => {
    await other.stop();
    removeTemporaryDirectories();
  });

  test.each<[string, (call: Call) => boolean]>([
    ["when a role is made", ({ operation }) => operation === "CreateRole"],
    [
      "when the bucket's versions begin to expire",
      ({ method, url }) => method === "PUT" && url.includes("lifecycle"),
    ],
    [
      "when the state in the bucket is locked, to be moved there",
      ({ method, url }) =>
        method === "PUT" && stateObject("\\.tflock").test(url),
    ],
    [
      "when the state was moved and the local copy is still there",
      ({ method, url }) => method === "PUT" && stateObject().test(url),
    ],
    [
      "when the local copy was removed",
      ({ method, url }) =>
        method === "PUT" &&
        stateObject("\\.tflock").test(url) &&
        !existsSync(path.join(other.directory, STATE_FILE)),
    ],
  ])(
    "%s, leaves what the next goes on from",
    async (_, killAfter) => {
      const run = await other.bootstrap(["--yes"], killAfter);
      expect([run.code, run.stdout]).toEqual([null, ""]);
    },
    60_000,
  );

  test("ends with everything there once, and in the state", async () => {
    const run = await other.bootstrap();
    stderr = run.stderr;
    expectSuccess({ ...run, code: run.code ?? -1 });
    expect(await other.listResources()).toEqual(ALL_RESOURCES);
    expect(await other.readRemoteAddresses()).toEqual(
      other.listSynthesizedAddresses(),
    );
    expect(readdirSync(other.directory).sort()).toEqual([".env", "cdktf.out"]);
  }, 60_000);

  test("tells that it goes on, and which lock it removes", () => {
    expect(stderr).toMatch(
      /^going on from a run that was interrupted\n[^]*removing the lock that the interrupted run has left: /,
    );
  });
});
