import type {
  DeployScope,
  UsedResources,
} from "../../../constructs/deployment/deploy-scope";
import { createPlanStatements } from "../../../constructs/deployment/plan-permissions";
import {
  createUseReadStatements,
  createUseStatements,
} from "../../../constructs/deployment/used-resources";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
} from "../../../constructs/policy-document";
import { evaluateRequest } from "../../support/iam-evaluator";
import {
  type IamRequest,
  toResourceTagContext,
} from "../../support/iam-requests";

const ACCOUNT = "000000000000";
const regional = (service: string, resource: string) =>
  `arn:aws:${service}:us-west-2:${ACCOUNT}:${resource}`;
const TRIGGER = regional("lambda", "function:add-groups");
const WEB_ACL = regional("wafv2", "regional/webacl/sign-in/1-2");
const OTHER_WEB_ACL = regional("wafv2", "regional/webacl/of-others/3-4");
const POOL = regional("cognito-idp", "userpool/us-west-2_own");
const OTHER_POOL = regional("cognito-idp", "userpool/us-west-2_prod");
const BUCKET = "arn:aws:s3:::sign-in-logs";
const ZONE = "arn:aws:route53:::hostedzone/Z123";
const EMAIL_ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/email.cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdpEmailService`;
const SCOPE: DeployScope = {
  region: "us-west-2",
  accountId: ACCOUNT,
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  stateBucket: "our-state",
  stateKey: "veda-auth-stack/dev/terraform.tfstate",
  stateEncryptionKeyArn: null,
  boundaryPolicyArn: `arn:aws:iam::${ACCOUNT}:policy/veda-auth-stack-boundary`,
  deployRolePath: "/veda-auth-stack-account/",
  environmentSecretName: "veda-auth-dev-env",
};
const USED: UsedResources = {
  triggerArns: [TRIGGER],
  webAclArn: WEB_ACL,
  customDomain: { domain: "auth.example.org", zoneId: "Z123" },
  usesSes: true,
  logDestinationArn: BUCKET,
};
const ALL: DeployScope = { ...SCOPE, ...USED };
const OWN = toResourceTagContext({ Stack: "dev" });
const OTHER = toResourceTagContext({ Stack: "prod" });
const COGNITO = { "lambda:Principal": "cognito-idp.amazonaws.com" };
const EMAIL = { "iam:AWSServiceName": "email.cognito-idp.amazonaws.com" };

function toRecord(name: string, type = "A"): IamRequest["context"] {
  return {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
    "route53:ChangeResourceRecordSetsRecordTypes": [type],
    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
  };
}

type Row = [action: string, resource: string, context?: IamRequest["context"]];

const READS: Row[] = [
  ["lambda:GetPolicy", TRIGGER],
  ["wafv2:GetWebACLForResource", WEB_ACL],
  // the pool still has the previous web ACL when the setting changes
  ["wafv2:GetWebACLForResource", OTHER_WEB_ACL],
  ["wafv2:GetWebACLForResource", POOL],
  ["cognito-idp:GetWebACLForResource", POOL, OWN],
  ["route53:GetHostedZone", ZONE],
  ["route53:ListResourceRecordSets", ZONE],
  ["ses:GetAccount", "*"],
  ["ses:GetEmailIdentity", regional("ses", "identity/example.org")],
];

const WRITES: Row[] = [
  ["lambda:AddPermission", TRIGGER, COGNITO],
  ["lambda:RemovePermission", TRIGGER, COGNITO],
  ["wafv2:AssociateWebACL", WEB_ACL],
  ["wafv2:AssociateWebACL", POOL],
  ["wafv2:DisassociateWebACL", POOL],
  ["cognito-idp:AssociateWebACL", WEB_ACL],
  ["cognito-idp:AssociateWebACL", POOL, OWN],
  ["cognito-idp:DisassociateWebACL", POOL, OWN],
  ["route53:ChangeResourceRecordSets", ZONE, toRecord("auth.example.org")],
  ["route53:GetChange", "arn:aws:route53:::change/C1"],
  [
    "cloudfront:UpdateDistribution",
    `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
  ],
  ["iam:CreateServiceLinkedRole", EMAIL_ROLE, EMAIL],
  ["logs:CreateLogDelivery", "*"],
  ["logs:DeleteLogDelivery", "*"],
  ["s3:GetBucketPolicy", BUCKET],
  ["s3:PutBucketPolicy", BUCKET],
];

