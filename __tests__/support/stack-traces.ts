const errors: {
  prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => unknown;
} = Error;
const mapped = errors.prepareStackTrace;

/**
 * cdktf records the stack trace of each token in an object that is not an error. jest would map every line of it to a source,
 * which takes a tenth of the time of all unit tests, and no test reads it.
 */
if (mapped !== undefined)
  errors.prepareStackTrace = (error, frames) =>
    error instanceof Error ? mapped(error, frames) : "";
