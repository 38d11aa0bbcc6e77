import type { Construct } from "constructs";
import { reportProblems } from "../constructs/validation";

/**
 * The construct id for a caller's id, which keys the resource. A second use of one is a problem; it gets an id of its
 * own, so that the problem can be told together with all others.
 */
export function uniqueId(parent: Construct, id: string): string {
  if (id !== "" && parent.node.tryFindChild(id) === undefined) return id;
  if (id !== "") {
    reportProblems(parent, `id must be another for each, got "${id}" twice`);
  }
  return `${id} (${parent.node.children.length + 1})`;
}
