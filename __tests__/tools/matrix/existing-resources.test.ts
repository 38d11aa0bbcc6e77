import { createClientConfig } from "../../../scripts/lib/demo/account";
import {
  CONFIGURATION_NAMES,
  createConfiguration,
} from "../../support/configurations";
import { ExistingResourceSet } from "../../support/existing-resources";
import { LoopbackServer } from "../../support/loopback-server";

test("a configuration has the ids of existing resources", () => {
  const { settings, missing, group } = createConfiguration(
    "existing-user-pool",
    { USER_POOL: "us-west-2_a", STATE_BUCKET: "states" },
  );
  expect(settings).toMatchObject({
    USER_POOL_ID: "us-west-2_a",
    STATE_BUCKET_NAME: "states",
  });
  expect(missing).toEqual([]);
  expect(group).toBe("veda-readers");
});

test("a configuration names each existing resource that the account does not have once", () => {
  expect(createConfiguration("minimal", {}).missing).toEqual(["STATE_BUCKET"]);
  expect(createConfiguration("everything", {}).missing).toEqual([
    "STATE_BUCKET",
    "ACCOUNT",
    "NEW_OIDC_HOST",
    "MANAGERS_ROLE",
    "BOUNDARY_POLICY",
  ]);
  expect(CONFIGURATION_NAMES).toHaveLength(6);
});

test("an account that refuses everything has no existing resources, and nothing is deleted", async () => {
  const server = await LoopbackServer.start(() => ({ status: 400, body: "" }));
  try {
    const clientConfig = createClientConfig(server);
    const existing = new ExistingResourceSet(
      {
        accountId: "000000000000",
        partition: "aws",
        region: clientConfig.region,
        clientConfig,
      },
      "run",
    );
    await existing.create();
    expect(existing.failures.map(({ name }) => name)).toEqual([
      "bucket run-state",
      "role run-managers",
      "policy run-boundary",
      "OIDC provider existing.run.example",
      "user pool run-plain",
      "user pool run-with-domain",
      "identity pool run-identities",
    ]);
    const calls = server.received.length;
    expect(await existing.remove()).toEqual([]);
    expect(server.received).toHaveLength(calls);
  } finally {
    await server.stop();
  }
});
