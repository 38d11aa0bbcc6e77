import {
  createApp,
  createStageConfig,
  listAddresses,
  listProblems,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";
import { AuthStack } from "../../stacks/auth-stack";

const KEYCLOAK = {
  issuer: "https://keycloak.example.org/realms/veda",
  clientId: "veda",
  attributes: { email: "email" },
};
const UNIVERSITY = {
  metadataUrl: "https://idp.example.edu/metadata",
  attributes: { email: "mail" },
};

afterAll(removeTemporaryDirectories);

describe("the identity providers of a stage", () => {
  test("are in its user pool, by their names", () => {
    const stage = synthesize({}, (auth) => {
      auth.addOidcIdentityProvider("Keycloak", KEYCLOAK);
      auth.addSamlIdentityProvider("University", UNIVERSITY);
    });
    expect(
      listAddresses(stage).filter((address) => address.includes("identity")),
    ).toEqual([
      expect.stringMatching(
        /^aws_cognito_identity_provider\.identity-providers_Keycloak_\w+$/,
      ),
      expect.stringMatching(
        /^aws_cognito_identity_provider\.identity-providers_University_\w+$/,
      ),
    ]);
    for (const { user_pool_id: pool } of Object.values(
      stage.resource.aws_cognito_identity_provider ?? {},
    ))
      expect(pool).toMatch(/^\$\{aws_cognito_user_pool\.\S+\.id\}$/);
  });

  test("are returned, for the clients of the stage", () => {
    const auth = new AuthStack(createApp(), createStageConfig());
    expect(auth.addOidcIdentityProvider("Keycloak", KEYCLOAK)).toMatchObject({
      providerName: "Keycloak",
      mappedAttributes: ["email"],
    });
  });

  test("can be in an existing user pool", () => {
    const { resource } = synthesize(
      { USER_POOL_ID: "us-west-2_Abc123" },
      (auth) => {
        auth.addOidcIdentityProvider("Keycloak", KEYCLOAK);
      },
    );
    expect(
      Object.values(resource.aws_cognito_identity_provider ?? {}),
    ).toMatchObject([{ user_pool_id: "us-west-2_Abc123" }]);
  });

  test("fail when two have one name, or names that differ in case only", () => {
    const add = (...names: string[]) =>
      listProblems((auth) => {
        for (const name of names) auth.addOidcIdentityProvider(name, KEYCLOAK);
      });
    expect(add("Keycloak", "Keycloak")).toEqual([
      expect.stringContaining('id must be unique, got "Keycloak" twice'),
    ]);
    expect(add("Keycloak", "KeyCloak")).toEqual([
      expect.stringContaining(
        'must be unique in any case, got "Keycloak" and "KeyCloak"',
      ),
    ]);
    expect(add("Keycloak", "Keycloak-2")).toEqual([]);
  });

  test("fail when two have one domain, in any case", () => {
    const add = (...domains: string[]) =>
      listProblems((auth) => {
        domains.forEach((domain, index) =>
          auth.addSamlIdentityProvider(`idp-${index}`, {
            ...UNIVERSITY,
            domains: [domain],
          }),
        );
      });
    expect(add("example.edu", "Example.edu")).toEqual([
      expect.stringContaining(
        'must be that of one provider, got "Example.edu" of idp-0 and idp-1',
      ),
    ]);
    expect(add("example.edu", "example.org")).toEqual([]);
  });
});
