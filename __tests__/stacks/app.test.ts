import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { UserError } from "../../constructs";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import type { Environment } from "../../stacks/config/environment";
import { restoreEnvironment } from "../support/environment";
import {
  createApp,
  createStageConfig,
  removeTemporaryDirectories,
} from "../support/stage";

afterEach(restoreEnvironment);
afterAll(removeTemporaryDirectories);

/** Writes these stages to an output directory. */
function writeStages(outdir: string, ...stages: readonly string[]): void {
  const app = new AuthApp({ outdir });
  for (const stage of stages)
    new AuthStack(app, createStageConfig({ STAGE: stage }));
  app.synth();
}

/** Runs the app as cdktf-cli does: it removes the directories that were there before and are not in the manifest. */
function runByCdktf(outdir: string, run: () => void): void {
  const stacks = path.join(outdir, "stacks");
  const existing = readdirSync(stacks);
  process.env.CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS = "true";
  run();
  restoreEnvironment();
  const manifest = readFileSync(path.join(outdir, "manifest.json"), "utf8");
  for (const name of existing)
    if (!manifest.includes(`"${name}"`))
      rmSync(path.join(stacks, name), { recursive: true });
}

/** Adds a role that has the same name in each stack. */
function addRole(stack: TerraformStack): void {
  new IamRole(stack, "job", { name: "job", assumeRolePolicy: "{}" });
}

const group = { description: "", precedence: 1, buckets: {} };

describe("the app", () => {
  test("writes one directory per stage", () => {
    const app = createApp();
    new AuthStack(app, createStageConfig());
    new AuthStack(app, createStageConfig({ STAGE: "prod" }));
    app.synth();
    expect(readdirSync(path.join(app.outdir, "stacks")).sort()).toEqual([
      "veda-auth-stack-dev",
      "veda-auth-stack-prod",
    ]);
  });

  test("writes no stack if one cannot be written in the native syntax", () => {
    process.env.SYNTH_HCL_OUTPUT = "true";
    const app = createApp();
    new AuthStack(app, createStageConfig());
    new AuthStack(app, createStageConfig({ STAGE: "prod" })).addOverride(
      "resources",
      {},
    );
    expect(() => {
      app.synth();
    }).toThrow(UserError);
    expect(readdirSync(path.join(app.outdir, "stacks"))).toEqual([]);
  });

  test("has the context with the version of Terraform for CDK Terrain", () => {
    expect(createApp().node.tryGetContext("targetVersions")).toEqual({
      terraform: ">=1.11.0",
    });
  });

  test("removes a stage that it no longer has, and the other syntax of one that it has", () => {
    const { outdir } = createApp();
    const stacks = path.join(outdir, "stacks");
    writeStages(outdir, "dev", "old");
    for (const file of ["cdk.tf", "metadata.json"]) {
      writeFileSync(path.join(stacks, "veda-auth-stack-dev", file), "");
    }
    writeStages(outdir, "dev");
    expect(readdirSync(stacks)).toEqual(["veda-auth-stack-dev"]);
    expect(readdirSync(path.join(stacks, "veda-auth-stack-dev"))).toEqual([
      "cdk.tf.json",
    ]);
  });

  test("leaves the removal of a stage to cdktf-cli if that runs the app", () => {
    const { outdir } = createApp();
    const listStages = () => readdirSync(path.join(outdir, "stacks"));
    writeStages(outdir, "dev");
    for (let switches = 0; switches < 10; switches++) {
      for (const stage of ["prod", "dev"]) {
        runByCdktf(outdir, () => {
          writeStages(outdir, stage);
        });
        expect(listStages()).toEqual([`veda-auth-stack-${stage}`]);
      }
      writeStages(outdir, "prod");
      expect(listStages()).toEqual(["veda-auth-stack-prod"]);
    }
  });

  test("overwrites a manifest that another run did not finish", () => {
    const app = createApp();
    const manifest = path.join(app.outdir, "manifest.json");
    writeFileSync(manifest, '{ "stacks": {');
    new AuthStack(app, createStageConfig());
    app.synth();
    expect(readFileSync(manifest, "utf8")).toContain("veda-auth-stack-dev");
  });

  test("does not remove other files", () => {
    const app = createApp();
    const source = path.join(app.outdir, "stacks", "source.ts");
    writeFileSync(source, "");
    new AuthStack(app, createStageConfig());
    app.synth();
    expect(existsSync(source)).toBe(true);
  });

  test("writes stacks of other classes, also in a construct, each time", () => {
    const { outdir } = createApp();
    for (let run = 0; run < 2; run += 1) {
      const app = new AuthApp({ outdir });
      addRole(new AuthStack(app, createStageConfig()));
      const stack = new TerraformStack(new Construct(app, "ours"), "own");
      new AwsProvider(stack, "aws", { region: "us-west-2" });
      addRole(stack);
      app.synth();
      const stacks = path.join(outdir, "stacks");
      expect(readdirSync(stacks).sort()).toEqual([
        "own",
        "veda-auth-stack-dev",
      ]);
      expect(readdirSync(path.join(stacks, "own"))).toEqual(["cdk.tf.json"]);
    }
  });

  test("writes the same bytes from the same configuration", () => {
    const bytes = (settings: Environment): string => {
      const app = createApp();
      const auth = new AuthStack(app, createStageConfig(settings));
      auth.addGroup("a", group);
      auth.addProgrammaticClient("b");
      app.synth();
      return readFileSync(
        path.join(app.outdir, "stacks", "veda-auth-stack-dev", "cdk.tf.json"),
        "utf8",
      );
    };
    const settings = {
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "ours",
      PROJECT: "p",
    };
    expect(bytes(settings)).toBe(
      bytes(Object.fromEntries(Object.entries(settings).reverse())),
    );
  });
});

