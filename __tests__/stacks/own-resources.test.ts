import { CognitoUserInGroup } from "@cdktf/provider-aws/lib/cognito-user-in-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { TerraformOutput, Testing } from "cdktf";
import {
  allow,
  createPolicyDocument,
  type IdentityStatement,
  toPolicyJson,
} from "../../constructs";
import { parseSnapshot } from "../../scripts/lib/access/access-source";
import { buildAccessGraph } from "../../scripts/lib/access/build-access-graph";
import { AuthStack } from "../../stacks/auth-stack";
import {
  createApp,
  createStageConfig,
  getOnlyBlock,
  listAddresses,
  listProblems,
  removeTemporaryDirectories,
  synthesize,
} from "../support/stage";
import { createUnknownList } from "../support/unknown-collections";

afterAll(removeTemporaryDirectories);

const GROUP = { description: "", precedence: 1 };

/** Adds a bucket that a group writes, and a role that reads the secret of a service. */
function mix(auth: AuthStack): void {
  const maps = new S3Bucket(auth, "maps", { bucket: "our-maps" });
  auth.addGroup("editors", {
    ...GROUP,
    buckets: { [maps.bucket]: "read-write", "a-bucket": "read" },
    statements: [allow("Tag", "s3:GetObjectTagging", `${maps.arn}/*`)],
  });
  const api = auth.addResourceServer("api", { read: "Read" });
  const robot = auth.addServiceClient("robot", { scopes: [api.scope("read")] });
  const worker = new IamRole(auth, "worker", {
    name: "our-worker",
    assumeRolePolicy: toPolicyJson(
      createPolicyDocument({
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    ),
  });
  auth.getSecret(robot).grantRead(worker);
}

describe("a stage with resources of an app", () => {
  test("grants a group a bucket of the same stack", () => {
    const stage = synthesize({}, mix);
    const policies = Object.values(stage.resource.aws_iam_role_policy ?? {});
    const texts = policies.map(({ policy }) => String(policy));
    const [policy = ""] = texts.filter((text) => text.includes("s3:PutObject"));
    // known names first, and the reference as Terraform escapes it
    expect(policy).toMatch(
      /arn:aws:s3:::a-bucket\/\*.*arn:aws:s3:::\$\{substr\(jsonencode\(tostring\(aws_s3_bucket\.maps\.bucket\)\), 1, .*s3:PutObject.*\$\{aws_s3_bucket\.maps\.arn\}/,
    );
    expect(listProblems(mix)).toEqual([]);
  });

  test("has the order of buckets that only Terraform knows", () => {
    const read = (count: number): string => {
      const stage = synthesize({}, (auth) => {
        // tokens have numbers in the order of their creation
        for (let index = 0; index < count; index += 1)
          expect(new S3Bucket(auth, `unused-${index}`, {}).arn).toBeDefined();
        const [one, two] = ["one", "two"].map(
          (id) => new S3Bucket(auth, id, {}).bucket,
        ) as [string, string];
        auth.addGroup("g", {
          ...GROUP,
          buckets: { [one]: "read", [two]: "read" },
        });
      });
      return String(getOnlyBlock(stage, "aws_iam_role_policy").policy);
    };
    const policies = [0, 3, 8, 9].map(read);
    expect(new Set(policies).size).toBe(1);
    expect(policies[0]).toMatch(/aws_s3_bucket\.one\..*aws_s3_bucket\.two\./);
  });

  test("is written in Terraform's native syntax", () => {
    const auth = new AuthStack(createApp(), createStageConfig());
    mix(auth);
    const { hcl } = auth.toHclTerraform();
    expect(hcl).toContain("aws_s3_bucket.maps.bucket");
    expect(hcl).toMatch(/role\s+= aws_iam_role\.worker\.name/);
  });

  test("shows in the access of the stage who reads the secret and the bucket", () => {
    const auth = new AuthStack(createApp(), createStageConfig());
    mix(auth);
    const { edges } = buildAccessGraph(parseSnapshot(Testing.synth(auth)));
    const access = edges.map(({ from, can, to }) =>
      [from, can, to].map(String),
    );
    expect(access).toContainEqual([
      expect.stringContaining("worker"),
      expect.stringContaining("read"),
      expect.stringContaining("robot"),
    ]);
    expect(access).toContainEqual([
      expect.stringContaining("editors"),
      expect.stringContaining("write"),
      expect.stringContaining("maps"),
    ]);
  });
});

describe("a stage exposes", () => {
  test("its user pool", () => {
    const stage = synthesize({}, (auth) => {
      new TerraformOutput(auth, "arn", { value: auth.userPool.userPoolArn });
    });
    expect(stage.output.arn?.value).toMatch(
      /^\$\{aws_cognito_user_pool\.user-pool_\w+\.arn\}$/,
    );
  });

  test("an existing user pool, whose ARN alone needs a data source", () => {
    const settings = { USER_POOL_ID: "us-west-2_Example" };
    expect(synthesize(settings).data).toBeUndefined();
    const stage = synthesize(settings, (auth) => {
      new TerraformOutput(auth, "arn", { value: auth.userPool.userPoolArn });
    });
    expect(stage.output.arn?.value).toMatch(
      /^arn:aws:cognito-idp:us-west-2:\$\{data\.aws_caller_identity\..*userpool\/us-west-2_Example$/,
    );
  });

  test("its identity pool, which the first reader creates", () => {
    const addresses = listAddresses(
      synthesize({}, (auth) => {
        expect(auth.identityPool.identityPoolId).toBe(
          auth.identityPool.identityPoolId,
        );
      }),
    );
    const pool = expect.stringMatching(
      /^aws_cognito_identity_pool\.identity-pool_\w+$/,
    ) as string;
    expect(addresses).toContainEqual(pool);
    expect(listAddresses(synthesize())).not.toContainEqual(pool);
  });

  test("its domain", () => {
    synthesize({}, (auth) => {
      const page = auth.addFrontendClient("page", {
        callbackUrls: ["https://a.example/"],
      });
      expect(
        auth.domain.signInUrl(page, { redirectUri: "https://a.example/" }),
      ).toMatch(
        /^https:\/\/veda-auth-stack-dev\.auth\.us-west-2\..*\?response_/,
      );
    });
  });

  test("the role of a group", () => {
    const stage = synthesize({}, (auth) => {
      const group = auth.addGroup("g", { ...GROUP, buckets: {} });
      new TerraformOutput(auth, "name", { value: group.role.roleName });
      new CognitoUserInGroup(auth, "member", {
        userPoolId: auth.userPool.userPoolId,
        groupName: group.groupName,
        username: "curator",
      });
    });
    expect(stage.output.name?.value).toMatch(
      /^\$\{aws_iam_role\..*g.*\.name\}$/,
    );
    expect(getOnlyBlock(stage, "aws_cognito_user_in_group").group_name).toMatch(
      /^\$\{aws_cognito_user_group\./,
    );
  });
});

describe("the secret of a client fails when", () => {
  test("the client is a frontend client, or of another stack", () => {
    synthesize({}, (auth) => {
      const callbackUrls = ["https://a.example/"];
      const page = auth.addFrontendClient("page", { callbackUrls });
      expect(() => auth.getSecret(page)).toThrow(
        'client must have a secret in the stage "dev", got "page"',
      );
      synthesize({ STAGE: "other" }, (other) => {
        const app = other.addWebClient("app", { callbackUrls });
        expect(other.getSecret(app).secretArn).toBeDefined();
        expect(() => auth.getSecret(app)).toThrow(/^client must have a secret/);
      });
    });
  });

  test("its reader is in another account", () => {
    const add = (auth: AuthStack) => {
      auth
        .getSecret(auth.addProgrammaticClient("scripts"))
        .grantRead("arn:aws:iam::999988887777:role/reader");
    };
    expect(listProblems(add, { AWS_ACCOUNT_ID: "123456789012" })).toEqual([
      expect.stringMatching(/^role ARN must be in account "123456789012"/),
    ]);
    expect(listProblems(add)).toEqual([]);
  });
});

test("an OIDC provider of a stage has the audiences of an app, and its roles trust them", () => {
  const stage = synthesize({}, (auth) => {
    auth.addOidcProvider({
      origin: "created",
      issuer: "issuer.example.org",
      audiences: ["our-app"],
    });
    auth.addOidcRole("publish", { subjects: ["subject"] });
  });
  expect(
    getOnlyBlock(stage, "aws_iam_openid_connect_provider").client_id_list,
  ).toEqual(["our-app"]);
  expect(getOnlyBlock(stage, "aws_iam_role").assume_role_policy).toContain(
    '"issuer.example.org:aud":"our-app"',
  );
});

test("statements of a group fail when only Terraform knows the list, or one is invalid", () => {
  expect(
    listProblems((auth) => {
      auth.addGroup("g", {
        ...GROUP,
        buckets: {},
        statements: createUnknownList("a") as unknown as IdentityStatement[],
      });
    }),
  ).toEqual([
    "statements of a group must be known at synth, got a list that only Terraform knows (veda-auth-stack-dev, role of group g)",
  ]);
  expect(
    listProblems((auth) => {
      auth.addGroup("g", {
        ...GROUP,
        buckets: {},
        statements: [allow("Bad", "PutObject", "*")],
      });
    }),
  ).toEqual([expect.stringContaining("policy action must be service:Action")]);
});
