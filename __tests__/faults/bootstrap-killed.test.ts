import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import {
  Account,
  ACCOUNT_SETTINGS,
  ALL_RESOURCES,
  GITHUB_SETTINGS,
  STATE_FILE,
} from "../support/account";
import {
  describeLocal,
  expectSuccess,
  useResource,
} from "../support/deployment";
import type { Call } from "../support/fault-proxy";

jest.setTimeout(240_000);

function stateObject(suffix = ""): RegExp {
  return new RegExp(`/account/terraform\\.tfstate${suffix}(\\?|$)`);
}

describeLocal("bootstrap of an empty account, killed", () => {
  const account = useResource(() =>
    Account.start(
      {
        ".env": {
          ...ACCOUNT_SETTINGS,
          ...GITHUB_SETTINGS,
          ACCOUNT_STAGES: "dev,staging",
        },
      },
      true,
    ),
  );
  let stderr: string;

  test.each<[string, (call: Call) => boolean]>([
    ["when a role is created", ({ operation }) => operation === "CreateRole"],
    [
      "when the lifecycle of the bucket is set",
      ({ method, url }) => method === "PUT" && url.includes("lifecycle"),
    ],
    [
      "when the state in the bucket is locked for the migration",
      ({ method, url }) =>
        method === "PUT" && stateObject("\\.tflock").test(url),
    ],
    [
      "when the state was migrated and the local copy still exists",
      ({ method, url }) => method === "PUT" && stateObject().test(url),
    ],
    [
      "when the local copy was removed",
      ({ method, url }) =>
        method === "PUT" &&
        stateObject("\\.tflock").test(url) &&
        !existsSync(path.join(account().directory, STATE_FILE)),
    ],
  ])("%s can be continued", async (_, killAfter) => {
    const run = await account().bootstrap(["--yes"], killAfter);
    expect([run.code, run.stdout]).toEqual([null, ""]);
  });

  test("ends with each resource once, and in the state", async () => {
    const run = await account().bootstrap();
    stderr = run.stderr;
    expectSuccess({ ...run, code: run.code ?? -1 });
    expect(await account().listResources()).toEqual(ALL_RESOURCES);
    expect(await account().readRemoteAddresses()).toEqual(
      account().listSynthesizedAddresses(),
    );
    expect(readdirSync(account().directory).sort()).toEqual([
      ".env",
      "cdktf.out",
    ]);
  });

  test("reports that it continues, and which lock it removes", () => {
    expect(stderr).toMatch(
      /^Account .*\nContinuing an interrupted run…\n[^]*Removing the state lock of the interrupted run: /,
    );
  });
});
