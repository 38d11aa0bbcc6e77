import { CognitoUserPoolUiCustomization } from "@cdktf/provider-aws/lib/cognito-user-pool-ui-customization";
import { type TerraformResource, Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { readImageFile } from "./image-file";
import type { IUserPool } from "./user-pool";
import type { IUserPoolDomain } from "./user-pool-domain";
import { addValidationErrors, check } from "./validation";

/** Style of the classic pages. At least one prop is required. */
export interface ClassicPagesStyle {
  /**
   * Style sheet with the classes that AWS lists.
   *
   * @default AWS's style
   */
  readonly css?: string | undefined;
  /**
   * PNG or JPEG file of at most 100 KB, relative to the working directory. It is read at synth.
   *
   * @default no logo
   */
  readonly logoFile?: string | undefined;
}

/** Configuration of {@link ClassicPages}. */
export interface ClassicPagesProps extends ClassicPagesStyle {
  readonly userPool: IUserPool;
  /** A domain of the user pool, which AWS requires for a style. */
  readonly domain: IUserPoolDomain;
}

/**
 * Style of the classic pages of all clients, which a domain with version 1 of managed login shows.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/hosted-ui-classic-branding.html
 */
export class ClassicPages extends Construct {
  constructor(scope: Construct, id: string, props: ClassicPagesProps) {
    super(scope, id);
    const { css, logoFile } = props;
    const logo =
      logoFile === undefined
        ? undefined
        : readImageFile(
            "logo of the classic pages",
            logoFile,
            ["PNG", "JPEG"],
            LIMITS.classicLogoBytes,
          );
    const image = typeof logo === "object" ? logo.base64 : undefined;
    addValidationErrors(
      this,
      css === undefined && logoFile === undefined
        ? "classic pages must have css or logoFile, got neither"
        : undefined,
      ...(css === undefined || Token.isUnresolved(css) ? [] : checkCss(css)),
      typeof logo === "string" ? logo : undefined,
      Token.isUnresolved(css)
        ? undefined
        : check(
            LIMITS.classicRequestBytes,
            Buffer.byteLength(css ?? "") + (image ?? "").length,
          ),
    );
    const { domain } = props;
    new CognitoUserPoolUiCustomization(this, "Resource", {
      ...(Construct.isConstruct(domain) && {
        dependsOn: [domain.node.defaultChild as TerraformResource],
      }),
      userPoolId: props.userPool.userPoolId,
      ...(css !== undefined && { css }),
      ...(image !== undefined && { imageFile: image }),
    });
  }
}

/** Checks what AWS refuses: other selectors, rules in rules, @ rules and HTML. */
function checkCss(css: string): (string | undefined)[] {
  const text = css.replace(/\/\*[^]*?\*\//g, "");
  const rules = [...text.matchAll(/([^{}]*)\{[^{}]*\}/g)];
  const rest = text.replace(/[^{}]*\{[^{}]*\}/g, "").trim();
  const [forbidden = rest.slice(0, 40)] = /[@<][\w-]*/.exec(text) ?? [];
  return [
    check(LIMITS.classicCss, css),
    forbidden !== ""
      ? `CSS of the classic pages must be rules without @ and <, got "${forbidden}"`
      : undefined,
    ...(forbidden === "" ? rules : [])
      .flatMap(([, selectors = ""]) => selectors.split(","))
      .map((selector) => check(LIMITS.classicSelector, selector.trim())),
  ];
}
