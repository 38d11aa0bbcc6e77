import { readFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../stacks/config/environment";
import { synthesizeMain } from "../support/main-file";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";
import {
  createApp,
  createTemporaryDirectory,
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

describe("the identity providers of the settings", () => {
  const main = readFileSync("main.ts", "utf8");
  const getProviders = (settings: Environment) =>
    Object.values(
      synthesizeMain(main, settings).resource.aws_cognito_user_pool_client ??
        {},
    ).map(({ name, supported_identity_providers: providers }) => [
      name,
      providers,
    ]);
  const OIDC = {
    SIGN_IN_OIDC_ISSUER: KEYCLOAK.issuer,
    SIGN_IN_OIDC_CLIENT_ID: "veda",
    DASHBOARD_CALLBACK_URLS: "https://a.example/cb",
  };

  test("are those of the programmatic client and of the dashboard", () => {
    const SIGN_IN_SAML_METADATA = UNIVERSITY.metadataUrl;
    const all = ["COGNITO", "OIDC", "SAML"];
    expect(getProviders({ ...OIDC, SIGN_IN_SAML_METADATA })).toEqual([
      ["programmatic-client", all],
      ["veda-dashboard", all],
      ["workflows-client Service Access", ["COGNITO"]],
    ]);
  });

  test("are not those of the programmatic client without sign-in through the browser", () => {
    expect(getProviders({ ...OIDC, BROWSER_SIGN_IN: "false" })).toEqual([
      ["programmatic-client", ["COGNITO"]],
      ["veda-dashboard", ["COGNITO", "OIDC"]],
      ["workflows-client Service Access", ["COGNITO"]],
    ]);
  });
});

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

  test("print a notice if the metadata of one expires soon", async () => {
    const certificates = [await createSigningCertificate(-1, 10)];
    const directory = createTemporaryDirectory({
      "idp.xml": formatSamlMetadata({ certificates }),
    });
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    synthesize({}, (auth) => {
      auth.addSamlIdentityProvider("University", {
        metadataFile: path.join(directory, "idp.xml"),
        attributes: { email: "mail" },
      });
    });
    expect(write.mock.calls).toEqual([
      [expect.stringMatching(/^SAML metadata ".*idp\.xml" expires on /)],
    ]);
    write.mockRestore();
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
