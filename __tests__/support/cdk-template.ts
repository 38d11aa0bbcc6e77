/** A template as the CDK app that was here before wrote it: what it made for a stage, with ids and names as it chose them. */
export interface CdkTemplate {
  readonly Resources: Record<string, CdkResource>;
  readonly Outputs: Record<string, object>;
  readonly [section: string]: unknown;
}

export interface CdkResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface CdkAppOptions {
  readonly stackName: string;
  /** Names of bucket groups. @default none, and no identity pool */
  readonly groups?: readonly string[];
  /** Role of the managers' group. @default no such group */
  readonly managersRoleArn?: string;
  /** A pool that is there already. @default its own */
  readonly userPoolId?: string;
  /** An identity pool that is there already. @default its own, where a group needs one */
  readonly identityPoolId?: string;
}

/** Buckets of each group, and whether its members may write, as `COGNITO_GROUPS` has them. */
const GROUPS: Readonly<
  Record<
    string,
    readonly [precedence: number, description: string, ...string[]]
  >
> = {
  "veda-staging-writers": [
    1,
    "Users that have read/write-access to the VEDA store and staging datastore",
    "veda-data-store-dev",
    "veda-data-store",
    "veda-data-store-staging",
  ],
  "veda-writers": [
    2,
    "Users that have read/write-access to the VEDA store",
    "veda-data-store-dev",
    "veda-data-store",
  ],
  "veda-staging-readers": [
    3,
    "Users that have read-access to the VEDA store and staging data store",
    "veda-data-store-dev",
    "veda-data-store",
    "veda-data-store-staging",
  ],
  "veda-readers": [
    4,
    "Users that have read-access to the VEDA store",
    "veda-data-store",
  ],
};
export const ALL_GROUPS = Object.keys(GROUPS);

const READ = ["s3:GetObject*", "s3:GetBucket*", "s3:List*"];
const WRITE = [
  ...READ,
  "s3:DeleteObject*",
  "s3:PutObject",
  "s3:PutObjectLegalHold",
  "s3:PutObjectRetention",
  "s3:PutObjectTagging",
  "s3:PutObjectVersionTagging",
  "s3:Abort*",
];
const TAGS = {
  Client: "nasa-impact",
  GitCommit: "0123456",
  GitTag: "v1",
  Owner: "owner",
  Project: "veda",
  Stack: "dev",
};
const TAG_LIST = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
const DELETED = { UpdateReplacePolicy: "Delete", DeletionPolicy: "Delete" };

/** Reads a client's secret for the template, as the CDK's function for calls of the SDK does. */
const FUNCTION = `
const http = require("http");
const https = require("https");
function send(url, options, body) {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith("https:") ? https : http;
    const call = request(url, options, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => resolve(text));
    });
    call.on("error", reject);
    call.end(body);
  });
}
exports.handler = async (event) => {
  const answer = (Status, Data) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const PhysicalResourceId = "secret-of-client";
    const Reason = "none";
    const body = JSON.stringify({ Status, Data, Reason, StackId, RequestId, LogicalResourceId, PhysicalResourceId });
    const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
    return send(event.ResponseURL, { method: "PUT", headers }, body);
  };
  if (event.RequestType === "Delete") return answer("SUCCESS", {});
  const body = JSON.stringify(JSON.parse(event.ResourceProperties.Create).parameters);
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AWSCognitoIdentityProviderService.DescribeUserPoolClient",
    authorization:
      "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/cognito-idp/aws4_request, SignedHeaders=host, Signature=none",
    "content-length": Buffer.byteLength(body),
  };
  const text = await send(process.env.AWS_ENDPOINT_URL, { method: "POST", headers }, body);
  return answer("SUCCESS", { "UserPoolClient.ClientSecret": JSON.parse(text).UserPoolClient.ClientSecret });
};
`;

