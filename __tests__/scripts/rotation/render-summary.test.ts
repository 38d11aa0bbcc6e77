import { renderSummary } from "../../../scripts/lib/rotation/render-summary";
import type { RotationReport } from "../../../scripts/lib/rotation/rotation-report";

function render(...reports: readonly RotationReport[]): string[] {
  return renderSummary("dev", reports).split("\n").slice(4);
}

const REPORT = {
  client: "a",
  secret: "our-auth-dev/a",
  status: "idle",
} as const;

describe("the summary of a rotation", () => {
  test("has a heading, and a sentence without clients", () => {
    expect(renderSummary("dev", [])).toBe(
      "### Client secrets of dev\n\nThe stage has no client with a secret.",
    );
  });

  test.each<[name: string, report: Partial<RotationReport>, cells: string]>([
    ["an unchanged secret", {}, "idle | "],
    [
      "a secret that is not due",
      { rotateAt: "2026-03-01T04:05:06.000Z" },
      "idle | rotated after 2026-03-01 04:05 UTC",
    ],
    [
      "a started rotation",
      {
        status: "rotating",
        action: "started",
        finishAt: "2026-03-01T04:05:06.000Z",
        rotateAt: "2026-06-01T04:05:06.000Z",
      },
      "started: rotating | the former secret is deleted after 2026-03-01 04:05 UTC: restart every application that cannot read it again",
    ],
    [
      "a rotation that was rolled back",
      {
        status: "rotating",
        createdAt: "2026-02-01T00:00:00.000Z",
        otherCreatedAt: "2026-03-01T00:00:00.000Z",
        finishAt: "2026-03-01T04:05:06.000Z",
      },
      "rotating | the newer secret is deleted after 2026-03-01 04:05 UTC: restart every application that cannot read it again",
    ],
    ["a finished rotation", { action: "finished" }, "finished: idle | "],
    ["no action", { action: "none" }, "idle | "],
    ["an error", { status: "failed" }, "failed | see the log of the run"],
  ])("has a row for %s", (_, report, cells) => {
    expect(render({ ...REPORT, ...report })).toEqual([`| \`a\` | ${cells} |`]);
  });

  test("sorts the clients, and contains no other field", () => {
    const rows = render({ ...REPORT, client: "b" }, REPORT);
    expect(rows).toEqual(["| `a` | idle |  |", "| `b` | idle |  |"]);
  });
});
