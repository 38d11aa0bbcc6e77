import {
  formatAwsProviderLock,
  parseDependencyLock,
} from "../../../scripts/lib/terraform/dependency-lock";

test("a dependency lock identifies builds by checksums that are equal on every platform", () => {
  const block = (checksums: readonly string[]) =>
    `# comment\n\nprovider "registry.terraform.io/hashicorp/aws" {\n  version     = "6.25.0"\n  constraints = ">= 5.100.0, < 7.0.0"\n  hashes = [\n${checksums.map((one) => `    "${one}",\n`).join("")}  ]\n}\n`;
  const signed = block(["h1:mine", "zh:b", "zh:a"]);
  expect(parseDependencyLock(signed)).toEqual([
    {
      address: "registry.terraform.io/hashicorp/aws",
      version: "6.25.0",
      checksums: ["zh:a", "zh:b"],
    },
  ]);
  expect(parseDependencyLock(block(["h1:mine"]))[0]?.checksums).toEqual([
    "h1:mine",
  ]);
  expect(parseDependencyLock("")).toEqual([]);
  expect(
    parseDependencyLock(formatAwsProviderLock("6.1.0")).map(
      ({ version }) => version,
    ),
  ).toEqual(["6.1.0", "6.1.0"]);
});
