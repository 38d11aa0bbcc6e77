import { types } from "node:util";
import { findConnectionProblem } from "../../http/connection-error";
import { groupBy } from "../../system/group-by";
import type { Check, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatFix } from "../format-fix";
import { listStageClients } from "../stage-clients";
import { readTexts } from "../state-attributes";

const TIMEOUT_SECONDS = 3;
/** Requests of one run. */
const MAX_URLS = 50;

/** Requests each callback URL on another machine. It sends no code, and follows no redirect. */
export const CALLBACK_URLS: Check = {
  id: "callback-urls",
  section: "Clients and secrets",
  run: async (context) => {
    const urls = groupBy(
      listStageClients(context).flatMap(({ id, attributes }) =>
        readTexts(attributes, "callback_urls")
          .filter(isRemote)
          .map((url) => ({ id, url })),
      ),
      ({ url }) => url,
    );
    const all = [...urls].map(([url, clients]) => ({
      url,
      clients: clients.map(({ id }) => id).join(", "),
    }));
    return checkItems(
      all,
      {
        ok: "each callback URL responds",
        bad: "callback URLs do not respond",
        none: "the stage has no callback URL on another machine",
      },
      ({ url }) => url,
      async (item) =>
        all.indexOf(item) < MAX_URLS
          ? checkUrl(item, context)
          : [
              {
                status: "skipped",
                text: `${item.url}: more than ${MAX_URLS} callback URLs`,
              },
            ],
    );
  },
};

/** Whether a browser requests the URL from another machine: not an app with its own scheme, or the user's computer. */
function isRemote(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    /^https?:$/.test(protocol) &&
    !/^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
  );
}

async function checkUrl(
  { url, clients }: { readonly url: string; readonly clients: string },
  context: DoctorContext,
): Promise<readonly ItemFinding[]> {
  const problem = await findProblem(url, context);
  return problem === undefined
    ? []
    : [
        {
          status: "warning",
          text: `${url} (${clients}): ${problem}`,
          fix: `start the application, or correct the URL in main.ts or the settings and run ${formatFix(context, "deploy")}`,
        },
      ];
}

async function findProblem(
  url: string,
  context: DoctorContext,
): Promise<string | undefined> {
  try {
    const { status, body } = await context.fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
    await body?.cancel();
    // an application refuses a request without a code
    return status === 404 || status >= 500 ? `HTTP ${status}` : undefined;
  } catch (error) {
    if (!types.isNativeError(error)) throw error;
    return error.name === "TimeoutError"
      ? `no response in ${TIMEOUT_SECONDS} s`
      : (findConnectionProblem(error)?.reason ?? "the connection failed");
  }
}
