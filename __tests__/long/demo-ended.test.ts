import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Demo, endDemos, isOpen } from "../support/demo";
import { describeLocal } from "../support/deployment";

afterEach(endDemos);

describeLocal("the demo", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "leaves no process when %s ends it",
    async (signal) => {
      const demo = new Demo();
      await demo.line("  created");
      const started = demo.descendants();
      expect(started.length).toBeGreaterThan(2);
      demo.kill(signal);
      expect(await demo.ending()).toBe(signal);
      await sleep(500);
      expect(started.filter(isAlive)).toEqual([]);
      expect(await isOpen(demo.endpoint())).toBe(false);
    },
    60_000,
  );

  test("ends, and leaves no process, when the local AWS is killed", async () => {
    const demo = new Demo();
    await demo.line("cdktf deploy");
    const started = demo.descendants();
    const [server = 0] = started;
    process.kill(server, "SIGKILL");
    await demo.line("cdktf deploy failed");
    const later = demo.descendants();
    expect(await demo.ending()).toBe(1);
    await sleep(500);
    expect([...started, ...later].filter(isAlive)).toEqual([]);
  }, 120_000);
});

/** Whether a process runs; one that has ended but was not yet asked for its exit code does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
