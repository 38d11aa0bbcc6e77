import {
  getNounPrefix,
  type NodeKind,
} from "../../../scripts/lib/access/access-graph";
import { redacted } from "../../support/plan-reviews";

test.each<[NodeKind, string, string]>([
  ["users", "all users who sign in", ""],
  ["users", "users of Google (id)", ""],
  ["resource", "the user pool", ""],
  ["resource", "arn:aws:s3:::data", "resource "],
  ["group", "users", "group "],
])("the noun before %s %j is %j", (kind, name, prefix) => {
  expect(getNounPrefix({ kind, name: redacted(name) })).toBe(prefix);
});
