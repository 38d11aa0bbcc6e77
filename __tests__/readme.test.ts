import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { SETTING_NAMES } from "../stacks/config/settings";
import {
  listAddresses,
  removeTemporaryDirectories,
  createTemporaryDirectory,
  type Synthesized,
} from "./support/stage";

afterAll(removeTemporaryDirectories);

const readme = readFileSync("README.md", "utf8");
const pages = [
  "README.md",
  ...readdirSync("docs").map((page) => `docs/${page}`),
].map((file) => ({ file, text: readFileSync(file, "utf8") }));
const allText = pages.map(({ text }) => text).join("\n");
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: object;
};

/** Variables that are not settings of a stage, and the file that reads them. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  ENV_FILE: "stacks/config/stage-sources.ts",
  E2E: "__tests__/support/e2e-setup.ts",
  GENERATED_STAGES: "__tests__/long/generated-stages.test.ts",
  TF_PLUGIN_MIRROR: "scripts/lib/terraform/provider-mirror.ts",
  TERRAFORM_BINARY_NAME: "scripts/lib/terraform/terraform.ts",
  CDKTF_OUTDIR: "stacks/config/environment.ts",
  LOCAL_AWS_PORT: "scripts/lib/local-aws/local-aws.ts",
  COGNITO_DOMAIN_ENDPOINT: "scripts/lib/auth/token-endpoint.ts",
  IDENTITY_POOL_ID: "scripts/lib/auth/sign-in-settings.ts",
  CLIENT_ID: "scripts/lib/auth/sign-in-settings.ts",
  CLIENT_REGION: "scripts/lib/auth/sign-in-settings.ts",
  USER_POOL_CLIENT_SECRET: "scripts/lib/auth/sign-in-settings.ts",
  RESOLVE_CHALLENGES: "scripts/lib/auth/sign-in-settings.ts",
  ID_TOKEN: "scripts/lib/auth/sign-in-settings.ts",
  GITHUB_OUTPUT: "",
  AWS_ACCESS_KEY_ID: "",
  TF_LOG: "",
  AWS_PROFILE: "",
};

describe("the documentation", () => {
  test("opens with the two commands", () => {
    const commands = readme.split("```")[1] ?? "";
    expect(commands).toMatch(
      /^sh\nnpm ci && npm run demo .*\nnpm ci && npm test .*\n$/,
    );
  });

  test("names commands that exist", () => {
    const named = [...allText.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(
      ([, name = ""]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(scripts).toHaveProperty([name]);
  });

  test("links to files and headings that exist", () => {
    const links = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https:)([^)]*)\)/g)].map(([, link = ""]) => ({
        file,
        link,
      })),
    );
    expect(links.length).toBeGreaterThan(20);
    for (const { file, link } of links) {
      const [target = "", heading] = link.split("#");
      const linked =
        target === "" ? file : path.join(path.dirname(file), target);
      expect([file, link, existsSync(linked)]).toEqual([file, link, true]);
      if (heading !== undefined)
        expect([link, headings(readFileSync(linked, "utf8"))]).toEqual([
          link,
          expect.arrayContaining([heading]),
        ]);
    }
  });

  test("links to every page from the README", () => {
    for (const { file } of pages.slice(1))
      expect(readme).toContain(`](${file})`);
  });

  test("names variables that are read", () => {
    const named = [
      ...allText.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|E2E)(?:=[^`]*)?`/g),
    ].map(([, name = ""]) => name);
    for (const name of named) {
      if (SETTING_NAMES.includes(name)) continue;
      const file = OTHER_VARIABLES[name];
      expect([name, file]).toEqual([name, expect.any(String)]);
      if (file !== "" && file !== undefined)
        expect(readFileSync(file, "utf8")).toContain(name);
    }
  });

  test("has changes of main.ts that apply, and add the described resources", () => {
    const main = readFileSync("main.ts", "utf8");
    const diffs = [...readme.matchAll(/```diff\n([^]*?)```/g)].map(
      ([, diff = ""]) => diff,
    );
    expect(diffs).toHaveLength(2);
    // a user who followed the README has these changes already
    const before = diffs.reduce(withoutChange, main);
    const after = diffs.reduce(withChange, before);
    const added = new Set(synthesized(after));
    for (const address of synthesized(before)) added.delete(address);
    expect(
      [...added].map((address) => address.split("_").slice(0, -1).join("_")),
    ).toEqual([
      "aws_cognito_identity_pool.identity-pool",
      "aws_cognito_identity_pool_roles_attachment.identity-pool_roles",
      "aws_cognito_user_group.groups_campaign-editors",
      "aws_cognito_user_pool_client.clients_catalog-sync",
      "aws_cognito_user_pool_client.clients_identity-provider",
      "aws_iam_role.group-roles_campaign-editors",
      "aws_iam_role.identity-pool_authenticated-role",
      "aws_iam_role_policy.group-roles_campaign-editors_policy",
      "aws_secretsmanager_secret.secrets_catalog-sync",
      "aws_secretsmanager_secret.secrets_identity-provider",
      "aws_secretsmanager_secret_version.secrets_catalog-sync_version",
      "aws_secretsmanager_secret_version.secrets_identity-provider_version",
    ]);
  });
});

/** Returns the anchors of a page's headings, as GitHub makes them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Returns a text after a change whose context lines it contains. */
function withChange(text: string, diff: string): string {
  const [old, changed] = sidesOf(diff);
  expect(text).toContain(old);
  return text.replace(old, changed);
}

/** Returns a text before a change, whether or not it contains the change. */
function withoutChange(text: string, diff: string): string {
  const [old, changed] = sidesOf(diff);
  return text.replace(changed, old);
}

function sidesOf(diff: string): [string, string] {
  const lines = diff.split("\n").filter((line) => line !== "");
  const side = (sign: string) =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n");
  return [side("+"), side("-")];
}

/** Returns the addresses of the resources of a main.ts. */
function synthesized(main: string): string[] {
  const directory = createTemporaryDirectory();
  const { outputFiles } = buildSync({
    stdin: { contents: main, loader: "ts", resolveDir: "." },
    bundle: true,
    platform: "node",
    write: false,
  });
  writeFileSync(path.join(directory, "main.cjs"), outputFiles[0]?.text ?? "");
  execFileSync(process.execPath, ["main.cjs"], {
    cwd: directory,
    env: { PATH: process.env.PATH, STAGE: "dev", STATE_BACKEND: "local" },
  });
  const file = path.join(
    directory,
    "cdktf.out/stacks/veda-auth-stack-dev/cdk.tf.json",
  );
  return listAddresses(JSON.parse(readFileSync(file, "utf8")) as Synthesized);
}
