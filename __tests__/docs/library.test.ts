import { readFileSync } from "node:fs";
import { dependencies, exports, devDependencies } from "../../package.json";
import { compileSamples } from "../support/client-samples";
import { listAddressesWithoutHash, synthesizeMain } from "../support/main-file";
import { listCodeBlocks } from "../support/pages";
import { removeTemporaryDirectories } from "../support/stage";

const FILE = "docs/library.md";
const STACK = "veda-auth-stack-dev";

const text = readFileSync(FILE, "utf8");
const blocks = listCodeBlocks({ file: FILE, text });
const [main = "", ownStack = "", escapeHatch = ""] = blocks
  .filter(({ language }) => language === "ts")
  .map(({ code }) => code);

afterAll(removeTemporaryDirectories);

/** Returns the `main.ts` of the page with the change of the main resource of a construct. */
function addEscapeHatch(): string {
  const [imports = "", ...code] = escapeHatch.split("\n\n");
  const end = "}\napp.synth();";
  expect(main).toContain(end);
  return `${imports}\n${main.replace(end, `${code.join("\n\n")}${end}`)}`;
}

test("the samples compile in a strict project", async () => {
  expect(
    await compileSamples([main, ownStack, addEscapeHatch()]),
  ).toMatchObject({ stdout: "", stderr: "", code: 0 });
});

test("the first main.ts grants a group access to a bucket, and a role access to a secret", () => {
  const stage = synthesizeMain(main);
  const addresses = listAddressesWithoutHash(stage);
  expect(addresses).toEqual(
    expect.arrayContaining([
      "aws_cognito_user_group.groups_editors",
      "aws_iam_role.group-roles_editors",
      "aws_secretsmanager_secret.secrets_ingest",
    ]),
  );
  const { aws_iam_role_policy: policies = {}, aws_s3_bucket: buckets = {} } =
    stage.resource;
  expect(buckets).toMatchObject({ maps: { bucket: `${STACK}-maps` } });
  const text = JSON.stringify(policies);
  expect(text).toContain("aws_s3_bucket.maps.bucket");
  expect(text).toContain("aws_iam_role.job.name");
  expect(text).toContain("secretsmanager:GetSecretValue");
});

test("the second main.ts uses a construct without settings", () => {
  const { resource, output } = synthesizeMain(ownStack, {}, "sign-in");
  expect(Object.keys(resource)).toEqual(["aws_cognito_user_pool"]);
  expect(output).toHaveProperty("issuer");
});

test("the main resource of a construct can be changed", () => {
  const stage = synthesizeMain(addEscapeHatch());
  const clients = Object.values(
    stage.resource.aws_cognito_user_pool_client ?? {},
  );
  expect(clients).toContainEqual(
    expect.objectContaining({
      access_token_validity: 5,
      lifecycle: { prevent_destroy: true },
    }),
  );
});

test("the page names the entries, and the versions that are tested", () => {
  for (const entry of Object.keys(exports).filter((one) => one.length < 13))
    expect(text).toContain(`\`veda-auth${entry.slice(1)}\``);
  const terrain = JSON.parse(
    blocks.find(({ language }) => language === "json")?.code ?? "",
  ) as { readonly dependencies: typeof dependencies };
  expect(terrain.dependencies).toEqual({
    "veda-auth": "^0.1.0",
    cdktf: `npm:cdktn@${devDependencies.cdktn}`,
    "@cdktf/provider-aws": `npm:@cdktn/provider-aws@${devDependencies["@cdktn/provider-aws"]}`,
    constructs: devDependencies.constructs,
  });
});
