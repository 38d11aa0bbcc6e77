import { AccountStack, AuthApp, AuthStack, readAppConfig } from "veda-auth";

const config = readAppConfig();
const app = new AuthApp();

if (config.account) {
  const account = new AccountStack(app, config.account);
  for (const stage of config.account.stages) account.addDeployRoles(stage);
}

for (const stage of config.stages) {
  const auth = new AuthStack(app, stage);

  const catalog = auth.addResourceServer("catalog", {
    "items:write": "Create and change items",
  });
  auth.addServiceClient("ingest", { scopes: [catalog.scope("items:write")] });
  auth.addProgrammaticClient("programmatic-client", stage.programmaticClient);
  auth.addGroup("editors", {
    description: "Users who edit the data",
    precedence: 1,
    buckets: { [`${stage.appName}-data-${stage.stage}`]: "read-write" },
  });
}

app.synth();
