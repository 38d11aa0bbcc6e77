import { LIMITS } from "../../constructs/constraints";
import { GITHUB_CLAIM_KEYS } from "../../constructs/github-subject";
import {
  BUCKET_PATTERN,
  type DefaultContext,
  defineSetting,
  parseFlag,
  parseList,
  parseRepository,
  parseText,
  parseWords,
  STAGE_NAME,
} from "./setting-row";

/** Rows of the table that configure the account stack and the deployment by GitHub workflows. */
export const ACCOUNT_SETTINGS = {
  account: {
    isRequested: defineSetting("ACCOUNT_STACK", {
      parse: parseFlag,
      default: false,
      description:
        "Adds the stack `{APP_NAME}-account`, which the stages of an account share. `STAGE=account` selects this stack alone.",
    }),
    stages: defineSetting("ACCOUNT_STAGES", {
      parse: parseList(STAGE_NAME, 100),
      defaultText: "the stages that have a file `.env.<stage>`, or `STAGE`",
      description:
        "Comma-separated stages that CI deploys in the account. A stage name must not begin with another stage name and a hyphen, such as `dev` and `dev-2`.",
    }),
    boundaryExists: defineSetting("PERMISSIONS_BOUNDARY_EXISTS", {
      parse: parseFlag,
      default: false,
      description:
        "Uses the existing policy `PERMISSIONS_BOUNDARY_POLICY_NAME` instead of creating it in the account stack.",
      requires: ["PERMISSIONS_BOUNDARY_POLICY_NAME"],
    }),
    boundaryBuckets: defineSetting("BOUNDARY_BUCKETS", {
      parse: parseList(BUCKET_PATTERN, 50),
      default: ["veda-data-store*"],
      description:
        "Comma-separated buckets that the permissions boundary of the account stack allows. A name can end in `*`.",
    }),
  },
  github: {
    repository: defineSetting("GITHUB_REPOSITORY", {
      parse: parseRepository,
      description: "`owner/name` of the repository whose workflows deploy.",
    }),
    ownerId: defineSetting("GITHUB_OWNER_ID", {
      parse: parseText(LIMITS.githubId),
      description:
        "Id of the repository's owner. Unlike a name, an id is never reused.",
      requires: ["GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID"],
    }),
    repositoryId: defineSetting("GITHUB_REPOSITORY_ID", {
      parse: parseText(LIMITS.githubId),
      description: "Id of the repository.",
      requires: ["GITHUB_REPOSITORY", "GITHUB_OWNER_ID"],
    }),
    claimKeys: defineSetting("GITHUB_SUBJECT_CLAIMS", {
      // the apply roles trust jobs in an environment, whose ref is not known
      parse: parseWords(...GITHUB_CLAIM_KEYS.filter((key) => key !== "ref")),
      description:
        "Comma-separated `include_claim_keys` of the repository's subjects, if they are customized. GitHub's default is `repo,context`.",
      requires: ["GITHUB_REPOSITORY"],
    }),
    environment: defineSetting("GITHUB_ENVIRONMENT", {
      parse: parseText(LIMITS.githubRef),
      default: ({ stage }: DefaultContext) => stage,
      defaultText: "the value of `STAGE`",
      description:
        "GitHub environment whose jobs can change the stage, exactly as GitHub shows it. Must be unique, regardless of case.",
    }),
  },
};
