/** The bucket that an ARN is of, and the pattern of its objects' keys; `undefined` for what is none of S3's. */
export function s3Part(
  arn: string,
): { readonly bucket: string; readonly key?: string } | undefined {
  const [, bucket, key] =
    /^arn:[\w-]+:s3:::([^/]+?)(?:\/(.*))?$/.exec(arn) ?? [];
  if (bucket === undefined || bucket === "*") return undefined;
  return { bucket, ...(key !== undefined && { key }) };
}

export const EVERYTHING = "do anything with";

/** A word for what can be done with a resource. */
export type Verb =
  | typeof EVERYTHING
  | "read"
  | "list"
  | "describe"
  | "write"
  | "delete from"
  | "change who may use"
  | "see the settings of"
  | "change the settings of"
  | "nothing";

/** What each action is in a word, on objects and on the bucket itself; the first that fits. */
const ON_OBJECTS: readonly (readonly [RegExp, Verb])[] = [
  [/^(s3:)?\*$/, EVERYTHING],
  [/^s3:(getbucket|list|createbucket|deletebucket)/, "nothing"],
  [/^s3:get/, "read"],
  [/^s3:put.*acl/, "change who may use"],
  [/^s3:(put|abort|restore|replicate)/, "write"],
  [/^s3:delete/, "delete from"],
];
const ON_BUCKET: readonly (readonly [RegExp, Verb])[] = [
  [/^(s3:)?\*$/, EVERYTHING],
  [/^s3:(getobject|putobject|deleteobject|abort|restore)/, "nothing"],
  [/^s3:list/, "list"],
  [/^s3:get/, "see the settings of"],
  [/^s3:(put|create|delete)/, "change the settings of"],
];

/** Returns a word for an action, which may do nothing there; `undefined` if there is none for it. */
export function verbOf(action: string, isOnObjects: boolean): Verb | undefined {
  const name = action.toLowerCase();
  const words = isOnObjects ? ON_OBJECTS : ON_BUCKET;
  return words.find(([pattern]) => pattern.test(name))?.[1];
}

/** Words that say more make those needless that they hold. */
const NEEDLESS: Partial<Readonly<Record<Verb, readonly Verb[]>>> = {
  read: ["list", "see the settings of", "describe"],
  list: ["see the settings of"],
  write: ["delete from"],
};
const ORDER: readonly Verb[] = [
  EVERYTHING,
  "read",
  "list",
  "describe",
  "write",
  "delete from",
  "change who may use",
  "see the settings of",
  "change the settings of",
];

/** The words that say it all, each once. */
export function verbsOf(verbs: readonly Verb[]): readonly Verb[] {
  if (verbs.includes(EVERYTHING)) return [EVERYTHING];
  const needless = verbs.flatMap((verb) => NEEDLESS[verb] ?? []);
  return ORDER.filter(
    (verb) => verbs.includes(verb) && !needless.includes(verb),
  );
}
