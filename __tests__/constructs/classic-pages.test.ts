import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  ClassicPages,
  type ClassicPagesStyle,
} from "../../constructs/classic-pages";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

afterAll(removeTemporaryDirectories);

const PROPS = {
  userPool: createUserPool(),
  domain: {
    baseUrl: "https://veda.auth.us-west-2.amazoncognito.com",
    signInUrl: () => "",
  },
};
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const JPEG = Buffer.from("\xff\xd8\xff\xe0", "latin1");
const RULE = ".submitButton-customizable:hover { color: #fff; }";

function createFile(name: string, start: Buffer, size = start.length): string {
  const file = path.join(createTemporaryDirectory(), name);
  writeFileSync(
    file,
    Buffer.concat([start, Buffer.alloc(size - start.length)]),
  );
  return file;
}

function validate(style: ClassicPagesStyle): string[] {
  return collectErrors((scope) => {
    new ClassicPages(scope, "pages", { ...PROPS, ...style });
  });
}

describe("the classic pages", () => {
  test("have a style sheet", () => {
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          new ClassicPages(scope, "pages", { ...PROPS, css: RULE });
        }),
        "aws_cognito_user_pool_ui_customization",
      ),
    ).toEqual({ user_pool_id: "us-west-2_Example", css: RULE });
    expect(validate({ css: RULE })).toEqual([]);
  });

  test.each([
    ["logo.png", PNG],
    ["LOGO.PNG", PNG],
    ["logo.jpg", JPEG],
    ["logo.jpeg", JPEG],
  ])("have the logo %s", (name, content) => {
    const logoFile = createFile(name, content);
    expect(
      getOnlyResource(
        synthesizeConstructs((scope) => {
          new ClassicPages(scope, "pages", { ...PROPS, logoFile });
        }),
        "aws_cognito_user_pool_ui_customization",
      ),
    ).toEqual({
      user_pool_id: "us-west-2_Example",
      image_file: content.toString("base64"),
    });
    expect(validate({ logoFile })).toEqual([]);
  });

  test.each([
    "/* @media <b> */\n.label-customizable,\n.logo-customizable {color:red}",
    ".label-customizable{}.banner-customizable{}",
    createUnknownText(),
  ])("can have the style sheet %j", (css) => {
    expect(validate({ css })).toEqual([]);
  });

  test("can have a logo of 100 KB", () => {
    const logoFile = createFile("logo.png", PNG, 100 * 1024);
    expect(validate({ logoFile, css: RULE })).toEqual([]);
  });
});

describe("the classic pages fail when", () => {
  test("they have neither a style sheet nor a logo", () => {
    expect(validate({})).toEqual([
      "classic pages must have css or logoFile, got neither",
    ]);
  });

  test.each([
    ["body { color: red }", 'got "body"'],
    [".label-customizable, .other { color: red }", 'got ".other"'],
    [
      ".label-customizable:hover { color: red }",
      'got ".label-customizable:hover"',
    ],
    ["{ color: red }", 'got ""'],
  ])("a selector of %j is not one of AWS", (css, end) => {
    expect(validate({ css })).toEqual([
      `selector of the classic pages must be one of those that AWS lists, such as .submitButton-customizable:hover, ${end}`,
    ]);
  });

  test.each([
    ["@import url(a);", "@import"],
    [`@media print { ${RULE} }`, "@media"],
    [".label-customizable { content: '<script>' }", "<script"],
    ["color: red", "color: red"],
    [`${RULE} }`, "}"],
    [".label-customizable { color: red", ".label-customizable { color: red"],
  ])("its style sheet is %j", (css, found) => {
    expect(validate({ css })).toEqual([
      `CSS of the classic pages must be rules without @ and <, got "${found}"`,
    ]);
  });

  test("its style sheet is too long", () => {
    const css = `/*${"a".repeat(131_072 - RULE.length - 4)}*/${RULE}`;
    expect(validate({ css })).toEqual([]);
    expect(validate({ css: `${css} ` })).toEqual([
      expect.stringMatching(
        /^CSS of the classic pages must be 0-131072 characters, got .*\(131073 characters\)$/,
      ),
    ]);
  });

  test("Terraform would evaluate a comment of its style sheet", () => {
    expect(validate({ css: `/* \${path.cwd} */${RULE}` })).toEqual([
      expect.stringMatching(/^CSS of the classic pages must be free of /),
    ]);
  });

  test("its logo is too large", () => {
    const logoFile = createFile("logo.png", PNG, 100 * 1024 + 1);
    expect(validate({ logoFile })).toEqual([
      "number of bytes of the logo of the classic pages must be at most 102400, got 102401",
    ]);
  });

  test("its style sheet and its logo are too large together", () => {
    const logoFile = createFile("logo.png", PNG, 100 * 1024);
    const css = `/*${"a".repeat(2000)}*/${RULE}`;
    expect(validate({ logoFile, css })).toEqual([
      expect.stringMatching(
        /^number of bytes of the CSS and the encoded logo together must be at most 138240, got /,
      ),
    ]);
  });

  test.each([
    ["does not exist", () => "missing.png", "must be a readable file"],
    [
      "is a directory",
      () => createTemporaryDirectory(),
      "must be a readable file",
    ],
    [
      "is text",
      () => createFile("logo.png", Buffer.from("PNG")),
      "PNG or JPEG",
    ],
    [
      "has the extension of another format",
      () => createFile("logo.jpg", PNG),
      "PNG or JPEG",
    ],
    [
      "is an SVG file",
      () => createFile("logo.svg", Buffer.from("<svg>")),
      "PNG or JPEG",
    ],
  ])("its logo %s", (_, create, message) => {
    const logoFile = create();
    expect(validate({ logoFile })).toEqual([
      expect.stringMatching(
        `^logo of the classic pages must be .*, got ${JSON.stringify(logoFile)}$`,
      ),
    ]);
    expect(validate({ logoFile })[0]).toContain(message);
  });
});
