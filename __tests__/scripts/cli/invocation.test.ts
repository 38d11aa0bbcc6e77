import path from "node:path";
import {
  findInvocation,
  formatUserPath,
  removeCallVariables,
  resolveUserPath,
  formatCommand,
  formatCommands,
  setInvocation,
} from "../../../scripts/lib/cli/invocation";

const CHECKOUT = { programPath: "/x/.build/program.cjs", directory: "/x" };
const INSTALLED = { env: {}, directory: "/x", installation: {} };
const IN_APP = { ...INSTALLED, installation: { app: "/x" } };

describe("commands are named as the user calls them", () => {
  test.each([
    [
      "npm run",
      findInvocation("token", "get-service-token", {
        ...CHECKOUT,
        env: {
          npm_lifecycle_event: "get-service-token",
          npm_lifecycle_script: "node -- scripts/run.mjs get-service-token",
        },
      }),
      "npm run -s get-service-token -- --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "the script of the program",
      findInvocation("token", "token", {
        ...CHECKOUT,
        env: {
          npm_lifecycle_event: "veda-auth",
          npm_lifecycle_script: "node -- scripts/run.mjs",
        },
      }),
      "npm run -s veda-auth -- token --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "npx",
      findInvocation("token", "token", { ...CHECKOUT, env: {} }),
      "npx veda-auth token --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "a process that another npm script started",
      findInvocation("token", "token", {
        ...CHECKOUT,
        env: {
          npm_lifecycle_event: "demo",
          npm_lifecycle_script: "node -- scripts/run.mjs demo",
        },
      }),
      "npx veda-auth token --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "the installed program",
      findInvocation("token", "token", {
        ...INSTALLED,
        programPath: "/usr/bin/veda-auth",
      }),
      "veda-auth token --refresh",
      "veda-auth outputs --stage dev",
    ],
    [
      "an installed bin of a command",
      findInvocation("token", "get-service-token", {
        ...INSTALLED,
        programPath: "/usr/bin/get-service-token",
      }),
      "get-service-token --refresh",
      "veda-auth outputs --stage dev",
    ],
    [
      "npx in an app",
      findInvocation("token", "token", {
        ...IN_APP,
        programPath: "/x/node_modules/.bin/veda-auth",
      }),
      "npx veda-auth token --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "npx and the bin of a command in an app",
      findInvocation("token", "get-service-token", {
        ...IN_APP,
        programPath: "/x/node_modules/.bin/get-service-token",
      }),
      "npx get-service-token --refresh",
      "npx veda-auth outputs --stage dev",
    ],
    [
      "npm run in an app",
      findInvocation("token", "token", {
        ...IN_APP,
        programPath: "/x/node_modules/.bin/veda-auth",
        env: {
          npm_lifecycle_event: "service-token",
          npm_lifecycle_script: "veda-auth token",
        },
      }),
      "npm run -s service-token -- --refresh",
      "npx veda-auth outputs --stage dev",
    ],
  ])("through %s", (_, invocation, own, other) => {
    setInvocation(invocation);
    expect(formatCommand("token", "--refresh")).toBe(own);
    expect(formatCommand("outputs", "--stage", "dev")).toBe(other);
    expect(
      formatCommands(
        "a veda-auth token --refresh | veda-auth outputs --stage dev",
      ),
    ).toBe(`a ${own} | ${other}`);
  });

  test("without changing names that begin like the program", () => {
    expect(
      formatCommands("stack veda-auth-stack-dev, my-veda-auth token"),
    ).toBe("stack veda-auth-stack-dev, my-veda-auth token");
  });
});

test.each([
  [
    "a bin of a checkout",
    { ...CHECKOUT, env: { VEDA_AUTH_CALLER: path.resolve("docs") } },
  ],
  [
    "an app",
    {
      ...IN_APP,
      programPath: "veda-auth",
      directory: path.resolve("docs"),
    },
  ],
  [
    "npm run in an app",
    {
      ...IN_APP,
      programPath: "veda-auth",
      env: {
        npm_lifecycle_event: "plan",
        npm_lifecycle_script: "veda-auth plan",
        INIT_CWD: path.resolve("docs"),
      },
    },
  ],
])("paths are relative to the directory of the caller of %s", (_, context) => {
  setInvocation(findInvocation("plan", "plan", context));
  expect(resolveUserPath("a.tfplan")).toBe("docs/a.tfplan");
  expect(resolveUserPath("-")).toBe("-");
  expect(formatUserPath("docs/a.tfplan")).toBe("a.tfplan");
  expect(formatUserPath("cdktf.out/x")).toBe("../cdktf.out/x");
});

test("processes that a command starts are not called by the user", () => {
  const env = {
    npm_lifecycle_script: "node -- scripts/run.mjs demo",
    VEDA_AUTH_CALLER: "/x",
    INIT_CWD: "/x",
  };
  removeCallVariables(env);
  expect(env).toEqual({ INIT_CWD: "/x" });
});