const ref = (id: string) => ({ Ref: id });
const getArn = (id: string) => ({ "Fn::GetAtt": [id, "Arn"] });
const join = (...parts: readonly unknown[]) => ({ "Fn::Join": ["", parts] });

/** Returns the template of a stage with these parts. */
export function createCdkTemplate(options: CdkAppOptions): CdkTemplate {
  const { stackName, userPoolId, identityPoolId } = options;
  const { groups = [], managersRoleArn } = options;
  const pool = userPoolId ?? ref("userpool0AC4AA96");
  const hasIdentityPool = groups.length > 0 || managersRoleArn !== undefined;
  return {
    Resources: {
      ...(userPoolId === undefined && {
        userpool0AC4AA96: createUserPool(stackName),
      }),
      userpoolcognitodomain1447DD6A: {
        Type: "AWS::Cognito::UserPoolDomain",
        Properties: { Domain: stackName, UserPoolId: pool },
      },
      ...createClients(stackName, pool),
      ...(hasIdentityPool &&
        identityPoolId === undefined &&
        createIdentityPool(stackName, pool)),
      ...Object.fromEntries(
        groups.flatMap((name) =>
          Object.entries(createGroupWithRole(name, pool, identityPoolId)),
        ),
      ),
      ...(managersRoleArn !== undefined && {
        managersgroup: createGroup(
          "veda-data-store-managers",
          10,
          pool,
          managersRoleArn,
          "Authenticated users assume read write veda data access role",
        ),
      }),
    },
    Outputs: {
      userpoolid: {
        Value: pool,
        Export: { Name: `${stackName}-userpool-id` },
      },
      clientid: {
        Value: ref("userpoolprogrammaticclientEB48A369"),
        Export: { Name: `${stackName}-client-id` },
      },
      domainbaseurl: { Value: createBaseUrl() },
      ...(hasIdentityPool && {
        identitypoolarn: {
          Value: join(
            "arn:",
            ref("AWS::Partition"),
            ":cognito-identity:",
            ref("AWS::Region"),
            ":",
            ref("AWS::AccountId"),
            ":identitypool/",
            identityPoolId ?? ref("identitypool8F957095"),
          ),
        },
      }),
    },
  };
}

function createUserPool(UserPoolName: string): CdkResource {
  return {
    Type: "AWS::Cognito::UserPool",
    Properties: {
      UserPoolName,
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: "verified_phone_number", Priority: 1 },
          { Name: "verified_email", Priority: 2 },
        ],
      },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AliasAttributes: ["email"],
      AutoVerifiedAttributes: ["email"],
      EmailVerificationMessage:
        "The verification code to your new account is {####}",
      EmailVerificationSubject: "Verify your new account",
      Schema: [{ Mutable: true, Name: "email", Required: true }],
      SmsVerificationMessage:
        "The verification code to your new account is {####}",
      UserPoolTags: TAGS,
      UsernameConfiguration: { CaseSensitive: false },
      VerificationMessageTemplate: {
        DefaultEmailOption: "CONFIRM_WITH_CODE",
        EmailMessage: "The verification code to your new account is {####}",
        EmailSubject: "Verify your new account",
        SmsMessage: "The verification code to your new account is {####}",
      },
    },
    ...DELETED,
  };
}

