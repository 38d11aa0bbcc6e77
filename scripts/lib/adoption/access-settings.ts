import { hasAction } from "../iam/assume";
import { parsePolicy } from "../iam/policy";
import type { LiveResource } from "./live-resources";
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
  const found = matching.unmatched
    .filter(
      ({ terraformType }) =>
        terraformType === "aws_secretsmanager_secret_policy",
    )
    .map(readersOf);
  const arns = [...new Set(found.flatMap(({ arns: some }) => some))];
  return [
    ...(arns.length === 0
      ? []
      : [
          {
            line: `SECRET_ROLE_ACCESS=${arns.join(",")}`,
            why: "policies of the stack let them read secrets",
          },
        ]),
    ...found.flatMap(({ problem }) => problem ?? []),
  ];
}

function readersOf({ key, facts }: LiveResource): {
  readonly arns: readonly string[];
  readonly problem?: MissingSetting;
} {
  const policy = parsePolicy(textFrom(facts.ResourcePolicy));
  if (policy.kind === "unreadable")
    return {
      arns: [],
      problem: {
        line: `# SECRET_ROLE_ACCESS must name the roles that the policy of secret ${key} lets read`,
        why: `that policy is not readable: ${policy.reason}`,
      },
    };
  const readers = policy.statements
    .filter(
      ({ effect, actions, principals }) =>
        effect === "Allow" &&
        principals?.isInverted === false &&
        hasAction(actions, "secretsmanager:GetSecretValue"),
    )
    .flatMap(({ principals }) => principals?.patterns ?? []);
  return {
    arns: readers
      .filter((principal) => principal.startsWith("AWS:arn:"))
      .map((principal) => principal.replace("AWS:", "")),
  };
}
