import { getDnsSuffix } from "../../../../constructs/aws";
import { getEnvironment } from "../../../../stacks/config/environment";
import { addOrigin } from "../../../../stacks/config/stage-sources";
import { isLoopbackUrl } from "../../http/local-endpoint";
import { readCaller } from "../caller";
import type { Check } from "../check";
import { getPoolAccount } from "../user-pool";

export const ACCOUNT: Check = {
  id: "account",
  section: "Tools and account",
  runsWithoutState: true,
  run: async (context) => {
    const { settings, origins = {} } = context.target;
    const { caller } = await readCaller(context);
    const { account, arn } = await caller;
    await context.state;
    const deployed = getPoolAccount(context);
    const { AWS_ACCOUNT_ID: expected = account } = settings;
    if (expected === account && (deployed ?? account) !== account)
      return {
        status: "failed",
        message: `the credentials must be of the account of the user pool, which is ${deployed}, got credentials of "${account}" (${arn})`,
        fix: `name a profile of account ${deployed} with --profile`,
      };
    if (expected === account)
      return {
        status: "ok",
        message: `the credentials are of account ${account} (${arn})`,
      };
    return {
      status: "failed",
      message: addOrigin(
        { label: "", origins },
        `AWS_ACCOUNT_ID must be the account of the credentials, got "${expected}" with credentials of "${account}" (${arn})`,
      ),
      fix: `name a profile of account ${expected} with --profile, or correct AWS_ACCOUNT_ID`,
    };
  },
};

const DOMAIN_VARIABLE = "COGNITO_DOMAIN_ENDPOINT";

export const ENDPOINT: Check = {
  id: "endpoint",
  section: "Tools and account",
  runsWithoutState: true,
  run: async (context) => {
    const { region } = context;
    const { caller, endpoint } = await readCaller(context);
    // without a request, there is no endpoint
    if (endpoint === undefined) await caller;
    const names = listEndpointVariables();
    const isOfAws =
      endpoint?.hostname.endsWith(`.${region}.${getDnsSuffix(region)}`) ===
      true;
    if (names.length === 0 && isOfAws)
      return { status: "ok", message: `requests are sent to AWS in ${region}` };
    const source =
      names.length === 0 ? "endpoint_url of the profile" : names.join(", ");
    const { [DOMAIN_VARIABLE]: domain = "" } = getEnvironment();
    if (endpoint !== undefined && isLoopbackUrl(endpoint))
      return domain === ""
        ? {
            status: "warning",
            message: `tokens must be from the local AWS at ${endpoint.origin}, too, but ${DOMAIN_VARIABLE} is not set`,
            fix: `set ${DOMAIN_VARIABLE}=${endpoint.origin}`,
          }
        : {
            status: "ok",
            message: `requests are sent to the local AWS at ${endpoint.origin} (${source}), not to AWS`,
          };
    return {
      status: "warning",
      message: `requests should be sent to AWS in ${region}, got another endpoint (${source})`,
      ...(endpoint !== undefined && { details: [endpoint.origin] }),
      fix: `unset ${source}, unless the endpoint is of your VPC`,
    };
  },
};

/** Lists the variables that replace endpoints of AWS. */
function listEndpointVariables(): readonly string[] {
  return Object.entries(getEnvironment())
    .filter(
      ([name, value = ""]) =>
        value !== "" &&
        (/^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name) ||
          name === DOMAIN_VARIABLE),
    )
    .map(([name]) => name)
    .sort();
}

/** AWS refuses a signature that is 5 minutes old, and a token is not valid before its first second. */
const LIMITS_SECONDS = { failed: 5 * 60, warning: 60 } as const;

export const CLOCK: Check = {
  id: "clock",
  section: "Tools and account",
  runsWithoutState: true,
  run: async (context) => {
    const { caller, clockSkewSeconds: skew } = await readCaller(context);
    if (skew === undefined) {
      await caller;
      return {
        status: "skipped",
        message: "the response of AWS has no Date header",
      };
    }
    const seconds = Math.round(Math.abs(skew));
    if (seconds <= LIMITS_SECONDS.warning)
      return {
        status: "ok",
        message: "the clock of this machine is that of AWS",
      };
    return {
      status: seconds > LIMITS_SECONDS.failed ? "failed" : "warning",
      message: `the clock of this machine must be that of AWS, got ${seconds} s ${skew > 0 ? "ahead" : "behind"}`,
      fix: "synchronize the clock, such as with sudo timedatectl set-ntp true",
    };
  },
};