/** Returns the resource server, the clients, their secrets, and the function that reads the service client's secret. */
function createClients(
  stackName: string,
  pool: unknown,
): Record<string, CdkResource> {
  const server = "userpoolvedastacingestionregistryserverC5FE2BF9";
  const service = "userpoolworkflowsclientclient083E7B42";
  const programmatic = "userpoolprogrammaticclientEB48A369";
  const call = {
    region: "us-west-2",
    service: "CognitoIdentityServiceProvider",
    action: "describeUserPoolClient",
  };
  return {
    [server]: {
      Type: "AWS::Cognito::UserPoolResourceServer",
      Properties: {
        Identifier: "veda-stac-ingestion-registry-server",
        Name: "veda-stac-ingestion-registry-server",
        Scopes: [
          ["Create STAC ingestions", "stac:register"],
          ["Cancel a STAC ingestion", "stac:cancel"],
          ["Cancel a STAC ingestion", "stac:list"],
        ].map(([ScopeDescription, ScopeName]) => ({
          ScopeDescription,
          ScopeName,
        })),
        UserPoolId: pool,
      },
    },
    [service]: {
      Type: "AWS::Cognito::UserPoolClient",
      Properties: {
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthScopes: [join(ref(server), "/stac:register")],
        ClientName: "workflows-client Service Access",
        GenerateSecret: true,
        SupportedIdentityProviders: ["COGNITO"],
        UserPoolId: pool,
      },
    },
    [programmatic]: createPasswordClient("programmatic-client", pool),
    programmaticclientsecretF6B45419: createSecret(
      `${stackName}/programmatic-client`,
      programmatic,
      pool,
    ),
    describefunctionServiceRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: createPolicy({
          Action: "sts:AssumeRole",
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
        }),
        Tags: TAG_LIST,
      },
    },
    describefunctionPolicy: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyDocument: createPolicy({
          Action: "cognito-idp:DescribeUserPoolClient",
          Effect: "Allow",
          Resource: "*",
        }),
        PolicyName: "describefunctionPolicy",
        Roles: [ref("describefunctionServiceRole")],
      },
    },
    describefunction: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Code: { ZipFile: FUNCTION },
        Handler: "index.handler",
        Role: getArn("describefunctionServiceRole"),
        Runtime: "nodejs18.x",
        Timeout: 120,
      },
    },
    describeworkflowsclient: {
      Type: "Custom::DescribeCognitoUserPoolClient",
      Properties: {
        ServiceToken: getArn("describefunction"),
        Create: join(
          JSON.stringify(call).slice(0, -1),
          ',"parameters":{"UserPoolId":"',
          pool,
          '","ClientId":"',
          ref(service),
          '"}}',
        ),
      },
      ...DELETED,
    },
    workflowsclientsecret8DEB8EA5: createSecret(
      `${stackName}/workflows-client`,
      service,
      pool,
      [
        '","client_secret":"',
        {
          "Fn::GetAtt": [
            "describeworkflowsclient",
            "UserPoolClient.ClientSecret",
          ],
        },
        '","scope":"',
        ref(server),
        "/stac:register",
      ],
    ),
  };
}

function createPasswordClient(ClientName: string, pool: unknown): CdkResource {
  return {
    Type: "AWS::Cognito::UserPoolClient",
    Properties: {
      AllowedOAuthFlows: ["implicit", "code"],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: [
        "profile",
        "phone",
        "email",
        "openid",
        "aws.cognito.signin.user.admin",
      ],
      CallbackURLs: ["https://example.com"],
      ClientName,
      ExplicitAuthFlows: [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
      ],
      GenerateSecret: false,
      SupportedIdentityProviders: ["COGNITO"],
      UserPoolId: pool,
    },
  };
}

function createSecret(
  Name: string,
  client: string,
  pool: unknown,
  more: readonly unknown[] = [],
): CdkResource {
  const flow = more.length === 0 ? "user_password" : "client_credentials";
  return {
    Type: "AWS::SecretsManager::Secret",
    Properties: {
      Description: "Client secret, created by VEDA Auth CDK.",
      Name,
      SecretString: join(
        `{"flow":"${flow}","cognito_domain":"`,
        createBaseUrl(),
        '","client_id":"',
        ref(client),
        '","userpool_id":"',
        pool,
        ...more,
        '","aws_region":"',
        ref("AWS::Region"),
        '"}',
      ),
      Tags: TAG_LIST,
    },
    ...DELETED,
  };
}

