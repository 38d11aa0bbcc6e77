import { Token } from "cdktf";
import { listFactors } from "./user-pool-mfa";
import type { UserPoolOptions } from "./user-pool-options";

/** Returns the errors of features that the plan does not have. */
export function checkPlan({
  plan = "ESSENTIALS",
  ...options
}: UserPoolOptions): (string | undefined)[] {
  if (Token.isUnresolved(plan)) return [];
  const { threatProtection = "OFF" } = options;
  return [
    ...(plan === "LITE"
      ? listEssentialsFeatures(options).map(
          (feature) => `${feature} requires plan ESSENTIALS or PLUS, got LITE`,
        )
      : []),
    plan !== "PLUS" &&
    threatProtection !== "OFF" &&
    !Token.isUnresolved(threatProtection)
      ? `threat protection ${threatProtection} requires plan PLUS, got ${plan}`
      : undefined,
  ];
}

function listEssentialsFeatures({
  mfa,
  firstFactors,
  password,
  triggers,
}: Partial<UserPoolOptions>): readonly string[] {
  const { history = 0 } = password ?? {};
  const { version = "V1_0" } = triggers?.preTokenGeneration ?? {};
  return [
    ...(mfa?.factors.includes("EMAIL") === true ? ["MFA factor EMAIL"] : []),
    ...listFactors(firstFactors)
      .filter((factor) => factor !== "PASSWORD")
      .map((factor) => `first factor ${factor}`),
    ...(history > 0 ? ["password history"] : []),
    ...(version === "V1_0" ? [] : [`trigger preTokenGeneration ${version}`]),
  ];
}
