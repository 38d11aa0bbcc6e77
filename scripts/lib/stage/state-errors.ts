import { UserError } from "../../../constructs/errors";
import { explainRefusalIn } from "../http/local-endpoint";
import { getLastLines } from "../system/processes";
import {
  BACKEND_ERRORS,
  explainAs,
  explainKnownError,
  type KnownErrors,
} from "../terraform/known-errors";

/** The first match wins. */
const STATE_ERRORS: KnownErrors = [
  ...BACKEND_ERRORS,
  [
    /AccessDenied|Access Denied|StatusCode: 403|Forbidden/,
    (_, { location }) => explainAs("AccessDenied", `cannot read ${location}`),
  ],
  [
    /dial tcp:? (?:lookup )?(\S+?):? .*?(no such host|connection refused|i\/o timeout|network is unreachable)/,
    ([text = "", host = "", reason = ""]) =>
      explainRefusalIn(text) ??
      new UserError(
        `cannot reach AWS at ${host}: ${reason}`,
        "check the network, a proxy, and the Region",
      ),
  ],
];

/** Explains why a state cannot be read, from the standard error of Terraform. */
export function explainStateError(stderr: string, location: string): UserError {
  return (
    explainKnownError(stderr, STATE_ERRORS, { location }) ??
    new UserError(
      `Terraform cannot read ${location}\n${getLastLines(stderr.trim(), 15)}`,
    )
  );
}
