import { Testing } from "cdktf";
import type { RoleRules } from "../../constructs";
import { AuthStack, type AuthStackOptions } from "../../stacks/auth-stack";
import {
  createApp,
  createStageConfig,
  removeTemporaryDirectories,
  type Synthesized,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const callbackUrls = ["https://a.example/"];
const GROUPS: AuthStackOptions = {
  userPool: {
    customAttributes: {
      groups: { type: "String" },
      department: { type: "String", writableByUsers: true },
    },
  },
};

/** Adds a provider that sets the groups of its users. */
function addGroupsProvider(auth: AuthStack) {
  return auth.addOidcIdentityProvider("Keycloak", {
    issuer: "https://id.example.org/realms/veda",
    clientId: "veda",
    attributes: { email: "email", "custom:groups": "groups" },
  });
}

function createRules(claim: string, roleArn: string): RoleRules {
  return {
    rules: [{ claim, matchType: "Equals", value: "veda-readers", roleArn }],
    ambiguousRoleResolution: "Deny",
  };
}

/** Adds a client whose users get a role by a claim. */
function trustWebClient(auth: AuthStack, claim: string): void {
  const app = auth.addWebClient("app", {
    callbackUrls,
    signIn: [addGroupsProvider(auth)],
  });
  const { roleArn } = auth.addGroup("readers", {
    description: "Readers",
    precedence: 1,
    buckets: { "a-bucket": "read" },
  });
  auth.trustClient(app, createRules(claim, roleArn));
  auth.addProgrammaticClient("programmatic-client");
}

function synthesizeStage(
  options: AuthStackOptions,
  build: (auth: AuthStack) => void,
): Synthesized {
  const auth = new AuthStack(createApp(), createStageConfig(), options);
  build(auth);
  return JSON.parse(Testing.synth(auth, true)) as Synthesized;
}

function listErrors(
  options: AuthStackOptions,
  build: (auth: AuthStack) => void,
): string[] {
  const auth = new AuthStack(createApp(), createStageConfig(), options);
  build(auth);
  return auth.node.findAll().flatMap(({ node }) => node.validate());
}

describe("a stage whose provider sets groups", () => {
  test("lets no client write them whose users could change them", () => {
    const { resource } = synthesizeStage(GROUPS, (auth) => {
      trustWebClient(auth, "custom:groups");
    });
    const writers = Object.entries(
      resource.aws_cognito_user_pool_client ?? {},
    ).map(([name, { write_attributes: names }]) => [
      name.replace(/^clients_(.*)_\w+$/, "$1"),
      (names as string[]).filter((one) => one.startsWith("custom:")),
    ]);
    expect(Object.fromEntries(writers)).toEqual({
      app: ["custom:department", "custom:groups"],
      "identity-provider": ["custom:department"],
      "programmatic-client": ["custom:department"],
    });
  });

  test("fails when users can change the claim of a rule", () => {
    expect(
      listErrors(GROUPS, (auth) => {
        trustWebClient(auth, "custom:department");
      }),
    ).toEqual([
      'claim of a rule must not be an attribute that users can change, got "custom:department", which users of identity-provider, programmatic-client can change',
    ]);
  });

  test("fails when local users sign in by password at a client of the provider", () => {
    expect(
      listErrors(GROUPS, (auth) => {
        const signIn = ["COGNITO" as const, addGroupsProvider(auth)];
        auth.addFrontendClient("page", { callbackUrls, signIn });
        auth.addProgrammaticClient("scripts", { browserSignIn: true, signIn });
      }),
    ).toEqual([
      'sign-in providers of a client whose users can change their attributes must not map "custom:groups", got "Keycloak": omit "COGNITO", or use a frontend or web client, without sign-in by password or SRP and without the scope aws.cognito.signin.user.admin',
    ]);
  });

  test.each<[string, AuthStackOptions]>([
    [
      "users choose their first factor",
      {
        userPool: {
          ...GROUPS.userPool,
          firstFactors: ["PASSWORD", "WEB_AUTHN"],
          passkeys: { relyingPartyId: "auth.example.org" },
        },
      },
    ],
    [
      "functions define challenges, and refresh tokens are rotated",
      {
        userPool: {
          ...GROUPS.userPool,
          triggers: {
            defineAuthChallenge:
              "arn:aws:lambda:us-west-2:123456789012:function:define",
          },
        },
      },
    ],
  ])("fails when %s", (_, options) => {
    const build = (auth: AuthStack) => {
      auth.addWebClient("app", {
        callbackUrls,
        signIn: ["COGNITO", addGroupsProvider(auth)],
        refreshTokenRotation: { gracePeriodSeconds: 10 },
      });
    };
    expect(listErrors(GROUPS, build)).toEqual([]);
    expect(listErrors(options, build)).toEqual([
      expect.stringMatching(
        /^sign-in providers of a client whose users can change their attributes must not map "custom:groups"/,
      ),
    ]);
  });

  test("creates its clients after the provider", () => {
    const { resource } = synthesizeStage(GROUPS, (auth) => {
      trustWebClient(auth, "custom:groups");
    });
    const [provider = ""] = Object.keys(
      resource.aws_cognito_identity_provider ?? {},
    );
    const clients = Object.values(resource.aws_cognito_user_pool_client ?? {});
    expect(
      clients.filter(({ depends_on: addresses }) =>
        (addresses as string[] | undefined)?.includes(
          `aws_cognito_identity_provider.${provider}`,
        ),
      ),
    ).toEqual([expect.objectContaining({ name: "app" })]);
  });
});
