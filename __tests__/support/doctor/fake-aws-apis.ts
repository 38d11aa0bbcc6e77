import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "../loopback-server";
import { restoreEnvironment } from "../environment";
import { removeTemporaryDirectories } from "../stage";

/** Input of a call: the fields of JSON or of a form, or the bucket and key of S3. */
export type AwsInput = Readonly<Record<string, unknown>>;

/** An error of AWS, as the result of a call. */
export class AwsFailure {
  constructor(
    readonly code: string,
    readonly message: string,
    readonly status = 400,
  ) {}
}

/** Result of a call: fields of the response, the text of an S3 object, or an error. */
export type AwsAnswer = object | string;
type CreateAnswer = (input: AwsInput) => AwsAnswer;
type AwsAnswers = Readonly<Record<string, AwsAnswer | CreateAnswer>>;

/** Services by the first part of the header that names an action. */
const JSON_SERVICES: Readonly<Record<string, string>> = {
  AWSCognitoIdentityProviderService: "cognito-idp",
  AWSCognitoIdentityService: "cognito-identity",
  secretsmanager: "secretsmanager",
  ServiceQuotasV20190624: "servicequotas",
  CertificateManager: "acm",
};

/** Operations of services without a name in the request, by path. */
const REST_OPERATIONS: readonly (readonly [path: RegExp, name: string])[] = [
  [/^\/v2\/email\/account$/, "GetAccount"],
  [/^\/v2\/email\/identities\/[^/]+$/, "GetEmailIdentity"],
];

type Protocol = "json" | "query" | "s3" | "rest-json";

type CreateReply = (request: ReceivedRequest) => Reply;

interface AwsCall {
  /** IAM action. */
  readonly action: string;
  readonly protocol: Protocol;
  readonly input: AwsInput;
}

/** The APIs of AWS that the doctor calls, with the responses, and the denials, of AWS in its protocols. */
export class FakeAwsApis {
  /** Responses by IAM action. A call without one fails with `UnknownOperationException`. */
  answers: AwsAnswers = {};
  /** IAM actions that the caller has no permission for. */
  denied: readonly string[] = [];
  /** Documents by path, for requests that are not signed; a function has the whole request. */
  documents: Readonly<Record<string, Reply["body"] | CreateReply>> = {};
  /** IAM actions of the calls so far. */
  readonly actions: string[] = [];
  /** Time by which the clock of AWS is ahead. */
  clockAheadSeconds = 0;
  private server!: LoopbackServer;

