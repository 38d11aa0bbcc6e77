import { LIMITS } from "../../constructs/constraints";
import {
  boolean,
  BUCKET_PATTERN,
  githubRepository,
  limited,
  list,
  STAGE_NAME,
} from "./setting-parsers";
import { ComputedDefault, setting } from "./setting-row";

/** Rows of the table that configure the account stack and the deployment by GitHub workflows. */
export const ACCOUNT_SETTINGS = {
  account: {
    isRequested: setting(
      "ACCOUNT_STACK",
      boolean,
      false,
      "Adds the stack `{APP_NAME}-account`, which the stages of an account share. `STAGE=account` selects this stack alone.",
    ),
    stages: setting(
      "ACCOUNT_STAGES",
      list(STAGE_NAME, 100),
      new ComputedDefault(
        "the stages that have a file `.env.<stage>`, or `STAGE`",
        () => undefined,
      ),
      "Comma-separated stages that CI deploys in the account. A stage name must not begin with another stage name and a hyphen, such as `dev` and `dev-2`.",
    ),
    boundaryExists: setting(
      "PERMISSIONS_BOUNDARY_EXISTS",
      boolean,
      false,
      "Uses the existing policy `PERMISSIONS_BOUNDARY_POLICY_NAME` instead of creating it in the account stack.",
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
    ),
    boundaryBuckets: setting(
      "BOUNDARY_BUCKETS",
      list(BUCKET_PATTERN, 50),
      ["veda-data-store*"],
      "Comma-separated buckets that the permissions boundary of the account stack allows. A name can end in `*`.",
    ),
  },
  github: {
    repository: setting(
      "GITHUB_REPOSITORY",
      githubRepository,
      undefined,
      "`owner/name` of the repository whose workflows deploy.",
    ),
    ownerId: setting(
      "GITHUB_OWNER_ID",
      limited(LIMITS.githubId),
      undefined,
      "Id of the repository's owner. Unlike a name, an id is never reused.",
      "GITHUB_REPOSITORY",
      "GITHUB_REPOSITORY_ID",
    ),
    repositoryId: setting(
      "GITHUB_REPOSITORY_ID",
      limited(LIMITS.githubId),
      undefined,
      "Id of the repository.",
      "GITHUB_REPOSITORY",
      "GITHUB_OWNER_ID",
    ),
    environment: setting(
      "GITHUB_ENVIRONMENT",
      limited(LIMITS.githubRef),
      new ComputedDefault("the value of `STAGE`", ({ STAGE: stage }) => stage),
      "GitHub environment whose jobs can change the stage, exactly as GitHub shows it. Must be unique, regardless of case.",
    ),
  },
};
