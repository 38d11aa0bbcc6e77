import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { SETTING_NAMES } from "../../stacks/config/settings";
import { listAnchors, listCodeBlocks, readPages } from "../support/pages";

const pages = readPages();
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: object;
};

/** Page with names of constants, which another test checks. */
const API = "docs/api.md";

/** Variables that are not settings of a stage, and the file that reads them. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  // values of settings
  V1_0: "stacks/config/user-pool-settings.ts",
  V2_0: "stacks/config/user-pool-settings.ts",
  V3_0: "stacks/config/user-pool-settings.ts",
  ENV_FILE: "stacks/config/stage-sources.ts",
  E2E: "__tests__/support/e2e-setup.ts",
  GENERATED_STAGES: "__tests__/long/generated-stages.test.ts",
  TF_PLUGIN_MIRROR: "scripts/lib/terraform/provider-mirror.ts",
  TERRAFORM_BINARY_NAME: "scripts/lib/terraform/terraform.ts",
  CDKTF_OUTDIR: "stacks/config/environment.ts",
  LOCAL_AWS_PORT: "scripts/lib/local-aws/local-aws.ts",
  LOCAL_AWS_ENDPOINT: "__tests__/tools/matrix/target.ts",
  COGNITO_DOMAIN_ENDPOINT: "scripts/lib/auth/token-endpoint.ts",
  COGNITO_DOMAIN: "scripts/lib/auth/sign-in-sources.ts",
  IDENTITY_POOL_ID: "scripts/lib/auth/sign-in-settings.ts",
  CLIENT_ID: "scripts/lib/auth/sign-in-settings.ts",
  CLIENT_REGION: "scripts/lib/auth/sign-in-settings.ts",
  USER_POOL_CLIENT_SECRET: "scripts/lib/auth/sign-in-settings.ts",
  RESOLVE_CHALLENGES: "scripts/lib/auth/sign-in-settings.ts",
  VEDA_AUTH_HANDED_OUT: "scripts/lib/auth/credential-formats.ts",
  ID_TOKEN: "scripts/lib/auth/sign-in-settings.ts",
  HTTPS_PROXY: "scripts/lib/http/network-variables.ts",
  HTTP_PROXY: "scripts/lib/http/network-variables.ts",
  NO_PROXY: "scripts/lib/http/proxy-settings.ts",
  AWS_CA_BUNDLE: "scripts/lib/http/network-variables.ts",
  NODE_EXTRA_CA_CERTS: "scripts/lib/http/certificates.ts",
  AWS_ACCESS_KEY_ID: "scripts/lib/aws/credential-source.ts",
  AWS_SECRET_ACCESS_KEY: "scripts/lib/aws/credential-source.ts",
  AWS_SESSION_TOKEN: "scripts/lib/aws/credential-source.ts",
  AWS_PROFILE: "scripts/lib/aws/credential-source.ts",
  AWS_DEFAULT_PROFILE: "scripts/lib/aws/credential-source.ts",
  AWS_ROLE_ARN: "scripts/lib/aws/credential-source.ts",
  AWS_WEB_IDENTITY_TOKEN_FILE: "scripts/lib/aws/credential-source.ts",
  AWS_CONFIG_FILE: "scripts/lib/aws/profiles.ts",
  AWS_SHARED_CREDENTIALS_FILE: "scripts/lib/auth/service-token-cache.ts",
  BROWSER_SIGN_IN: "scripts/lib/auth/authorization-response.ts",
  // outputs and variables of other programs
  SSL_CERT_FILE: "",
  USERPOOL_ID: "",
  GITHUB_OUTPUT: "",
  TF_LOG: "",
};

describe("the documentation", () => {
  test("names npm scripts that exist", () => {
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
    expect(links.length).toBeGreaterThan(60);
    const wrong = links.filter(({ file, match }) => {
      const [target = "", heading] = match.split("#");
      const linked =
        target === "" ? file : path.join(path.dirname(file), target);
      return (
        !existsSync(linked) ||
        (heading !== undefined &&
          !listAnchors(readFileSync(linked, "utf8")).includes(heading))
      );
    });
    expect(wrong).toEqual([]);
  });

  test("has the pages and headings that messages name, as an app finds them", () => {
    const sources = ["scripts", "stacks", "constructs"].flatMap(listSources);
    const texts = sources.map((source) => readFileSync(source, "utf8"));
    const named = texts.flatMap((text) =>
      [...text.matchAll(/formatPage\("([^"]+)"\)/g)].map(([, name = ""]) =>
        name.split("#"),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    const wrong = named.filter(([name = "", heading]) => {
      const page = `docs/${name}.md`;
      return (
        !existsSync(page) ||
        (heading !== undefined &&
          !listAnchors(readFileSync(page, "utf8")).includes(heading))
      );
    });
    expect(wrong).toEqual([]);
    // an app has no such directory
    const messages = texts.flatMap((text) =>
      text.split("\n").filter((line) => !/^ *(?:\*|\/\/|\/\*)/.test(line)),
    );
    expect(messages.filter((line) => /docs\/[\w-]+\.md/.test(line))).toEqual(
      [],
    );
  });

  test("is linked from the README, every page", () => {
    const [readme] = pages;
    const files = pages.slice(1).map(({ file }) => file);
    expect(
      files.filter((file) => readme?.text.includes(`](${file})`) !== true),
    ).toEqual([]);
  });

  test("names the packages of CDK Terrain that the comparison installs", () => {
    const tool = readFileSync("__tests__/tools/cdktn/cdktn.ts", "utf8");
    const named = findAll(/ (\S+@npm:\S+)/g).map(({ match }) => match);
    expect(named).toHaveLength(2);
    for (const alias of named) {
      const [, name = "", target = ""] = /^(.*)@(npm:.*)$/.exec(alias) ?? [];
      expect(tool).toMatch(new RegExp(`^  "?${name}"?: "${target}",$`, "m"));
    }
  });

  test("uses one stack name in its examples", () => {
    expect(findAll(/(our-auth-dev)/g).length).toBeGreaterThan(5);
    expect(findAll(/(veda-auth-stack[-/].*)/g)).toEqual([]);
  });

  test("names variables that are read", () => {
    const named = findAll(
      /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|E2E)(?:=[^`]*)?`/g,
    ).filter(
      ({ file, match }) => file !== API && !SETTING_NAMES.includes(match),
    );
    expect(named.length).toBeGreaterThan(10);
    const unread = named.filter(({ match }) => {
      const file = OTHER_VARIABLES[match];
      return (
        file === undefined ||
        (file !== "" && !readFileSync(file, "utf8").includes(match))
      );
    });
    expect(unread).toEqual([]);
  });
});

test("blocks of code set variables that are read", () => {
  const set = pages
    .flatMap(listCodeBlocks)
    .flatMap(({ file, code }) =>
      [...code.matchAll(/(?:^|[\s'"])([A-Z][A-Z0-9_]+)=(?!=)/gm)].map(
        ([, name = ""]) => ({ file, name }),
      ),
    );
  expect(set.length).toBeGreaterThan(20);
  expect(
    set.filter(
      ({ name }) =>
        !SETTING_NAMES.includes(name) &&
        !(name in OTHER_VARIABLES) &&
        name !== "USERNAME",
    ),
  ).toEqual([]);
});

/** Returns the matches of a pattern's group in all pages. */
function findAll(pattern: RegExp) {
  return pages.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(([, match = ""]) => ({ file, match })),
  );
}

function listSources(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(directory, file));
}
