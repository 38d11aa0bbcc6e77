import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const barrel = {
  name: "@cdktf/provider-aws",
  message:
    "import @cdktf/provider-aws/lib/<resource>: the index takes seconds to load",
};
const processModules = ["process", "node:process"].map((name) => ({
  name,
  message: "use the global process, which the rules below check",
}));
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
      message: "set the exit code in scripts/lib/cli/run-command.ts",
    },
  ],
  "no-console": allowConsole ? "off" : "error",
});

export default tseslint.config(
  {
    ignores: ["node_modules/", "cdktf.out/", ".build/", "dist/", ".local-aws/"],
  },
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
      // __tests__/imports.test.ts checks the direction of imports
      "no-restricted-imports": [
        "error",
        { paths: [barrel, ...processModules] },
      ],
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
  { files: ["stacks/config/environment.ts"], rules: processRules(true, false) },
  {
    files: ["scripts/*.ts", "scripts/lib/cli/{program,run-command}.ts"],
    rules: processRules(false, true),
  },
  {
    files: ["__tests__/**"],
    rules: processRules(true, true),
  },
);
