import {
  rotateSecrets,
  type RotateOptions,
} from "../../../scripts/lib/rotation/rotate-secrets";
import type { RotationReport } from "../../../scripts/lib/rotation/rotation-report";
import { parseDuration } from "../../../scripts/lib/system/time";
import { createContext, FakeClient } from "../../support/fake-rotation";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAILY: RotateOptions = {
  mode: "rotate",
  everyMs: 90 * DAY,
  keepOldMs: DAY,
};

async function run(
  fake: FakeClient,
  options: RotateOptions,
): Promise<RotationReport> {
  const reports: RotationReport[] = [];
  const clients = [{ id: "service", context: createContext(fake) }];
  await rotateSecrets(clients, options, (report) => reports.push(report));
  expect(reports).toHaveLength(1);
  const [report] = reports;
  if (report === undefined) throw new Error("no report");
  return report;
}

describe("a daily run", () => {
  test("rotates after 90 days, and deletes the former secret a day later", async () => {
    const fake = new FakeClient();
    const actions: string[] = [];
    for (let day = 0; day < 200; day += 1) {
      const { action, status } = await run(fake, DAILY);
      if (action !== "none") actions.push(`${day} ${action ?? ""} ${status}`);
      fake.time += DAY;
    }
    expect(actions).toEqual([
      "90 started rotating",
      "91 finished idle",
      "180 started rotating",
      "181 finished idle",
    ]);
  });

  test("reports when the next steps are due", async () => {
    const fake = new FakeClient();
    const created = fake.secrets[0]?.createdAt ?? new Date();
    const idle = await run(fake, DAILY);
    expect(idle).toEqual({
      client: "service",
      secret: "veda-auth-stack-dev/workflows-client",
      status: "idle",
      action: "none",
      createdAt: created.toISOString(),
      rotateAt: new Date(created.getTime() + 90 * DAY).toISOString(),
    });
    expect(fake.lines.join()).toContain(
      "the client of veda-auth-stack-dev/workflows-client has one valid secret, which is 0 minutes old; next: rotate it from 2026-04-01 00:00 UTC",
    );
    await run(fake, { mode: "rotate" });
    fake.time += HOUR;
    const { status, switchedAt = "", finishAt = "" } = await run(fake, DAILY);
    expect(status).toBe("rotating");
    expect(Date.parse(finishAt) - Date.parse(switchedAt)).toBe(DAY);
  });

  test("continues a rotation that was interrupted, whatever its age", async () => {
    const fake = new FakeClient();
    const hook = (name: string): void => {
      if (name === "addSecret") throw new Error("interrupted");
    };
    const clients = [{ id: "service", context: createContext(fake, { hook }) }];
    await expect(
      rotateSecrets(clients, { mode: "rotate" }, () => undefined),
    ).rejects.toThrow("interrupted");
    expect((await run(fake, { mode: "status" })).status).toBe("pending");
    expect((await run(fake, DAILY)).action).toBe("started");
  });

  test("finishes a roll back, then rotates again since the secret is old", async () => {
    const fake = new FakeClient();
    fake.time += 90 * DAY;
    await run(fake, DAILY);
    await run(fake, { mode: "back" });
    expect((await run(fake, DAILY)).action).toBe("none");
    fake.time += DAY;
    expect((await run(fake, DAILY)).action).toBe("started");
    expect(fake.secrets).toHaveLength(2);
  });
});

describe("a run with --finish", () => {
  test("deletes the former secret at once, or with --keep-old when it is due", async () => {
    const fake = new FakeClient();
    await run(fake, { mode: "rotate" });
    const later = { mode: "finish", keepOldMs: DAY } as const;
    expect((await run(fake, later)).action).toBe("none");
    fake.time += DAY;
    expect((await run(fake, later)).action).toBe("finished");
    await run(fake, { mode: "rotate" });
    expect((await run(fake, { mode: "finish" })).action).toBe("finished");
  });

  test("and without --every does not rotate again", async () => {
    const fake = new FakeClient();
    await run(fake, { mode: "rotate", keepOldMs: DAY });
    fake.time += DAY;
    const result = await run(fake, { mode: "rotate", keepOldMs: DAY });
    expect(result).toMatchObject({ action: "finished", status: "idle" });
  });
});

test("a run with --status changes nothing", async () => {
  const fake = new FakeClient();
  const names: string[] = [];
  const context = createContext(fake, {
    hook: (name) => {
      names.push(name);
    },
  });
  await rotateSecrets(
    [{ id: "service", context }],
    { mode: "status" },
    () => undefined,
  );
  expect([...new Set(names)].sort()).toEqual([
    "describeClient",
    "listLiveSecrets",
    "listVersions",
    "readVersion",
  ]);
});

