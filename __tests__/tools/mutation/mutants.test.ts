import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { listReporters, mutateMessages } from "./message-mutants";
import { applyMutant, parseSource } from "./mutant";
import { EQUIVALENT_MUTANTS, findMutants } from "./mutants";
import { planTests } from "./mutation-run";
import { loosenQuantifiers } from "./predicate-mutants";
import { mutateRegistries } from "./registry-mutants";

const PROJECT = path.resolve(__dirname, "../../..");
const FILE = "constructs/constraints/a.ts";

/** Minimum number of mutants of each file: a smaller one means that the tool does not recognize some rules. */
const MUTANTS = {
  "constructs/aws.ts": 2,
  "constructs/classic-pages.ts": 8,
  "constructs/client-attributes.ts": 3,
  "constructs/client-secret.ts": 10,
  "constructs/constraints/account.ts": 7,
  "constructs/constraints/bucket.ts": 16,
  "constructs/constraints/domain.ts": 18,
  "constructs/constraints/identity-pool.ts": 21,
  "constructs/constraints/identity-provider.ts": 56,
  "constructs/constraints/limit.ts": 9,
  "constructs/constraints/log-delivery.ts": 21,
  "constructs/constraints/oidc-provider.ts": 28,
  "constructs/constraints/redirect-url.ts": 22,
  "constructs/constraints/resource-server.ts": 16,
  "constructs/constraints/role.ts": 38,
  "constructs/constraints/secret.ts": 17,
  "constructs/constraints/sign-in-pages.ts": 32,
  "constructs/constraints/user-pool-client.ts": 21,
  "constructs/constraints/user-pool-options.ts": 33,
  "constructs/constraints/user-pool.ts": 23,
  "constructs/custom-domain.ts": 6,
  "constructs/deployment/state-bucket.ts": 2,
  "constructs/github-subject.ts": 7,
  "constructs/identity-pool-role.ts": 4,
  "constructs/identity-pool.ts": 2,
  "constructs/identity-provider.ts": 10,
  "constructs/image-file.ts": 2,
  "constructs/log-delivery.ts": 3,
  "constructs/managed-login-branding.ts": 7,
  "constructs/managed-policy.ts": 3,
  "constructs/oidc-identity-provider.ts": 9,
  "constructs/oidc-provider.ts": 3,
  "constructs/oidc-read-only-role.ts": 2,
  "constructs/oidc-role.ts": 12,
  "constructs/policy-document.ts": 2,
  "constructs/policy-json.ts": 1,
  "constructs/provider-region.ts": 1,
  "constructs/resource-server.ts": 8,
  "constructs/role-rules.ts": 10,
  "constructs/saml-identity-provider.ts": 3,
  "constructs/saml-metadata.ts": 1,
  "constructs/secret-readers.ts": 3,
  "constructs/sign-in.ts": 5,
  "constructs/token-validity.ts": 4,
  "constructs/user-pool-attributes.ts": 3,
  "constructs/user-pool-client.ts": 12,
  "constructs/user-pool-domain.ts": 1,
  "constructs/user-pool-email.ts": 5,
  "constructs/user-pool-group.ts": 4,
  "constructs/user-pool-mfa.ts": 9,
  "constructs/user-pool-plan.ts": 5,
  "constructs/user-pool-triggers.ts": 1,
  "constructs/user-pool.ts": 1,
  "constructs/validation.ts": 3,
  "stacks/account-stack.ts": 1,
  "stacks/app.ts": 2,
  "stacks/auth-stack.ts": 2,
  "stacks/base-stack.ts": 1,
  "stacks/config/account-config.ts": 5,
  "stacks/config/account-settings.ts": 15,
  "stacks/config/app-config.ts": 1,
  "stacks/config/app-file.ts": 3,
  "stacks/config/app-settings.ts": 6,
  "stacks/config/command-settings.ts": 5,
  "stacks/config/domain-settings.ts": 8,
  "stacks/config/env-file.ts": 3,
  "stacks/config/parse-settings.ts": 11,
  "stacks/config/setting-row.ts": 18,
  "stacks/config/settings.ts": 34,
  "stacks/config/sign-in-settings.ts": 13,
  "stacks/config/stage-config.ts": 1,
  "stacks/config/stage-conflicts.ts": 5,
  "stacks/config/stage-sources.ts": 6,
  "stacks/config/user-pool-config.ts": 3,
  "stacks/config/user-pool-settings.ts": 19,
  "stacks/config/validate-region.ts": 3,
  "stacks/deploy-roles.ts": 2,
  "stacks/identity-providers.ts": 2,
  "stacks/log-delivery.ts": 7,
  "stacks/oidc-roles.ts": 3,
  "stacks/quotas.ts": 4,
  "stacks/resource-servers.ts": 2,
  "stacks/role-claims.ts": 3,
  "stacks/sign-in-pages.ts": 8,
  "stacks/stage-identity-pool.ts": 10,
  "stacks/user-pool-clients.ts": 3,
  "stacks/user-pool-groups.ts": 4,
};

