import type { AccountConfig } from "./account-config";
import { mayShareAccount, type StackConfig, type StageConfig } from "./config";

type Compared = StackConfig & Pick<StageConfig, "userPoolId" | "oidcProvider">;

/** Problems that the stages of one app have with each other, and with the account's stack. */
export function stageConflicts(
  stages: readonly StageConfig[],
  account?: AccountConfig,
): string[] {
  const all = account === undefined ? stages : [compared(account), ...stages];
  return all.flatMap((stage, index) =>
    all.slice(0, index).flatMap((other) => conflicts(other, stage)),
  );
}

/** The account's stack, as far as it can be in a stage's way. */
function compared({ github, ...account }: AccountConfig): Compared {
  return {
    ...account,
    ...(github !== undefined && {
      oidcProvider: { issuer: github.issuer, exists: github.providerExists },
    }),
  };
}

function conflicts(one: Compared, other: Compared): string[] {
  const both = `stages "${one.stage}" and "${other.stage}"`;
  const problems: string[] = [];
  const shared = <T>(value: (stage: Compared) => T | undefined) => {
    const [first, second] = [value(one), value(other)];
    return first !== undefined && first === second ? first : undefined;
  };

  const stackName = shared((stage) => stage.stackName);
  if (stackName !== undefined) {
    problems.push(
      `APP_NAME-STAGE must be another for each stage, got "${stackName}" for ${both}`,
    );
  }
  const state = shared(({ state }) =>
    state.backend === "s3" ? `${state.bucket}/${state.key}` : undefined,
  );
  if (state !== undefined) {
    problems.push(
      `STATE_BUCKET_KEY must be another for each stage, got "${state}" for ${both}`,
    );
  }
  const userPoolId = shared((stage) => stage.userPoolId);
  if (userPoolId !== undefined) {
    problems.push(
      `USER_POOL_ID must be another for each stage, got "${userPoolId}" for ${both}`,
    );
  }
  const issuer = shared(({ oidcProvider }) =>
    oidcProvider?.exists === false
      ? oidcProvider.issuer.replace(/\/$/, "")
      : undefined,
  );
  if (issuer !== undefined && mayShareAccount(one, other)) {
    problems.push(
      `OIDC_PROVIDER_URL can be made once in an account, got "${issuer}" for ${both}: set OIDC_PROVIDER_EXISTS=true in one`,
    );
  }
  return problems;
}
