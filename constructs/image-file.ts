import { readFileSync, statSync } from "node:fs";
import { validate, type Limit } from "./constraints";

/** Formats of images on sign-in pages, with the extensions of their files and how their content begins. */
const FORMATS = {
  ICO: { extensions: [".ico"], pattern: /^\0\0[^]\0/ },
  JPEG: { extensions: [".jpg", ".jpeg"], pattern: /^\xff\xd8\xff/ },
  PNG: { extensions: [".png"], pattern: /^\x89PNG\r\n/ },
  SVG: { extensions: [".svg"], pattern: /^[^\0]*<svg[\s>]/ },
  WEBP: { extensions: [".webp"], pattern: /^RIFF[^]{4}WEBP/ },
} as const satisfies Readonly<
  Record<
    string,
    { readonly extensions: readonly string[]; readonly pattern: RegExp }
  >
>;

export type ImageFormat = keyof typeof FORMATS;

/** An image that was read from a file. */
export interface ImageFile {
  readonly format: ImageFormat;
  readonly base64: string;
}

/**
 * Reads an image. Its format is that of its content, which must match the extension of its name.
 *
 * @param file relative to the working directory
 * @returns the image, or an error
 */
export function readImageFile(
  subject: string,
  file: string,
  formats: readonly ImageFormat[],
  bytesLimit: Limit<number>,
): ImageFile | string {
  const content = readIfFile(file);
  return content === undefined
    ? `${subject} must be a readable file, got ${JSON.stringify(file)}`
    : parseImage(subject, file, content, formats, bytesLimit);
}

function parseImage(
  subject: string,
  file: string,
  content: Buffer,
  formats: readonly ImageFormat[],
  bytesLimit: Limit<number>,
): ImageFile | string {
  const text = content.toString("latin1");
  const [extension] = /\.[^./\\]+$/.exec(file.toLowerCase()) ?? [];
  const format = formats.find(
    (one) =>
      FORMATS[one].extensions.some((known) => known === extension) &&
      FORMATS[one].pattern.test(text),
  );
  return format === undefined
    ? `${subject} must be an image of the format ${formats.join(" or ")}, with the extension of its format, got ${JSON.stringify(file)}`
    : (validate(bytesLimit, content.length) ?? {
        format,
        base64: content.toString("base64"),
      });
}

function readIfFile(file: string): Buffer | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
