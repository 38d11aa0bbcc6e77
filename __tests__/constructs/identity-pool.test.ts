import {
  IdentityPool,
  type IdentityPoolProps,
} from "../../constructs/identity-pool";
import {
  getOnlyResource,
  parsePolicy,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const SMALLEST: IdentityPoolProps = {
  userPool: { userPoolId: "us-west-2_Example" },
  region: "us-west-2",
  identityPoolName: "auth-dev IdentityPool",
  authenticatedRoleName: "auth-dev-authenticated",
  trustedClientIds: () => ["one", "two"],
};
const PROVIDER = "cognito-idp.us-west-2.amazonaws.com/us-west-2_Example";

function pool(props: Partial<IdentityPoolProps> = {}) {
  return synthesizeConstructs((scope) => {
    new IdentityPool(scope, "pool", { ...SMALLEST, ...props });
  });
}

function problems(props: Partial<IdentityPoolProps>): string[] {
  return collectProblems((scope) => {
    new IdentityPool(scope, "pool", { ...SMALLEST, ...props });
  });
}

describe("an identity pool", () => {
  test("has no guests, no classic flow, and refuses the tokens of revoked users", () => {
    expect(getOnlyResource(pool(), "aws_cognito_identity_pool")).toEqual({
      identity_pool_name: "auth-dev IdentityPool",
      allow_unauthenticated_identities: false,
      allow_classic_flow: false,
      cognito_identity_providers: [
        {
          client_id: "one",
          provider_name: PROVIDER,
          server_side_token_check: true,
        },
        {
          client_id: "two",
          provider_name: PROVIDER,
          server_side_token_check: true,
        },
      ],
    });
    expect(problems({})).toEqual([]);
  });

  test("gives users the role of their group, and none where groups disagree", () => {
    const roles = getOnlyResource(
      pool(),
      "aws_cognito_identity_pool_roles_attachment",
    );
    expect(roles.identity_pool_id).toMatch(
      /^\$\{aws_cognito_identity_pool\.pool_\w+\.id\}$/,
    );
    expect(roles.role_mapping).toEqual(
      ["one", "two"].map((client) => ({
        identity_provider: `${PROVIDER}:${client}`,
        type: "Token",
        ambiguous_role_resolution: "Deny",
      })),
    );
  });

  test("has one role for users without a group, and none for guests", () => {
    expect(
      getOnlyResource(pool(), "aws_cognito_identity_pool_roles_attachment")
        .roles,
    ).toEqual({
      authenticated: expect.stringMatching(
        /^\$\{aws_iam_role\.pool_authenticated-role_\w+\.arn\}$/,
      ) as string,
    });
  });

  test("has a role without permissions, for its own signed-in users", () => {
    const configuration = pool();
    const role = getOnlyResource(configuration, "aws_iam_role");
    expect(role.name).toBe("auth-dev-authenticated");
    expect(configuration.resource).not.toHaveProperty("aws_iam_role_policy");
    expect(configuration.resource).not.toHaveProperty(
      "aws_iam_role_policy_attachment",
    );
    expect(parsePolicy(role, "assume_role_policy")).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: {
              "cognito-identity.amazonaws.com:aud": expect.stringMatching(
                /^\$\{aws_cognito_identity_pool\.pool_\w+\.id\}$/,
              ) as string,
            },
          },
        },
      ],
    });
  });

  test("trusts clients that are added after it", () => {
    const clients = ["one"];
    const configuration = synthesizeConstructs((scope) => {
      new IdentityPool(scope, "pool", {
        ...SMALLEST,
        trustedClientIds: () => clients,
      });
      clients.push("later");
    });
    expect(
      getOnlyResource(configuration, "aws_cognito_identity_pool"),
    ).toMatchObject({
      cognito_identity_providers: [
        { client_id: "one" },
        { client_id: "later" },
      ],
    });
    expect(
      getOnlyResource(
        configuration,
        "aws_cognito_identity_pool_roles_attachment",
      ).role_mapping,
    ).toHaveLength(2);
  });

  test("knows a user pool and a client that Terraform alone will know", () => {
    const configuration = pool({
      userPool: { userPoolId: createUnknownText() },
      trustedClientIds: () => [createUnknownText()],
    });
    expect(
      getOnlyResource(
        configuration,
        "aws_cognito_identity_pool_roles_attachment",
      ),
    ).toMatchObject({
      role_mapping: [
        {
          identity_provider:
            "cognito-idp.us-west-2.amazonaws.com/${timestamp()}:${timestamp()}",
        },
      ],
    });
  });

  test("has GovCloud's principal there", () => {
    expect(
      parsePolicy(
        getOnlyResource(pool({ region: "us-gov-west-1" }), "aws_iam_role"),
        "assume_role_policy",
      ),
    ).toMatchObject({
      Statement: [
        { Principal: { Federated: "cognito-identity-us-gov.amazonaws.com" } },
      ],
    });
  });

  test("offers its id and ARN by reference", () => {
    expect(
      resolveValue((scope) => {
        const made = new IdentityPool(scope, "pool", SMALLEST);
        return [made.identityPoolId, made.identityPoolArn];
      }),
    ).toEqual([
      expect.stringMatching(/^\$\{aws_cognito_identity_pool\.\w+\.id\}$/),
      expect.stringMatching(/^\$\{aws_cognito_identity_pool\.\w+\.arn\}$/),
    ]);
  });

  test("that exists is known by its ARN, whatever its partition", () => {
    const id = "us-gov-west-1:12345678-1234-1234-1234-123456789012";
    const arn = `arn:aws-us-gov:cognito-identity:us-gov-west-1:123456789012:identitypool/${id}`;
    expect(IdentityPool.fromIdentityPoolArn(arn)).toEqual({
      identityPoolArn: arn,
      identityPoolId: id,
    });
  });
});

describe("an identity pool fails when", () => {
  test.each<[string, Partial<IdentityPoolProps>, RegExp]>([
    [
      "its name is too long",
      { identityPoolName: "a".repeat(129) },
      /^identity pool name must be 1-128 /,
    ],
    [
      "its name has a character that AWS refuses",
      { identityPoolName: "a/b" },
      /^identity pool name must be .*got "a\/b"$/,
    ],
    [
      "it trusts eleven clients",
      { trustedClientIds: () => Array.from({ length: 11 }, () => "a") },
      /^number of clients an identity pool trusts must be at most 10, got 11$/,
    ],
    [
      "the name of its role is too long",
      { authenticatedRoleName: "a".repeat(65) },
      /^role name must be 1-64 /,
    ],
  ])("%s", (_, props, message) => {
    expect(problems(props)).toEqual([expect.stringMatching(message)]);
  });
});
