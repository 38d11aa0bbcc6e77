import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const barrel = {
  name: "@cdktf/provider-aws",
  message:
    "import @cdktf/provider-aws/lib/<resource>: the index takes seconds to load",
};
const processModules = ["process", "node:process"].map((name) => ({
  name,
  message: "the global process is looked at by the rules below",
}));
/** Folders that a folder may not import from: imports go main -> stacks -> constructs, never upward. */
const forbid = (...patterns) => ({
  "no-restricted-imports": [
    "error",
    {
      paths: [barrel, ...processModules],
      patterns: patterns.map((pattern) => ({
        regex: pattern,
        message: "imports go downward",
      })),
    },
  ],
});
const processRules = (allowEnv, allowConsole) => ({
  "no-restricted-properties": [
    "error",
    ...(allowEnv
      ? []
      : [
          {
            object: "process",
            property: "env",
            message:
              "read the environment through stacks/config/environment.ts",
          },
        ]),
    {
      object: "process",
      property: "exit",
      message: "set the exit code in scripts/lib/cli/command.ts",
    },
  ],
  "no-console": allowConsole ? "off" : "error",
});

export default tseslint.config(
  { ignores: ["node_modules/", "cdktf.out/", ".build/", ".local-aws/"] },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
    ],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      ...forbid(),
      ...processRules(false, false),
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // it never ends on a type that contains itself, such as a value of a plan
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    },
  },
  {
    files: ["**/*.mjs", "**/*.js", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        module: "readonly",
        require: "readonly",
      },
    },
  },
  {
    files: ["constructs/**"],
    rules: forbid("\\.\\./(stacks|scripts|main|__tests__)"),
  },
  {
    files: ["stacks/**", "main.ts"],
    rules: forbid("\\.\\.?/(scripts|main|__tests__)"),
  },
  // index.ts is the library's only door
  {
    files: ["stacks/*.ts", "main.ts"],
    ignores: ["stacks/naming.ts"],
    rules: forbid("\\.\\.?/(scripts|main|__tests__)", "constructs/."),
  },
  // configuration is read by scripts, which do not load the provider
  {
    files: ["stacks/config/**", "stacks/naming.ts"],
    rules: forbid(
      "\\.\\.?/(scripts|main|__tests__)",
      "constructs(/(?!aws$|constraints$|errors$)|$)",
      "^cdktf$",
      "^@cdktf/",
    ),
  },
  {
    files: ["scripts/**/*.ts"],
    rules: forbid(
      "\\.\\./__tests__",
      "^cdktf$",
      "^@cdktf/",
      "stacks/(?!config/|naming$|write-file-atomic$)",
    ),
  },
  { files: ["stacks/config/environment.ts"], rules: processRules(true, false) },
  {
    files: ["scripts/*.ts", "scripts/lib/cli/command.ts"],
    rules: processRules(false, true),
  },
  {
    files: ["__tests__/**"],
    rules: { ...forbid(), ...processRules(true, true) },
  },
);