function createIdentityPool(
  stackName: string,
  pool: unknown,
): Record<string, CdkResource> {
  const client = "userpoolidentityprovider39E10B46";
  const provider = join(
    "cognito-idp.",
    ref("AWS::Region"),
    ".",
    ref("AWS::URLSuffix"),
    "/",
    pool,
  );
  const role = (amr: string): CdkResource => ({
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: createTrustPolicy({
        "ForAnyValue:StringLike": {
          "cognito-identity.amazonaws.com:amr": amr,
        },
      }),
      Description: `Default ${amr} role of the identity pool`,
      Tags: TAG_LIST,
    },
  });
  return {
    [client]: createPasswordClient(
      "Identity Pool Authentication Provider",
      pool,
    ),
    identityprovidersecret85BD1BBE: createSecret(
      `${stackName}/identity-provider`,
      client,
      pool,
    ),
    identitypool8F957095: {
      Type: "AWS::Cognito::IdentityPool",
      Properties: {
        AllowUnauthenticatedIdentities: false,
        CognitoIdentityProviders: [
          {
            ClientId: ref(client),
            ProviderName: provider,
            ServerSideTokenCheck: true,
          },
        ],
        IdentityPoolName: `${stackName} IdentityPool`,
        // the local AWS shows no tags that are set later
        IdentityPoolTags: {
          Client: "nasa-impact",
          Owner: "owner",
          Project: "veda",
          Stack: "dev",
        },
      },
    },
    identitypoolAuthenticatedRoleAA92E1B9: role("authenticated"),
    identitypoolUnauthenticatedRoleE0DC5F7F: role("unauthenticated"),
    identitypoolDefaultRoleAttachmentB2BD4D01: {
      Type: "AWS::Cognito::IdentityPoolRoleAttachment",
      Properties: {
        IdentityPoolId: ref("identitypool8F957095"),
        RoleMappings: {
          userpool: {
            AmbiguousRoleResolution: "Deny",
            IdentityProvider: join(provider, ":", ref(client)),
            Type: "Token",
          },
        },
        Roles: {
          authenticated: getArn("identitypoolAuthenticatedRoleAA92E1B9"),
          unauthenticated: getArn("identitypoolUnauthenticatedRoleE0DC5F7F"),
        },
      },
    },
  };
}

/** Returns a group with a role that CloudFormation names. */
function createGroupWithRole(
  name: string,
  pool: unknown,
  identityPoolId?: string,
): Record<string, CdkResource> {
  const [precedence = 0, description = "", ...buckets] = GROUPS[name] ?? [];
  const id = name.replaceAll("-", "");
  return {
    [`${id}role`]: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: createTrustPolicy({}, identityPoolId),
        Tags: TAG_LIST,
      },
    },
    [`${id}roleDefaultPolicy`]: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyDocument: createPolicy(
          ...buckets.map((bucket) => ({
            Action: name.endsWith("writers") ? WRITE : READ,
            Effect: "Allow",
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          })),
        ),
        PolicyName: `${id}roleDefaultPolicy`,
        Roles: [ref(`${id}role`)],
      },
    },
    [id]: createGroup(name, precedence, pool, getArn(`${id}role`), description),
  };
}

function createGroup(
  GroupName: string,
  Precedence: number,
  pool: unknown,
  RoleArn: unknown,
  Description: string,
): CdkResource {
  return {
    Type: "AWS::Cognito::UserPoolGroup",
    Properties: {
      Description,
      GroupName,
      Precedence,
      RoleArn,
      UserPoolId: pool,
    },
  };
}

function createTrustPolicy(
  conditions: object,
  identityPool: unknown = ref("identitypool8F957095"),
): object {
  return createPolicy({
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        "cognito-identity.amazonaws.com:aud": identityPool,
      },
      ...conditions,
    },
    Effect: "Allow",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
  });
}

function createPolicy(...Statement: readonly object[]): object {
  return { Statement, Version: "2012-10-17" };
}

function createBaseUrl(): object {
  return join(
    "https://",
    ref("userpoolcognitodomain1447DD6A"),
    ".auth.",
    ref("AWS::Region"),
    ".amazoncognito.com",
  );
}
