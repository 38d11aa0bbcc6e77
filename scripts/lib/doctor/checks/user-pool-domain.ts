import type { DomainDescriptionType } from "@aws-sdk/client-cognito-identity-provider";
import type { Check, DoctorContext } from "../check";
import { formatFix } from "../format-fix";
import { getUserPoolId, listPoolResources } from "../user-pool";

export const DOMAIN: Check = {
  id: "domain",
  section: "User pool",
  run: async (context) => {
    const names = listDomains(context);
    if (names.length === 0)
      return { status: "skipped", message: "the stage has no domain" };
    const problems = await Promise.all(
      names.map(async (name) => {
        const problem = findDomainProblem(
          await describeDomain(context, name),
          getUserPoolId(context),
        );
        return problem === undefined ? [] : [{ name, ...problem }];
      }),
    );
    const [first, ...more] = problems.flat();
    if (first === undefined)
      return {
        status: "ok",
        message: `${names.join(" and ")} ${names.length === 1 ? "is an active domain" : "are active domains"} of the user pool`,
      };
    const isFailed = [first, ...more].some(({ isTemporary }) => !isTemporary);
    return {
      status: isFailed ? "failed" : "warning",
      message:
        "each domain of the stage must be an active one of the user pool",
      details: [first, ...more].map(({ name, text }) => `${name} ${text}`),
      fix: isFailed
        ? formatFix(context, "deploy")
        : "wait until Cognito has created the domain, which can take an hour",
    };
  },
};

/** Lists the domains that the stage manages, and that of an existing user pool. */
function listDomains(context: DoctorContext): readonly string[] {
  const managed = listPoolResources(
    context,
    "aws_cognito_user_pool_domain",
  ).map(({ attributes: { domain } }) => domain);
  const { userpool_domain_base_url: url = "" } = context.outputs;
  const prefix = /^https:\/\/([a-z0-9-]+)\.auth/.exec(url)?.[1];
  return [...new Set([...managed, prefix])]
    .filter((name) => typeof name === "string")
    .sort();
}

async function describeDomain(
  context: DoctorContext,
  Domain: string,
): Promise<DomainDescriptionType | undefined> {
  const { CognitoIdentityProviderClient, DescribeUserPoolDomainCommand } =
    await import("@aws-sdk/client-cognito-identity-provider");
  const client = await context.getClient(CognitoIdentityProviderClient);
  const { DomainDescription } = await context.call(
    "cognito-idp:DescribeUserPoolDomain",
    () => client.send(new DescribeUserPoolDomainCommand({ Domain })),
  );
  return DomainDescription;
}

function findDomainProblem(
  { UserPoolId: userPoolId, Status: status }: DomainDescriptionType = {},
  expectedPoolId: string | undefined,
): { readonly text: string; readonly isTemporary: boolean } | undefined {
  // AWS describes a domain that does not exist without fields
  if (userPoolId === undefined)
    return { text: "does not exist", isTemporary: false };
  if (userPoolId !== expectedPoolId)
    return { text: `is of user pool ${userPoolId}`, isTemporary: false };
  if (status === undefined || status === "ACTIVE") return undefined;
  return {
    text: `has the status ${status}`,
    isTemporary: status === "CREATING" || status === "UPDATING",
  };
}