describe("the app fails when", () => {
  test("stages have errors, reports those of all stages and writes nothing", () => {
    const app = createApp();
    for (const stage of ["dev", "prod"]) {
      new AuthStack(app, createStageConfig({ STAGE: stage })).addGroup("a", {
        ...group,
        precedence: 0,
      });
    }
    expect(() => {
      app.synth();
    }).toThrow(
      /^stack: 2 problems\n {2}- group precedence .* \(veda-auth-stack-dev, group a\)\n {2}- group precedence .* \(veda-auth-stack-prod, group a\)$/,
    );
    expect(existsSync(app.outdir)).toBe(false);
  });

  test("a stage has an error, with the hint where to correct it", () => {
    const app = createApp();
    new AuthStack(app, createStageConfig()).addProgrammaticClient("");
    let hint: string | undefined;
    try {
      app.synth();
    } catch (error) {
      hint = error instanceof UserError ? error.hint : undefined;
    }
    expect(hint).toContain("correct main.ts");
  });

  test("an identity provider is wrong, and names it by its id", () => {
    const app = createApp();
    const auth = new AuthStack(app, createStageConfig({}));
    auth.addSamlIdentityProvider("University", {
      metadataUrl: "a",
      attributes: { email: "mail" },
    });
    expect(() => {
      app.synth();
    }).toThrow("(veda-auth-stack-dev, identity provider University)");
  });

  test("a call of main.ts is wrong, and names it by its id", () => {
    const app = createApp();
    const auth = new AuthStack(app, createStageConfig({}));
    auth.addServiceClient("tiler", { scopes: [] });
    auth.addFrontendClient("dashboard", { callbackUrls: [] });
    auth.addResourceServer("api", { "a b": "A" });
    expect(() => {
      app.synth();
    }).toThrow(
      /\(veda-auth-stack-dev, client tiler\)[^]*\(veda-auth-stack-dev, client dashboard\)|\(veda-auth-stack-dev, resource server api\)[^]*\(veda-auth-stack-dev, client tiler\)/,
    );
  });

  test("two stages of one account have the same role", () => {
    const build = (...settings: Environment[]): AuthApp => {
      const app = createApp();
      const [a, b] = settings.map(
        (settings) => new AuthStack(app, createStageConfig(settings)),
      );
      a?.addGroup("b-c", group);
      b?.addGroup("c", group);
      return app;
    };
    expect(() => {
      build({ STAGE: "a" }, { STAGE: "a-b" }).synth();
    }).toThrow(
      /role name must be unique in an account, got "veda-auth-stack-a-b-c" also in /,
    );
    expect(() => {
      build(
        { STAGE: "a", AWS_ACCOUNT_ID: "1".repeat(12) },
        { STAGE: "a-b", AWS_ACCOUNT_ID: "2".repeat(12) },
      ).synth();
    }).not.toThrow();
  });
});
