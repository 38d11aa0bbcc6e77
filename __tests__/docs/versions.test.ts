import { readFileSync } from "node:fs";
import { removeTemporaryDirectories, synthesize } from "../support/stage";

afterAll(removeTemporaryDirectories);

const readme = readFileSync("README.md", "utf8");
const upgrade = readFileSync("docs/upgrade-and-uninstall.md", "utf8");

test("the README requires the version of Node that package.json requires", () => {
  const { engines } = readJson("package.json") as {
    readonly engines: { readonly node: string };
  };
  const oldest = engines.node.replace(">=", "");
  expect(readme).toMatch(
    new RegExp(`^- \\[Node\\].* ${oldest} or later$`, "m"),
  );
  expect(oldest.startsWith(readFileSync(".nvmrc", "utf8").trim())).toBe(true);
});

test("the pages name the versions of Terraform and the provider that a stack allows", () => {
  const { required_version: terraform, required_providers: providers } =
    synthesize().terraform as {
      readonly required_version: string;
      readonly required_providers: {
        readonly aws: { readonly version: string };
      };
    };
  const [oldest, next] = readRange(terraform);
  expect(readme).toContain(`${oldest} or later`);
  expect(upgrade).toContain(
    `Terraform must be ${oldest} or later, and older than ${next}.`,
  );
  const [oldestProvider, nextProvider] = readRange(providers.aws.version);
  expect(upgrade).toContain(
    `\`hashicorp/aws\` must be ${oldestProvider} or later, and older than ${nextProvider}.`,
  );
});

test("SECURITY.md names the packages with advisories in their installed versions", () => {
  const { packages } = readJson("package-lock.json") as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const rows = [
    ...readFileSync("SECURITY.md", "utf8").matchAll(
      /^\| ([\w-]+) +\| (\d[\d.]*) +\| CVE-/gm,
    ),
  ];
  expect(rows).toHaveLength(5);
  for (const [, name = "", version] of rows) {
    const installed = Object.entries(packages)
      .filter(([directory]) => directory.endsWith(`node_modules/${name}`))
      .map(([, entry]) => entry.version);
    expect(installed).toContain(version);
  }
});

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Returns the bounds of a range `>= a, < b` without zeros at their ends. */
function readRange(range: string): readonly [string, string] {
  const [, oldest = "", next = ""] = /^>= (\S+), < (\S+)$/.exec(range) ?? [];
  const trim = (version: string) => version.replace(/(\.0)+$/, "");
  return [trim(oldest), trim(next)];
}
