import { validateArnLocation } from "../../../constructs/aws";
import { createValidationError, UserError } from "../../../constructs/errors";
import { withTerminal } from "../cli/terminal";
import { parsePolicy } from "../iam/policy";
import { formatMultiline, formatUnifiedDiff } from "./policy-diff";
import {
  type Role,
  type RoleName,
  RoleTrust,
  SHORTEN_HINT,
} from "./role-trust";
import { TrustDocument } from "./trust-document";
import {
  findTrustingStatements,
  findTrustProblems,
  validatePolicySize,
} from "./trust-rules";
import { createTrustStatement, type IdentityPool } from "./trust-statement";

export interface TrustChangeOptions {
  readonly role: RoleName;
  readonly pool: IdentityPool;
  /** Whether to add the pool's statement; else it is removed. */
  readonly shouldTrust: boolean;
  /** `show` writes nothing, `ask` writes after a confirmation, `write` writes without one. */
  readonly mode: "show" | "ask" | "write";
  readonly profile: string | undefined;
  /** Writes a progress line or a line of the difference. */
  readonly log: (line: string) => void;
  /** Destination of `log`. */
  readonly output: {
    readonly isTerminal: boolean;
    readonly isColored: boolean;
  };
}

/**
 * Adds a statement for an identity pool to the trust policy of a role, or removes it.
 *
 * @returns the changed policy
 * @throws UserError if the policy is invalid, the change is not confirmed, or IAM rejects it
 */
export async function changeTrust(
  options: TrustChangeOptions,
): Promise<string> {
  const { role: roleName, pool, shouldTrust, mode, profile, log } = options;
  const [problem] = validateArnLocation(
    "--role",
    roleName.arn ?? "",
    pool.region,
    undefined,
  );
  if (problem !== undefined) throw new UserError(problem);
  const trust = new RoleTrust(roleName, { region: pool.region, profile });
  const role = await trust.read();
  const statement = createTrustStatement(pool);
  const edit = (text: string): string => {
    const document = new TrustDocument(text);
    return shouldTrust
      ? document.withStatement(statement)
      : document.withoutStatement(statement.Sid);
  };
  const policy = edit(role.policy);
  checkRules(role, policy, options);
  if (policy === role.policy) {
    const state = shouldTrust ? "trusts" : "has no statement for";
    log(`no change: role ${role.name} ${state} identity pool ${pool.id}`);
    return policy;
  }
  if (shouldTrust) await checkSize(role, policy, trust);
  // a policy on one line would differ as a whole
  const before = formatMultiline(role.policy);
  const after = edit(before);
  const formatDifference = (isColored: boolean) => [
    ...(before === role.policy
      ? []
      : ["the policy is on one line; it is indented here for reading:"]),
    ...formatUnifiedDiff(before, after, { name: role.arn, isColored }),
  ];
  for (const line of formatDifference(options.output.isColored)) log(line);
  if (mode === "show") {
    log("nothing was changed; use --apply to write the policy");
    return policy;
  }
  if (mode === "ask") await confirm(role, formatDifference(false), options);
  await trust.replace(role, policy);
  const state = shouldTrust ? "trusts" : "no longer has a statement for";
  log(`role ${role.name} ${state} identity pool ${pool.id}`);
  return policy;
}

/** Throws if a policy with our statement has errors. Only warns if the statement is removed, which cannot add errors. */
function checkRules(
  { name }: Role,
  policy: string,
  { pool, shouldTrust, log }: TrustChangeOptions,
): void {
  const { statements } = new TrustDocument(policy);
  const problems = findTrustProblems(statements);
  const document = parsePolicy(policy);
  const list = parsePolicy(JSON.stringify({ Statement: statements }));
  // a member next to Statement that IAM does not define
  if (document.kind === "unreadable" && list.kind === "readable")
    problems.push(`it is not readable: ${document.reason}`);
  if (shouldTrust) {
    if (problems.length > 0)
      throw createValidationError(`trust policy of role ${name}`, problems);
    return;
  }
  for (const problem of problems) log(`warning: ${problem}`);
  for (const other of findTrustingStatements(pool.id, statements))
    log(
      `warning: ${other} also trusts the identity pool; remove it manually if it is not needed`,
    );
}

async function checkSize(
  { name, policy: before }: Role,
  policy: string,
  trust: RoleTrust,
): Promise<void> {
  const quota = await trust.readQuota();
  const problem = validatePolicySize(policy, quota);
  // an existing policy above the default quota shows that the quota has been increased
  const isIncreased =
    quota === undefined && validatePolicySize(before, quota) !== undefined;
  if (problem !== undefined && !isIncreased)
    throw new UserError(`${problem} (role ${name})`, SHORTEN_HINT);
}

async function confirm(
  { name, account }: Role,
  difference: readonly string[],
  { output }: TrustChangeOptions,
): Promise<void> {
  const purpose = {
    needs: `the change of role ${name} must be confirmed`,
    hint: "use --yes to confirm in advance",
  };
  const isConfirmed = await withTerminal(purpose, (open) => {
    const terminal = open();
    // shows the difference if standard error is a file
    if (!output.isTerminal)
      for (const line of difference) terminal.writeLine(line);
    return terminal.confirm(`Apply to role ${name} in account ${account}?`);
  });
  if (!isConfirmed)
    throw new UserError("nothing was changed: the change was not confirmed");
}
