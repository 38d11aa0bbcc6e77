import {
  findInvocation,
  formatUserPath,
  removeCallVariables,
  resolveUserPath,
  formatCommand,
  formatCommands,
  setInvocation,
} from "../../../scripts/lib/cli/invocation";

const CHECKOUT = { programPath: "/x/.build/program.cjs", isInstalled: false };
const INSTALLED = { env: {}, isInstalled: true };

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

test("paths are relative to the directory of the caller", () => {
  const project = process.cwd();
  setInvocation(
    findInvocation("plan", "plan", {
      ...CHECKOUT,
      env: { VEDA_AUTH_CALLER: `${project}/docs` },
    }),
  );
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
