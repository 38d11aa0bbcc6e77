const errors: {
  prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => unknown;
} = Error;
const mapped = errors.prepareStackTrace;

/**
 * cdktf keeps where each token was made, in an object that is no error. jest looks up each line of that in a source map,
 * which is a tenth of the time of all unit tests, and no test reads it.
 */
if (mapped !== undefined)
  errors.prepareStackTrace = (error, frames) =>
    error instanceof Error ? mapped(error, frames) : "";
