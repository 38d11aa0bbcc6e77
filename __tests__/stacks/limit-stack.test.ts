import { AuthApp, AuthStack, readAppConfig } from "../../stacks";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

/** Returns the lines of the stack of an error that an app throws, below its message. */
function listFrames(action: () => unknown): readonly string[] {
  const { stackTraceLimit } = Error;
  try {
    action();
  } catch (error) {
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    const { stack = "", message } = error as Error;
    expect(stack).toContain(message);
    return stack.split("\n").filter((line) => line.startsWith("    at "));
  }
  throw new Error("no error");
}

test("invalid settings have the call of the app as their only frame", () => {
  const directory = createTemporaryDirectory();
  const frames = listFrames(() => readAppConfig({ MFA: "maybe" }, directory));
  expect(frames).toEqual([expect.stringContaining("limit-stack.test.ts")]);
});

test("invalid stacks have the call of the app as their only frame", () => {
  const outdir = createTemporaryDirectory();
  const directory = createTemporaryDirectory();
  const env = { STAGE: "dev", STATE_BACKEND: "local" };
  const app = new AuthApp({ outdir });
  for (const stage of readAppConfig(env, directory).stages)
    new AuthStack(app, stage).addGroup("editors", {
      description: "editors",
      precedence: -1,
      buckets: {},
    });
  expect(
    listFrames(() => {
      app.synth();
    }),
  ).toEqual([expect.stringContaining("limit-stack.test.ts")]);
});
