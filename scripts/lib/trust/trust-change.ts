import { validateArnLocation } from "../../../constructs/aws";
import { createValidationError, UserError } from "../../../constructs/errors";
import { parsePolicy } from "../iam/policy";
import { formatMultiline, formatUnifiedDiff } from "./policy-diff";
import { type Role, type RoleName, RoleTrust } from "./role-trust";
import { withTerminal } from "../cli/terminal";
import { type AnyStatement, TrustDocument } from "./trust-document";
import {
  findTrustingStatements,
  findTrustProblems,
  validatePolicySize,
} from "./trust-rules";
import { createTrustStatement, type IdentityPool } from "./trust-statement";

export interface TrustChangeOptions {
  readonly role: RoleName;
  readonly pool: IdentityPool;
  /** Whether the pool's statement is to be in the policy. */
  readonly shouldTrust: boolean;
  /** `ask`: write after a yes; `write`: without; `show`: not at all. */
  readonly mode: "show" | "ask" | "write";
  readonly profile: string | undefined;
  /** Told what is different and done, a line at a time. */
  readonly log: (line: string) => void;
  /** What `log` is told goes to. */
  readonly output: {
    readonly isTerminal: boolean;
    readonly isColoured: boolean;
  };
}

/**
 * Has a role trust an identity pool, or no longer, by one statement of its trust policy.
 *
 * @returns the policy with the change
 * @throws UserError when the result is not one that a role should have, nothing has been agreed to, or IAM refuses
 */
export async function changeTrust(
  options: TrustChangeOptions,
): Promise<string> {
  const {
    role: wanted,
    pool,
    shouldTrust: isTrusted,
    mode,
    profile,
    log,
  } = options;
  const [elsewhere] = validateArnLocation(
    "--role",
    wanted.arn ?? "",
    pool.region,
    undefined,
  );
  if (elsewhere !== undefined) throw new UserError(elsewhere);
  // IAM is one for a partition, and any of its Regions leads there
  const trust = new RoleTrust(wanted, { region: pool.region, profile });
  const role = await trust.read();
  const edit = editOf(options);
  const policy = edit(role.policy);
  checkRules(role, policy, options);
  const who = `role ${role.name}`;
  if (policy === role.policy) {
    const state = isTrusted ? "trusts" : "has no statement for";
    log(`nothing to change: ${who} ${state} identity pool ${pool.id}`);
    return policy;
  }
  if (isTrusted) await refuseTooLong(role, policy, trust);
  const difference = differenceOf(role, edit);
  for (const line of difference(options.output.isColoured)) log(line);
  if (mode === "show") {
    log("nothing was changed: --apply writes it");
    return policy;
  }
  if (mode === "ask") await agree(role, difference(false), options);
  await trust.replace(role, policy);
  log(
    `${who} ${isTrusted ? "trusts" : "no longer has a statement for"} identity pool ${pool.id}`,
  );
  return policy;
}

/** What is done to a policy's text. */
type Edit = (policy: string) => string;

function editOf({ pool, shouldTrust: isTrusted }: TrustChangeOptions): Edit {
  const statement = createTrustStatement(pool);
  return (policy) => {
    const document = new TrustDocument(policy);
    return isTrusted
      ? document.withStatement(statement)
      : document.withoutStatement(statement.Sid);
  };
}

/** Taking our statement out makes nothing worse that others have written: that is told. */
function checkRules(
  { name }: Role,
  policy: string,
  { pool, shouldTrust: isTrusted, log }: TrustChangeOptions,
): void {
  const { statements } = new TrustDocument(policy);
  const problems = [
    ...findTrustProblems(statements),
    ...documentProblems(policy, statements),
  ];
  if (isTrusted && problems.length > 0)
    throw createValidationError(`trust policy of role ${name}`, problems);
  if (isTrusted) return;
  for (const problem of problems) log(`warning: ${problem}`);
  for (const other of findTrustingStatements(pool.id, statements))
    log(`warning: ${other} is not ours, and trusts the identity pool too`);
}

/** A document may have a part beside its statements that IAM does not know, and that may mean anything. */
function documentProblems(
  policy: string,
  statements: readonly AnyStatement[],
): readonly string[] {
  const readable = JSON.stringify({ Statement: statements });
  const [document, list] = [parsePolicy(policy), parsePolicy(readable)];
  return document.kind === "unreadable" && list.kind === "readable"
    ? [`it is not readable: ${document.reason}`]
    : [];
}

/** A policy on one line would be different as a whole, so the edit is shown on one that is laid out. */
function differenceOf(
  { arn, policy }: Role,
  edit: Edit,
): (isColoured: boolean) => readonly string[] {
  const before = formatMultiline(policy);
  const note = "the policy is on one line, and is laid out here to be read:";
  return (isColoured) => [
    ...(before === policy ? [] : [note]),
    ...formatUnifiedDiff(before, edit(before), {
      name: arn,
      isColored: isColoured,
    }),
  ];
}

async function refuseTooLong(
  { name, policy: before }: Role,
  policy: string,
  trust: RoleTrust,
): Promise<void> {
  const quota = await trust.readQuota();
  // where the policy is longer than any default allows, the account's quota has been raised
  const isRaised =
    quota === undefined && validatePolicySize(before, quota) !== undefined;
  const problem = validatePolicySize(policy, quota);
  if (problem === undefined || isRaised) return;
  throw new UserError(
    `${problem} (role ${name})`,
    "take out what is not needed, or have the quota raised in Service Quotas",
  );
}

async function agree(
  { name, account }: Role,
  difference: readonly string[],
  { output }: TrustChangeOptions,
): Promise<void> {
  const purpose = {
    needs: `a change of role ${name} must be agreed to`,
    hint: "--yes agrees beforehand",
  };
  const isAgreed = await withTerminal(purpose, (open) => {
    const terminal = open();
    // nobody agrees to what went to a file
    if (!output.isTerminal)
      for (const line of difference) terminal.writeLine(line);
    return terminal.confirm(`apply to role ${name} in account ${account}?`);
  });
  if (!isAgreed)
    throw new UserError("nothing was changed: it was not agreed to");
}
