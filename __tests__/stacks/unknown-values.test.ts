import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import {
  Fn,
  Lazy,
  ref,
  TerraformVariable,
  Testing,
  Token,
  type TerraformStack,
} from "cdktf";
import { Construct } from "constructs";
import { createPolicyDocument, toPolicyJson } from "../../constructs";
import { AccountStack } from "../../stacks/account-stack";
import { AuthStack } from "../../stacks/auth-stack";
import { readAppConfig } from "../../stacks/config/app-config";
import { listCollectionProperties } from "../support/collection-properties";
import {
  createApp,
  createStageConfig,
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";
import { createUnknownText } from "../support/synth";
import {
  ACCEPTED,
  createUnknownList,
  createUnknownMap,
  createUnknownNumber,
} from "../support/unknown-collections";

afterAll(removeTemporaryDirectories);

/** Properties that tests below set, or that hold no value of a resource. */
const OTHERS = [
  "AccountConfig.buckets",
  // results of functions
  "AttributeLists.errors",
  "AttributeLists.readAttributes",
  "AttributeLists.writeAttributes",
  "Dependencies.addresses",
  "Dependencies.errors",
  "ResolvedRole.errors",
  "SignIn.errors",
  "SignIn.identityProviders",
  "SignIn.providerNames",
  // a stack for each stage, and roles for each stage
  "AccountConfig.stages",
  "AppConfig.stages",
  // its files are read at synth
  "BrandingStyle.assets",
  "BucketGroupOptions.buckets",
  "BucketGroupOptions.statements",
  "GitHubConfig.claimKeys",
  "GitHubRepository.claimKeys",
  // the claims of a subject that is parsed
  "GitHubSubjectClaims.claims",
  "IUserPool.customAttributes",
  "IdentityPoolProps.iamProviders",
  "RoleRules.rules",
  // read from the client's own properties
  "IUserPoolClient.callbackUrls",
  "TrustedClients.known",
  "TrustedClients.unknown",
  // read from the provider's own properties
  "IIdentityProvider.dependencies",
  "IIdentityProvider.mappedAttributes",
  // the attributes and factors that exist must be known
  "Mfa.factors",
  "UserPoolOptions.customAttributes",
  // its statements are in the properties of roles
  "PolicyDocument.Statement",
  "SignInClientProps.signIn",
  "SignInProps.signIn",
  // details of a provider, which its own properties set, and a parsed file
  "ProviderSettings.fixedAttributes",
  "ProviderSettings.ignoredDetails",
  "ProviderSettings.providerDetails",
  "SamlMetadata.certificates",
  "StackConfig.tags",
  "StageConfig.callbackUrls",
  "UserPoolQuotas.clients",
  "UserPoolQuotas.groups",
  "UserPoolQuotas.identityProviders",
  "UserPoolQuotas.resourceServers",
];

/** Synthesizes a stack without metadata, after its validation. */
function synthesize(stack: TerraformStack): string {
  const errors = stack.node.findAll().flatMap(({ node }) => node.validate());
  expect(errors).toEqual([]);
  const json = Testing.synth(stack);
  expect(json).not.toContain("TfToken");
  return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
    key === "//" ? undefined : value,
  );
}

const createStack = () => new AuthStack(createApp(), createStageConfig());

