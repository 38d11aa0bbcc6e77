import type { Environment } from "../../stacks/config/environment";

const initial = { ...process.env };

/** Replaces all variables of this process. */
export function setEnvironment(env: Environment): void {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  for (const [name, value] of Object.entries(env))
    if (value !== undefined) process.env[name] = value;
}

/** Restores the variables that the test file started with. */
export function restoreEnvironment(): void {
  setEnvironment(initial);
}

/** Returns the variables of this process without those of AWS and of proxies. */
export function withoutAwsVariables(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^AWS_(?!SDK_JS_)|_proxy$/i.test(name),
    ),
  );
}
