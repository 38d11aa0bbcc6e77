import {
  CustomDomain,
  type CustomDomainProps,
} from "../../constructs/custom-domain";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const CERTIFICATE =
  "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const PROPS: CustomDomainProps = {
  userPool: createUserPool(),
  domain: "auth.example.org",
  certificateArn: CERTIFICATE,
};

type PropsAndRegion = Partial<CustomDomainProps> & { region?: string };

function synthesize(props: Partial<CustomDomainProps> = {}) {
  return synthesizeConstructs((scope) => {
    new CustomDomain(scope, "domain", { ...PROPS, ...props });
  });
}

function validate({ region, ...props }: PropsAndRegion): string[] {
  return collectErrors((scope) => {
    new CustomDomain(scope, "domain", { ...PROPS, ...props });
  }, region);
}

describe("a custom domain", () => {
  test("has a certificate, and no record by default", () => {
    const { resource } = synthesizeConstructs((scope) => {
      const domain = new CustomDomain(scope, "domain", PROPS);
      expect(domain.baseUrl).toBe("https://auth.example.org");
    });
    expect(Object.keys(resource)).toEqual(["aws_cognito_user_pool_domain"]);
    expect(
      getOnlyResource({ resource }, "aws_cognito_user_pool_domain"),
    ).toEqual({
      domain: "auth.example.org",
      certificate_arn: CERTIFICATE,
      user_pool_id: "us-west-2_Example",
    });
    expect(validate({})).toEqual([]);
  });

  test("has a record in a hosted zone", () => {
    const attribute = (name: string): unknown =>
      expect.stringMatching(
        `^\\$\\{aws_cognito_user_pool_domain\\.[^.]+\\.${name}\\}$`,
      );
    expect(
      getOnlyResource(synthesize({ zoneId: "Z1" }), "aws_route53_record"),
    ).toEqual({
      zone_id: "Z1",
      name: "auth.example.org",
      type: "A",
      alias: {
        name: attribute("cloudfront_distribution"),
        zone_id: attribute("cloudfront_distribution_zone_id"),
        evaluate_target_health: false,
      },
    });
  });

  test("has a version of its pages", () => {
    expect(
      getOnlyResource(
        synthesize({ managedLoginVersion: 2 }),
        "aws_cognito_user_pool_domain",
      ),
    ).toMatchObject({ managed_login_version: 2 });
  });

  test("can be in the European Sovereign Cloud with a certificate there", () => {
    const region = "eusc-de-east-1";
    expect(
      validate({
        region,
        certificateArn: `arn:aws-eusc:acm:${region}:123456789012:certificate/a`,
      }),
    ).toEqual([]);
  });

  test("has texts that only Terraform knows, whose Region its plan checks", () => {
    const texts = {
      domain: createUnknownText(),
      certificateArn: createUnknownText(),
      zoneId: createUnknownText(),
    };
    expect(validate(texts)).toEqual([]);
    const { lifecycle } = getOnlyResource(
      synthesize(texts),
      "aws_cognito_user_pool_domain",
    );
    expect(JSON.stringify(lifecycle)).toContain("^arn:[^:]+:acm:us-east-1:");
  });
});

describe("a custom domain fails when", () => {
  test.each<[string, PropsAndRegion, RegExp]>([
    [
      "it is a URL",
      { domain: "https://auth.example.org" },
      /^custom domain must be a subdomain .*, got "https:\/\/auth.example.org"$/,
    ],
    [
      "it is a domain of AWS",
      { domain: "veda.auth.us-west-2.amazoncognito.com" },
      /^custom domain must be a subdomain of a domain that you own/,
    ],
    [
      "its certificate is in the Region of the pool",
      { certificateArn: CERTIFICATE.replace("us-east-1", "us-west-2") },
      /^certificate ARN must be in Region "us-east-1", from which Amazon CloudFront reads certificates, got "arn:aws:acm:us-west-2:/,
    ],
    [
      "its certificate is in another account",
      { accountId: "111122223333" },
      /^certificate ARN must be in account "111122223333", got /,
    ],
    [
      "its certificate is in another partition",
      { region: "eusc-de-east-1" },
      /^certificate ARN must be in partition "aws-eusc" /,
    ],
    [
      "its certificate is of IAM",
      { certificateArn: "arn:aws:iam::123456789012:server-certificate/a" },
      /^certificate ARN must be the ARN of a certificate of AWS Certificate Manager/,
    ],
    [
      "its hosted zone is a name",
      { zoneId: "example.org" },
      /^hosted zone id must be 2-32 uppercase letters/,
    ],
    [
      "its Region is in GovCloud",
      { region: "us-gov-west-1" },
      /^custom domain requires a Region with custom domains, .* got "us-gov-west-1"$/,
    ],
  ])("%s", (_, props, message) => {
    expect(validate(props)).toEqual([expect.stringMatching(message)]);
  });
});
