import path from "node:path";
import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  startCheckedAws,
  type CheckedLocalAws,
} from "../support/api-model/checked-aws";
import {
  formatCallReport,
  readCallReport,
} from "../support/api-model/call-log";
import { compilePattern } from "../support/api-model/pattern";
import { ApiModels } from "../support/api-model/service-model";
import { describeLocal, useResource } from "../support/deployment";
import { createTemporaryDirectory } from "../support/stage";

const SERVICES = [
  "cognito-idp",
  "cognito-identity",
  "iam",
  "sts",
  "secretsmanager",
  "s3",
  "cloudformation",
  "kms",
];

describeLocal("AWS's API models", () => {
  const models = describeLocal === describe && ApiModels.findInstalled();

  test.each(SERVICES)("describe %s, and each pattern compiles", (service) => {
    const model = models === false ? undefined : models.find(service);
    const { shapes = {}, operations = {} } = model ?? {};
    expect(Object.keys(operations).length).toBeGreaterThan(10);
    const patterns = Object.values(shapes).flatMap(
      ({ pattern = [] }) => pattern,
    );
    expect(patterns.map((pattern) => compilePattern(pattern).unicode)).toEqual(
      patterns.map(() => true),
    );
  });

  test.each([
    ["cognito-idp", "UsernameType", "é-a@b", "a b"],
    ["cognito-idp", "UserPoolIdType", "us-west-2_aB1", "us-west-2"],
    ["cognito-idp", "PasswordType", "a b", " a"],
    ["cognito-identity", "IdentityPoolName", "a b", "a:b"],
    ["iam", "roleNameType", "a+b", "a b"],
    ["iam", "pathType", "/a/", "a"],
    ["sts", "roleSessionNameType", "a@b", "a:b"],
    ["secretsmanager", "TagKeyType", "a b", ""],
    ["cloudformation", "ChangeSetName", "a-1", "1a"],
  ])("of %s allow a %s %s, and not %s", (service, shape, valid, invalid) => {
    const model = models === false ? undefined : models.find(service);
    const { pattern, min = 0 } = model?.getShape({ shape }) ?? {};
    const allows = (value: string) =>
      value.length >= min &&
      (pattern === undefined || compilePattern(pattern).test(value));
    expect([allows(valid), allows(invalid)]).toEqual([true, false]);
  });
});

describeLocal("a request to the local AWS", () => {
  let aws: CheckedLocalAws;
  const report = path.join(createTemporaryDirectory(), "calls.jsonl");
  const getAws = useResource(async () => (aws = await startCheckedAws(report)));

  test("has no violation if it follows the model", async () => {
    const client = new iam.IAMClient(createClientConfig(getAws()));
    await client.send(new iam.ListRolesCommand({ MaxItems: 1 }));
    expect(aws.takeViolations()).toEqual([]);
  });

  test("is a violation if AWS refuses it, even if the local AWS does not", async () => {
    const config = createClientConfig(getAws());
    const pools = new cognito.CognitoIdentityProviderClient(config);
    await pools.send(
      new cognito.CreateUserPoolCommand({
        PoolName: "a:b",
        UserPoolTags: { "": "" },
      }),
    );
    const buckets = new s3.S3Client({ ...config, forcePathStyle: true });
    await buckets.send(new s3.CreateBucketCommand({ Bucket: "planted" }));
    await buckets
      .send(
        new s3.PutBucketVersioningCommand({
          Bucket: "planted",
          VersioningConfiguration: {
            Status: "On" as s3.BucketVersioningStatus,
          },
        }),
      )
      .catch(() => undefined);
    await new iam.IAMClient(config)
      .send(new iam.GetRoleCommand({ RoleName: "a b" }))
      .catch(() => undefined);
    expect(aws.takeViolations()).toEqual([
      'cognito-idp:CreateUserPool by aws-sdk-js: PoolName must match [\\w\\s+=,.@-]+, got "a:b"',
      'cognito-idp:CreateUserPool by aws-sdk-js: UserPoolTags{0}.key must have at least 1 characters, got ""',
      's3:PutBucketVersioning by aws-sdk-js: VersioningConfiguration.Status must be one of Enabled, Suspended, got "On"',
      'iam:GetRole by aws-sdk-js: RoleName must match [\\w+=,.@-]+, got "a b"',
    ]);
  });

  test("to an unknown path is a violation", async () => {
    await fetch(`${getAws().endpoint}/unknown`);
    expect(aws.takeViolations()).toEqual(["GET /unknown by node: is unknown"]);
  });

  test("makes the end of the tests fail, and is in the report", async () => {
    await fetch(`${getAws().endpoint}/unknown`);
    await expect(aws.stop()).rejects.toThrow(
      "requests with violations:\nGET /unknown by node: is unknown",
    );
    expect(formatCallReport(readCallReport(report))).toBe(
      "API model: 5 calls of 5 operations in 1 files, 1 violations",
    );
    aws.takeViolations();
  });
});
