import { onExit } from "../system/exit-hooks";

/** Logs a line, such as `nothing was applied`, if a signal ends the process before `job` calls `startChanges`. */
export async function logInterruption<T>(
  line: string,
  log: (line: string) => void,
  job: (startChanges: () => void) => Promise<T>,
): Promise<T> {
  const dispose = onExit((reason) => {
    if (reason !== "exit") log(line);
  });
  try {
    return await job(dispose);
  } finally {
    dispose();
  }
}
