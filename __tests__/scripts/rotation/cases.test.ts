import { inspect } from "node:util";
import { UserError } from "../../../constructs/errors";
import { finishRotation } from "../../../scripts/lib/rotation/finish-rotation";
import { readRotation } from "../../../scripts/lib/rotation/read-rotation";
import { rollBack } from "../../../scripts/lib/rotation/roll-back";
import { getRotationStatus } from "../../../scripts/lib/rotation/rotation-status";
import { startRotation } from "../../../scripts/lib/rotation/start-rotation";
import {
  CLIENT_ID,
  createContext,
  FakeClient,
  ORIGINAL,
  SECRET_NAME,
} from "../../support/fake-rotation";

const MANUAL = "canary-manual-00000000000000000000";
const WRONG = "canary-wrong-000000000000000000000";

function start(fake: FakeClient, options = {}) {
  return startRotation(createContext(fake, options));
}

function finish(fake: FakeClient, options = {}) {
  return finishRotation(createContext(fake, options));
}

function back(fake: FakeClient) {
  return rollBack(createContext(fake));
}

function read(fake: FakeClient) {
  return readRotation(createContext(fake).calls, SECRET_NAME);
}

async function readState(fake: FakeClient) {
  return getRotationStatus(await read(fake));
}

/** Returns the message and the hint of an error, which contain no value of a secret. */
async function fail(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(inspect(error)).not.toContain("canary");
    const { message, hint = "" } = error as UserError;
    return `${message} / ${hint}`;
  }
  throw new Error("there is no error");
}

function expectNoValues(fake: FakeClient): void {
  const values = [ORIGINAL, MANUAL, ...fake.secrets.map(({ value }) => value)];
  for (const value of values)
    expect(fake.lines.join("\n")).not.toContain(value);
}

/** Fields of the current version. */
function readFields(fake: FakeClient): Readonly<Record<string, unknown>> {
  return JSON.parse(fake.current.text) as Readonly<Record<string, unknown>>;
}

describe("a secret that was replaced outside Terraform", () => {
  test("is rotated, although no version and no listing shows its id", async () => {
    const fake = new FakeClient();
    const id = fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    expect((await read(fake)).currentSecretId).toBe(id);
    await start(fake);
    expect(fake.isValid(MANUAL)).toBe(true);
    expect(fake.currentSecret).toBe(fake.secrets[1]?.value);
    expect(await readState(fake)).toBe("rotating");
    await finish(fake);
    expect(fake.secrets).toHaveLength(1);
    expectNoValues(fake);
  });

  test("is made current again by a roll back", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    await start(fake);
    await back(fake);
    expect(fake.currentSecret).toBe(MANUAL);
  });

  test("is the current one of two, of which Terraform knows the first", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    expect(await readState(fake)).toBe("rotating");
    await finish(fake);
    expect(fake.secrets.map(({ value }) => value)).toEqual([MANUAL]);
  });
});

describe("a secret that other tools made current after a rotation", () => {
  test("stays current, and its former one is deleted at the end", async () => {
    const fake = new FakeClient();
    await start(fake);
    await finish(fake);
    fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    expect(await readState(fake)).toBe("rotating");
    expect((await start(fake)).action).toBe("none");
    expect(fake.currentSecret).toBe(MANUAL);
    await finish(fake);
    expect(fake.secrets.map(({ value }) => value)).toEqual([MANUAL]);
  });

  test("stays current if it is the former one of a rotation", async () => {
    const fake = new FakeClient();
    await start(fake);
    fake.writeManually("manual", ORIGINAL);
    expect((await read(fake)).switchedAt).toEqual(fake.current.createdAt);
    expect((await start(fake)).action).toBe("none");
    await finish(fake);
    expect(fake.secrets.map(({ value }) => value)).toEqual([ORIGINAL]);
  });
});

