import { createCountLimit, createTextLimit } from "./limit";

/** Selectors of the classic pages. AWS refuses a style sheet with any other one. */
const CLASSIC_SELECTORS: readonly string[] = [
  ".background-customizable",
  ".banner-customizable",
  ".errorMessage-customizable",
  ".idpButton-customizable",
  ".idpButton-customizable:hover",
  ".idpDescription-customizable",
  ".inputField-customizable",
  ".inputField-customizable:focus",
  ".label-customizable",
  ".legalText-customizable",
  ".logo-customizable",
  ".passwordCheck-notValid-customizable",
  ".passwordCheck-valid-customizable",
  ".redirect-customizable",
  ".socialButton-customizable",
  ".submitButton-customizable",
  ".submitButton-customizable:hover",
  ".textDescription-customizable",
];

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/hosted-ui-classic-branding.html */
export const SIGN_IN_PAGE_LIMITS = {
  classicCss: createTextLimit(
    "CSS of the classic pages",
    [0, 131_072],
    /^/,
    "characters",
  ),
  classicSelector: {
    subject: "selector of the classic pages",
    expected:
      "one of those that AWS lists, such as .submitButton-customizable:hover",
    allows: (value: string) => CLASSIC_SELECTORS.includes(value),
  },
  classicLogoBytes: createCountLimit(
    "number of bytes of the logo of the classic pages",
    100 * 1024,
  ),
  classicRequestBytes: createCountLimit(
    "number of bytes of the CSS and the encoded logo together",
    135 * 1024,
  ),
  brandingSettings: {
    subject: "settings of a branding",
    expected: "a JSON object",
    allows: (value: string) => value.startsWith("{"),
  },
  brandingAssets: createCountLimit("number of assets of a branding", 40),
  brandingAssetBytes: createCountLimit(
    "number of bytes of an asset",
    1_000_000,
  ),
  brandingRequestBytes: createCountLimit(
    "number of bytes of the settings and the encoded assets together",
    2 * 1024 * 1024,
  ),
} as const;
