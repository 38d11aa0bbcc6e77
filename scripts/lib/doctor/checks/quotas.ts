import { DEFAULT_QUOTAS } from "../../../../constructs/constraints";
import { findOrUndefined, ignoreUnsupported } from "../../aws/errors";
import {
  listAll,
  PAGE_SIZE,
  RESOURCE_SERVER_PAGE_SIZE,
} from "../../aws/listings";
import { getAwsReader } from "../aws-reader";
import type { Check, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatAwsFix } from "../format-fix";

/** Share of a quota from which its use is reported. */
const WARNING_PERCENT = 80;

/** A quota, and what counts toward it. */
interface Quota {
  readonly noun: string;
  readonly quota: number;
  /** Returns `undefined` if the owner does not exist. */
  readonly count: () => Promise<number | undefined>;
}

/** Compares the roles and policies of the account with its quotas. */
export const IAM_QUOTAS: Check = {
  id: "iam-quotas",
  section: "Quotas and certificates",
  run: async (context) => {
    const reader = getAwsReader(context);
    const { sdk, client } = await reader.iam();
    const action = "iam:GetAccountSummary";
    const summary = await reader.read(action, "", () =>
      ignoreUnsupported(() =>
        client.send(new sdk.GetAccountSummaryCommand({})),
      ),
    );
    const {
      Roles: roles,
      RolesQuota: rolesQuota,
      Policies: policies,
      PoliciesQuota: policiesQuota,
    } = summary?.SummaryMap ?? {};
    const quotas = (
      [
        ["roles", roles, rolesQuota],
        ["customer managed policies", policies, policiesQuota],
      ] as const
    ).flatMap(([noun, count, quota]) =>
      count === undefined || quota === undefined
        ? []
        : [{ noun, quota, count: () => Promise.resolve(count) }],
    );
    return checkQuotas(quotas, {
      owner: "the account",
      service: "iam",
      none: `the endpoint does not support ${action}`,
      context,
    });
  },
};

/** Compares the parts of the user pool with AWS's default quotas. */
export const USER_POOL_QUOTAS: Check = {
  id: "user-pool-quotas",
  section: "Quotas and certificates",
  run: async (context) =>
    checkQuotas(await listUserPoolQuotas(context), {
      owner: "the user pool",
      service: "cognito-idp",
      none: "the stage has no user pool",
      context,
    }),
};

async function listUserPoolQuotas(
  context: DoctorContext,
): Promise<readonly Quota[]> {
  const reader = getAwsReader(context);
  const { userPoolId: UserPoolId } = reader;
  if (UserPoolId === "") return [];
  const { sdk, client } = await reader.cognito();
  const paginator = { client };
  const count = (
    operation: string,
    list: () => Promise<readonly unknown[]>,
  ): Promise<number | undefined> =>
    reader
      .read(`cognito-idp:${operation}`, "count", () => findOrUndefined(list))
      .then((items) => items?.length);
  const {
    clients,
    resourceServers,
    groups,
    identityProviders = 0,
  } = DEFAULT_QUOTAS;
  return [
    {
      noun: "clients",
      quota: clients,
      count: () =>
        count("ListUserPoolClients", () =>
          listAll(
            sdk.paginateListUserPoolClients(paginator, {
              UserPoolId,
              MaxResults: PAGE_SIZE,
            }),
            ({ UserPoolClients }) => UserPoolClients,
          ),
        ),
    },
    {
      noun: "resource servers",
      quota: resourceServers,
      count: () =>
        count("ListResourceServers", () =>
          listAll(
            sdk.paginateListResourceServers(paginator, {
              UserPoolId,
              MaxResults: RESOURCE_SERVER_PAGE_SIZE,
            }),
            ({ ResourceServers }) => ResourceServers,
          ),
        ),
    },
    {
      noun: "groups",
      quota: groups,
      count: async () => (await reader.listGroups())?.length,
    },
    {
      noun: "identity providers",
      quota: identityProviders,
      count: () =>
        count("ListIdentityProviders", () =>
          listAll(
            sdk.paginateListIdentityProviders(paginator, {
              UserPoolId,
              MaxResults: PAGE_SIZE,
            }),
            ({ Providers }) => Providers,
          ),
        ),
    },
  ];
}

function checkQuotas(
  quotas: readonly Quota[],
  {
    owner,
    service,
    none,
    context,
  }: {
    readonly owner: string;
    readonly service: string;
    readonly none: string;
    readonly context: DoctorContext;
  },
) {
  return checkItems(
    quotas,
    {
      ok: `${owner} uses less than ${WARNING_PERCENT} % of each quota`,
      bad: `${owner} is near its quotas`,
      none,
    },
    ({ noun }) => noun,
    async ({
      noun,
      quota,
      count: countUsed,
    }): Promise<readonly ItemFinding[]> => {
      const count = await countUsed();
      if (count === undefined)
        return [
          { status: "skipped", text: `${noun}: ${owner} does not exist` },
        ];
      const percent = Math.floor((count / quota) * 100);
      return percent < WARNING_PERCENT
        ? []
        : [
            {
              status: percent < 100 ? "warning" : "failed",
              text: `${noun}: ${count} of ${quota}`,
              fix: `request an increase, or remove ${noun} that are not used: ${formatAwsFix(context, `service-quotas list-service-quotas --service-code ${service} --region ${service === "iam" ? "us-east-1" : context.region}`)}`,
            },
          ];
    },
  );
}