describe("a secret that Terraform wrote again", () => {
  test("after a rotation has no label, and the id of its value", async () => {
    const fake = new FakeClient();
    await start(fake);
    const { currentSecret } = fake;
    await finish(fake);
    fake.applyTerraform("scope-added");
    const { currentSecretId } = await read(fake);
    expect(currentSecretId).toBe(fake.secrets[0]?.id);
    await start(fake);
    expect(fake.secrets[0]?.value).toBe(currentSecret);
    await finish(fake);
    expect(fake.secrets).toHaveLength(1);
    expect(fake.currentSecret).not.toBe(currentSecret);
  });

  test("while two are valid is the one that AWSCURRENT has", async () => {
    const fake = new FakeClient();
    await start(fake);
    const { currentSecret } = fake;
    fake.applyTerraform("scope-added");
    await finish(fake);
    expect(fake.secrets.map(({ value }) => value)).toEqual([currentSecret]);
  });

  test("with the former value during a rotation is switched again", async () => {
    const fake = new FakeClient();
    await start(fake);
    const { currentSecret } = fake;
    fake.applyTerraform("late", ORIGINAL);
    expect(await readState(fake)).toBe("pending");
    expect(await fail(finish(fake))).toContain("continue the rotation");
    expect(fake.secrets).toHaveLength(2);
    await start(fake);
    expect(fake.currentSecret).toBe(currentSecret);
  });

  test("after a roll back stays the former one", async () => {
    const fake = new FakeClient();
    await start(fake);
    await back(fake);
    fake.applyTerraform("scope-added");
    const { action } = await start(fake);
    expect(action).toBe("none");
    expect(fake.currentSecret).toBe(ORIGINAL);
    await finish(fake);
    expect(fake.secrets.map(({ value }) => value)).toEqual([ORIGINAL]);
  });

  test("is rolled back for good if that is done after the deployment", async () => {
    const fake = new FakeClient();
    await start(fake);
    fake.applyTerraform("late", ORIGINAL);
    await back(fake);
    expect((await start(fake)).action).toBe("none");
    expect(fake.currentSecret).toBe(ORIGINAL);
  });
});

describe("a second secret that is not known", () => {
  test("prevents a rotation, and is deleted on demand", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    expect(await readState(fake)).toBe("unknown-secret");
    const { id } = fake.current;
    const message = await fail(start(fake));
    expect(message).toContain("a second secret that is not known here");
    expect(message).toContain("--drop-unknown");
    expect(fake.current.id).toBe(id);
    await start(fake, { dropsUnknown: true });
    expect(fake.isValid(MANUAL)).toBe(false);
    expect(fake.isValid(ORIGINAL)).toBe(true);
    expect(await readState(fake)).toBe("rotating");
  });

  test("prevents the end of a rotation, and is deleted on demand without a new one", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    expect(await fail(finish(fake))).toContain("--drop-unknown");
    const { action } = await finish(fake, { dropsUnknown: true });
    expect(action).toBe("dropped");
    expect(fake.secrets.map(({ value }) => value)).toEqual([ORIGINAL]);
  });

  test("is not deleted while the state is locked", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.isLocked = true;
    expect(await fail(finish(fake, { dropsUnknown: true }))).toContain(
      "ada@laptop",
    );
    expect(fake.secrets).toHaveLength(2);
  });

  test("is not deleted if it can be the one in use", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.writeManually("manual", MANUAL);
    fake.add(WRONG);
    for (const run of [start, finish])
      expect(await fail(run(fake, { dropsUnknown: true }))).toContain(
        "no version shows which of them",
      );
    expect(fake.secrets).toHaveLength(2);
  });
});

describe("a rotation that was interrupted", () => {
  const fakePending = (fields: object): FakeClient => {
    const fake = new FakeClient();
    fake.write("pending", JSON.stringify(fields), ["AWSPENDING"]);
    return fake;
  };

  test("of a client that was replaced since has no effect on a new one", async () => {
    const fake = fakePending({ client_id: "former", client_secret: WRONG });
    expect(await readState(fake)).toBe("idle");
    await start(fake);
    expect(fake.currentSecret).not.toBe(WRONG);
    expect(fake.labels).not.toContain("AWSPENDING");
    expect(await readState(fake)).toBe("rotating");
  });

  test("long ago is continued, although the secret that it replaced is gone", async () => {
    const fake = fakePending({
      client_id: CLIENT_ID,
      client_secret: MANUAL,
      replaces: `${CLIENT_ID}--1`,
    });
    expect(await readState(fake)).toBe("pending");
    await start(fake);
    expect(fake.currentSecret).toBe(MANUAL);
  });

  test("before its switch cannot be finished or rolled back", async () => {
    const fake = fakePending({ client_id: CLIENT_ID, client_secret: MANUAL });
    for (const run of [finish, back])
      expect(await fail(run(fake))).toContain("continue the rotation");
    expect(fake.secrets).toHaveLength(1);
  });

  test("and completed by another run leaves no label", async () => {
    const fake = new FakeClient();
    await start(fake);
    fake.write(
      "late",
      JSON.stringify({ client_id: CLIENT_ID, client_secret: WRONG }),
      ["AWSPENDING"],
    );
    await start(fake);
    expect(fake.labels).not.toContain("AWSPENDING");
    expect(await readState(fake)).toBe("rotating");
  });

  test("and whose label was moved to another version is continued", async () => {
    const fake = new FakeClient();
    fake.write(
      "first",
      JSON.stringify({ client_id: CLIENT_ID, client_secret: MANUAL }),
      [],
    );
    fake.add(MANUAL);
    fake.write(
      "second",
      JSON.stringify({ client_id: CLIENT_ID, client_secret: WRONG }),
      ["AWSPENDING"],
    );
    await start(fake);
    expect(fake.currentSecret).toBe(MANUAL);
    expect(fake.labels).not.toContain("AWSPENDING");
  });

  test("by the replacement of its client starts with the new client", async () => {
    const fake = new FakeClient();
    await start(fake);
    fake.createClient("newclient", MANUAL);
    fake.applyTerraform("replaced");
    expect(fake.currentSecret).toBe(MANUAL);
    expect(await readState(fake)).toBe("idle");
    await start(fake);
    await finish(fake);
    expect(fake.secrets).toHaveLength(1);
    expect(fake.labels.join()).not.toContain(CLIENT_ID);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
  });
});

