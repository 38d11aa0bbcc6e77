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
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((page) => page.endsWith(".md"))
    .map((page) => `docs/${page}`),
].map((file) => ({ file, text: readFileSync(file, "utf8") }));
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
    const named = findAll(/npm run (?:-s )?([\w:-]+)/g);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ match }) => !(match in scripts))).toEqual([]);
  });

  test("names files and directories that exist", () => {
    const named = findAll(
      /`((?:constructs|stacks|scripts|docs|__tests__)\/[\w./-]*)`/g,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ match }) => !existsSync(match))).toEqual([]);
  });

  test("links to files and headings that exist", () => {
    const links = findAll(
      /(?:\]\(|^\[[^\]]+\]: |(?:href|src)=")(?!https:)([^)"\n]*)/gm,
    );
    expect(links.length).toBeGreaterThan(20);
    const wrong = links.filter(({ file, match }) => {
      const [target = "", heading] = match.split("#");
      const linked =
        target === "" ? file : path.join(path.dirname(file), target);
      return (
        !existsSync(linked) ||
        (heading !== undefined &&
          !headings(readFileSync(linked, "utf8")).includes(heading))
      );
    });
    expect(wrong).toEqual([]);
  });

  test("links to every page from the README", () => {
    const files = pages.slice(1).map(({ file }) => file);
    expect(files.filter((file) => !readme.includes(`](${file})`))).toEqual([]);
  });

  test("names variables that are read", () => {
    const named = findAll(
      /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|E2E)(?:=[^`]*)?`/g,
    ).filter(({ match }) => !SETTING_NAMES.includes(match));
    const unread = named.filter(({ match }) => {
      const file = OTHER_VARIABLES[match];
      return (
        file === undefined ||
        (file !== "" && !readFileSync(file, "utf8").includes(match))
      );
    });
    expect(unread).toEqual([]);
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

/** Returns the matches of a pattern's group in all pages. */
function findAll(pattern: RegExp) {
  return pages.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(([, match = ""]) => ({ file, match })),
  );
}

/** Returns the anchors of a page's headings, as GitHub makes them. */
function headings(text: string): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
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
