import { writeFileSync } from "node:fs";
import path from "node:path";
import { Token } from "cdktf";
import {
  type BrandingAsset,
  type BrandingStyle,
  ManagedLoginBranding,
} from "../../constructs/managed-login-branding";
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

const POOL = { userPool: createUserPool(), clientId: "c" };
const SETTINGS = { components: { favicon: { enabledTypes: ["SVG"] } } };

function createFile(name: string, content: string | Buffer): string {
  const file = path.join(createTemporaryDirectory(), name);
  writeFileSync(file, content);
  return file;
}

function createLogo(asset: Partial<BrandingAsset> = {}): BrandingAsset {
  return {
    category: "FORM_LOGO",
    colorMode: "LIGHT",
    file: createFile("logo.svg", "<svg></svg>"),
    ...asset,
  };
}

function synthesize(style: BrandingStyle | null) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new ManagedLoginBranding(scope, "branding", { ...POOL, style });
    }),
    "aws_cognito_managed_login_branding",
  );
}

function validate(style: BrandingStyle | null): string[] {
  return collectErrors((scope) => {
    new ManagedLoginBranding(scope, "branding", { ...POOL, style });
  });
}

describe("a branding", () => {
  test("can have AWS's style", () => {
    expect(synthesize(null)).toEqual({
      user_pool_id: "us-west-2_Example",
      client_id: "c",
      use_cognito_provided_values: true,
    });
    expect(validate(null)).toEqual([]);
  });

  test("has settings and assets", () => {
    const style = {
      settings: SETTINGS,
      assets: [
        createLogo(),
        createLogo({ colorMode: "DARK" }),
        createLogo({
          category: "FAVICON_ICO",
          colorMode: "DYNAMIC",
          file: createFile("f.ico", "\0\0\x01\0"),
        }),
        createLogo({
          category: "PAGE_BACKGROUND",
          file: createFile("b.webp", "RIFF1234WEBPVP8 "),
        }),
      ],
    };
    expect(synthesize(style)).toMatchObject({
      settings: JSON.stringify(SETTINGS),
      asset: [
        {
          category: "FORM_LOGO",
          color_mode: "LIGHT",
          extension: "SVG",
          bytes: Buffer.from("<svg></svg>").toString("base64"),
        },
        { category: "FORM_LOGO", color_mode: "DARK" },
        { category: "FAVICON_ICO", extension: "ICO" },
        { category: "PAGE_BACKGROUND", extension: "WEBP" },
      ],
    });
    expect(synthesize(style)).not.toHaveProperty("use_cognito_provided_values");
    expect(validate(style)).toEqual([]);
  });

  test("has settings with a text that only Terraform knows", () => {
    const settings = { color: createUnknownText() };
    expect(validate({ settings })).toEqual([]);
    expect(synthesize({ settings }).settings).toBe(
      '{"color":"${timestamp()}"}',
    );
  });
});

describe("a branding fails when", () => {
  test.each<[string, () => Partial<BrandingAsset>, RegExp]>([
    [
      "does not exist",
      () => ({ file: "missing.svg" }),
      /^asset FORM_LOGO must be a readable file, got "missing.svg"$/,
    ],
    [
      "has another format",
      () => ({ file: createFile("a.gif", "GIF89a") }),
      /^asset FORM_LOGO must be an image of the format ICO or JPEG or PNG or SVG or WEBP, /,
    ],
    [
      "is too large",
      () => ({ file: createFile("a.svg", `<svg>${" ".repeat(1_000_000)}`) }),
      /^number of bytes of an asset must be at most 1000000, got 1000005$/,
    ],
  ])("an asset %s", (_, create, message) => {
    const assets = [createLogo(create())];
    expect(validate({ settings: {}, assets })).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("two assets are for the same position", () => {
    const assets = [createLogo(), createLogo()];
    expect(validate({ settings: {}, assets })).toEqual([
      "category and color mode of an asset must be unique, got FORM_LOGO LIGHT twice",
    ]);
  });

  test("it has too many assets", () => {
    const listCounts = (count: number) =>
      validate({
        settings: {},
        assets: Array.from({ length: count }, () => createLogo()),
      }).filter((error) => error.startsWith("number of assets"));
    expect(listCounts(40)).toEqual([]);
    expect(listCounts(41)).toEqual([
      "number of assets of a branding must be at most 40, got 41",
    ]);
  });

  test("it has too many bytes", () => {
    const file = createFile("a.svg", `<svg>${" ".repeat(900_000)}`);
    const assets = (["LIGHT", "DARK", "DYNAMIC"] as const).map((colorMode) =>
      createLogo({ colorMode, file }),
    );
    expect(validate({ settings: {}, assets: assets.slice(1, 2) })).toEqual([]);
    expect(validate({ settings: {}, assets })).toEqual([
      expect.stringMatching(
        /^number of bytes of the settings and the encoded assets together must be at most 2097152, got /,
      ),
    ]);
  });

  test("only Terraform knows its assets", () => {
    const assets = Token.asList("${var.assets}") as unknown as BrandingAsset[];
    expect(validate({ settings: {}, assets })).toEqual([
      "assets of a branding must be known at synth, got a list that only Terraform knows",
    ]);
  });

  test("Terraform would evaluate its settings", () => {
    expect(validate({ settings: { text: "${path.cwd}" } })).toEqual([
      expect.stringMatching(/^settings of a branding must be free of /),
    ]);
  });
});
