import { few } from "./party";
import { say, type Phrase } from "./phrase";
import type { Condition } from "./policy";

const WORDS: Readonly<Record<string, string>> = {
  StringEquals: "is",
  StringLike: "is like",
  StringNotEquals: "is not",
  StringNotLike: "is not like",
  StringEqualsIgnoreCase: "is, in any case,",
  ArnEquals: "is",
  ArnLike: "is like",
  ArnNotEquals: "is not",
  ArnNotLike: "is not like",
  Bool: "is",
  Null: "is not given:",
  IpAddress: "is in",
  NotIpAddress: "is not in",
};

/** When something is allowed; nothing where it always is. */
export function whenTold(conditions: readonly Condition[]): Phrase {
  return conditions.flatMap(({ operator, key, values }, index) => {
    const known = WORDS[operator];
    const test: Phrase = known === undefined ? say`${operator}` : [known];
    return [
      index === 0 ? " when " : " and ",
      ...say`${key} ${test} ${few(values)}`,
    ];
  });
}
