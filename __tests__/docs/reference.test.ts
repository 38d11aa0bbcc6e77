import { readFileSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";
import { listAddressesWithoutHash, synthesizeMain } from "../support/main-file";
import { listCodeBlocks } from "../support/pages";
import { PublicApi } from "../support/public-api";
import {
  getSecretVersion,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";
import { COMPLETE_STAGE } from "../support/whole-stage";

afterAll(removeTemporaryDirectories);

const api = readFileSync("docs/api.md", "utf8");
const tokens = readFileSync("docs/get-a-token.md", "utf8");
const signIn = readFileSync("docs/sign-in.md", "utf8");
const main = readFileSync("main.ts", "utf8");
const complete = synthesizeMain(main, {
  ...COMPLETE_STAGE,
  CUSTOM_DOMAIN: "auth.example.org",
  CUSTOM_DOMAIN_CERTIFICATE_ARN:
    "arn:aws:acm:us-east-1:123456789012:certificate/a",
});

describe("the page about the API", () => {
  const constructs = "constructs/index.ts";
  const reference = new PublicApi([constructs]);

  test("names every export of the constructs", () => {
    const names = reference.listExports(constructs).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(90);
    expect(
      names.filter((name) => !new RegExp(`\`${name}[\`(]`).test(api)),
    ).toEqual([]);
  });

  test.each(["RoleRule", "RoleRules", "GitHubRepository"])(
    "names the properties of %s",
    (type) => {
      const names = reference
        .listProperties(constructs, type)
        .map(({ name }) => name);
      expect(names.length).toBeGreaterThan(1);
      expect(
        names.filter(
          (name) => !new RegExp(`[\`{ ]${name}[\\s?\`,}:]`).test(api),
        ),
      ).toEqual([]);
    },
  );

  test("has changes of main.ts that apply, and add the described resources", () => {
    const diffs = listCodeBlocks({ file: "docs/api.md", text: api })
      .filter(({ language }) => language === "diff")
      .map(({ code }) => code);
    expect(diffs).toHaveLength(2);
    // a user who followed the page has these changes already
    const before = diffs.reduce(withoutChange, main);
    const after = diffs.reduce(withChange, before);
    const added = new Set(listAddressesWithoutHash(synthesizeMain(after)));
    for (const address of listAddressesWithoutHash(synthesizeMain(before)))
      added.delete(address);
    expect([...added]).toEqual([
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
      "aws_secretsmanager_secret_version.secrets_catalog-sync_first",
      "aws_secretsmanager_secret_version.secrets_catalog-sync_version",
      "aws_secretsmanager_secret_version.secrets_identity-provider_version",
    ]);
  });

  test("has examples that compile", () => {
    const examples = listCodeBlocks({ file: "docs/api.md", text: api })
      .filter(({ language }) => language === "ts")
      .map(({ code }) => code);
    expect(examples.length).toBeGreaterThan(2);
    expect(listTypeErrors(examples)).toEqual([]);
  });
});

/** Returns the type errors of examples that follow each other in the `main.ts` of a project. */
function listTypeErrors(examples: readonly string[]): readonly string[] {
  const file = path.resolve("examples.ts");
  const text = [
    'import type { AuthStack, AuthStackOptions } from "./stacks/auth-stack";',
    "declare const auth: AuthStack;",
    ...examples,
  ].join("\n");
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === file
      ? ts.createSourceFile(name, text, version)
      : readSource(name, version);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
}

describe("the page about tokens", () => {
  test("lists the outputs of a complete stage", () => {
    const patterns = listRows(tokens, "Output").map(
      (name) => new RegExp(`^${name.replace("<client>", "\\w+")}$`),
    );
    const outputs = Object.keys(complete.output);
    expect(outputs.length).toBeGreaterThan(10);
    expect(
      outputs.filter((name) => !patterns.some((one) => one.test(name))),
    ).toEqual([]);
    expect(
      patterns.filter((one) => !outputs.some((name) => one.test(name))),
    ).toEqual([]);
  });

  test("lists the fields of a service client's secret", () => {
    const stage = synthesize({}, (auth) => {
      const api = auth.addResourceServer("api", { read: "Read" });
      auth.addServiceClient("robot", { scopes: [api.scope("read")] });
    });
    const { secret_string_wo: secret } = getSecretVersion(stage);
    const fields = [...String(secret).matchAll(/"(\w+)" = /g)].map(
      ([, name]) => name,
    );
    expect(listRows(tokens, "Field").sort()).toEqual(fields.sort());
  });
});

describe("the page about sign-in", () => {
  test("lists the groups of main.ts with their precedence", () => {
    const groups = Object.values(
      complete.resource.aws_cognito_user_group ?? {},
    ).map(({ name, precedence }) => `${String(name)} ${String(precedence)}`);
    const [, table = ""] = /^\| Group .*\n((?:\|.*\n)+)/m.exec(signIn) ?? [];
    const listed = [...table.matchAll(/^\| `(\S+)` +\| (\d+) /gm)].map(
      ([, name = "", precedence = ""]) => `${name} ${precedence}`,
    );
    expect(groups).toHaveLength(5);
    expect(listed.sort()).toEqual(groups.sort());
  });

  test("describes the password policy", () => {
    const [pool] = Object.values(complete.resource.aws_cognito_user_pool ?? {});
    expect(pool?.password_policy).toEqual({
      minimum_length: 12,
      require_lowercase: true,
      require_numbers: true,
      require_symbols: true,
      require_uppercase: true,
      temporary_password_validity_days: 7,
    });
    expect(signIn).toContain(
      "at least 12 characters, with lower-case and upper-case letters, digits and symbols.",
    );
    expect(signIn).toMatch(/temporary password, which is valid for\s7 days/);
  });
});

/** Returns the names in code in the first column of the table with this heading. */
function listRows(text: string, heading: string): string[] {
  const [, table = ""] =
    new RegExp(`^\\| ${heading} .*\\n((?:\\|.*\\n)+)`, "m").exec(text) ?? [];
  return table
    .split("\n")
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)])
    .map(([, name = ""]) => name);
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
