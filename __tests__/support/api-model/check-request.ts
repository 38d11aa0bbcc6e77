import { checkValue, type Violation } from "./check-value";
import { decodeForm, decodeJson } from "./decode";
import { getSignedService, type HttpRequest } from "./http-request";
import { decodeRestRequest, findRestOperation } from "./rest";
import type { ApiModels, ServiceModel } from "./service-model";

/** Result of a check: `name` is `service:Operation`, or the method and path of a request outside the API of AWS. */
export interface CheckedRequest {
  readonly name: string;
  readonly isApi: boolean;
  readonly violations: readonly Violation[];
}

/** Requests to the hosted domain of a user pool, for its keys, and to the local AWS itself. */
const OTHER_REQUESTS: readonly (readonly [method: RegExp, path: RegExp])[] = [
  [/^POST$/, /^\/oauth2\/(token|revoke)$/],
  [/^GET$/, /^\/(oauth2\/(authorize|userInfo|idpresponse)|login|logout)$/],
  [/^POST$/, /^\/(login|logout)$/],
  [/^GET$/, /^\/[\w-]+_\w+\/\.well-known\/(jwks\.json|openid-configuration)$/],
  [/^(GET|POST)$/, /^\/_ministack\/[\w/-]+$/],
];

/** Checks a request against the API model of its service. */
export function checkRequest(
  models: ApiModels,
  request: HttpRequest,
): CheckedRequest {
  const { method, url, headers, body } = request;
  const { pathname } = new URL(url, "http://service");
  const service = getSignedService(request);
  const target = headers["x-amz-target"];
  const form = isForm(request) ? new URLSearchParams(body) : undefined;
  const isQuery = form?.has("Action") === true;
  if (service === undefined && target === undefined && !isQuery) {
    const name = `${method} ${pathname.replace(/^\/[\w-]+_\w+(?=\/\.well-known)/, "/{userPoolId}")}`;
    const isKnown = OTHER_REQUESTS.some(
      ([methods, paths]) => methods.test(method) && paths.test(pathname),
    );
    return {
      name,
      isApi: false,
      violations: isKnown ? [] : [{ member: "", rule: "is unknown" }],
    };
  }
  const model =
    service !== undefined
      ? models.find(service)
      : target !== undefined
        ? models.findByTarget(String(target).split(".")[0] ?? "")
        : models.findByVersion(form?.get("Version") ?? "");
  if (model === undefined)
    return fail(`${service ?? String(target)}:?`, "service", "is unknown");
  switch (model.metadata.protocol) {
    case "json":
      return checkJsonRequest(model, request);
    case "query":
      return checkQueryRequest(model, form ?? new URLSearchParams());
    case "rest-xml":
    case "rest-json":
      return checkRestRequest(model, request);
    default:
      return fail(
        `${model.service}:?`,
        "protocol",
        `must be known, got ${model.metadata.protocol}`,
      );
  }
}

function checkJsonRequest(
  model: ServiceModel,
  { headers, body }: HttpRequest,
): CheckedRequest {
  const { targetPrefix = "", jsonVersion = "1.0" } = model.metadata;
  const [prefix = "", operation = ""] = String(headers["x-amz-target"]).split(
    ".",
  );
  const name = `${model.service}:${operation}`;
  if (prefix !== targetPrefix)
    return fail(name, "x-amz-target", `must begin with ${targetPrefix}`);
  const type = `application/x-amz-json-${jsonVersion}`;
  if (headers["content-type"] !== type)
    return fail(name, "content-type", `must be ${type}`);
  let value: unknown;
  try {
    value = JSON.parse(body === "" ? "{}" : body);
  } catch {
    return fail(name, "body", "must be JSON");
  }
  const input = getInput(model, operation);
  return typeof input === "string"
    ? fail(name, "operation", input)
    : {
        name,
        isApi: true,
        violations: input.flatMap((shape) =>
          checkValue(model, shape, decodeJson(model, shape, value)),
        ),
      };
}

function checkQueryRequest(
  model: ServiceModel,
  form: URLSearchParams,
): CheckedRequest {
  const operation = form.get("Action") ?? "";
  const name = `${model.service}:${operation}`;
  const { apiVersion } = model.metadata;
  if (form.get("Version") !== apiVersion)
    return fail(name, "Version", `must be ${apiVersion}`);
  const input = getInput(model, operation);
  if (typeof input === "string") return fail(name, "operation", input);
  const parameters = [...form].filter(
    ([parameter]) => parameter !== "Action" && parameter !== "Version",
  );
  const [shape] = input;
  return {
    name,
    isApi: true,
    violations:
      shape === undefined
        ? parameters.map(([member]) => ({ member, rule: "is unknown" }))
        : checkValue(model, shape, decodeForm(model, shape, parameters)),
  };
}

function checkRestRequest(
  model: ServiceModel,
  request: HttpRequest,
): CheckedRequest {
  const match = findRestOperation(model, toPathStyle(model, request));
  if (match === undefined)
    return fail(
      `${model.service}:?`,
      "operation",
      `is unknown: ${request.method} ${request.url.replace(/=[^&]*/g, "=…")}`,
    );
  const { value, violations } = decodeRestRequest(model, match, request);
  const { input } = match.operation;
  return {
    name: `${model.service}:${match.name}`,
    isApi: true,
    violations: [
      ...violations,
      ...(input === undefined ? [] : checkValue(model, input, value)),
    ],
  };
}

/** Moves a bucket of S3 from the host name to the path. */
function toPathStyle(
  { service }: ServiceModel,
  request: HttpRequest,
): HttpRequest {
  const host = request.headers.host ?? "";
  const bucket =
    service === "s3"
      ? /^(.+)\.(?:s3[.-]|localhost\b)/.exec(host)?.[1]
      : undefined;
  return bucket === undefined
    ? request
    : {
        ...request,
        url: `/${bucket}${request.url.replace(/^\/(?=\?|$)/, "")}`,
      };
}

/** Returns the input of an operation, none for one without input, or the problem. */
function getInput(
  { operations }: ServiceModel,
  operation: string,
): readonly [] | readonly [{ readonly shape: string }] | string {
  if (!Object.hasOwn(operations, operation)) return "is unknown";
  const input = operations[operation]?.input;
  return input === undefined ? [] : [input];
}

function isForm({ headers }: HttpRequest): boolean {
  return (
    headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ===
    true
  );
}

function fail(name: string, member: string, rule: string): CheckedRequest {
  return { name, isApi: true, violations: [{ member, rule }] };
}
