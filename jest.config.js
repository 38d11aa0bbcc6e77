// the AWS SDK warns about Node versions that its later releases drop; the lockfile pins a release for this Node
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const shared = {
  testEnvironment: "node",
  // jest does not support this version of prettier for inline snapshots
  prettierPath: null,
  // "py": the extension of the local AWS is imported as text
  moduleFileExtensions: ["js", "mjs", "cjs", "ts", "json", "node", "py"],
  modulePathIgnorePatterns: ["<rootDir>/.local-aws/"],
  // the entries of the package are its sources here
  moduleNameMapper: {
    "^veda-auth$": "<rootDir>/stacks/index.ts",
    "^veda-auth/constructs$": "<rootDir>/constructs/index.ts",
    "^veda-auth/client$": "<rootDir>/scripts/lib/client/index.ts",
  },
  transform: {
    "^.+\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tsconfig.json" }],
    "\\.py$": "<rootDir>/__tests__/support/text-module.js",
  },
};

/** @type {import("jest").Config} */
module.exports = {
  // by default jest uses one worker on two cores
  maxWorkers: "100%",
  testSequencer: "<rootDir>/__tests__/support/slowest-first.js",
  // ends a test that hangs; a busy machine takes many times as long as an idle one
  testTimeout: 120_000,
  projects: [
    {
      ...shared,
      displayName: "unit",
      setupFiles: ["<rootDir>/__tests__/support/loopback-only.ts"],
      // jest maps stack traces only after setupFiles
      setupFilesAfterEnv: ["<rootDir>/__tests__/support/stack-traces.ts"],
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "/__tests__/(e2e|long|faults)/",
      ],
    },
    {
      ...shared,
      displayName: "e2e",
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
      globalTeardown: "<rootDir>/__tests__/support/e2e-teardown.ts",
      testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"],
    },
    {
      ...shared,
      displayName: "long",
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
      globalTeardown: "<rootDir>/__tests__/support/e2e-teardown.ts",
      testMatch: ["<rootDir>/__tests__/long/**/*.test.ts"],
    },
    {
      ...shared,
      displayName: "faults",
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
      globalTeardown: "<rootDir>/__tests__/support/e2e-teardown.ts",
      testMatch: ["<rootDir>/__tests__/faults/**/*.test.ts"],
    },
    {
      ...shared,
      displayName: "record",
      globalSetup: "<rootDir>/__tests__/support/e2e-setup.ts",
      testMatch: ["<rootDir>/__tests__/support/*.record.ts"],
    },
  ],
};
