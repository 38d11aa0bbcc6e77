import type {
  GetAccountResponse,
  GetEmailIdentityResponse,
} from "@aws-sdk/client-sesv2";
import { parseArn } from "../../../../constructs/aws";
import { createAwsClient } from "../../aws/client";
import { ignoreAwsError, ignoreUnsupported } from "../../aws/errors";
import { quoteShellWord } from "../../system/shell";
import { toJsonObject } from "../../system/json-object";
import { getAwsReader } from "../aws-reader";
import type { Check, CheckResult, DoctorContext } from "../check";
import { formatAwsFix } from "../format-fix";
import { readText } from "../state-attributes";
import { findManagedPool, getPoolAccount } from "../user-pool";

/** An identity of Amazon SES that a user pool sends with. */
interface Sender {
  readonly identity: string;
  readonly region: string;
  readonly account: string;
}

/** Checks that Amazon SES sends the emails of the user pool. */
export const EMAIL_IDENTITY: Check = {
  id: "email-identity",
  section: "Quotas and certificates",
  run: async (context) => {
    const sender = findSender(context);
    if (sender === undefined)
      return {
        status: "skipped",
        message: "the user pool does not send with Amazon SES",
      };
    const poolAccount = getPoolAccount(context);
    if (poolAccount !== undefined && poolAccount !== sender.account)
      return {
        status: "skipped",
        message: `the identity ${sender.identity} is of account ${sender.account}`,
      };
    const [account, identity] = await readSes(sender, context);
    return account === undefined
      ? {
          status: "skipped",
          message: "the endpoint does not support ses:GetAccount",
        }
      : describe(sender, account, identity, context);
  },
};

function findSender(context: DoctorContext): Sender | undefined {
  const { email_configuration: blocks } = findManagedPool(context) ?? {};
  const block = toJsonObject(Array.isArray(blocks) ? blocks[0] : undefined);
  const arn = parseArn(readText(block, "source_arn"));
  if (readText(block, "email_sending_account") !== "DEVELOPER" || !arn)
    return undefined;
  const identity = arn.resource.replace(/^identity\//, "");
  return { identity, region: arn.region, account: arn.account };
}

async function readSes(
  { identity: EmailIdentity, region }: Sender,
  context: DoctorContext,
): Promise<
  readonly [
    account: GetAccountResponse | undefined,
    identity: GetEmailIdentityResponse | undefined,
  ]
> {
  const { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } =
    await import("@aws-sdk/client-sesv2");
  const target = { ...context.target.awsTarget, region };
  const client = await createAwsClient(SESv2Client, target);
  const reader = getAwsReader(context);
  return Promise.all([
    reader.read("ses:GetAccount", region, () =>
      ignoreUnsupported(() => client.send(new GetAccountCommand({}))),
    ),
    reader.read("ses:GetEmailIdentity", EmailIdentity, () =>
      ignoreAwsError({ names: /^NotFoundException$/ }, () =>
        ignoreUnsupported(() =>
          client.send(new GetEmailIdentityCommand({ EmailIdentity })),
        ),
      ),
    ),
  ]);
}

function describe(
  { identity, region }: Sender,
  account: GetAccountResponse,
  found: GetEmailIdentityResponse | undefined,
  context: DoctorContext,
): CheckResult {
  const fail = (message: string, fix: string): CheckResult => ({
    status: "failed",
    message,
    fix,
  });
  const name = quoteShellWord(identity);
  const format = (command: string, args: string): string =>
    formatAwsFix(context, `sesv2 ${command} --region ${region} ${args}`);
  if (found === undefined)
    return fail(
      `Amazon SES has no identity ${identity} in ${region}`,
      format("create-email-identity", `--email-identity ${name}`),
    );
  if (found.VerifiedForSendingStatus !== true)
    return fail(
      `the identity ${identity} is not verified: Amazon SES sends no email`,
      `publish the records of ${format("get-email-identity", `--email-identity ${name}`)}`,
    );
  if (account.SendingEnabled !== true)
    return fail(
      `sending is paused for the account in ${region}`,
      `find out why, and then run ${format("put-account-sending-attributes", "--sending-enabled")}`,
    );
  return account.ProductionAccessEnabled === true
    ? {
        status: "ok",
        message: `Amazon SES sends the emails of the user pool from the verified identity ${identity}`,
      }
    : fail(
        `Amazon SES is in the sandbox in ${region}: only verified addresses get emails, at most 200 a day`,
        `request production access: ${format("put-account-details", "--production-access-enabled --mail-type TRANSACTIONAL --website-url <url>")}`,
      );
}