  static async start(): Promise<FakeAwsApis> {
    const self = new FakeAwsApis();
    self.server = await LoopbackServer.start((request) => self.reply(request));
    return self;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private reply(request: ReceivedRequest): Reply {
    const { headers = {}, ...reply } = this.createReply(request);
    const date = new Date(Date.now() + this.clockAheadSeconds * 1000);
    return { ...reply, headers: { ...headers, date: date.toUTCString() } };
  }

  private createReply(request: ReceivedRequest): Reply {
    if (request.headers.authorization?.startsWith("AWS4") !== true) {
      const { pathname } = new URL(request.url, this.endpoint);
      const { [pathname]: document } = this.documents;
      if (typeof document === "function")
        return (document as CreateReply)(request);
      return document === undefined
        ? { status: 404, body: "" }
        : { body: document };
    }
    const call = parseCall(request);
    const { action, protocol, input } = call;
    this.actions.push(action);
    if (this.denied.includes(action))
      return formatFailure(
        new AwsFailure(
          protocol === "json" || protocol === "rest-json"
            ? "AccessDeniedException"
            : "AccessDenied",
          `User: arn:aws:sts::000000000000:assumed-role/reader/session is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
          protocol === "json" ? 400 : 403,
        ),
        protocol,
      );
    const { [action]: found } = this.answers;
    const answer =
      typeof found === "function" ? (found as CreateAnswer)(input) : found;
    if (answer === undefined)
      return formatFailure(
        new AwsFailure("UnknownOperationException", `no answer for ${action}`),
        protocol,
      );
    return answer instanceof AwsFailure
      ? formatFailure(answer, protocol)
      : formatAnswer(answer, call);
  }
}

function parseCall({ method, url, headers, body }: ReceivedRequest): AwsCall {
  const { "x-amz-target": target } = headers;
  const scope =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(
      headers.authorization ?? "",
    )?.[1] ?? "";
  if (typeof target === "string") {
    const [service = "", operation = ""] = target.split(".");
    return {
      action: `${JSON_SERVICES[service] ?? scope}:${operation}`,
      protocol: "json",
      input: JSON.parse(body) as AwsInput,
    };
  }
  const { pathname, searchParams } = new URL(url, "http://aws");
  if (scope === "s3") {
    const [, bucket = "", ...key] = pathname.split("/");
    const input = { bucket, key: decodeURIComponent(key.join("/")) };
    const operation = searchParams.has("versioning")
      ? "GetBucketVersioning"
      : searchParams.has("list-type")
        ? "ListBucket"
        : `${method === "GET" ? "Get" : "Head"}Object`;
    return { action: `s3:${operation}`, protocol: "s3", input };
  }
  const form = new URLSearchParams(body);
  const operation = form.get("Action");
  if (operation !== null)
    return {
      action: `${scope}:${operation}`,
      protocol: "query",
      input: Object.fromEntries(form),
    };
  const [, name = `${method} ${pathname}`] =
    REST_OPERATIONS.find(([pattern]) => pattern.test(pathname)) ?? [];
  return { action: `${scope}:${name}`, protocol: "rest-json", input: {} };
}

function formatFailure(
  { code, message, status }: AwsFailure,
  protocol: Protocol,
): Reply {
  switch (protocol) {
    case "json":
      return {
        status,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: { __type: code, message },
      };
    case "rest-json":
      return {
        status,
        headers: {
          "content-type": "application/json",
          "x-amzn-errortype": code,
        },
        body: { message },
      };
    case "query":
      return toXml(status, "ErrorResponse", {
        Error: { Type: "Sender", Code: code, Message: message },
      });
    case "s3":
      return toXml(status, "Error", { Code: code, Message: message });
  }
}

function formatAnswer(answer: AwsAnswer, { action, protocol }: AwsCall): Reply {
  if (typeof answer === "string") return { body: answer };
  const [, operation = ""] = action.split(":");
  switch (protocol) {
    case "query":
      return toXml(200, `${operation}Response`, {
        [`${operation}Result`]: answer,
      });
    case "s3":
      return toXml(
        200,
        operation === "ListBucket"
          ? "ListBucketResult"
          : "VersioningConfiguration",
        answer,
      );
    default:
      return {
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: answer,
      };
  }
}

function toXml(status: number, name: string, content: object): Reply {
  return {
    status,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>${toElement(name, content)}`,
  };
}

/**
 * A list is in `member` elements and a map in `entry` elements, as in IAM; a list of S3 repeats its element, so its items are
 * objects of that name.
 */
function toElement(name: string, value: unknown): string {
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, unknown>)].map(
      ([key, one]) => toElement("entry", { key, value: one }),
    );
    return `<${name}>${entries.join("")}</${name}>`;
  }
  const content = Array.isArray(value)
    ? value.map((item) => toElement("member", item)).join("")
    : typeof value === "object" && value !== null
      ? Object.entries(value)
          .map(([key, one]) => toElement(key, one))
          .join("")
      : String(value).replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);
  return `<${name}>${content}</${name}>`;
}

/** Starts the APIs for the tests of a file, and returns a function that returns them. Restores the environment after each test. */
export function useFakeAwsApis(): () => FakeAwsApis {
  let apis: FakeAwsApis | undefined;
  beforeAll(async () => {
    apis = await FakeAwsApis.start();
  });
  afterEach(restoreEnvironment);
  afterAll(async () => {
    await apis?.stop();
    removeTemporaryDirectories();
  });
  return () => {
    if (apis === undefined) throw new Error("the APIs are not started");
    return apis;
  };
}
