import path from "node:path";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { resolveUserPath } from "../cli/invocation";

/** Variable with a file of certificate authorities, which the AWS CLI and Terraform read as well. */
export const BUNDLE_VARIABLE = "AWS_CA_BUNDLE";

/**
 * Variables of a proxy, by the scheme of a request. The first that is set is used, as in Terraform. Other tools prefer lower
 * case.
 */
export const PROXY_VARIABLES = {
  "https:": ["HTTPS_PROXY", "https_proxy"],
  "http:": ["HTTP_PROXY", "http_proxy"],
} as const;

/** Returns whether the environment names a proxy or certificate authorities. */
export function hasNetworkVariables(env: Environment): boolean {
  return [BUNDLE_VARIABLE, ...Object.values(PROXY_VARIABLES).flat()].some(
    (name) => isSet(env[name]),
  );
}

/** Returns the absolute path of the certificate authorities, for messages and for processes in another directory. */
export function getBundlePath(
  env: Environment = getEnvironment(),
): string | undefined {
  const file = env[BUNDLE_VARIABLE];
  return isSet(file) ? path.resolve(resolveUserPath(file)) : undefined;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
