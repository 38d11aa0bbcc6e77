import fc from "fast-check";
import { formatCommentMarker } from "../../../../scripts/lib/review/render/comment-marker";
import { ANY_NAME } from "../../../support/plan-reviews";

test.each([
  [undefined, "<!-- veda-auth-plan-review -->"],
  ["dev", "<!-- veda-auth-plan-review:dev -->"],
  ["dev-2", "<!-- veda-auth-plan-review:dev-2 -->"],
  ["a--b", "<!-- veda-auth-plan-review:a%2D-b -->"],
  ["-->", "<!-- veda-auth-plan-review:%2D%2D%3E -->"],
  ["a%b", "<!-- veda-auth-plan-review:a%25b -->"],
  ["é", "<!-- veda-auth-plan-review:%C3A9 -->"],
])("the marker of stage %j is %s", (stage, marker) => {
  expect(formatCommentMarker(stage)).toBe(marker);
});

test("a marker is one comment in one line for any stage", () => {
  fc.assert(
    fc.property(ANY_NAME, (stage) => {
      expect(formatCommentMarker(stage)).toMatch(
        /^<!-- veda-auth-plan-review:[\w.%]*(-[\w.%]+)* -->$/,
      );
    }),
  );
});

test("stages with long names have different markers", () => {
  const long = "a".repeat(5_000);
  expect(formatCommentMarker(`${long}b`)).not.toBe(
    formatCommentMarker(`${long}c`),
  );
  expect(formatCommentMarker(long).length).toBeLessThan(200);
});
