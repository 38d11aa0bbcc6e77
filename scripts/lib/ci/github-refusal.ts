/** What to look at when GitHub is out of reach, or something else answers. */
export const NETWORK_HINT = "check the network, and GITHUB_API_URL";

/** Why there is no answer, for the end of a sentence. */
export interface Refusal {
  readonly problem: string;
  readonly hint: string;
  /** Whether it is of no use to ask again. */
  readonly isFinal: boolean;
  /** Time after which GitHub wants to be asked again. */
  readonly pauseMs?: number | undefined;
}

/** What an answer of GitHub's that is none says: its own message, and whether asking again may help. */
export function refusal({ status, headers }: Response, text: string): Refusal {
  const said = messageIn(text);
  const problem = `HTTP ${status}${said === undefined ? "" : `, ${JSON.stringify(said)}`}`;
  const seconds = Number(headers.get("retry-after") ?? "x");
  const pauseMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  // a limit on requests comes as 403 too, and then says when to come back
  const isLimit = status === 429 || (status === 403 && pauseMs !== undefined);
  if (status >= 500 || isLimit)
    return {
      problem,
      hint: "try again in a minute",
      isFinal: false,
      pauseMs,
    };
  const hint =
    status === 401 || status === 403 || status === 404
      ? "check GITHUB_TOKEN and the job's permissions: recording a plan or its apply takes statuses: write, finding a plan contents: read, pull-requests: read and statuses: read, commenting pull-requests: write"
      : NETWORK_HINT;
  return { problem, hint, isFinal: true };
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}