describe("a list, map or number that only Terraform knows", () => {
  test("has a test in every property", () => {
    expect([...Object.keys(ACCEPTED), ...OTHERS].sort()).toEqual(
      listCollectionProperties(),
    );
  });

  test.each(Object.entries(ACCEPTED))(
    "is accepted by %s",
    (name, { build, expected }) => {
      const stack = createStack();
      build(stack, new Construct(stack, name.replace(".", "-")));
      const json = synthesize(stack);
      if (typeof expected === "string") expect(json).toContain(expected);
      else expect(json).toMatch(expected);
    },
  );

  test.each<[string, (stack: AuthStack) => string[], string]>([
    [
      "a variable",
      (stack) =>
        new TerraformVariable(stack, "urls", { type: "list(string)" })
          .listValue,
      "${var.urls}",
    ],
    ["a token", () => Token.asList("${local.urls}"), "${local.urls}"],
    [
      "a value that is computed at synth",
      () => Lazy.listValue({ produce: () => ["https://a.example.org"] }),
      '["https://a.example.org"]',
    ],
    [
      "an attribute",
      (stack) =>
        new CognitoUserPoolClient(stack, "other", {
          name: "other",
          userPoolId: "us-west-2_Abc",
        }).callbackUrls,
      "${tolist(aws_cognito_user_pool_client.other.callback_urls)}",
    ],
    [
      "a function",
      () =>
        Fn.concat([
          ["https://a.example.org"],
          Token.asList(ref("local.b")),
        ]) as string[],
      'concat([\\"https://a.example.org\\"], local.b)',
    ],
    [
      "a list with an item that only Terraform knows",
      () => ["https://a.example.org", createUnknownText(), createUnknownText()],
      '["https://a.example.org","${timestamp()}","${timestamp()}"]',
    ],
  ])("can be %s", (_, create, expected) => {
    const stack = createStack();
    const callbackUrls = create(stack);
    stack.addFrontendClient("page", { callbackUrls });
    expect(synthesize(stack)).toContain(expected);
  });

  test.each<[string, unknown, string]>([
    [
      "Fn.concat",
      Fn.concat([["a"], ["b"]]),
      '\\"Resource\\":${jsonencode(concat([\\"a\\"], [\\"b\\"]))}',
    ],
    [
      "an object of cdktf",
      Token.asAny(createUnknownList("a")),
      '\\"Resource\\":${jsonencode(split(',
    ],
    [
      "a text",
      Fn.lower("A"),
      '\\"Resource\\":\\"${substr(jsonencode(tostring(lower(\\"A\\"))), 1, ',
    ],
  ])("is encoded in a policy if it is %s", (_, Resource, expected) => {
    const stack = createStack();
    stack.addOutput(
      "x_client_id",
      toPolicyJson(
        createPolicyDocument({
          Effect: "Allow",
          Action: "s3:*",
          Resource: Resource as string,
        }),
      ),
      "",
    );
    expect(synthesize(stack)).toContain(expected);
  });

  test("is accepted as the text or the object that cdktf returns for it", () => {
    const any = (list: readonly string[]) => Fn.concat([[...list]]) as never;
    const object = (list: readonly string[]) => Token.asAny(any(list)) as never;
    for (const list of [any, object]) {
      const stack = createStack();
      stack.addResourceServer(
        "api",
        Fn.merge([{ read: "Read" }]) as Record<string, string>,
      );
      stack.addServiceClient("service", {
        scopes: list(["api-server/read"]),
      });
      stack.addProgrammaticClient("programmatic-client", {
        callbackUrls: list(["https://a.example.org"]),
      });
      stack.addFrontendClient("page", {
        callbackUrls: list(["https://a.example.org"]),
        logoutUrls: list(["https://a.example.org"]),
      });
      stack.addOidcProvider({ origin: "existing", issuer: "a.example.org" });
      stack.addOidcRole("role", {
        subjects: list(["a"]),
        managedPolicyArns: list(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        statements: [
          { Effect: "Allow", Action: list(["a:B"]), Resource: list(["*"]) },
        ],
      });
      expect(synthesize(stack)).not.toMatch(/\["\$",|":\{"0":/);
    }
  });

  test("is accepted as tags", () => {
    const tags = createUnknownMap({ Stack: "dev" }) as never;
    const config = { ...createStageConfig(), tags };
    expect(synthesize(new AuthStack(createApp(), config))).toContain(
      '"tags":"${merge(',
    );
  });

  test("is accepted as a quota", () => {
    const quota = createUnknownNumber(1);
    const quotas = {
      resourceServers: quota,
      clients: quota,
      groups: quota,
      identityProviders: quota,
    };
    const stack = new AuthStack(createApp(), createStageConfig(), { quotas });
    stack.addProgrammaticClient("programmatic-client");
    synthesize(stack);
  });

  test("is accepted as the buckets of a permissions boundary", () => {
    const { account } = readAppConfig(
      {
        STAGE: "account",
        AWS_ACCOUNT_ID: "123456789012",
        STATE_BUCKET_NAME: "our-state",
        OWNER: "operator",
      },
      createTemporaryDirectory(),
    );
    if (account?.boundary.origin !== "created") throw new Error("no boundary");
    const boundary = {
      ...account.boundary,
      buckets: createUnknownList("a-bucket"),
    };
    expect(
      synthesize(new AccountStack(createApp(), { ...account, boundary })),
    ).toContain("jsonencode(concat(formatlist(");
  });

  test("can hold the scopes of a resource server, which clients then name", () => {
    const stack = createStack();
    const server = stack.addResourceServer(
      "api",
      createUnknownMap({ read: "Read" }),
    );
    stack.addServiceClient("service", {
      scopes: [server.scope("read"), "api-server/write"],
    });
    const json = synthesize(stack);
    expect(json).toMatch(
      /"allowed_oauth_scopes":\["\$\{aws_cognito_resource_server\.[\w-]+\.identifier\}\/read","\$\{[\w.-]+\}\/write"\]/,
    );
    expect(json).toContain(
      '\\"scope\\" = \\"api-server/read api-server/write\\"',
    );
  });

  test("is not counted, compared or sorted", () => {
    const stack = createStack();
    const url = createUnknownText();
    stack.addFrontendClient("page", {
      callbackUrls: [url, url],
      logoutUrls: createUnknownList(...Array<string>(200).fill("x")),
    });
    synthesize(stack);
  });
});