test.each([
  ["has no fields", "{}", "must have the fields of a client"],
  [
    "has a value that no live secret has",
    undefined,
    "does not recognize the client secret",
  ],
])(
  "a run with --status names the repair if AWSCURRENT %s",
  async (_, text, message) => {
    for (const isRotating of [false, true]) {
      const fake = new FakeClient();
      if (isRotating) await run(fake, { mode: "rotate" });
      if (text === undefined) fake.writeManually("broken", "another");
      else fake.write("broken", text, ["AWSCURRENT"]);
      const error: unknown = await run(fake, { mode: "status" }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        message: expect.stringContaining(message) as string,
        hint: expect.stringContaining("rotate-secret --back") as string,
      });
    }
  },
);

describe("several clients", () => {
  test("wait at the same time, and the others go on if one fails", async () => {
    const fakes = Array.from({ length: 20 }, () => new FakeClient());
    const [failing] = fakes;
    failing?.add("another-secret-000000000000000000");
    const reports: RotationReport[] = [];
    const clients = fakes.map((fake, index) => ({
      id: `client-${index}`,
      context: createContext(fake),
    }));
    await expect(
      rotateSecrets(clients, { mode: "rotate" }, (report) =>
        reports.push(report),
      ),
    ).rejects.toThrow("1 of 20 clients failed: client-0");
    expect(reports.filter(({ status }) => status === "failed")).toHaveLength(1);
    expect(reports.filter(({ action }) => action === "started")).toHaveLength(
      19,
    );
    expect(failing?.lines.join()).toContain("hint: if no application uses it");
  });

  test("that fail with an internal error end the command with it", async () => {
    const hook = (): void => {
      throw new TypeError("internal");
    };
    const clients = [
      { id: "a", context: createContext(new FakeClient(), { hook }) },
      { id: "b", context: createContext(new FakeClient()) },
    ];
    const reports: RotationReport[] = [];
    await expect(
      rotateSecrets(clients, { mode: "rotate" }, (report) =>
        reports.push(report),
      ),
    ).rejects.toThrow(TypeError);
    expect(reports.map(({ client }) => client)).toEqual(["b"]);
  });
});

describe("messages", () => {
  test("of the state name the client, which secret is current, and the next command", async () => {
    const fake = new FakeClient();
    const readStatus = async (): Promise<string> => {
      fake.lines.length = 0;
      await run(fake, { mode: "status" });
      return fake.lines.join("\n");
    };
    expect(await readStatus()).toBe(
      "the client of veda-auth-stack-dev/workflows-client has one valid secret, which is 0 minutes old; next: rotate it with rotate-secret",
    );
    await run(fake, { mode: "rotate" });
    expect(await readStatus()).toMatch(
      /^the client of veda-auth-stack-dev.workflows-client has two valid secrets, and AWSCURRENT holds the new one since .* UTC; next: delete the former one with rotate-secret --finish$/,
    );
    await run(fake, { mode: "back" });
    expect(await readStatus()).toMatch(
      /AWSCURRENT holds the former one since .*; next: delete the new one with rotate-secret --finish$/,
    );
  });

  test.each<[RotateOptions, readonly string[]]>([
    [
      { mode: "rotate" },
      [
        "within 1 hour",
        "Restart applications",
        "before you delete the former secret with rotate-secret --finish",
        "rotate-secret --back",
      ],
    ],
    [
      { mode: "rotate", keepOldMs: DAY },
      [
        "before 2026-01-02 00:00 UTC: the former secret is deleted by the first run after that",
      ],
    ],
  ])(
    "name the applications to restart, and when: %j",
    async (options, expected) => {
      const fake = new FakeClient();
      await run(fake, options);
      for (const text of expected)
        expect(fake.lines.join("\n")).toContain(text);
      const values = fake.secrets.map(({ value }) => value);
      for (const value of values)
        expect(fake.lines.join("\n")).not.toContain(value);
    },
  );

  test("of a repair do not name a former secret", async () => {
    for (const isRotating of [false, true]) {
      const fake = new FakeClient();
      if (isRotating) await run(fake, { mode: "rotate" });
      fake.write("broken", "{}", ["AWSCURRENT"]);
      await run(fake, { mode: "back" });
      const text = fake.lines.join("\n");
      expect(text).toContain("holds a valid secret again");
      expect(text).not.toContain("holds the former secret");
    }
  });

  test("explain a roll back and an end", async () => {
    const fake = new FakeClient();
    await run(fake, { mode: "rotate" });
    await run(fake, { mode: "back" });
    expect(fake.lines.join("\n")).toContain("holds the former secret again");
    await run(fake, { mode: "finish" });
    expect(fake.lines.join("\n")).toContain("is the only one that is valid");
  });
});

test.each([
  ["30m", 30 * 60_000],
  ["24h", DAY],
  ["90d", 90 * DAY],
  ["0m", 0],
  ["90", undefined],
  ["1.5h", undefined],
  ["-1d", undefined],
  ["1w", undefined],
  ["1 d", undefined],
  ["1D", undefined],
  ["", undefined],
])("the duration %j has %p ms", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
