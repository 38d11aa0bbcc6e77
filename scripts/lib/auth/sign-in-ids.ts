import { validate } from "../../../constructs/constraints";
import { createValidationError, UserError } from "../../../constructs/errors";
import { SETTINGS } from "../../../stacks/config/settings";
import { validateRegion } from "../../../stacks/config/validate-region";
import type { StageIds } from "../stage/stage-ids";
import {
  SIGN_IN_ID_LIMITS,
  type SignInIdName,
  toDomainUrl,
} from "./sign-in-id-limits";

/** Ids that a sign-in uses. */
export interface SignInIds {
  /** Required by sign-ins with SRP only. */
  readonly userPoolId?: string;
  readonly clientId: string;
  /** Region of the user pool. */
  readonly clientRegion: string;
  readonly identityPoolId: string;
  /** URL of the sign-in pages. Sign-ins through the browser require it. */
  readonly domain?: string;
}

/** A value, and the option, setting or stage that it is from. */
export interface SourcedValue {
  readonly value: string;
  readonly origin: string;
}

export type SourcedIds = Readonly<Partial<Record<SignInIdName, SourcedValue>>>;

/** Ids, and a sentence that names those that receive the password, with their origins. */
export interface ResolvedIds {
  readonly ids: SignInIds;
  readonly announcement: string;
}

/**
 * Validates the ids of a sign-in, and adds the Region: the one that the user pool id begins with, or `region`.
 *
 * @param hasIdToken an id token replaces the sign-in, so that only the identity pool is called
 * @param needsDomain the user signs in through the browser
 * @param stage the stage whose ids were read, if any
 * @param log receives a line if `region` is ignored
 * @throws UserError that lists every missing or invalid id
 */
export function resolveIds(
  {
    ids,
    region,
    hasIdToken,
    needsDomain,
    allowsUnknownRegion,
    stage,
  }: {
    readonly ids: SourcedIds;
    readonly region: SourcedValue | undefined;
    readonly hasIdToken: boolean;
    readonly needsDomain: boolean;
    readonly allowsUnknownRegion: boolean;
    readonly stage?:
      { readonly name: string; readonly ids: StageIds } | undefined;
  },
  log: (line: string) => void,
): ResolvedIds {
  const { userPoolId, clientId, identityPoolId } = ids;
  if (identityPoolId === undefined)
    throw missingIdentityPool(
      stage?.name ?? "",
      stage?.ids.isComplete ?? false,
    );
  const problems = [
    ...(clientId === undefined && !hasIdToken ? ["client id is required"] : []),
    ...validateIds(ids, region?.value, allowsUnknownRegion),
  ];
  if (problems.length > 0) throw createValidationError("sign-in", problems);
  const domain = needsDomain ? ids.domain : undefined;
  if (needsDomain && domain === undefined) throw createDomainError(stage?.name);

  const poolRegion = userPoolId?.value.split("_", 1)[0];
  if (
    userPoolId !== undefined &&
    region !== undefined &&
    poolRegion !== region.value
  )
    log(
      `ignoring client region ${region.value}: user pool ${userPoolId.value} is in ${poolRegion ?? ""}`,
    );
  const clientRegion =
    poolRegion ?? region?.value ?? SETTINGS.stack.region.default;
  return {
    ids: {
      ...(userPoolId !== undefined && { userPoolId: userPoolId.value }),
      clientId: clientId?.value ?? "",
      clientRegion,
      identityPoolId: identityPoolId.value,
      ...(domain !== undefined && { domain: toDomainUrl(domain.value) }),
    },
    announcement: [
      `Signing in to user pool ${describe(userPoolId)}`,
      `client ${describe(clientId)}`,
      poolRegion === undefined
        ? `Region ${clientRegion} (${region?.origin ?? "default"})`
        : `Region ${clientRegion}`,
      ...(domain === undefined ? [] : [`domain ${describe(domain)}`]),
    ].join(", "),
  };
}

function describe(id: SourcedValue | undefined): string {
  return id === undefined
    ? "of the client (no id is set)"
    : `${id.value} (${id.origin})`;
}

/** Returns the problems of the ids that are set, and of the Region. */
export function validateIds(
  ids: SourcedIds,
  region: string | undefined,
  allowsUnknownRegion: boolean,
): string[] {
  const names = Object.keys(SIGN_IN_ID_LIMITS) as readonly SignInIdName[];
  return [
    ...names.map((name) => {
      const value = ids[name]?.value;
      return value === undefined
        ? undefined
        : validate(SIGN_IN_ID_LIMITS[name], value);
    }),
    region === undefined
      ? undefined
      : validateRegion("client region", region, allowsUnknownRegion),
  ].filter((problem) => problem !== undefined);
}

/** Returns the error for a sign-in through the browser without the domain of the sign-in pages. */
export function createDomainError(stage?: string): UserError {
  const setting =
    "set --domain or COGNITO_DOMAIN: it is a stage's output userpool_domain_base_url";
  return stage === undefined
    ? new UserError(
        "domain is required to sign in through the browser",
        `${setting}; or name the stage with --stage`,
      )
    : new UserError(
        `stage "${stage}" has no domain, which a sign-in through the browser requires`,
        `${setting}; an existing user pool has one with USER_POOL_DOMAIN`,
      );
}

function missingIdentityPool(stage: string, hasOutputs: boolean): UserError {
  return hasOutputs
    ? new UserError(
        `stage "${stage}" has no identity pool, since it has no groups: its users get no AWS credentials`,
        "deploy it with COGNITO_GROUPS=true, or name another identity pool with --identity-pool-id",
      )
    : new UserError(
        `stage "${stage}": the secret names no identity pool, and none has the name of the stage`,
        "set --identity-pool-id or IDENTITY_POOL_ID, or use --profile with an AWS profile that can read the stage's outputs",
      );
}
