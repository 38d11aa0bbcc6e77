import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { listUserPoolChildren } from "../../../scripts/lib/aws/listings";

/** Returns a paginator with these pages. */
function paginate(...pages: readonly object[]) {
  return async function* () {
    for (const page of pages) yield Promise.resolve(page);
  };
}

test("a user pool has identity providers, and no group that Cognito creates for them", async () => {
  const sdk = {
    paginateListUserPoolClients: paginate({ UserPoolClients: [] }),
    paginateListResourceServers: paginate({}),
    paginateListIdentityProviders: paginate(
      { Providers: [{ ProviderName: "Keycloak" }] },
      { Providers: [{ ProviderName: "University" }] },
    ),
    paginateListGroups: paginate({
      Groups: [
        { GroupName: "readers" },
        { GroupName: "us-west-2_a_Keycloak" },
        { GroupName: "us-west-2_b_Keycloak" },
      ],
    }),
  } as unknown as typeof idp;
  const children = await listUserPoolChildren(
    sdk,
    {} as idp.CognitoIdentityProviderClient,
    "us-west-2_a",
  );
  expect(children.map(({ importId }) => importId)).toEqual([
    "us-west-2_a:Keycloak",
    "us-west-2_a:University",
    "us-west-2_a/readers",
    "us-west-2_a/us-west-2_b_Keycloak",
  ]);
});
