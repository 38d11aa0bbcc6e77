import { getInvocation, setInvocation } from "../../scripts/lib/cli/invocation";

/** Runs a job as a part of a command, so that hints name the options of a command. */
export async function asCommand<T>(
  name: string,
  job: () => Promise<T>,
): Promise<T> {
  const former = getInvocation();
  const current = { name, form: `npx veda-auth ${name}` };
  setInvocation({ ...former, current });
  try {
    return await job();
  } finally {
    setInvocation(former);
  }
}