describe("AWSCURRENT with a secret that is not valid", () => {
  test("is repaired by a roll back if another version has a valid one", async () => {
    const fake = new FakeClient();
    fake.writeManually("broken", WRONG);
    expect(await fail(start(fake))).toContain("--back");
    expect(await fail(finish(fake))).toContain("--back");
    await back(fake);
    expect(fake.currentSecret).toBe(ORIGINAL);
  });

  test("is repaired during a rotation, and the newer secret is used", async () => {
    const fake = new FakeClient();
    await start(fake);
    const { currentSecret } = fake;
    fake.writeManually("broken", WRONG);
    expect(await fail(start(fake))).toContain("--back");
    await back(fake);
    expect(fake.currentSecret).toBe(currentSecret);
  });

  test.each(["", WRONG])(
    "gets a new secret if none is known",
    async (value) => {
      const fake = new FakeClient();
      fake.add(MANUAL);
      fake.delete(fake.secrets[0]?.id ?? "");
      fake.writeManually("broken", value);
      expect(await fail(back(fake))).toContain("create a new one");
      expect(await fail(start(fake, { replacesInvalid: false }))).toContain(
        "create a new one",
      );
      await start(fake);
      expect(fake.isValid(fake.currentSecret)).toBe(true);
      expect(fake.isValid(MANUAL)).toBe(true);
      await finish(fake);
      expect(fake.secrets).toHaveLength(1);
    },
  );

  test("gets a new secret only after an unknown one was deleted", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.add("canary-other-00000000000000000000");
    fake.writeManually("broken", WRONG);
    expect(await fail(start(fake))).toContain("--drop-unknown");
    await start(fake, { dropsUnknown: true });
    expect(fake.isValid(MANUAL)).toBe(false);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
  });
});

describe.each([
  ["no fields", "{}"],
  ["no JSON", "canary"],
  ["a list", "[]"],
  ["fields of a public client", '{"flow":"user_password","client_id":"x"}'],
  [
    "another client",
    JSON.stringify({
      client_id: "another",
      userpool_id: "us-west-2_EXAMPLE",
      cognito_domain: "https://auth.example",
      scope: "api/read",
      client_secret: WRONG,
    }),
  ],
])("AWSCURRENT with %s", (_, text) => {
  const fakeFinished = async (): Promise<FakeClient> => {
    const fake = new FakeClient({ note: "stays" });
    await start(fake);
    await finish(fake);
    return fake;
  };

  test("after a rotation is repaired by a roll back", async () => {
    const fake = await fakeFinished();
    const before = readFields(fake);
    fake.write("broken", text, ["AWSCURRENT"]);
    const { time } = fake;
    for (const run of [start, finish])
      expect(await fail(run(fake))).toContain("--back");
    expect((await back(fake)).action).toBe("rolled-back");
    expect(readFields(fake)).toEqual(before);
    expect(fake.time - time).toBeLessThan(1_000);
    expect((await finish(fake)).action).toBe("none");
  });

  test("gets the fields that Terraform wrote after the rotation", async () => {
    const fake = await fakeFinished();
    const fields = { ...readFields(fake), scope: "api/new" };
    fake.write("scope-added", JSON.stringify(fields), [
      "AWSCURRENT",
      "TERRAFORM",
    ]);
    fake.write("broken", text, ["AWSCURRENT"]);
    await back(fake);
    expect(readFields(fake)).toEqual(fields);
  });

  test("gets a new secret if none is known", async () => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.write("broken", text, ["AWSCURRENT"]);
    expect(await fail(back(fake))).toContain("create a new one");
    await start(fake);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
  });
});

