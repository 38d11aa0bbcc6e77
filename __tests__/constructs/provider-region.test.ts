import {
  AwsProvider,
  type AwsProviderConfig,
} from "@cdktf/provider-aws/lib/provider";
import {
  App,
  Fn,
  Lazy,
  TerraformProvider,
  TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { Construct, RootConstruct } from "constructs";
import { CustomDomain } from "../../constructs/custom-domain";
import { BoundaryPolicy } from "../../constructs/deployment/permissions-boundary";
import { StateBucket } from "../../constructs/deployment/state-bucket";
import { StateEncryptionKey } from "../../constructs/deployment/state-encryption-key";
import { IdentityPool } from "../../constructs/identity-pool";
import { OidcRole } from "../../constructs/oidc-role";
import { getRegion } from "../../constructs/provider-region";
import { UserPool } from "../../constructs/user-pool";
import { UserPoolDomain } from "../../constructs/user-pool-domain";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";
import { createUserPool } from "../support/user-pools";

afterAll(removeTemporaryDirectories);

const FIX =
  'create new AwsProvider(this, "aws", { region: "us-west-2" }) before this construct';

function createStack(config?: AwsProviderConfig): TerraformStack {
  const stack = new TerraformStack(new RootConstruct(), "stack");
  if (config !== undefined) new AwsProvider(stack, "aws", config);
  return stack;
}

function listErrors(stack: TerraformStack): string[] {
  return stack.node
    .findAll()
    .filter((construct) => construct !== stack)
    .flatMap(({ node }) =>
      node.validate().map((error) => `${node.path}: ${error}`),
    );
}

/** Adds a construct of each kind that depends on the Region, with values that other Regions refuse. */
function addEverything(scope: Construct): void {
  const userPool = new UserPool(scope, "pool", {
    userPoolName: "pool",
    deletionProtection: false,
    mfa: null,
    email: {
      identityArn:
        "arn:aws-us-gov:ses:us-gov-west-1:123456789012:identity/example.org",
      from: "no-reply@example.org",
    },
    triggers: {
      preSignUp:
        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:check",
    },
    webAclArn:
      "arn:aws-us-gov:wafv2:us-gov-west-1:123456789012:regional/webacl/a/1",
  });
  new UserPoolDomain(scope, "domain", { userPool, prefix: "pool" });
  UserPoolDomain.fromPrefix(scope, "imported");
  new CustomDomain(scope, "custom-domain", {
    userPool,
    domain: "auth.example.org",
    certificateArn:
      "arn:aws-eusc:acm:eusc-de-east-1:123456789012:certificate/a",
  });
  new IdentityPool(scope, "identity-pool", {
    userPool,
    identityPoolName: "identity pool",
    authenticatedRoleName: "authenticated",
    trustedClientIds: () => [],
  });
  new OidcRole(scope, "oidc-role", {
    provider: { issuer: "a.example.org", providerArn: "arn" },
    roleName: "role",
    subjects: ["subject"],
    managedPolicyArns: ["arn:aws-us-gov:iam::aws:policy/a"],
  });
  new BoundaryPolicy(scope, "boundary", {
    policyName: "boundary",
    buckets: ["store"],
    stateBucket: "state",
    stateEncryptionKeyArn: null,
  });
  const accountId = "123456789012";
  new StateEncryptionKey(scope, "key", { alias: "alias/state", accountId });
  new StateBucket(scope, "bucket", {
    bucketName: "state",
    accountId,
    encryptionKeyArn: null,
  });
}

describe("the Region of a construct", () => {
  test("is that of the provider of its stack, at every depth", () => {
    const stack = createStack({ region: "eu-west-1" });
    const nested = new Construct(new Construct(stack, "a"), "b");
    expect([getRegion(stack), getRegion(nested)]).toEqual([
      "eu-west-1",
      "eu-west-1",
    ]);
    expect(listErrors(stack)).toEqual([]);
  });

  test("is that of the provider without an alias", () => {
    const stack = createStack();
    const addProvider = (id: string, config: AwsProviderConfig) =>
      new AwsProvider(new Construct(stack, id), "aws", config);
    addProvider("a", { region: "us-east-1", alias: "certificates" });
    const provider = addProvider("b", { region: "eu-west-1" });
    addProvider("c", { region: "eu-central-1", alias: "replica" });
    expect(getRegion(new Construct(stack, "d"))).toBe("eu-west-1");
    // code can change a provider
    provider.region = "eu-west-3";
    expect(getRegion(stack)).toBe("eu-west-3");
    provider.alias = "late";
    addProvider("e", { region: "eu-west-2" });
    expect(getRegion(stack)).toBe("eu-west-2");
    expect(listErrors(stack)).toEqual([]);
  });

  test("is that of an override of the provider", () => {
    const stack = createStack();
    new AwsProvider(stack, "aws", {}).addOverride("region", "eu-west-1");
    expect(getRegion(stack)).toBe("eu-west-1");
  });

  test("is that of its own stack alone", () => {
    const outer = createStack({ region: "eu-west-1" });
    const inner = new TerraformStack(outer, "inner");
    new AwsProvider(inner, "aws", { region: "us-west-2" });
    const other = createStack({ region: "us-gov-west-1" });
    expect([outer, inner, other].map((stack) => getRegion(stack))).toEqual([
      "eu-west-1",
      "us-west-2",
      "us-gov-west-1",
    ]);
  });

  test("is that of a provider of another copy of the class", () => {
    class OtherProvider extends TerraformProvider {
      protected override synthesizeAttributes() {
        return { region: "eu-west-1" };
      }
    }
    const stack = createStack();
    new OtherProvider(stack, "other", { terraformResourceType: "random" });
    new OtherProvider(stack, "aws", { terraformResourceType: "aws" });
    expect(getRegion(stack)).toBe("eu-west-1");
  });

  test("determines the partition of everything that depends on it", () => {
    const stack = createStack({ region: "us-gov-west-1" });
    addEverything(stack);
    expect(listErrors(stack)).toEqual([
      expect.stringMatching(
        /^stack\/custom-domain: custom domain requires a Region with custom domains, .* got "us-gov-west-1"$/,
      ),
    ]);
    const json = Testing.synth(stack);
    expect(json).toContain("cognito-identity-us-gov.amazonaws.com");
    expect(json).toContain("arn:aws-us-gov:s3:::state");
    expect(json).toContain("arn:aws-us-gov:iam::123456789012:root");
    expect(json).not.toContain("arn:aws:");
  });
});

describe("a stack fails with one error when", () => {
  test.each<[string, (stack: TerraformStack) => unknown, string]>([
    [
      "it has no provider",
      () => undefined,
      "no AWS provider without an alias: ",
    ],
    [
      "it has another provider only",
      (stack) =>
        new AwsProvider(stack, "aws", { region: "us-west-2", alias: "other" }),
      "no AWS provider without an alias: ",
    ],
    [
      "the Region is that of the environment",
      (stack) => new AwsProvider(stack, "aws", {}),
      "none: ",
    ],
    [
      "the Region is empty",
      (stack) => new AwsProvider(stack, "aws", { region: "" }),
      "none: ",
    ],
    [
      "the Region is a variable",
      (stack) => {
        const region = new TerraformVariable(stack, "region", {});
        new AwsProvider(stack, "aws", { region: region.stringValue });
      },
      "one that only Terraform knows: ",
    ],
    [
      "the Region is an expression of Terraform",
      (stack) => new AwsProvider(stack, "aws", { region: "${var.region}" }),
      "one that only Terraform knows: ",
    ],
    [
      "a part of the Region is a variable",
      (stack) =>
        new AwsProvider(stack, "aws", { region: `us-${Fn.lower("WEST")}-2` }),
      "one that only Terraform knows: ",
    ],
    [
      "the Region is determined later",
      (stack) => {
        const region = Lazy.stringValue({ produce: () => "us-west-2" });
        new AwsProvider(stack, "aws", { region });
      },
      "one that only Terraform knows: ",
    ],
  ])("%s", (_, addProvider, actual) => {
    const stack = createStack();
    addProvider(stack);
    addEverything(stack);
    expect(listErrors(stack)).toEqual([
      `stack/pool: Region of the AWS provider must be known at synth, got ${actual}${FIX}`,
    ]);
  });

  test("the provider is created after its constructs", () => {
    const stack = createStack();
    addEverything(new Construct(stack, "first"));
    new AwsProvider(stack, "aws", { region: "us-west-2" });
    new UserPoolDomain(stack, "second", {
      userPool: createUserPool(),
      prefix: "veda",
    });
    expect(listErrors(stack)).toEqual([
      `stack/first/pool: Region of the AWS provider must be known at synth, got no AWS provider without an alias: ${FIX}`,
    ]);
  });
});

test("an app of cdktf fails with this error alone when it is synthesized", () => {
  const app = new App({ outdir: createTemporaryDirectory() });
  const stack = new TerraformStack(app, "stack");
  new AwsProvider(stack, "aws", {});
  addEverything(stack);
  expect(() => {
    app.synth();
  }).toThrow(
    /errors:\s+\[stack\/pool\] Region of the AWS provider must .*before this construct\n\s*If you wish to ignore/,
  );
});

test("a stack without a Region reports its other errors too", () => {
  const stack = createStack();
  new UserPoolDomain(stack, "domain", {
    userPool: createUserPool(),
    prefix: "aws",
  });
  expect(listErrors(stack)).toEqual([
    expect.stringContaining("stack/domain: domain prefix must be "),
    expect.stringContaining(
      "stack/domain: Region of the AWS provider must be ",
    ),
  ]);
});
