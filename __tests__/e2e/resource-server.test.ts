import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { synthesize } from "../support/stage";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};
const getAws = useResource(startLocalAccount);

describeLocal("a resource server", () => {
  test.each([
    ["https://api.example.org/v1", "https://api.example.org/v1/read"],
    ["https://api.example.org/", "https://api.example.org//read"],
  ])(
    "whose identifier is %s issues tokens with the scope %s",
    async (identifier, scope) => {
      const deployment = new Deployment(getAws().endpoint, {
        ".env.dev": SETTINGS,
      });
      expectSuccess(await deployment.synth());
      const stage = synthesize(SETTINGS, (auth) => {
        const scopes = { read: "Read", write: "Write" };
        const api = auth.addResourceServer("api", scopes, { identifier });
        auth.addServiceClient("tiler", {
          scopes: [api.scope("read"), api.scope("write")],
        });
      });
      writeFileSync(
        path.join(deployment.getStackDirectory(STACK), "cdk.tf.json"),
        JSON.stringify({
          ...stage,
          // the state is in the stack's directory
          terraform: { ...stage.terraform, backend: { local: {} } },
        }),
      );
      await deployment.init(STACK);
      expectSuccess(await deployment.apply(STACK));
      expectSuccess(await deployment.plan(STACK));

      const token = await deployment.runCommand(
        "token",
        ...["--stage", "dev", "--service-id", "tiler", "--no-cache"],
        ...["--scope", scope],
      );
      expectSuccess(token);
      const { access_token: jwt = "" } = JSON.parse(token.stdout) as Partial<
        Record<string, string>
      >;
      const payload = Buffer.from(jwt.split(".")[1] ?? "", "base64url");
      expect(JSON.parse(payload.toString())).toMatchObject({ scope });
      expectSuccess(await deployment.destroy(STACK));
    },
  );
});
