import type { IncomingHttpHeaders } from "node:http";

/** A received request. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Returns the service in the signature of a request; that of the second API of Amazon SES has the name of the first one. */
export function getSignedService({
  url,
  headers,
}: Pick<HttpRequest, "url" | "headers">): string | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ??
    new URL(url, "http://service").searchParams.get("X-Amz-Credential");
  const service = credential?.split("/").at(-2);
  return service === "ses" && url.startsWith("/v2/") ? "sesv2" : service;
}

/** Returns the program that sent a request: Terraform, a command of this project, or an SDK. */
export function getSender({ headers }: Pick<HttpRequest, "headers">): string {
  const agent = headers["user-agent"] ?? "";
  const command = /\bapp\/([\w-]+)/.exec(agent)?.[1];
  const program =
    /terraform/i.exec(agent) !== null
      ? "Terraform"
      : (/\b(OpenTofu|aws-cli|aws-sdk-js|aws-sdk-go|node|curl)\b/.exec(
          agent,
        )?.[1] ?? "unknown");
  return command === undefined ? program : `${command} (${program})`;
}
