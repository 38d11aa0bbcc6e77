import { limitConcurrency } from "../../../scripts/lib/system/concurrency";

/** Jobs that end when the test ends them. */
class Jobs {
  readonly started: number[] = [];
  private readonly ends = new Map<number, (error?: Error) => void>();

  readonly create = (id: number) => (): Promise<number> => {
    this.started.push(id);
    return new Promise((resolve, reject) => {
      this.ends.set(id, (error) => {
        if (error === undefined) resolve(id);
        else reject(error);
      });
    });
  };

  async end(id: number, error?: Error): Promise<void> {
    this.ends.get(id)?.(error);
    await new Promise(setImmediate);
  }
}

test("runs as many jobs as the limit, in the order of the calls", async () => {
  const limit = limitConcurrency(2);
  const jobs = new Jobs();
  const results = [1, 2, 3, 4].map((id) => limit(jobs.create(id)));
  await jobs.end(0);
  expect(jobs.started).toEqual([1, 2]);
  await jobs.end(2);
  expect(jobs.started).toEqual([1, 2, 3]);
  await jobs.end(3);
  await jobs.end(1);
  await jobs.end(4);
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
});

test("continues after a job that fails", async () => {
  const limit = limitConcurrency(1);
  const jobs = new Jobs();
  const first = limit(jobs.create(1)).catch((error: unknown) => error);
  const second = limit(jobs.create(2));
  const error = new Error("one");
  await jobs.end(1, error);
  await jobs.end(2);
  expect(await first).toBe(error);
  expect(await second).toBe(2);
  const third = limit(jobs.create(3));
  await jobs.end(3);
  expect(await third).toBe(3);
});
