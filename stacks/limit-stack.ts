/**
 * Shortens the stack of an error to the caller of a function. An error of an app that nothing catches is printed with its
 * stack: the calls inside this package do not help to correct the app, and hide the message.
 */
export function limitStack<E extends Error>(
  error: E,
  callee: (...args: never[]) => unknown,
): E {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(error, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}
