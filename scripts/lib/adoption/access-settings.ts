import type { MissingSetting, SettingsSurvey } from "./settings-survey";
import { textFrom } from "./stage-code";

/** Boundaries that roles have, and that the code would take from them. */
export function boundarySettings({
  matching,
}: SettingsSurvey): MissingSetting[] {
  const bounded = matching.adopted
    .filter(({ code }) => code.type === "aws_iam_role")
    .flatMap(({ live, code }) => {
      const boundary = live.facts.PermissionsBoundary as
        { readonly PermissionsBoundaryArn?: string } | undefined;
      const name = boundary?.PermissionsBoundaryArn?.replace(
        /^arn:[^:]+:iam::\d*:policy\//,
        "",
      );
      const set = textFrom(code.values.permissions_boundary);
      return name === undefined || set.endsWith(`policy/${name}`)
        ? []
        : [{ name, role: live.key }];
    });
  return [...new Set(bounded.map(({ name }) => name))].map((name) => ({
    // a policy of AWS, or one on a path, is no name that the setting takes
    line: /[:/]/.test(name)
      ? `# PERMISSIONS_BOUNDARY_POLICY_NAME takes the name of a policy of the account, and cannot name ${name}`
      : `PERMISSIONS_BOUNDARY_POLICY_NAME=${name}`,
    why: `it bounds ${bounded
      .filter((one) => one.name === name)
      .map(({ role }) => role)
      .join(", ")}; the setting puts it on every role`,
  }));
}

/** Roles that a policy of the stack lets read a secret, where the code has none for it. */
export function readerSettings({ matching }: SettingsSurvey): MissingSetting[] {
  const arns = matching.unmatched
    .filter(
      ({ terraformType }) =>
        terraformType === "aws_secretsmanager_secret_policy",
    )
    .flatMap(
      ({ facts }) =>
        textFrom(facts.ResourcePolicy).match(/arn:[^"]*:iam::[^"]+/g) ?? [],
    );
  return arns.length === 0
    ? []
    : [
        {
          line: `SECRET_ROLE_ACCESS=${[...new Set(arns)].join(",")}`,
          why: "policies of the stack let them read secrets",
        },
      ];
}