const REFUSED: [description: string, ...Row][] = [
  [
    "another function, permitted",
    "lambda:AddPermission",
    `${TRIGGER}-2`,
    COGNITO,
  ],
  [
    "its trigger, permitted to anyone",
    "lambda:AddPermission",
    TRIGGER,
    { "lambda:Principal": "*" },
  ],
  ["its trigger, changed", "lambda:UpdateFunctionCode", TRIGGER],
  ["its trigger, invoked", "lambda:InvokeFunction", TRIGGER],
  ["another web ACL, associated", "wafv2:AssociateWebACL", OTHER_WEB_ACL],
  ["its web ACL, changed", "wafv2:UpdateWebACL", WEB_ACL],
  [
    "another stage's user pool, with its web ACL",
    "cognito-idp:AssociateWebACL",
    OTHER_POOL,
    OTHER,
  ],
  [
    "another stage's user pool, without its web ACL",
    "cognito-idp:DisassociateWebACL",
    OTHER_POOL,
    OTHER,
  ],
  [
    "another stage's user pool, read",
    "cognito-idp:GetWebACLForResource",
    OTHER_POOL,
    OTHER,
  ],
  [
    "another record of the zone",
    "route53:ChangeResourceRecordSets",
    ZONE,
    toRecord("www.example.org"),
  ],
  [
    "its name, as a record of mail",
    "route53:ChangeResourceRecordSets",
    ZONE,
    toRecord("auth.example.org", "MX"),
  ],
  [
    "another zone",
    "route53:ChangeResourceRecordSets",
    "arn:aws:route53:::hostedzone/Z999",
    toRecord("auth.example.org"),
  ],
  ["the zone, deleted", "route53:DeleteHostedZone", ZONE],
  [
    "a distribution, deleted",
    "cloudfront:DeleteDistribution",
    `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
  ],
  ["the policy of another bucket", "s3:PutBucketPolicy", `${BUCKET}-2`],
  ["the objects of its bucket", "s3:GetObject", `${BUCKET}/a`],
  ["policies of log groups", "logs:PutResourcePolicy", "*"],
  [
    "a service-linked role of another service",
    "iam:CreateServiceLinkedRole",
    `arn:aws:iam::${ACCOUNT}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`,
    { "iam:AWSServiceName": "rds.amazonaws.com" },
  ],
  [
    "the service-linked role, for another service",
    "iam:CreateServiceLinkedRole",
    EMAIL_ROLE,
    { "iam:AWSServiceName": "rds.amazonaws.com" },
  ],
];

async function isAllowed(
  statements: readonly IdentityStatement[],
  [action, resource, context = {}]: Row,
): Promise<boolean> {
  const request = { action, resource, context };
  return (await evaluateRequest(statements, request)).isAllowed;
}

describe("createUseStatements", () => {
  const statements = createUseStatements(ALL);

  test("returns nothing for a stage that uses no other resource", () => {
    expect(createUseStatements(SCOPE)).toEqual([]);
    expect(createUseReadStatements(SCOPE)).toEqual([]);
  });

  test.each([...READS, ...WRITES])("allows %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(true);
  });

  test.each(REFUSED)("does not allow %s (%s)", async (_, ...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });

  test.each(Object.keys(USED) as (keyof UsedResources)[])(
    "depends on %s alone for its requests",
    async (name) => {
      const with1 = createUseStatements({ ...SCOPE, [name]: USED[name] });
      const without = createUseStatements({ ...ALL, [name]: undefined });
      for (const row of [...READS, ...WRITES])
        expect([row, await isAllowed(with1, row)]).toEqual([
          row,
          !(await isAllowed(without, row)),
        ]);
    },
  );

  test("creates no record without a zone", () => {
    const customDomain = { domain: "auth.example.org" };
    const own = createUseStatements({ ...SCOPE, customDomain });
    expect(own.map(({ Sid }) => Sid)).toEqual(["MakeCustomDomain"]);
  });

  test("allows a record with the domain in capital letters, which Route 53 does not compare", async () => {
    const customDomain = { domain: "Auth.Example.org", zoneId: "Z123" };
    const own = createUseStatements({ ...SCOPE, customDomain });
    expect(
      await isAllowed(own, [
        "route53:ChangeResourceRecordSets",
        ZONE,
        toRecord("auth.example.org"),
      ]),
    ).toBe(true);
  });

  test.each<[string, string, Row[]]>([
    [
      "a log group",
      regional("logs", "log-group:/aws/vendedlogs/sign-in"),
      [
        ["logs:CreateLogDelivery", "*"],
        ["logs:PutResourcePolicy", "*"],
      ],
    ],
    [
      "a delivery stream",
      regional("firehose", "deliverystream/sign-in"),
      [
        ["logs:CreateLogDelivery", "*"],
        [
          "firehose:TagDeliveryStream",
          regional("firehose", "deliverystream/sign-in"),
        ],
        [
          "iam:CreateServiceLinkedRole",
          `arn:aws:iam::${ACCOUNT}:role/aws-service-role/delivery.logs.amazonaws.com/AWSServiceRoleForLogDelivery`,
          { "iam:AWSServiceName": "delivery.logs.amazonaws.com" },
        ],
      ],
    ],
  ])("allows the delivery of logs to %s, and to no bucket", async (...row) => {
    const [, logDestinationArn, allowed] = row;
    const own = createUseStatements({ ...SCOPE, logDestinationArn });
    for (const request of allowed)
      expect([request, await isAllowed(own, request)]).toEqual([request, true]);
    expect(await isAllowed(own, ["s3:PutBucketPolicy", BUCKET])).toBe(false);
  });

  test("allows an alias of a function, with or without its name", async () => {
    const own = createUseStatements({
      ...SCOPE,
      triggerArns: [`${TRIGGER}:live`],
    });
    for (const [arn, expected] of [
      [TRIGGER, true],
      [`${TRIGGER}:live`, true],
      [`${TRIGGER}:other`, false],
    ] as const)
      expect(await isAllowed(own, ["lambda:AddPermission", arn, COGNITO])).toBe(
        expected,
      );
  });

  test("requires each of its statements and conditions", async () => {
    const holds = async (changed: readonly IdentityStatement[]) => {
      for (const row of [...READS, ...WRITES])
        if (!(await isAllowed(changed, row))) return false;
      for (const [, ...row] of REFUSED)
        if (await isAllowed(changed, row)) return false;
      return true;
    };
    const unnecessary: string[] = [];
    for (const statement of statements) {
      const { Sid = "", Condition = {} } = statement;
      const others = statements.filter((other) => other !== statement);
      if (await holds(others)) unnecessary.push(Sid);
      for (const [operator, keys] of Object.entries(Condition))
        for (const key of Object.keys(keys)) {
          const rest = Object.fromEntries(
            Object.entries(keys).filter(([other]) => other !== key),
          );
          const changed = {
            ...statement,
            Condition: { ...Condition, [operator]: rest },
          };
          if (await holds([...others, changed]))
            unnecessary.push(`${Sid} ${key}`);
        }
    }
    expect(unnecessary).toEqual([]);
  }, 60_000);

  test("returns a policy within AWS's limit for the longest names", () => {
    const long = createUseStatements({
      ...ALL,
      stage: "s".repeat(30),
      triggerArns: Array.from(
        { length: 10 },
        (_, index) =>
          `${regional("lambda", "function:")}${"f".repeat(63)}${index}`,
      ),
      webAclArn: regional(
        "wafv2",
        `regional/webacl/${"w".repeat(128)}/${"1".repeat(36)}`,
      ),
      customDomain: { domain: "d".repeat(63), zoneId: "Z".repeat(32) },
    });
    expect(countPolicyCharacters(createPolicyDocument(...long))).toBeLessThan(
      6_144,
    );
  });
});

describe("createPlanStatements of a stage that uses other resources", () => {
  const statements = createPlanStatements(ALL);

  test.each(READS)("allows %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(true);
  });

  test.each(WRITES)("does not allow %s on %s", async (...row) => {
    expect(await isAllowed(statements, row)).toBe(false);
  });
});