/** Lists the changed lines of each mutant. */
function listChanges(
  text: string,
  reporters: readonly string[] = [],
): string[] {
  const source = parseSource(FILE, text);
  const before = text.split("\n");
  return [
    ...mutateRegistries(source),
    ...mutateMessages(source, new Set(reporters)),
  ].map((mutant) =>
    applyMutant(text, mutant)
      .split("\n")
      .filter((line, index) => line !== before[index])
      .join("\n")
      .trim(),
  );
}

describe("mutants of a registry", () => {
  test("remove a limit, and move its bounds and its pattern", () => {
    expect(
      listChanges('const A_LIMITS = {\na: make("a", [2, 64], /^\\w+$/),\n};'),
    ).toEqual([
      'a: { ...(make("a", [2, 64], /^\\w+$/)), allows: () => true },',
      'a: make("a", [2 - 1, 64], /^\\w+$/),',
      'a: make("a", [2, 64 + 1], /^\\w+$/),',
      'a: make("a", [2, 64], /(?:)/),',
    ]);
  });

  test("move a single bound up", () => {
    expect(listChanges('const A_LIMITS = { a: make("a", 10) };')).toContain(
      'const A_LIMITS = { a: make("a", 10 + 1) };',
    );
  });

  test.each([
    ["its pattern refuses shorter texts", "[1, 64], /^\\w+$/"],
    ["nothing is shorter", "[0, 64], /^\\w*$/"],
  ])("retain a lower bound if %s", (_, rest) => {
    const changes = listChanges(`const A_LIMITS = { a: make("a", ${rest}) };`);
    expect(changes.join("\n")).not.toMatch(/(0|1) - 1/);
  });

  test("remove each condition of a predicate, and loosen its numbers", () => {
    expect(
      listChanges(
        "const a = {\nallows: (value: string) =>\nvalue.length <= 9 &&\n!/b/.test(value) &&\n/^[a-z]{1,3}$/.test(value),\n};",
      ),
    ).toEqual([
      "true &&",
      "true &&",
      "true,",
      "value.length <= 10 &&",
      "/^[a-z]{0,3}$/.test(value),",
      "/^[a-z]{1,4}$/.test(value),",
    ]);
  });

  test("remove each condition that refuses a value, and each word of a list", () => {
    expect(
      listChanges(
        'const WORDS = ["a", "b"];\nfunction isValid(value: string): boolean {\nif (value.length > 9 || value === "") return false;\nreturn !WORDS.includes(value);\n}',
      ),
    ).toEqual([
      'const WORDS = ["\\0", "b"];',
      'const WORDS = ["a", "\\0"];',
      "return true;",
      'if (false || value === "") return false;',
      "if (value.length > 9 || false) return false;",
      'if (value.length > 10 || value === "") return false;',
    ]);
  });

  test("allow all values of a setting, and remove what it requires", () => {
    const changes = listChanges(
      'const SETTINGS = {\na: setting("A", {\nparse: list(LIMITS.a, 9),\nrequires: ["B"],\n}),\n};',
    );
    expect(changes).toEqual([
      expect.stringMatching(
        /^parse: \(text: string\) => .*list\(LIMITS\.a, 9\)/,
      ),
      "parse: list(LIMITS.a, 9 + 1),",
      'requires: ["PATH"],',
    ]);
  });

  test("raise each quota, and allow an invalid value", () => {
    expect(listChanges("const QUOTAS = { a: 25 };")).toEqual([
      "const QUOTAS = { a: 25 + 1 };",
    ]);
    expect(
      listChanges("const parse = () => isA ? text : new InvalidValue(y);"),
    ).toEqual(["const parse = () => text;"]);
  });

  test("widen quantifiers", () => {
    expect(loosenQuantifiers("/a{2}b{0,3}c{1,}/")).toEqual([
      "/a{1,2}b{0,3}c{1,}/",
      "/a{2,3}b{0,3}c{1,}/",
      "/a{2}b{0,4}c{1,}/",
      "/a{2}b{0,3}c{0,}/",
    ]);
  });
});

