import { CognitoManagedLoginBranding } from "@cdktf/provider-aws/lib/cognito-managed-login-branding";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { type ImageFile, readImageFile } from "./image-file";
import type { IUserPool } from "./user-pool";
import {
  addValidationErrors,
  check,
  checkCount,
  isUnknown,
} from "./validation";

/** Where an image is on the pages of managed login. */
export type BrandingCategory =
  | "AUTH_APP_GRAPHIC"
  | "EMAIL_GRAPHIC"
  | "FAVICON_ICO"
  | "FAVICON_SVG"
  | "FORM_BACKGROUND"
  | "FORM_LOGO"
  | "IDP_BUTTON_ICON"
  | "PAGE_BACKGROUND"
  | "PAGE_FOOTER_BACKGROUND"
  | "PAGE_FOOTER_LOGO"
  | "PAGE_HEADER_BACKGROUND"
  | "PAGE_HEADER_LOGO"
  | "PASSKEY_GRAPHIC"
  | "PASSWORD_GRAPHIC"
  | "SMS_GRAPHIC";

/** An image on the pages of managed login. */
export interface BrandingAsset {
  readonly category: BrandingCategory;
  /** `DYNAMIC` is for both modes. */
  readonly colorMode: "DARK" | "DYNAMIC" | "LIGHT";
  /** ICO, JPEG, PNG, SVG or WEBP file of at most 1 MB, relative to the working directory. It is read at synth. */
  readonly file: string;
}

/** Style of the pages of managed login for one client. */
export interface BrandingStyle {
  /** Settings, as the branding editor of the AWS console exports them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** @default none */
  readonly assets?: readonly BrandingAsset[];
}

/** Configuration of {@link ManagedLoginBranding}. */
export interface ManagedLoginBrandingProps {
  readonly userPool: IUserPool;
  readonly clientId: string;
  /** `null` is AWS's style. */
  readonly style: BrandingStyle | null;
}

/**
 * Branding of a client, which managed login requires to show a style. It requires version 6.13.0 of the AWS provider.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-brandingeditor.html
 */
export class ManagedLoginBranding extends Construct {
  constructor(scope: Construct, id: string, props: ManagedLoginBrandingProps) {
    super(scope, id);
    const { userPool, clientId, style } = props;
    const { assets: allAssets = [] } = style ?? {};
    const assets = isUnknown(allAssets) ? [] : allAssets;
    const settings = style === null ? undefined : formatSettings(style);
    const images = assets.map(({ category, file }) =>
      readImageFile(
        `asset ${category}`,
        file,
        ["ICO", "JPEG", "PNG", "SVG", "WEBP"],
        LIMITS.brandingAssetBytes,
      ),
    );
    const isRead = (image: ImageFile | string): image is ImageFile =>
      typeof image === "object";
    addValidationErrors(
      this,
      ...images.map((image) => (isRead(image) ? undefined : image)),
      isUnknown(allAssets)
        ? "assets of a branding must be known at synth, got a list that only Terraform knows"
        : undefined,
      ...findRepeated(assets),
      check(LIMITS.brandingSettings, settings),
      checkCount(LIMITS.brandingAssets, assets),
      check(
        LIMITS.brandingRequestBytes,
        [settings ?? "", ...images.filter(isRead).map(({ base64 }) => base64)]
          .map((text) => Buffer.byteLength(text))
          .reduce((one, other) => one + other, 0),
      ),
    );
    new CognitoManagedLoginBranding(this, "Resource", {
      userPoolId: userPool.userPoolId,
      clientId,
      ...(settings === undefined
        ? { useCognitoProvidedValues: true }
        : { settings }),
      ...(assets.length > 0 && {
        asset: assets.map(({ category, colorMode }, index) => {
          const image = images[index];
          return {
            category,
            colorMode,
            ...(image !== undefined && isRead(image)
              ? { extension: image.format, bytes: image.base64 }
              : { extension: "" }),
          };
        }),
      }),
    });
  }
}

function formatSettings({ settings }: BrandingStyle): string {
  return isUnknown(settings)
    ? Fn.jsonencode(settings)
    : JSON.stringify(settings);
}

function findRepeated(assets: readonly BrandingAsset[]): string[] {
  const keys = assets.map(({ category, colorMode }) =>
    [category, colorMode].join(" "),
  );
  return keys
    .filter((key, index) => keys.indexOf(key) !== index)
    .map(
      (key) =>
        `category and color mode of an asset must be unique, got ${key} twice`,
    );
}
