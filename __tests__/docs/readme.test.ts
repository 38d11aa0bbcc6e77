import { readFileSync } from "node:fs";
import { listAddressesWithoutHash, synthesizeMain } from "../support/main-file";
import { listCodeBlocks } from "../support/pages";
import { removeTemporaryDirectories } from "../support/stage";

afterAll(removeTemporaryDirectories);

const text = readFileSync("README.md", "utf8");
const blocks = listCodeBlocks({ file: "README.md", text });
const findBlock = (language: string) =>
  blocks.find((block) => block.language === language)?.code ?? "";

describe("the README", () => {
  test("has 6 to 9 kilobytes", () => {
    const size = Buffer.byteLength(text);
    expect(size).toBeGreaterThanOrEqual(6_000);
    expect(size).toBeLessThanOrEqual(9_000);
  });

  test("answers the questions of a newcomer in this order", () => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(
      ([, heading]) => heading,
    );
    expect(headings).toEqual([
      "VEDA auth on Terraform",
      "Try it",
      "I want to…",
      "Requirements",
      "A minimal main.ts",
      "First deployment",
      "First user and first token",
      "Everyday commands",
      "Security",
      "Cost",
      "Status",
      "License",
    ]);
  });

  test("shows a diagram, and then the two commands with their times", () => {
    expect(blocks[0]?.language).toBe("mermaid");
    expect(findBlock("sh")).toMatch(
      /^npm ci && npm run demo +# (?:about )?\d+(?: to \d+)? minutes?: .*\nnpm ci && npm test +# about \d+ minutes?: .*\n$/,
    );
  });

  test("has the main.ts of a new app", () => {
    expect(findBlock("ts")).toBe(
      readFileSync("scripts/lib/init/template/main.ts", "utf8"),
    );
  });

  test("has a minimal main.ts that adds the described resources", () => {
    const stage = synthesizeMain(findBlock("ts"));
    expect(listAddressesWithoutHash(stage)).toEqual([
      "aws_cognito_identity_pool.identity-pool",
      "aws_cognito_identity_pool_roles_attachment.identity-pool_roles",
      "aws_cognito_resource_server.resource-servers_catalog",
      "aws_cognito_user_group.groups_editors",
      "aws_cognito_user_pool.user-pool",
      "aws_cognito_user_pool_client.clients_identity-provider",
      "aws_cognito_user_pool_client.clients_ingest",
      "aws_cognito_user_pool_client.clients_programmatic-client",
      "aws_cognito_user_pool_domain.domain",
      "aws_iam_role.group-roles_editors",
      "aws_iam_role.identity-pool_authenticated-role",
      "aws_iam_role_policy.group-roles_editors_policy",
      "aws_secretsmanager_secret.secrets_identity-provider",
      "aws_secretsmanager_secret.secrets_ingest",
      "aws_secretsmanager_secret.secrets_programmatic-client",
      "aws_secretsmanager_secret_version.secrets_identity-provider_version",
      "aws_secretsmanager_secret_version.secrets_ingest_first",
      "aws_secretsmanager_secret_version.secrets_ingest_version",
      "aws_secretsmanager_secret_version.secrets_programmatic-client_version",
    ]);
  });
});
