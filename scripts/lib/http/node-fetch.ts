import { type IncomingMessage, request as sendHttp } from "node:http";
import { request as sendHttps } from "node:https";
import { buffer } from "node:stream/consumers";
import type { Agents } from "./agents";

/** Statuses whose responses have no body. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * Creates a `fetch` that connects with agents. That of Node can use neither agents nor, before Node 24, the proxies of the
 * environment. It does not follow redirects.
 */
export function createFetch(agents: Agents): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = Buffer.from(await request.arrayBuffer());
    const { signal } = request;
    try {
      const response = await send(request, body, agents);
      const text = await buffer(response);
      const { statusCode: status = 0, headers } = response;
      return new Response(WITHOUT_BODY.includes(status) ? null : text, {
        status,
        headers: Object.entries(headers).map(([name, value = ""]) => [
          name,
          String(value),
        ]),
      });
    } catch (error) {
      // Node's clients wrap the reason
      if (signal.aborted) throw signal.reason;
      throw error;
    }
  };
}

function send(
  { url: text, method, headers, signal }: Request,
  body: Buffer,
  { httpAgent, httpsAgent }: Agents,
): Promise<IncomingMessage> {
  const url = new URL(text);
  const [start, agent] =
    url.protocol === "https:" ? [sendHttps, httpsAgent] : [sendHttp, httpAgent];
  return new Promise((resolve, reject) => {
    start(url, {
      agent,
      method,
      signal,
      // as Node's fetch does; GitHub requires a user agent
      headers: { accept: "*/*", "user-agent": "node", ...toObject(headers) },
    })
      .once("response", resolve)
      .once("error", reject)
      .end(body);
  });
}

function toObject(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.entries());
}
