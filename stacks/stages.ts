import { readdirSync, readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { problemsError } from "../constructs/errors";
import {
  environment,
  lookUp,
  parseConfig,
  type Environment,
  type StageConfig,
  type Surroundings,
} from "./config";
import { parseBoolean, SETTINGS } from "./settings";

/**
 * Every stage that this folder and the process's environment describe: the one named by `STAGE`, else one for each file
 * `.env.<stage>`, else the user's own.
 *
 * @param notice told what is accepted but has no effect
 * @throws UserError with every problem of every stage
 */
export function stages(
  env: Environment = environment(),
  directory = process.cwd(),
  notice: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): StageConfig[] {
  const surroundings: Surroundings = { userName: osUserName(), ci: isCi(env) };
  const problems: string[] = [];
  const configs: StageConfig[] = [];
  for (const { label, values } of stageSources(env, directory)) {
    const { config, problems: found } = parseConfig(values, surroundings);
    problems.push(
      ...found.map((problem) =>
        label === "" ? problem : `${label}: ${problem}`,
      ),
    );
    if (config !== undefined) configs.push(config);
    if (lookUp(values, "BOOTSTRAP_QUALIFIER") !== undefined) {
      notice(
        `${label === "" ? "" : `${label}: `}BOOTSTRAP_QUALIFIER is ignored: Terraform needs no bootstrap stack`,
      );
    }
  }
  problems.push(...problemsBetween(configs));
  if (problems.length > 0) throw problemsError("configuration", problems);
  return configs;
}

interface StageSource {
  /** File that the problems of this stage are told under; empty when there is but one stage. */
  readonly label: string;
  readonly values: Environment;
}

function stageSources(env: Environment, directory: string): StageSource[] {
  const envFile = lookUp(env, "ENV_FILE");
  if (envFile !== undefined) {
    const file = path.resolve(directory, envFile);
    if (!isFile(file))
      throw problemsError("configuration", [
        `ENV_FILE must be a file, got "${envFile}"`,
      ]);
    return [{ label: "", values: layered(env, readEnvFile(file)) }];
  }
  const common = layered(env, readEnvFile(path.join(directory, ".env")));
  const stage = lookUp(common, "STAGE");
  const names = stage === undefined ? stageFiles(directory) : [stage];
  if (names.length === 0) return [{ label: "", values: common }];
  return names.map((name) => {
    const file = readEnvFile(path.join(directory, `.env.${name}`));
    const values = layered({ STAGE: name }, env, file, common);
    return { label: stage === undefined ? `.env.${name}` : "", values };
  });
}

/** Stages that have a file `.env.<stage>`, in alphabetical order. */
function stageFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter(
      (name) =>
        name.startsWith(".env.") &&
        name !== ".env.example" &&
        name !== ".env.local",
    )
    .filter((name) => isFile(path.join(directory, name)))
    .map((name) => name.slice(".env.".length))
    .sort();
}

function readEnvFile(file: string): Environment {
  return isFile(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** One environment of several, the first that has a name winning; an empty value is none. */
function layered(...layers: readonly Environment[]): Environment {
  const result: Record<string, string> = {};
  for (const layer of layers) {
    for (const name of ["ENV_FILE", "CI", ...Object.keys(SETTINGS)]) {
      const value = lookUp(layer, name);
      if (value !== undefined) result[name] ??= value;
    }
  }
  return result;
}

/** Problems that the stages of one app have with each other. */
function problemsBetween(configs: readonly StageConfig[]): string[] {
  const sameAccount = (a: StageConfig, b: StageConfig): boolean =>
    a.accountId === undefined ||
    b.accountId === undefined ||
    a.accountId === b.accountId;
  const problems: string[] = [];
  configs.forEach((config, index) => {
    for (const other of configs.slice(0, index)) {
      const both = `stages "${other.stage}" and "${config.stage}"`;
      if (other.stackName === config.stackName) {
        problems.push(
          `STAGE must be another for each file, got "${config.stage}" twice`,
        );
      }
      if (
        config.state.backend === "s3" &&
        other.state.backend === "s3" &&
        config.state.bucket === other.state.bucket &&
        config.state.key === other.state.key
      ) {
        problems.push(
          `STATE_BUCKET_KEY must be another for each stage, got "${config.state.key}" for ${both}`,
        );
      }
      if (
        config.userPoolId !== undefined &&
        config.userPoolId === other.userPoolId
      ) {
        problems.push(
          `USER_POOL_ID must be another for each stage, got "${config.userPoolId}" for ${both}`,
        );
      }
      const [issuer, otherIssuer] = [
        config.oidcProvider,
        other.oidcProvider,
      ].map((provider) =>
        provider?.exists === false ? provider.issuer : undefined,
      );
      if (
        issuer !== undefined &&
        issuer === otherIssuer &&
        sameAccount(config, other)
      ) {
        problems.push(
          `OIDC_PROVIDER_URL can be made once in an account, got "${issuer}" for ${both}: set OIDC_PROVIDER_EXISTS=true in one`,
        );
      }
    }
  });
  return problems;
}

function osUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // a container can run as a user without an entry in passwd
    return undefined;
  }
}

function isCi(env: Environment): boolean {
  const ci = lookUp(env, "CI");
  return ci !== undefined && parseBoolean(ci) !== false;
}
