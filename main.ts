import { AccountStack, AuthApp, AuthStack, readAppConfig } from "veda-auth";

const config = readAppConfig();
const app = new AuthApp();

if (config.account) {
  const account = new AccountStack(app, config.account);
  for (const stage of config.account.stages) account.addDeployRoles(stage);
}

for (const stage of config.stages) {
  const auth = new AuthStack(app, stage);

  const ingestion = auth.addResourceServer("veda-stac-ingestion-registry", {
    "stac:register": "Create STAC ingestions",
    "stac:cancel": "Cancel a STAC ingestion",
    "stac:list": "List STAC ingestions",
  });

  auth.addServiceClient("workflows-client", {
    scopes: [ingestion.scope("stac:register")],
  });

  const { oidc, saml } = stage.signIn;
  const signIn = [
    "COGNITO" as const,
    ...(oidc ? [auth.addOidcIdentityProvider(oidc.name, oidc)] : []),
    ...(saml ? [auth.addSamlIdentityProvider(saml.name, saml)] : []),
  ];

  const { programmaticClient } = stage;
  auth.addProgrammaticClient("programmatic-client", {
    ...programmaticClient,
    ...(programmaticClient.browserSignIn && { signIn }),
  });
  const { callbackUrls, logoutUrls } = stage.dashboard;
  if (callbackUrls)
    auth.addFrontendClient("veda-dashboard", {
      callbackUrls,
      logoutUrls,
      signIn,
    });

  if (stage.groups.hasBucketGroups) {
    const dev = "veda-data-store-dev";
    const store = "veda-data-store";
    const staging = "veda-data-store-staging";

    auth.addGroup("veda-staging-writers", {
      description:
        "Users that have read/write-access to the VEDA store and staging datastore",
      precedence: 1,
      buckets: {
        [dev]: "read-write",
        [store]: "read-write",
        [staging]: "read-write",
      },
    });
    auth.addGroup("veda-writers", {
      description: "Users that have read/write-access to the VEDA store",
      precedence: 2,
      buckets: { [dev]: "read-write", [store]: "read-write" },
    });
    auth.addGroup("veda-staging-readers", {
      description:
        "Users that have read-access to the VEDA store and staging data store",
      precedence: 3,
      buckets: { [dev]: "read", [store]: "read", [staging]: "read" },
    });
    auth.addGroup("veda-readers", {
      description: "Users that have read-access to the VEDA store",
      precedence: 4,
      buckets: { [store]: "read" },
    });
  }

  if (stage.groups.dataManagersRoleArn) {
    auth.addGroupWithRole("veda-data-store-managers", {
      description:
        "Authenticated users assume read write veda data access role",
      precedence: 10,
      roleArn: stage.groups.dataManagersRoleArn,
    });
  }

  if (stage.oidcProvider) auth.addOidcProvider(stage.oidcProvider);
}

app.synth();
