import {
  isGitHubSubject,
  parseGitHubRepository,
  parseGitHubSubject,
} from "../../../../constructs/github-claims";
import { getEnvironment } from "../../../../stacks/config/environment";
import { GithubClient, type RepositoryReading } from "../../ci/github-client";
import { decodePolicy, getStatements, parsePolicy } from "../../iam/policy";
import { groupBy } from "../../system/group-by";
import { getAwsReader } from "../aws-reader";
import type { Check, DeployedResource, DoctorContext } from "../check";
import { checkItems, type ItemFinding, summarize } from "../check-items";
import { formatFix } from "../format-fix";
import { readText } from "../state-attributes";

const SENTENCES = {
  ok: "each repository that a role trusts has the ids of the subject",
  bad: "roles trust repositories that GitHub has under other ids or names",
  none: "no role of the stage trusts a repository",
};

/** A repository in the subjects that a role trusts. */
interface TrustedRepository {
  readonly role: string;
  /** `owner/name` */
  readonly name: string;
  /** @default the subject has names only */
  readonly ownerId?: string | undefined;
  readonly repositoryId?: string | undefined;
}

/** Compares the repositories that roles trust with those on GitHub. */
export const OIDC_SUBJECTS: Check = {
  id: "oidc-subjects",
  section: "OIDC provider and roles",
  run: async (context) => {
    const roles = context
      .listResources("aws_iam_role")
      .filter(({ attributes }) =>
        readText(attributes, "assume_role_policy").includes("oidc-provider/"),
      );
    const found = await Promise.all(
      roles.map((role) => listRepositories(role, context)),
    );
    const repositories = groupBy(found.flat(), ({ name }) => name);
    if (repositories.size === 0) return summarize([], SENTENCES);
    const token = readToken();
    if (token === undefined)
      return {
        status: "skipped",
        message: "no GitHub token: set GITHUB_TOKEN or GH_TOKEN",
      };
    return checkItems(
      [...repositories],
      SENTENCES,
      ([name]) => name,
      async ([name, uses]) => {
        const reading = await readRepository(name, token);
        return uses.flatMap((use) => compare(use, reading, context));
      },
    );
  },
};

/** Lists the repositories in the trust policy that a role has in IAM. */
async function listRepositories(
  { attributes }: DeployedResource,
  context: DoctorContext,
): Promise<readonly TrustedRepository[]> {
  const name = readText(attributes, "name");
  const role = await getAwsReader(context).findRole(name);
  const policy = decodePolicy(role?.AssumeRolePolicyDocument ?? "");
  return getStatements(parsePolicy(policy))
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.endsWith(":sub"))
    .flatMap(({ key, values }) =>
      values
        .filter((value) => isGitHubSubject(value, key.slice(0, -":sub".length)))
        .flatMap((value) => parseSubject(value, name)),
    );
}

/** Returns the repository that a subject names; none if it names no repository, or has a wildcard. */
function parseSubject(
  subject: string,
  role: string,
): readonly TrustedRepository[] {
  const { claims } = parseGitHubSubject(subject);
  const find = (...keys: readonly string[]): string | undefined =>
    claims.find(({ key }) => keys.includes(key))?.value;
  const repository = find("repo", "repository");
  if (repository === undefined || /[*?]/.test(repository)) return [];
  const { owner, name, ids } = parseGitHubRepository(repository);
  const [ownerId, repositoryId] = ids;
  return [
    {
      role,
      name: `${owner}/${name}`,
      ownerId: ownerId ?? find("repository_owner_id"),
      repositoryId: repositoryId ?? find("repository_id"),
    },
  ];
}

function compare(
  { role, name, ownerId, repositoryId }: TrustedRepository,
  reading: RepositoryReading,
  context: DoctorContext,
): readonly ItemFinding[] {
  const deploy = formatFix(context, "deploy");
  switch (reading.kind) {
    case "unknown":
      return [
        {
          status: "skipped",
          text: `${name}: it does not exist, or the token cannot read it`,
        },
      ];
    case "moved":
      return [
        {
          status: "failed",
          text: `${name} (role ${role}): the repository was renamed or transferred, so that its tokens have another subject`,
          fix: `write the new name in main.ts, then run ${deploy}`,
        },
      ];
    case "found": {
      const { id, ownerId: actualOwnerId } = reading;
      const isEqual =
        (ownerId === undefined || ownerId === actualOwnerId) &&
        (repositoryId === undefined || repositoryId === id);
      return isEqual
        ? []
        : [
            {
              status: "failed",
              text: `${name} (role ${role}): the subject has the ids ${ownerId ?? "none"} and ${repositoryId ?? "none"}, but those on GitHub are ${actualOwnerId} and ${id}`,
              fix: `set ownerId to ${actualOwnerId} and repoId to ${id} in main.ts, then run ${deploy}`,
            },
          ];
    }
  }
}

function readToken(): string | undefined {
  const { GITHUB_TOKEN: token = "", GH_TOKEN: other = "" } = getEnvironment();
  return [token, other].find((one) => one !== "");
}

function readRepository(
  name: string,
  token: string,
): Promise<RepositoryReading> {
  const { GITHUB_API_URL: url = "" } = getEnvironment();
  const client = new GithubClient(
    {
      GITHUB_TOKEN: token,
      GITHUB_REPOSITORY: name,
      GITHUB_API_URL: url === "" ? "https://api.github.com" : url,
    },
    { log: () => undefined },
  );
  return client.readRepository();
}