describe("mutants of errors", () => {
  test("remove each argument of a function that adds errors", () => {
    expect(
      listChanges(
        'report(\nthis,\nvalidate(LIMITS.a, props.a),\n...validateEach(LIMITS.b, props.b),\n...statementErrors(props.c),\nprops.d === 0\n? "d must be one"\n: undefined,\nown,\n);',
        ["report"],
      ).sort(),
    ).toEqual(
      ["...[],", "...[],", "? undefined", "undefined,", "undefined,"].sort(),
    );
  });

  test("find functions that add errors by their call of the constructs library", () => {
    expect(
      listReporters(
        parseSource(FILE, "function f(a) { a.node.addValidation({}); }"),
      ),
    ).toEqual(["f"]);
  });

  test("remove what is thrown, pushed, listed or mapped", () => {
    expect(
      listChanges(
        'if (a) throw new UserError("a must be b");\nerrors.push("a must be b");\nconst c = a ? [] : ["a must be b"];\nconst d = a.map((b) => `${b} must be c`);',
      ),
    ).toEqual([
      "if (a) ;",
      "void 0;",
      "const c = a ? [] : [];",
      "const d = [];",
    ]);
  });

  test("remove a condition that Terraform checks", () => {
    expect(
      listChanges(
        'const a = { precondition: [{ condition, errorMessage: "a must be b" }] };',
      ),
    ).toEqual(["const a = { precondition: [] };"]);
  });

  test("remove the rows of a list of names", () => {
    expect(
      listChanges(
        'const c = a ? [] : ["a must be b"];\nconst rows = [\n["a", 1],\n["b", 2],\n];',
      ).slice(-2),
    ).toEqual(["...[],", "...[],"]);
  });
});

describe("the mutants of this project", () => {
  const files = ["constructs", "stacks"].flatMap((directory) =>
    readdirSync(path.join(PROJECT, directory), { recursive: true })
      .map((name) => `${directory}/${String(name)}`)
      .filter((file) => file.endsWith(".ts")),
  );
  const texts = Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(PROJECT, file), "utf8")]),
  );
  const mutants = findMutants(texts);

  test("include all rows of the registries, and all equivalent mutants", () => {
    const names = mutants.map(
      ({ file, description }) => `${file} ${description}`,
    );
    expect(names).toEqual(
      expect.arrayContaining(Object.keys(EQUIVALENT_MUTANTS)),
    );
  });

  test("are not fewer than recorded in any file", () => {
    const fewer = Object.entries(MUTANTS).flatMap(([file, count]) => {
      const found = mutants.filter((mutant) => mutant.file === file).length;
      return found < count ? `${file}: ${found} of ${count}` : [];
    });
    expect(fewer).toEqual([]);
  });

  const constraints = "constructs/constraints";
  const config = "stacks/config";
  test.each([
    [`${constraints}/role.ts`, "roleName: ", "...", "limit roleName"],
    [`${constraints}/role.ts`, "64]", "MAX]", "limit roleName bound"],
    [
      `${constraints}/role.ts`,
      "/^[\\w+=,.@-]+$/",
      "A",
      "limit roleName pattern",
    ],
    [
      `${constraints}/limit.ts`,
      "/^[\\w \\t",
      "A /",
      "createCognitoNameLimit pattern",
    ],
    [`${constraints}/redirect-url.ts`, "1024", "MAX", "isRedirectUrl bound"],
    [
      `${config}/settings.ts`,
      "requires:",
      "needs:",
      'setting STATE_CUSTOMER_KEY requires "AWS_ACCOUNT_ID"',
    ],
    [
      `${config}/account-config.ts`,
      "problems.push(\n      `ACCOUNT_STAGES",
      "problems.add(\n      `ACCOUNT_STAGES",
      `${config}/account-config.ts: \`ACCOUNT_STAGES must`,
    ],
  ])(
    "fail if a rule of %s is not recognized: %s -> %s",
    (file, before, after, rule) => {
      const text = texts[file]?.replace(before, after) ?? "";
      expect(() => findMutants({ ...texts, [file]: text })).toThrow(
        `every rule must have a mutant, got none for ${rule}`,
      );
    },
  );

  test("have valid syntax", () => {
    const invalid = mutants.filter((mutant) => {
      const text = applyMutant(texts[mutant.file] ?? "", mutant);
      const { parseDiagnostics } = parseSource(mutant.file, text)
        .root as unknown as { readonly parseDiagnostics: readonly unknown[] };
      return parseDiagnostics.length > 0;
    });
    expect(invalid.map(({ description }) => description)).toEqual([]);
  });
});

test("the tests of a file are its own, those that import it, the corpus, and all others", () => {
  const corpus = "__tests__/stacks/rules-corpus.test.ts";
  expect(
    planTests("constructs/constraints/role.ts", {
      "__tests__/constructs/a.test.ts": "",
      [corpus]: "",
      "__tests__/scripts/b.test.ts": 'from "../../constructs/constraints"',
      "__tests__/scripts/c.test.ts": "",
      "__tests__/constructs/constraints/role.test.ts": "",
    }),
  ).toEqual([
    "__tests__/constructs/constraints/role.test.ts",
    "__tests__/scripts/b.test.ts",
    corpus,
    "__tests__/constructs/a.test.ts",
  ]);
});
