import * as fc from "fast-check";
import type { BucketGrants } from "../../constructs/bucket-access";
import type { GitHubSubject } from "../../constructs/github-subject";
import type { OAuthScope } from "../../constructs/resource-server";
import type { AuthStack } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";

/** A valid stage: its settings, and the arguments of the calls that add to it. */
export interface GeneratedStage {
  readonly settings: Environment;
  readonly servers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Client to the indices of its scopes and the validity of its tokens. */
  readonly services: Readonly<
    Record<
      string,
      { readonly scopes: readonly number[]; readonly validity: TokenValidity }
    >
  >;
  readonly pages: Readonly<Record<string, PageOptions>>;
  readonly scripts: number;
  readonly groups: Readonly<Record<string, GroupOptions>>;
  readonly roles: Readonly<Record<string, RoleOptions>>;
}

interface TokenValidity {
  readonly accessTokenMinutes?: number;
  readonly idTokenMinutes?: number;
  readonly refreshTokenDays?: number;
}

interface PageOptions extends TokenValidity {
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
}

interface GroupOptions {
  readonly description: string;
  readonly buckets: BucketGrants;
}

interface RoleOptions {
  readonly subjects: readonly GitHubSubject[];
  readonly description: string;
  readonly path: string;
  readonly buckets: readonly string[];
}

const ACCOUNT = "123456789012";
const ISSUER = "token.actions.githubusercontent.com";
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?$/);
/** Creates texts with special characters of JSON, HCL and shells, but without templates of Terraform. */
const text = (characters: string) =>
  fc
    .string({
      unit: fc.constantFrom(...Array.from(characters)),
      minLength: 1,
      maxLength: 40,
    })
    .filter((value) => !/[$%]\{/.test(value));
const sentence = text("ab Z09.,;:'\"\\/$%{}<>&|#é日😀");
const latin = text("ab Z09.,;:'\"\\/$%{}<>&|#é\n\t");
const url = fc.oneof(
  word.map((name) => `https://${name}.example/callback?x=1&y=%20`),
  fc.constantFrom("http://localhost:3000/", "myapp://callback"),
);
const urls = (minLength: number) =>
  fc.uniqueArray(url, { minLength, maxLength: 4 });
const bucket = word.map((name) => `b-${name}-x`);
const some = <T>(
  name: fc.Arbitrary<string>,
  value: fc.Arbitrary<T>,
  maxKeys = 3,
) => fc.dictionary(name, value, { maxKeys, noNullPrototype: true });
const validity: fc.Arbitrary<TokenValidity> = fc.record(
  {
    accessTokenMinutes: fc.integer({ min: 5, max: 1440 }),
    idTokenMinutes: fc.integer({ min: 5, max: 1440 }),
    refreshTokenDays: fc.integer({ min: 1, max: 3650 }),
  },
  { requiredKeys: [] },
);

/** Settings that a stage with an existing user pool cannot have. */
const userPoolSettings: fc.Arbitrary<Environment> = fc.record(
  {
    MFA: fc.constantFrom("off", "optional", "required"),
    ACCOUNT_RECOVERY: fc.constantFrom("verified_email", "admin_only"),
    PASSWORD_MIN_LENGTH: fc.integer({ min: 6, max: 99 }).map(String),
    PASSWORD_HISTORY: fc.integer({ min: 0, max: 24 }).map(String),
    FEATURE_PLAN: fc.constantFrom("ESSENTIALS", "PLUS"),
    THREAT_PROTECTION: fc.constant("OFF"),
  },
  { requiredKeys: [] },
);

const settings: fc.Arbitrary<Environment> = fc
  .record(
    {
      APP_NAME: word,
      STAGE: word,
      AWS_REGION: fc.constantFrom("us-west-2", "eu-central-1", "us-gov-west-1"),
      AWS_ACCOUNT_ID: fc.constant(ACCOUNT),
      PROJECT: text("ab Z09_.:/=+-@é"),
      DELETION_PROTECTION: fc.constantFrom("true", "no", "0"),
      USER_POOL: userPoolSettings,
      SECRET_RECOVERY_DAYS: fc.constantFrom("0", "7", "30"),
      PERMISSIONS_BOUNDARY_POLICY_NAME: word,
      OIDC_PROVIDER_EXISTS: fc.constantFrom("true", "false"),
      OIDC_THUMBPRINT: fc.stringMatching(/^[0-9a-f]{40}$/),
      STATE_BUCKET_NAME: bucket,
      STATE_BUCKET_KEY: word.map((name) => `${name}/state é.tfstate`),
      STATE_BACKEND: fc.constantFrom("local", "s3"),
      USER_POOL_ID: word.map((name) => `_${name.replaceAll("-", "")}`),
      SECRET_ROLE_ACCESS: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
      PROGRAMMATIC_CALLBACK_URLS: urls(1),
    },
    {
      requiredKeys: ["APP_NAME", "STAGE", "STATE_BUCKET_NAME", "STATE_BACKEND"],
    },
  )
  .filter(
    ({ APP_NAME, STAGE }) =>
      !/aws|amazon|cognito|(^|-)prod(uction)?(-|$)/.test(
        `${APP_NAME}-${STAGE}`,
      ),
  )
  .map(
    ({
      USER_POOL,
      USER_POOL_ID,
      SECRET_ROLE_ACCESS,
      PROGRAMMATIC_CALLBACK_URLS,
      ...rest
    }) => {
      const { AWS_REGION = "us-west-2" } = rest;
      const partition = AWS_REGION.startsWith("us-gov") ? "aws-us-gov" : "aws";
      return {
        ...rest,
        OWNER: "operator",
        OIDC_PROVIDER_URL: ISSUER,
        ...(USER_POOL_ID === undefined
          ? USER_POOL
          : { USER_POOL_ID: AWS_REGION + USER_POOL_ID }),
        ...(SECRET_ROLE_ACCESS && {
          SECRET_ROLE_ACCESS: SECRET_ROLE_ACCESS.map(
            (name) => `arn:${partition}:iam::${ACCOUNT}:role/${name}`,
          ).join(", "),
        }),
        ...(PROGRAMMATIC_CALLBACK_URLS && {
          PROGRAMMATIC_CALLBACK_URLS: PROGRAMMATIC_CALLBACK_URLS.join(","),
        }),
      };
    },
  );

const ids = { ownerId: "1", repoId: "2" };
const subject: fc.Arbitrary<GitHubSubject> = fc
  .record({
    owner: word,
    repo: word.map((name) => `.${name}_1`),
    more: fc.constantFrom({}, ids, { ...ids, alsoClassic: true }),
    run: fc.constantFrom("branch", "environment", "tag"),
    name: text("abZ09.:/'\"\\$&é"),
  })
  .map(({ owner, repo, more, run, name }) => {
    const of = { owner, repo, ...more };
    if (run === "tag") return { ...of, tag: name };
    return run === "branch"
      ? { ...of, branch: name }
      : { ...of, environment: name };
  });

/** Valid stages. */
export const generatedStages: fc.Arbitrary<GeneratedStage> = fc.record({
  settings,
  servers: some(
    word,
    fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}:[A-Za-z0-9.\-[\]]{1,9}$/),
      sentence,
      { minKeys: 1, maxKeys: 4, noNullPrototype: true },
    ),
  ),
  services: some(
    word.map((name) => `service-${name}`),
    fc.record({
      scopes: fc.uniqueArray(fc.nat(11), { maxLength: 4 }),
      validity,
    }),
  ),
  pages: some(
    word.map((name) => `page-${name}`),
    fc
      .record({ callbackUrls: urls(1), logoutUrls: urls(0), validity })
      .map(({ validity: own, ...rest }) => ({ ...rest, ...own })),
  ),
  scripts: fc.nat(2),
  groups: some(
    word.map((name) => `group-${name}`),
    fc.record({
      description: sentence,
      buckets: some(
        bucket,
        fc.oneof(
          fc.constantFrom("read" as const, "read-write" as const),
          fc.record({
            permission: fc.constantFrom("read" as const, "read-write" as const),
            prefix: fc.constantFrom("a/", "home/${aws:username}/", 'é "b"/'),
          }),
        ),
      ),
    }),
  ),
  roles: some(
    word.map((name) => `ci-${name}`),
    fc.record({
      subjects: fc.uniqueArray(subject, {
        minLength: 1,
        maxLength: 3,
        selector: ({ owner }) => owner,
      }),
      description: latin,
      path: fc.constantFrom("/", "/a/b/"),
      buckets: fc.uniqueArray(bucket, { maxLength: 2 }),
    }),
  ),
});

