import { DEMO_ACCOUNT } from "../../scripts/lib/demo/account";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";

/** Ids of the existing resources that the user pool of a stage uses. */
export interface SignInResources {
  readonly triggerArn: string;
  readonly webAclArn: string;
  /** In us-east-1. */
  readonly certificateArn: string;
  readonly zoneId: string;
}

/** An empty archive, as code of a function that is not invoked. */
const EMPTY_ZIP = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

type Aws = Pick<LocalAws, "endpoint">;

interface Call {
  readonly service: string;
  readonly body: string;
  readonly contentType: string;
  readonly path?: string;
  readonly target?: string;
  readonly region?: string;
}

/** Sends a request of a service whose SDK this project does not have; returns the response. */
async function send(aws: Aws, call: Call): Promise<string> {
  const { service, path = "/", region = "us-west-2", target } = call;
  const response = await fetch(`${aws.endpoint}${path}`, {
    method: "POST",
    body: call.body,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
      "content-type": call.contentType,
      ...(target !== undefined && { "x-amz-target": target }),
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} ${response.status}: ${text}`);
  return text;
}

async function sendJson(
  aws: Aws,
  call: Pick<Call, "service" | "path" | "target" | "region">,
  input: object,
): Promise<string> {
  const contentType =
    call.target === undefined
      ? "application/json"
      : "application/x-amz-json-1.1";
  return send(aws, { ...call, contentType, body: JSON.stringify(input) });
}

/** Creates a function, a web ACL, a certificate in us-east-1 and a hosted zone. */
export async function createSignInResources(
  aws: Aws,
  domain: string,
): Promise<SignInResources> {
  const find = (text: string, pattern: RegExp): string => {
    const [, id] = pattern.exec(text) ?? [];
    if (id === undefined) throw new Error(`no ${pattern.source} in ${text}`);
    return id;
  };
  const trigger = await sendJson(
    aws,
    { service: "lambda", path: "/2015-03-31/functions" },
    {
      FunctionName: "add-groups",
      Runtime: "python3.12",
      Role: `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`,
      Handler: "index.handler",
      Code: { ZipFile: EMPTY_ZIP },
    },
  );
  const webAcl = await sendJson(
    aws,
    { service: "wafv2", target: "AWSWAF_20190729.CreateWebACL" },
    {
      Name: "sign-in",
      Scope: "REGIONAL",
      DefaultAction: { Allow: {} },
      VisibilityConfig: {
        SampledRequestsEnabled: false,
        CloudWatchMetricsEnabled: false,
        MetricName: "sign-in",
      },
    },
  );
  const certificate = await sendJson(
    aws,
    {
      service: "acm",
      target: "CertificateManager.RequestCertificate",
      region: "us-east-1",
    },
    { DomainName: domain, ValidationMethod: "DNS" },
  );
  const zone = await send(aws, {
    service: "route53",
    path: "/2013-04-01/hostedzone",
    contentType: "application/xml",
    body: `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${domain.replace(/^[^.]*\./, "")}</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>`,
  });
  return {
    triggerArn: find(trigger, /"FunctionArn": ?"([^"]+)"/),
    webAclArn: find(webAcl, /"ARN": ?"([^"]+)"/),
    certificateArn: find(certificate, /"CertificateArn": ?"([^"]+)"/),
    zoneId: find(zone, /<Id>\/hostedzone\/([^<]+)</),
  };
}
