import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { DemoProcess, killDemos, isOpen } from "../support/demo-process";
import { describeLocal } from "../support/deployment";

jest.setTimeout(240_000);

afterEach(killDemos);

describeLocal("the demo", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "ends all processes on %s",
    async (signal) => {
      const demo = new DemoProcess();
      await demo.waitForLine("  created");
      const started = demo.listDescendants();
      expect(started.length).toBeGreaterThan(2);
      demo.kill(signal);
      expect(await demo.waitForExit()).toBe(signal);
      await sleep(500);
      expect(started.filter(isAlive)).toEqual([]);
      expect(await isOpen(demo.getEndpoint())).toBe(false);
    },
  );

  test("ends all processes when the local AWS is killed", async () => {
    const demo = new DemoProcess();
    await demo.waitForLine("npx veda-auth deploy");
    const started = demo.listDescendants();
    const [server = 0] = started;
    process.kill(server, "SIGKILL");
    await demo.waitForLine("deploy failed");
    const later = demo.listDescendants();
    expect(await demo.waitForExit()).toBe(1);
    await sleep(500);
    expect([...started, ...later].filter(isAlive)).toEqual([]);
  });
});

/** Returns whether a process runs. A zombie does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
