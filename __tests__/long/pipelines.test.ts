import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { createLocalAwsEnvironment } from "../../scripts/lib/local-aws/local-aws";
import { runProcess } from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { createTemporaryDirectory } from "../support/stage";

jest.setTimeout(240_000);

const project = path.resolve(__dirname, "../..");

const aws = useResource(startLocalAccount);

describeLocal("the documented pipelines", () => {
  test.each([
    ["Atlantis", readAtlantisSteps],
    ["GitLab", readGitlabSteps],
  ])("of %s review a plan", async (_, readSteps) => {
    const steps = readSteps();
    expect(steps.length).toBeGreaterThan(3);
    const directory = createTemporaryDirectory();
    const own = new Deployment(aws().endpoint, {
      ".env.dev": {
        APP_NAME: "our-auth",
        STATE_BACKEND: "local",
        OWNER: "example",
        DASHBOARD_CALLBACK_URLS: "https://a.example/",
      },
    });
    // like a checkout
    for (const name of [
      "package.json",
      "node_modules",
      "scripts",
      "stacks",
      "constructs",
      "main.ts",
      "tsconfig.json",
      "cdktf.json",
      "__tests__",
    ])
      await runProcess(
        "ln",
        ["-s", path.join(project, name), path.join(own.directory, name)],
        { environment: {}, timeoutSeconds: 10 },
      );
    const binary = process.env.TERRAFORM_BINARY_NAME ?? "terraform";
    const script = ["set -euo pipefail", ...steps]
      .join("\n")
      .replaceAll(/^terraform /gm, `${binary} `);
    const result = await runProcess("bash", ["-c", script], {
      directory: own.directory,
      environment: {
        ...getEnvironmentWithoutSettings(),
        ...createLocalAwsEnvironment(aws().endpoint),
        ...createProviderEnvironment({ directory }),
        STAGE: "dev",
        PROJECT_NAME: "dev",
        PLANFILE: path.join(directory, "dev.tfplan"),
        CI: "true",
      },
      timeoutSeconds: 100,
    });
    expectSuccess(result);
    const file = path.join(own.directory, "review.md");
    const printed = existsSync(file)
      ? readFileSync(file, "utf8")
      : result.stdout;
    expect(printed).toContain("<!-- veda-auth-plan-review:dev -->");
    expect(printed).toMatch(/^### Stage `dev`: 1\d to add$/m);
  });
});

interface Atlantis {
  readonly workflows: Readonly<
    Record<
      string,
      {
        readonly plan: { readonly steps: readonly { readonly run?: string }[] };
      }
    >
  >;
}

/** Returns the YAML that the documentation shows for a tool. */
function readYaml(tool: string): unknown {
  const page = readFileSync(path.join(project, "docs/review.md"), "utf8");
  const from = page.indexOf(`**${tool}**`);
  const block = /```yaml\n([\s\S]*?)```/.exec(page.slice(from))?.[1];
  return parse(block ?? "");
}

function readAtlantisSteps(): readonly string[] {
  const { workflows } = readYaml("Atlantis") as Atlantis;
  const steps = Object.values(workflows).flatMap(({ plan }) => plan.steps);
  return steps.flatMap(({ run }) =>
    run === undefined || run === "npm ci" ? [] : [run],
  );
}

function readGitlabSteps(): readonly string[] {
  const { plan } = readYaml("GitLab") as {
    readonly plan: { readonly script: readonly string[] };
  };
  return plan.script.filter((step) => step !== "npm ci");
}
