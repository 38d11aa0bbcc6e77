import fc from "fast-check";
import { createServiceTokens } from "../../../scripts/lib/auth/service-tokens";
import { FakeServiceClient } from "../../support/fake-service-client";
import { VirtualClock } from "../../support/virtual-clock";

const MINUTE = 60_000;
/** Longer than a read and a request take together. */
const MIN_STEP_MS = 150;

/** Something that happens to the client, or to its users. */
type Event =
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "call"; readonly callers: number; readonly scope: number }
  | { readonly kind: "rotation" };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      milliseconds: fc.oneof(fc.nat(200), fc.nat(MINUTE), fc.nat(120 * MINUTE)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("call" as const),
      callers: fc.integer({ min: 1, max: 5 }),
      scope: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("rotation" as const) }),
  },
);

test("no call fails and no request is sent a third time, whenever steps of rotations occur", async () => {
  let refusedCount = 0;
  let renewedCount = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 5, maxLength: 40 }),
      fc.constantFrom(300, 900, 3600, 86_400),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (events, validity, chance) => {
        const clock = new VirtualClock();
        clock.chance = chance;
        const client = new FakeServiceClient(clock);
        client.validity = validity;
        const tokens = createServiceTokens({
          secretName: "our-auth-dev/workflows-client",
          reader: client.readSecret,
          fetch: client.fetch,
          clock,
        });
        const steps = [
          () => {
            client.start();
          },
          () => {
            client.switch();
          },
          () => {
            client.finish();
          },
        ];
        const calls: Promise<void>[] = [];
        let stepCount = 0;
        for (const next of events) {
          if (next.kind === "wait") await clock.advance(next.milliseconds);
          else if (next.kind === "rotation") {
            await clock.advance(MIN_STEP_MS);
            steps[stepCount % steps.length]?.();
            stepCount += 1;
          } else
            for (let caller = 0; caller < next.callers; caller += 1)
              calls.push(
                tokens
                  .getIssuedToken({
                    scopes:
                      [[], ["server/read"], ["server/write"]][next.scope] ?? [],
                  })
                  .then(({ requestedAt, expiresAt }) => {
                    expect(clock.now()).toBeLessThan(expiresAt);
                    expect(clock.now()).toBeGreaterThanOrEqual(requestedAt);
                  }),
              );
        }
        await clock.run(Promise.all(calls));
        // a renewal without callers
        await clock.advance(MINUTE);
        expectOneRetry(client);
        refusedCount += client.refusedCount;
        renewedCount += client.requests.length;
      },
    ),
    { numRuns: 300 },
  );
  // the events cover what the test is about
  expect(refusedCount).toBeGreaterThan(20);
  expect(renewedCount).toBeGreaterThan(300);
});

/** Expects that each set of scopes has a token after at most one refused request. */
function expectOneRetry({ requests }: FakeServiceClient): void {
  const refused = new Map<string | null, number>();
  for (const { scope, isRefused } of requests) {
    const count = isRefused ? (refused.get(scope) ?? 0) + 1 : 0;
    expect(count).toBeLessThanOrEqual(1);
    refused.set(scope, count);
  }
  expect([...refused.values()].every((count) => count === 0)).toBe(true);
}