/** Adds the generated parts to a stage. */
export function addGeneratedParts(
  auth: AuthStack,
  stage: GeneratedStage,
): void {
  const scopes = Object.entries(stage.servers)
    .sort(byName)
    .flatMap(([id, of]): OAuthScope[] => {
      const server = auth.addResourceServer(
        id,
        of,
        id.length % 2 === 1 ? {} : { identifier: `https://${id}.example/v1/` },
      );
      return Object.keys(of)
        .sort()
        .map((name) => server.scope(name));
    });
  for (const [id, { scopes: chosen, validity: own }] of Object.entries(
    stage.services,
  ).sort(byName)) {
    const granted = [
      ...new Set(chosen.map((index) => scopes[index % scopes.length])),
    ];
    const known = granted.filter((scope) => scope !== undefined);
    if (known.length > 0) auth.addServiceClient(id, { scopes: known, ...own });
  }
  const { programmaticClient, oidcProvider } = auth.config;
  for (const id of ["programmatic-client", "other-client"].slice(
    0,
    stage.scripts,
  ))
    auth.addProgrammaticClient(id, programmaticClient);
  for (const [id, page] of Object.entries(stage.pages).sort(byName))
    if (id.length % 2 === 1) auth.addFrontendClient(id, page);
    else auth.addWebClient(id, page);
  for (const [index, [name, group]] of Object.entries(stage.groups)
    .sort(byName)
    .entries())
    auth.addGroup(name, { ...group, precedence: index + 1 });
  if (oidcProvider) auth.addOidcProvider(oidcProvider);
  for (const [name, { buckets, ...role }] of Object.entries(stage.roles).sort(
    byName,
  ))
    auth.addOidcRole(name, {
      ...role,
      statements: buckets.map((one) => ({
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::${one}/*`,
      })),
    });
}

/** Reorders the keys of all objects, but not the items of lists. */
export function reorderKeys<T>(value: T, seed: number): T {
  if (Array.isArray(value))
    return value.map((one: unknown) => reorderKeys(one, seed)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  const turn = seed % Math.max(1, entries.length);
  const turned = [...entries.slice(turn), ...entries.slice(0, turn)];
  return Object.fromEntries(
    (seed % 2 === 0 ? turned : turned.reverse()).map(([key, one]) => [
      key,
      reorderKeys(one, seed),
    ]),
  ) as T;
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
