import { decodeScalar } from "./decode";
import type { ServiceModel, ShapeReference } from "./service-model";

interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const TOKENS =
  /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<\/([^>\s]+)\s*>|<([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** Parses a document; `undefined` if it is not well-formed. */
export function parseXml(document: string): XmlElement | undefined {
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let end = 0;
  for (const token of document.matchAll(TOKENS)) {
    end = token.index + token[0].length;
    const [, data, closed, name, attributes = "", selfClosed, text] = token;
    const parent = open.at(-1) ?? root;
    if (data !== undefined) parent.text += data;
    if (text !== undefined) parent.text += unescapeXml(text);
    if (closed !== undefined && open.pop()?.name !== closed) return undefined;
    if (name === undefined) continue;
    const element: XmlElement = {
      name,
      attributes: parseAttributes(attributes),
      children: [],
      text: "",
    };
    parent.children.push(element);
    if (selfClosed === "") open.push(element);
  }
  return end === document.length && open.length === 1
    ? root.children[0]
    : undefined;
}

function parseAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
      ([, name = "", double, single]) => [
        name,
        unescapeXml(double ?? single ?? ""),
      ],
    ),
  );
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));/g,
    (all, ...parts) => {
      const [hex, decimal, name] = parts as (string | undefined)[];
      if (name !== undefined) return ENTITIES[name] ?? all;
      return String.fromCodePoint(
        hex === undefined ? Number(decimal) : parseInt(hex, 16),
      );
    },
  );
}

/** Decodes an element of the protocol REST-XML. The name of an unknown element is its member. */
export function decodeXml(
  model: ServiceModel,
  reference: ShapeReference,
  element: XmlElement,
): unknown {
  const shape = model.getShape(reference);
  const { type, members = {}, member } = shape;
  if (type === "list" && member !== undefined) {
    const name = member.locationName ?? "member";
    return element.children.every((child) => child.name === name)
      ? element.children.map((child) => decodeXml(model, member, child))
      : { element: element.name };
  }
  if (type !== "structure")
    return element.children.length > 0
      ? { element: element.name }
      : decodeScalar(shape, element.text, reference.timestampFormat);
  const decoded: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, part] of Object.entries(members)) {
    const tag = part.locationName ?? name;
    known.add(tag);
    const attribute = element.attributes[tag];
    if (attribute !== undefined) decoded[name] = attribute;
    const found = element.children.filter((child) => child.name === tag);
    const [first] = found;
    if (first === undefined) continue;
    const partShape = model.getShape(part);
    const item = partShape.member;
    const isFlattened = partShape.flattened ?? part.flattened ?? false;
    if (partShape.type === "list" && isFlattened && item !== undefined)
      decoded[name] = found.map((child) => decodeXml(model, item, child));
    else
      decoded[name] =
        found.length > 1
          ? { elements: found.length }
          : decodeXml(model, part, first);
  }
  for (const child of element.children)
    if (!known.has(child.name)) decoded[child.name] = child.text;
  if (Object.keys(members).length > 0 && element.text.trim() !== "")
    decoded["(text)"] = element.text;
  return decoded;
}