test.each([
  ["is old", 24 * 3_600_000, 0, 1_000],
  ["seems to be of tomorrow", 0, -24 * 3_600_000, 90_000],
])(
  "a wrong value is not waited for long if the secret %s",
  async (_, age, clockError, limit) => {
    const fake = new FakeClient();
    fake.add(MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.writeManually("broken", WRONG);
    fake.time += age;
    const { time } = fake;
    const clock = {
      now: () => fake.time + clockError,
      sleep: (milliseconds: number) => fake.sleep(milliseconds),
    };
    const run = rollBack(createContext(fake, { clock }));
    expect(await fail(run)).toContain("create a new one");
    expect(fake.time - time).toBeLessThan(limit);
  },
);

describe("the end of a rotation", () => {
  test("waits for a run of Terraform", async () => {
    const fake = new FakeClient();
    await start(fake);
    fake.isLocked = true;
    expect(await fail(finish(fake))).toContain("ada@laptop");
    expect(fake.isValid(ORIGINAL)).toBe(true);
  });

  test("cannot be rolled back", async () => {
    const fake = new FakeClient();
    await start(fake);
    await finish(fake);
    expect(await fail(back(fake))).toContain("was deleted");
  });

  test("can be repeated, also after a roll back", async () => {
    const fake = new FakeClient();
    expect((await finish(fake)).action).toBe("none");
    await start(fake);
    await back(fake);
    expect((await back(fake)).action).toBe("none");
    expect((await finish(fake)).action).toBe("finished");
    expect(fake.currentSecret).toBe(ORIGINAL);
    expect((await finish(fake)).action).toBe("none");
  });

  test("removes the labels of deleted secrets, over many rotations", async () => {
    const fake = new FakeClient();
    for (let round = 0; round < 10; round += 1) {
      await start(fake);
      await finish(fake);
    }
    expect(fake.labels).toEqual(
      ["AWSCURRENT", "FIRST", "TERRAFORM", fake.secrets[0]?.id].sort(),
    );
  });
});

describe("the fields of a secret", () => {
  test("stay, with those that this project does not know", async () => {
    const fake = new FakeClient({
      note: "für <alle>",
      retries: 3,
      nested: [1],
    });
    const before = readFields(fake);
    await start(fake);
    const after = readFields(fake);
    const { client_secret } = after;
    expect(after).toEqual({ ...before, client_secret });
    expect(client_secret).toHaveLength(64);
    expect(Object.keys(after)).toEqual(Object.keys(before));
  });
});

describe("propagation", () => {
  test("of a deletion does not make the deleted secret current", async () => {
    const fake = new FakeClient();
    fake.propagationMs = 2_000;
    for (let round = 0; round < 5; round += 1) {
      await start(fake);
      await finish(fake);
    }
    await start(fake);
    await back(fake);
    await finish(fake);
    await start(fake);
    fake.time += 2_000;
    expect(fake.isValid(fake.currentSecret)).toBe(true);
    expect(fake.currentSecret).toBe(fake.secrets[1]?.value);
  });

  test("is waited for before the switch", async () => {
    const fake = new FakeClient();
    fake.propagationMs = 40_000;
    await start(fake);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
  });

  test("that takes too long switches nothing", async () => {
    const fake = new FakeClient();
    fake.propagationMs = 300_000;
    const { time } = fake;
    expect(await fail(start(fake))).toContain("not known here");
    expect(fake.currentSecret).toBe(ORIGINAL);
    expect(fake.time - time).toBeLessThan(90_000);
    fake.time += 300_000;
    await start(fake);
    expect(fake.currentSecret).not.toBe(ORIGINAL);
  });
});

describe("a secret that cannot be rotated", () => {
  test.each<[string, (fake: FakeClient) => void, string]>([
    [
      "a public client",
      (fake) => {
        fake.versions.length = 0;
        fake.write("v2", '{"flow":"user_password","client_id":"x"}', [
          "AWSCURRENT",
        ]);
      },
      "got a public client",
    ],
    [
      "a client without a secret",
      (fake) => {
        fake.secrets.length = 0;
      },
      "got a public client",
    ],
    [
      "a client that was deleted",
      (fake) => {
        fake.clientId = "another";
      },
      "does not exist in user pool",
    ],
    [
      "a deployment that did not finish",
      (fake) => {
        fake.versions.length = 0;
        fake.write("v0", "{}", ["AWSCURRENT", "FIRST"]);
      },
      "got no client_id, userpool_id, cognito_domain, scope",
    ],
    [
      "text that is no JSON",
      (fake) => {
        fake.versions.length = 0;
        fake.write("v2", "canary", ["AWSCURRENT"]);
      },
      "list-secret-version-ids",
    ],
    [
      "a secret without an earlier version",
      (fake) => {
        fake.versions.length = 0;
        fake.write("v0", "{}", ["AWSCURRENT", "FIRST"]);
      },
      "if there is none, add a client secret (docs/troubleshooting.md)",
    ],
  ])("%s is explained", async (_, change, expected) => {
    const fake = new FakeClient();
    change(fake);
    for (const run of [start, finish, back])
      expect(await fail(run(fake))).toContain(expected);
  });
});
