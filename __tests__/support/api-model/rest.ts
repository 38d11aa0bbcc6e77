import type { Violation } from "./check-value";
import { decodeJson, decodeScalar } from "./decode";
import type { HttpRequest } from "./http-request";
import type {
  Operation,
  ServiceModel,
  Shape,
  ShapeReference,
} from "./service-model";
import { decodeXml, parseXml } from "./xml";

/** Query parameters of every operation: its name, and those of a signature. */
const COMMON_PARAMETERS =
  /^(x-id|X-Amz-(?:Algorithm|Credential|Date|Expires|Security-Token|Signature|SignedHeaders))$/;
/** Headers of every operation. */
const COMMON_HEADERS =
  /^x-amz-(date|content-sha256|security-token|user-agent|decoded-content-length|trailer|te|checksum-[a-z0-9]+|sdk-checksum-algorithm)$/;
const CHECKSUMS = /^(content-md5|x-amz-checksum-.*|x-amz-trailer)$/;

/** An operation of a REST protocol, and the parts of the URL that belong to its members. */
export interface RestMatch {
  readonly name: string;
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Finds the operation of a request: its method, path and literal query parameters match, its required parameters and headers
 * are present, and it has the most of them.
 */
export function findRestOperation(
  model: ServiceModel,
  { method, url, headers }: HttpRequest,
): RestMatch | undefined {
  const { pathname, searchParams } = new URL(url, "http://service");
  const matches = Object.entries(model.operations).flatMap(
    ([name, operation]) => {
      const { http, input } = operation;
      if (http?.method !== method) return [];
      const [template = "", literals = ""] = http.requestUri.split("?");
      const labels = matchPath(template, pathname);
      const literal = [...new URLSearchParams(literals)];
      const hasLiterals = literal.every(
        ([parameter, value]) => searchParams.get(parameter) === value,
      );
      if (labels === undefined || !hasLiterals) return [];
      const shape: Partial<Shape> =
        input === undefined ? {} : model.getShape(input);
      const required = (shape.required ?? []).flatMap((member) => {
        const { location, locationName = member } =
          shape.members?.[member] ?? {};
        if (location === "querystring") return [searchParams.has(locationName)];
        if (location === "header")
          return [headers[locationName.toLowerCase()] !== undefined];
        return [];
      });
      if (required.includes(false)) return [];
      const id = searchParams.get("x-id");
      if (id !== null && id !== name) return [];
      const specificity =
        10 * (literal.length + required.length) +
        Object.keys(labels).length -
        // another operation has the same path
        (operation.deprecated === true ? 1 : 0);
      return [{ name, operation, labels, specificity }];
    },
  );
  return matches.sort((a, b) => b.specificity - a.specificity)[0];
}

/** Matches a path with a template, such as `/{Bucket}/{Key+}`. A slash at their ends makes no difference. */
function matchPath(
  template: string,
  pathname: string,
): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = template
    .replace(/(?<=.)\/$/, "")
    .replace(/[.*?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)(\+?)\}/g, (_, name: string, greedy: string) => {
      names.push(name);
      return greedy === "" ? "([^/]+)" : "(.+)";
    });
  const found = new RegExp(`^${pattern}/?$`).exec(pathname);
  return found === null
    ? undefined
    : Object.fromEntries(
        names.map((name, index) => [
          name,
          decodeURIComponent(found[index + 1] ?? ""),
        ]),
      );
}

/** Decodes the members in the URL, the headers and the body of a request. */
export function decodeRestRequest(
  model: ServiceModel,
  { operation, labels }: RestMatch,
  { url, headers, body }: HttpRequest,
): { readonly value: unknown; readonly violations: readonly Violation[] } {
  const { searchParams } = new URL(url, "http://service");
  const violations: Violation[] = [];
  const value: Record<string, unknown> = {};
  const { input, http, httpChecksum } = operation;
  const shape: Partial<Shape> =
    input === undefined ? {} : model.getShape(input);
  const members = Object.entries(shape.members ?? {});
  const knownParameters = new Set(
    new URLSearchParams(http?.requestUri.split("?")[1] ?? "").keys(),
  );
  const knownHeaders = new Set<string>();
  for (const [member, part] of members) {
    const { location, locationName = member } = part;
    const read = (text: string, format?: string) =>
      decodeText(model, part, text, format);
    if (location === "uri") {
      const label = labels[locationName];
      if (label !== undefined) value[member] = read(label);
    } else if (location === "querystring") {
      knownParameters.add(locationName);
      const text = searchParams.get(locationName);
      if (text !== null) value[member] = read(text);
    } else if (location === "header") {
      const name = locationName.toLowerCase();
      knownHeaders.add(name);
      const text = headers[name];
      if (text !== undefined) value[member] = read(String(text), "rfc822");
    } else if (location === "headers") {
      const found = Object.entries(headers).filter(([name]) =>
        name.startsWith(locationName.toLowerCase()),
      );
      for (const [name] of found) knownHeaders.add(name);
      if (found.length > 0)
        value[member] = Object.fromEntries(
          found.map(([name, text]) => [
            name.slice(locationName.length),
            String(text),
          ]),
        );
    }
  }
  for (const parameter of searchParams.keys())
    if (!knownParameters.has(parameter) && !COMMON_PARAMETERS.test(parameter))
      violations.push({ member: `?${parameter}`, rule: "is unknown" });
  for (const name of Object.keys(headers))
    if (
      name.startsWith("x-amz-") &&
      !knownHeaders.has(name) &&
      !COMMON_HEADERS.test(name)
    )
      violations.push({ member: `header ${name}`, rule: "is unknown" });
  if (
    httpChecksum?.requestChecksumRequired === true &&
    !Object.keys(headers).some((name) => CHECKSUMS.test(name))
  )
    violations.push({ member: "header content-md5", rule: "is required" });
  if (input !== undefined)
    violations.push(...decodeBody(model, input, body, value));
  return { value, violations };
}

function decodeText(
  model: ServiceModel,
  reference: ShapeReference,
  text: string,
  format?: string,
): unknown {
  const shape = model.getShape(reference);
  if (shape.type === "list" && shape.member !== undefined) {
    const item = model.getShape(shape.member);
    return text.split(",").map((part) => decodeScalar(item, part.trim()));
  }
  return decodeScalar(shape, text, reference.timestampFormat ?? format);
}

/** Adds the members in the body, which is a member of its own or has all those without a location. */
function decodeBody(
  model: ServiceModel,
  input: ShapeReference,
  body: string,
  value: Record<string, unknown>,
): Violation[] {
  const { payload, members = {} } = model.getShape(input);
  const part = payload === undefined ? undefined : members[payload];
  if (body === "") return [];
  const { type } = model.getShape(part ?? input);
  if (payload !== undefined && type !== "structure") {
    value[payload] =
      type === "blob" ? Buffer.from(body).toString("base64") : body;
    return [];
  }
  const isJson = model.metadata.protocol === "rest-json";
  let decoded: unknown;
  if (isJson) {
    decoded = decodeJson(model, part ?? input, JSON.parse(body));
  } else {
    const root = parseXml(body);
    if (root === undefined)
      return [{ member: "body", rule: "must be well-formed XML" }];
    const expected = part?.locationName ?? payload ?? input.locationName;
    if (part !== undefined && root.name !== expected)
      return [{ member: root.name, rule: `must be ${expected ?? ""}` }];
    decoded = decodeXml(model, part ?? input, root);
  }
  if (payload !== undefined) value[payload] = decoded;
  else Object.assign(value, decoded);
  return [];
}
