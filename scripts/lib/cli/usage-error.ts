import { UserError } from "../../../constructs/errors";
import { formatHelpHint } from "./invocation";

/** Thrown for invalid options and arguments. */
export class UsageError extends UserError {
  /** @param message must not repeat the value of an argument that can be a secret */
  constructor(message: string, hint = formatHelpHint()) {
    super(message, hint);
  }
}
