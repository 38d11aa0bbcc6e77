import { LIMITS } from "../../constructs/constraints";
import {
  boolean,
  BUCKET_PATTERN,
  githubRepository,
  limited,
  list,
  setting,
  STAGE_NAME,
  type DefaultContext,
} from "./setting-row";

/** Rows of the table that configure the account stack and the deployment by GitHub workflows. */
export const ACCOUNT_SETTINGS = {
  account: {
    isRequested: setting("ACCOUNT_STACK", {
      parse: boolean,
      default: false,
      description:
        "Adds the stack `{APP_NAME}-account`, which the stages of an account share. `STAGE=account` selects this stack alone.",
    }),
    stages: setting("ACCOUNT_STAGES", {
      parse: list(STAGE_NAME, 100),
      defaultText: "the stages that have a file `.env.<stage>`, or `STAGE`",
      description:
        "Comma-separated stages that CI deploys in the account. A stage name must not begin with another stage name and a hyphen, such as `dev` and `dev-2`.",
    }),
    boundaryExists: setting("PERMISSIONS_BOUNDARY_EXISTS", {
      parse: boolean,
      default: false,
      description:
        "Uses the existing policy `PERMISSIONS_BOUNDARY_POLICY_NAME` instead of creating it in the account stack.",
      requires: ["PERMISSIONS_BOUNDARY_POLICY_NAME"],
    }),
    boundaryBuckets: setting("BOUNDARY_BUCKETS", {
      parse: list(BUCKET_PATTERN, 50),
      default: ["veda-data-store*"],
      description:
        "Comma-separated buckets that the permissions boundary of the account stack allows. A name can end in `*`.",
    }),
  },
  github: {
    repository: setting("GITHUB_REPOSITORY", {
      parse: githubRepository,
      description: "`owner/name` of the repository whose workflows deploy.",
    }),
    ownerId: setting("GITHUB_OWNER_ID", {
      parse: limited(LIMITS.githubId),
      description:
        "Id of the repository's owner. Unlike a name, an id is never reused.",
      requires: ["GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID"],
    }),
    repositoryId: setting("GITHUB_REPOSITORY_ID", {
      parse: limited(LIMITS.githubId),
      description: "Id of the repository.",
      requires: ["GITHUB_REPOSITORY", "GITHUB_OWNER_ID"],
    }),
    environment: setting("GITHUB_ENVIRONMENT", {
      parse: limited(LIMITS.githubRef),
      default: ({ stage }: DefaultContext) => stage,
      defaultText: "the value of `STAGE`",
      description:
        "GitHub environment whose jobs can change the stage, exactly as GitHub shows it. Must be unique, regardless of case.",
    }),
  },
};
