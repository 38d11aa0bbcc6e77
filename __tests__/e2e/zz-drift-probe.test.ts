/* eslint-disable */
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { spawn } from "node:child_process";
import { readdirSync, writeFileSync, statSync } from "node:fs";
import path from "node:path";
import {
  ACCOUNT_ID,
  clientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/demo-account";
import { Deployment, startAccount, succeed } from "../support/deployment";
import { killTree } from "../support/process-tree";
const stack = "veda-auth-stack-dev";
const managersRole = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;
const SETTINGS: any = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "somebody",
  SECRET_RECOVERY_DAYS: "0",
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: managersRole,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
};
test("probe", async () => {
  const aws = await startAccount();
  const d: any = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  const out: any[] = [];
  const say = (name: string, r: any) =>
    out.push(`== ${name}: ${r.code}\n${r.stdout}\n--\n${r.stderr}`);
  try {
    say("no state drift", await d.command("drift", "-s", "dev"));
    say(
      "no state plan json",
      await d.command("plan", "-s", "dev", "--format", "json"),
    );
    succeed(await d.synth());
    await d.init(stack);
    succeed(await d.apply(stack));
    const config = clientConfig(aws);
    const sm = new secrets.SecretsManagerClient(config);
    const users = new idp.CognitoIdentityProviderClient(config);
    const outputs = await d.outputs(stack);
    await sm.send(
      new secrets.PutSecretValueCommand({
        SecretId: `${stack}/workflows-client`,
        SecretString: JSON.stringify({ client_secret: "by-hand-c4nary" }),
      }),
    );
    await users.send(
      new idp.UpdateUserPoolClientCommand({
        UserPoolId: outputs.userpool_id,
        ClientId: outputs.veda_dashboard_client_id,
        CallbackURLs: [
          "https://a.example/",
          "https://evil.example/\u001b[31m\nuser pool x: fine",
          "https://b.example/|<b>@all`",
        ],
        TokenValidityUnits: {
          AccessToken: "minutes",
          IdToken: "hours",
          RefreshToken: "days",
        },
      }),
    );
    await new iam.IAMClient(config).send(
      new iam.PutRolePolicyCommand({
        RoleName: `${stack}-veda-writers`,
        PolicyName: "extra",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        }),
      }),
    );
    say("secret put", await d.command("drift", "-s", "dev"));
    say(
      "secret put json",
      await d.command("drift", "-s", "dev", "--format", "json"),
    );
    // user count + hash
    d.write(".env.dev", { ...SETTINGS, USERPOOL_MFA: "x", OWNER: "other" });
    say("hash1", await d.command("plan", "-s", "dev", "--format", "json"));
    await users.send(
      new idp.AdminCreateUserCommand({
        UserPoolId: outputs.userpool_id,
        Username: "someone@example.com",
        UserAttributes: [{ Name: "email", Value: "someone@example.com" }],
      }),
    );
    say(
      "hash2 after sign-up",
      await d.command("plan", "-s", "dev", "--format", "json"),
    );
    d.write(".env.dev", SETTINGS);
    // deployed: does the extra policy disappear from drift
    say("plan text", await d.command("plan", "-s", "dev"));
    succeed(await d.apply(stack));
    say("after deploy", await d.command("drift", "-s", "dev"));
    // kill
    const env = d.environment();
    const child = spawn(
      process.execPath,
      [path.resolve("scripts/run.mjs"), "plan", "-s", "dev"],
      {
        cwd: d.folder,
        env: { ...env, TMPDIR: d.folder },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let err = "";
    await new Promise<void>((r) => {
      child.stderr.on("data", (c) => {
        err += c;
      });
      const t = setInterval(() => {
        const f = readdirSync(d.folder).filter((x) =>
          x.startsWith("veda-auth-work-"),
        );
        if (f.some((x) => readdirSync(path.join(d.folder, x)).length > 0)) {
          clearInterval(t);
          r();
        }
      }, 20);
      child.on("exit", () => {
        clearInterval(t);
        r();
      });
    });
    killTree(child.pid!);
    const list: string[] = [];
    const walk = (f: string) => {
      for (const e of readdirSync(f, { withFileTypes: true })) {
        const p = path.join(f, e.name);
        if (e.isDirectory()) {
          if (e.name === ".terraform") continue;
          walk(p);
        } else
          list.push(
            `${(statSync(p).mode & 0o777).toString(8)} ${p.slice(d.folder.length)} ${statSync(p).size}`,
          );
      }
    };
    walk(d.folder);
    out.push("== killed\n" + err + list.join("\n"));
    say("after kill", await d.command("plan", "-s", "dev"));
  } finally {
    writeFileSync("/tmp/drift-probe.txt", out.join("\n"));
    await aws.stop();
  }
}, 280_000);
